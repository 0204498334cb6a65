import { Check } from "lucide-react";
import type { KeyboardEvent } from "react";
import { useId, useState } from "react";
import type { Option } from "../data/options";
import { Button, SearchInput } from "../../ui";

interface Props {
  label: string;
  options: readonly (Option & { note?: string })[];
  chosen: readonly string[];
  /** Several may be chosen at once; the list stays open. */
  multi: boolean;
  onChoose: (values: readonly string[]) => void;
  /** One was chosen and that is all. */
  onDone: () => void;
  /** What is typed may be chosen although it is not offered. */
  free?: boolean;
}

const SHOWN = 200;

/** A list with a search above it: arrows move, enter or space chooses, typing narrows. */
export function ListPicker({ label, options, chosen, multi, onChoose, onDone, free = false }: Props) {
  const id = useId();
  const [search, setSearch] = useState("");
  const [at, setAt] = useState(0);
  const typed = search.trim();
  const found = options.filter(({ text, value }) => `${text} ${value}`.toLowerCase().includes(typed.toLowerCase()));
  const own: Props["options"] =
    free && typed !== "" && !options.some((one) => one.value === typed) ? [{ value: typed, text: typed }] : [];
  const shown = [...found.slice(0, SHOWN), ...own];
  const active = Math.max(0, Math.min(at, shown.length - 1));
  const choose = (value: string): void => {
    if (!multi) {
      onChoose([value]);
      onDone();
      return;
    }
    onChoose(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setAt((active + step + shown.length) % Math.max(1, shown.length));
      document
        .getElementById(`${id}-${(active + step + shown.length) % Math.max(1, shown.length)}`)
        ?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      const option = shown[active];
      if (option !== undefined) choose(option.value);
    }
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of the search box inside move in the list
    <div onKeyDown={onKeyDown}>
      <SearchInput
        label={`Search ${label}`}
        value={search}
        onChange={(next) => {
          setSearch(next);
          setAt(0);
        }}
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={shown.length > 0 ? `${id}-${active}` : undefined}
      />
      <div
        className="picker__list"
        role="listbox"
        id={id}
        aria-label={label}
        aria-multiselectable={multi}
        tabIndex={-1}
      >
        {shown.map((option, index) => (
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- keys go to the search box, which says what is active
          <div
            key={option.value}
            id={`${id}-${index}`}
            role="option"
            aria-selected={chosen.includes(option.value)}
            className="menu-item cursor-pointer"
            data-highlighted={index === active ? "" : undefined}
            tabIndex={-1}
            onClick={() => choose(option.value)}
          >
            <span className="spacer truncate">{option.text === "" ? "(empty)" : option.text}</span>
            {option.text === option.value ? null : <span className="muted truncate">{option.value}</span>}
            {option.note === undefined || option.note === "" ? null : (
              <span className="picker__note truncate" title={option.note}>
                {option.note}
              </span>
            )}
            {chosen.includes(option.value) ? <Check className="icon icon--sm" aria-hidden /> : null}
          </div>
        ))}
      </div>
      {shown.length === 0 ? <p className="help-text p-2">Nothing fits.</p> : null}
      {found.length > SHOWN ? <p className="help-text p-2">{found.length - SHOWN} more: type to find them.</p> : null}
      {multi ? (
        <div className="picker__foot">
          <Button small variant="ghost" onClick={() => onChoose(found.map((one) => one.value))}>
            Choose these
          </Button>
          <Button small variant="ghost" onClick={() => onChoose([])}>
            None
          </Button>
          <span className="ml-auto num">{chosen.length} chosen</span>
        </div>
      ) : null}
    </div>
  );
}
