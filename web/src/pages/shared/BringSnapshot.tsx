import { useCallback, useRef } from "react";
import { bringSnapshot } from "../../api/sharing";
import { Button, toast, useAction } from "../../ui";

/** A snapshot from a file that was exported here or elsewhere. */
export function BringSnapshot({ done }: { done: () => Promise<void> }) {
  const input = useRef<HTMLInputElement>(null);
  const { run, busy } = useAction(
    useCallback(
      async (file: File) => {
        try {
          const snapshot = await bringSnapshot(await file.text());
          toast(`Snapshot ${snapshot.title} is here.`);
        } catch (failure) {
          toast(failure instanceof Error ? failure.message : String(failure));
        }
        await done();
      },
      [done],
    ),
  );
  return (
    <>
      <Button busy={busy} onClick={() => input.current?.click()}>
        Import a file
      </Button>
      <input
        ref={input}
        type="file"
        accept="application/json,.json"
        aria-label="File of a snapshot"
        hidden
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          event.target.value = "";
          if (file !== undefined) void run(file);
        }}
      />
    </>
  );
}
