import { FileJson } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import type { BundleDocument } from "../../../api/dashboards";
import { takeBundle } from "../../../api/dashboards";
import { folderOptions, useFolders } from "../../../dashboards/folders";
import { Button, Dialog, Field, Notice, Select, toast, useAction } from "../../../ui";
import type { Item } from "./items";
import { bundleOf, readItems } from "./items";
import { ImportItems } from "./ImportItems";
import { ImportSource } from "./ImportSource";
import { useOutcomes } from "./useOutcomes";

const OF_FILE = "of the file";
const MOST_BYTES = 32 * 2 ** 20;

interface Props {
  files: readonly File[];
  /** The folder that is open. */
  folder: string | null;
  close: () => void;
  /** Ids of the dashboards that were made or replaced. */
  done: (ids: string[]) => void;
}

/** Dashboards of files or of a text, shown with what would become of each before anything is kept. */
export function ImportDialog({ files, folder, close, done }: Props) {
  const folders = useFolders() ?? [];
  const [items, setItems] = useState<readonly Item[]>([]);
  const [given, setGiven] = useState<readonly BundleDocument[]>([]);
  const [into, setInto] = useState(folder ?? "");
  const [same, setSame] = useState<"copy" | "replace">("copy");
  const field = useRef<HTMLInputElement>(null);
  const fits = items.filter((one) => one.problem === null);
  const target = into === OF_FILE ? null : into;
  const bundle = bundleOf(fits, given);
  const outcomes = useOutcomes(bundle, target, same);

  const add = useCallback(async (text: string, source: string) => {
    const read = await readItems(text, source);
    setItems((now) => [...now, ...read.items]);
    if (read.folders.length > 0) {
      setGiven((now) => [...now, ...read.folders]);
      setInto(OF_FILE);
    }
  }, []);
  const reading = useAction(async (chosen: readonly File[]) => {
    for (const file of chosen) {
      if (file.size > MOST_BYTES) toast({ status: "crit", text: `${file.name} is larger than 32 MiB.` });
      else await add(await file.text(), file.name);
    }
  });
  const { run: readFiles } = reading;
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    void readFiles(files);
  }, [readFiles, files]);
  const taking = useAction(async () => {
    const taken = await takeBundle({ bundle, into: target, same, dry_run: false });
    const made = taken.filter((one) => one.action !== "refuse");
    const [refused] = taken.filter((one) => one.action === "refuse");
    if (refused !== undefined) {
      toast({ status: "crit", text: `${taken.length - made.length} not taken. ${refused.name}: ${refused.error}` });
    } else {
      toast({ status: "ok", text: made.length === 1 ? `Imported "${made[0]?.name}".` : `Imported ${made.length}.` });
    }
    done(made.map((one) => one.id));
  });
  const change = (key: string, next: Partial<Item>): void =>
    setItems((now) => now.map((one) => (one.key === key ? { ...one, ...next } : one)));
  const ready = fits.length > 0 && outcomes.data?.some((one) => one.action !== "refuse") === true;

  return (
    <Dialog
      open
      wide
      onOpenChange={close}
      title="Import dashboards"
      description="Files that Vedette or Grafana exported. Nothing is kept before you say so."
      actions={
        <Button variant="primary" busy={taking.busy} disabled={!ready} onClick={() => void taking.run()}>
          {fits.length > 1 ? `Import ${fits.length} dashboards` : "Import dashboard"}
        </Button>
      }
    >
      <input
        ref={field}
        type="file"
        multiple
        accept="application/json,.json"
        className="sr-only"
        aria-label="Files of dashboards"
        tabIndex={-1}
        onChange={(event) => {
          const chosen = [...(event.target.files ?? [])];
          event.target.value = "";
          void readFiles(chosen);
        }}
      />
      {items.length === 0 ? (
        <ImportSource
          busy={reading.busy}
          choose={() => field.current?.click()}
          onFiles={(dropped) => void readFiles(dropped)}
          onText={(text) => void add(text, "Pasted text")}
        />
      ) : (
        <>
          <div className="import-choices">
            <Field label="Folder">
              <Select
                value={into}
                options={[
                  ...(given.length > 0 ? [{ value: OF_FILE, label: "As in the file" }] : []),
                  ...folderOptions(folders),
                ]}
                onChange={setInto}
              />
            </Field>
            {fits.some((one) => one.id !== "") ? (
              <Field label="If there is one with its id">
                <Select
                  value={same}
                  options={[
                    { value: "copy", label: "Make a copy" },
                    { value: "replace", label: "Replace it with a new version" },
                  ]}
                  onChange={setSame}
                />
              </Field>
            ) : null}
            <Button icon={FileJson} busy={reading.busy} onClick={() => field.current?.click()}>
              More files
            </Button>
          </div>
          <ImportItems
            items={items}
            outcomes={new Map(fits.map((one, at) => [one.key, outcomes.data?.[at] ?? null]))}
            change={change}
            remove={(key) => setItems((now) => now.filter((one) => one.key !== key))}
          />
        </>
      )}
      {[reading.error, taking.error, outcomes.error].map((error, at) =>
        error === null ? null : (
          <Notice kind="crit" key={at}>
            {error.message}
          </Notice>
        ),
      )}
    </Dialog>
  );
}
