import { useState } from "react";
import { CopyButton } from "../../ui/CopyButton";
import type { Tab } from "../../ui/TabStrip";
import { TabStrip } from "../../ui/TabStrip";
import { snippets } from "./snippets";
import type { SnippetName } from "./snippets";

/** How to send data here, with this server's own address. */
export function SendData() {
  const [shown, setShown] = useState<SnippetName>("prometheus");
  const all = snippets(location.origin);
  return (
    <div className="card pb-3">
      <h2>Send data</h2>
      <TabStrip<SnippetName>
        label="Ways to send data"
        inset
        value={shown}
        onChange={setShown}
        tabs={all.map<Tab<SnippetName>>(({ name, label, text, note }) => ({
          value: name,
          label,
          content: (
            <>
              <div className="snippet">
                <CopyButton text={text} />
                <pre className="code">{text}</pre>
              </div>
              <p className="mx-4 mt-2 text-[length:var(--fs-xs)] text-fg-3">{note}</p>
            </>
          ),
        }))}
      />
    </div>
  );
}
