import { Terminal } from "lucide-react";
import { useEffect, useState } from "react";
import { useWho } from "../../queries/account";
import { useSession } from "../../queries/session";
import { Button, CenterCard, Notice } from "../../ui";
import { SetupForm } from "./SetupForm";
import { takeToken } from "./token";

/** Where a one-time link leads: the first administrator, or a new password. */
export default function SetupPage() {
  const { location } = useSession();
  const { setup_required, no_auth } = useWho();
  const [token, setToken] = useState(takeToken);
  useEffect(() => {
    document.title = "Set-up - Vedette";
    const onHash = (): void => setToken(takeToken());
    window.addEventListener("hashchange", onHash);
    return () => window.removeEventListener("hashchange", onHash);
  }, []);
  if (token !== "") return <SetupForm key={token} token={token} />;
  if (setup_required) {
    return (
      <CenterCard title="Almost there" lead="Nobody can sign in yet. Whoever started the server sets it up.">
        <Notice kind="info">Open the link that the server printed when it started. It looks like this:</Notice>
        <pre className="code rounded-md border border-line bg-sunken p-3 [overflow-wrap:anywhere] whitespace-pre-wrap">
          {window.location.origin}/setup#…
        </pre>
        <p className="help-text flex gap-2">
          <Terminal className="icon icon--sm flex-none" aria-hidden />
          <span>
            It ends after a day; a restart prints a new one. On the command line:{" "}
            <code>vedette user add NAME --admin</code>
          </span>
        </p>
      </CenterCard>
    );
  }
  return (
    <CenterCard
      title={no_auth ? "Nobody signs in here" : "This server is set up"}
      lead={
        no_auth
          ? "It was started with --no-auth, so there is nothing to set up."
          : "The link was used, or has no token. Ask an administrator for a new one."
      }
    >
      <Button variant="primary" onClick={() => location.open("/")}>
        {no_auth ? "Go to this host" : "Sign in"}
      </Button>
    </CenterCard>
  );
}
