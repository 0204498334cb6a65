import { useEffect, useState } from "react";
import { oidcAddress } from "../../api/access";
import { ownAddress } from "../../data/next";
import { isKnown, useAskAgain, useWho } from "../../queries/account";
import { useSession } from "../../queries/session";
import { Button, CenterCard, Notice } from "../../ui";
import { LoginForm } from "./LoginForm";

const PROBLEMS: Readonly<Record<string, string>> = {
  oidc_refused:
    "The identity provider did not sign you in, or you have no account here. The server's log has the reason.",
  oidc_unavailable: "The identity provider does not answer. Try again later, or use a password.",
};

/** Name and password, or an identity provider; leads back to where one was. */
export default function LoginPage() {
  const { location } = useSession();
  const who = useWho();
  const ask = useAskAgain();
  const { params } = location;
  const next = ownAddress(params.get("next"));
  const problem = PROBLEMS[params.get("problem") ?? ""];
  const [passed, setPassed] = useState(false);
  useEffect(() => {
    document.title = "Sign in - Vedette";
  }, []);
  const known = isKnown(who);
  useEffect(() => {
    if (known) location.open(next, "replace");
    else if (who.setup_required) location.open("/setup", "replace");
  }, [known, who, location, next]);
  if (known) return null;
  return (
    <CenterCard title="Sign in">
      {params.has("next") && !passed && problem === undefined ? (
        <p className="soft">Sign in to go on where you were.</p>
      ) : null}
      {problem === undefined ? null : <Notice kind="crit">{problem}</Notice>}
      <LoginForm
        onSignedIn={async () => {
          setPassed(true);
          await ask();
        }}
      />
      {who.oidc.length === 0 ? null : (
        <div className="grid gap-2">
          <p className="login__or" aria-hidden="true">
            or
          </p>
          {who.oidc.map((provider) => (
            <Button key={provider.name} onClick={() => window.location.assign(oidcAddress(provider.name, next))}>
              Sign in with {provider.title || provider.name}
            </Button>
          ))}
        </div>
      )}
    </CenterCard>
  );
}
