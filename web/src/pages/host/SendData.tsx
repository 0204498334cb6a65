import { useState } from "react";
import { useWho } from "../../queries/account";
import { CopyButton } from "../../ui/CopyButton";
import type { Tab } from "../../ui/TabStrip";
import { TabStrip } from "../../ui/TabStrip";
import { SendingKey } from "./SendingKey";
import { snippets } from "./snippets";
import type { SnippetName } from "./snippets";

/** Where a key belongs, until one is made. */
const KEY_PLACE = "YOUR_KEY";

/** How to send data here, with this server's own address. */
export function SendData() {
  const [shown, setShown] = useState<SnippetName>("prometheus");
  const [key, setKey] = useState<string | null>(null);
  const { no_auth } = useWho();
  const all = snippets(location.origin, no_auth ? null : (key ?? KEY_PLACE));
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
      {no_auth || shown === "scrape" ? null : <SendingKey made={key !== null} onMade={setKey} />}
    </div>
  );
}
