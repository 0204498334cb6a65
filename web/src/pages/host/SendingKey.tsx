import { lazy, Suspense, useState } from "react";
import { useMay } from "../../queries/account";
import { Button } from "../../ui/Button";

const NewKey = lazy(() => import("../access/NewKey").then((module) => ({ default: module.NewKey })));

interface Props {
  made: boolean;
  onMade: (secret: string) => void;
}

/** Senders sign in with a key: one is made right here, and stands in the snippets as long as the page is open. */
export function SendingKey({ made, onMade }: Props) {
  const may = useMay();
  const [open, setOpen] = useState(false);
  return (
    <div className="mx-4 mt-3 flex flex-wrap items-center gap-2">
      {may("samples:write") ? (
        <>
          <span className="spacer text-[length:var(--fs-xs)] text-fg-3" role="status">
            {made ? "Your new key is in the snippet." : "Senders sign in with a key."}
          </span>
          <Button small onClick={() => setOpen(true)}>
            {made ? "Make another key" : "Make a key"}
          </Button>
        </>
      ) : (
        <p className="text-[length:var(--fs-xs)] text-fg-3">
          Senders sign in with a key. Your role cannot make one: ask an administrator of the project.
        </p>
      )}
      {open ? (
        <Suspense>
          <NewKey
            path="/api/v1/profile/keys"
            onMade={(key) => {
              if (key.scopes.includes("ingest") || key.scopes.includes("admin")) onMade(key.secret);
            }}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      ) : null}
    </div>
  );
}
