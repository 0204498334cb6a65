import { Tabs } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";

export interface Tab<T extends string> {
  value: T;
  label: string;
  /** A count or size beside the label. */
  note?: string;
  content: ReactNode;
}

interface Props<T extends string> {
  label: string;
  value: T;
  tabs: readonly Tab<T>[];
  onChange: (value: T) => void;
  aside?: ReactNode;
  inset?: boolean;
  /** What else a tab listens to. */
  handlers?: (
    value: T,
  ) => Pick<ComponentProps<"button">, "onPointerDown" | "onPointerMove" | "onPointerUp" | "onPointerCancel">;
}

/** Tabs with a line below the chosen one; only the chosen content is mounted. */
export function TabStrip<T extends string>({ label, value, tabs, onChange, aside, inset, handlers }: Props<T>) {
  return (
    <Tabs.Root value={value} onValueChange={(next) => onChange(next as T)}>
      <div className={`flex items-center border-b border-line${inset === true ? " px-4" : ""}`}>
        <Tabs.List className="tabs min-w-0 flex-1 border-0!" aria-label={label}>
          {tabs.map((tab) => (
            <Tabs.Trigger key={tab.value} value={tab.value} data-tab={tab.value} {...handlers?.(tab.value)}>
              {tab.label}
              {tab.note === undefined ? null : <em className="num">{tab.note}</em>}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        {aside}
      </div>
      {tabs.map((tab) => (
        <Tabs.Content key={tab.value} value={tab.value} className="outline-offset-[-2px]">
          {tab.content}
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}
