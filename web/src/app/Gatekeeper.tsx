import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useEffect } from "react";
import { loginAddress } from "../data/next";
import { WHO, WhoProvider, isKnown } from "../queries/account";
import { useSession } from "../queries/session";
import { Button, CenterCard, Notice } from "../ui";

/** Finds out who is here before anything is shown; who is not known yet goes to the login. */
export function Gatekeeper({ children, open }: { children: ReactNode; open?: boolean }) {
  const { location, live } = useSession();
  const { data: who, error, refetch, isFetching } = useQuery(WHO);
  const outside = who !== undefined && !isKnown(who);
  useEffect(() => {
    if (!outside || open === true) return;
    const { path, search } = location;
    location.open(who.setup_required ? "/setup" : loginAddress(path, search), "replace");
  }, [outside, open, who, location]);
  useEffect(
    // a socket cannot tell why it was refused: a session that has ended is found out by asking
    () =>
      live.watch(() => {
        if (live.state.kind === "waiting") void refetch();
      }),
    [live, refetch],
  );
  if (who === undefined && error !== null) {
    return (
      <CenterCard title="No answer from the server" lead="This page needs it to find out who you are.">
        <Notice kind="crit">{error.message}</Notice>
        <Button variant="primary" busy={isFetching} onClick={() => void refetch()}>
          Try again
        </Button>
      </CenterCard>
    );
  }
  if (who === undefined || (outside && open !== true)) return null;
  return <WhoProvider value={who}>{children}</WhoProvider>;
}
