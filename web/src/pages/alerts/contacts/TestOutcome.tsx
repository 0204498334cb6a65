import type { ContactTest } from "../../../api/contacts";
import { CopyButton, Notice } from "../../../ui";

/** How a test went, and the exact request without its secrets. */
export function TestOutcome({ test }: { test: ContactTest }) {
  const { method, url, headers, body } = test.request;
  const text = [
    [method, url].filter(Boolean).join(" "),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "",
    pretty(body),
  ].join("\n");
  return (
    <div className="grid gap-2" role="region" aria-label="Outcome of the test">
      {test.error !== "" ? (
        <Notice kind="crit">Not sent: {test.error}</Notice>
      ) : test.sent ? (
        <Notice kind="info">Sent. See whether it has arrived.</Notice>
      ) : (
        <Notice kind="info">This would be sent. Nothing was.</Notice>
      )}
      <div className="request">
        {/* long bodies scroll, by keys too */}
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <pre className="code" tabIndex={0} role="group" aria-label="The request">
          {text}
        </pre>
        <CopyButton text={text} />
      </div>
    </div>
  );
}

/** JSON with its lines broken; any other text as it is. */
function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
