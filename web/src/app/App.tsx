import { QueryClient, QueryClientProvider, hashKey } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { worthRetrying } from "../api/errors";
import { onSignedOut } from "../api/http";
import { askAgain, useProject } from "../queries/account";
import { SessionProvider } from "../queries/session";
import { useLocationText } from "../queries/useTime";
import { holdWhileHidden } from "../queries/whileHidden";
import { Toaster } from "../ui/Toast";
import { ChartShareProvider } from "../widgets/chartContext";
import { ErrorBoundary } from "./ErrorBoundary";
import { Gatekeeper } from "./Gatekeeper";
import { InProject } from "./InProject";
import { NotFound } from "./NotFound";
import type { Opened } from "./openSession";
import { ROUTES, routeOf } from "./routes";
import { Shell } from "./Shell";

const retry = (failures: number, error: unknown): boolean => failures < 1 && worthRetrying(error);

/** The page of the address; a page that fails leaves the navigation standing, and the next page starts afresh. */
function Pages({ opened }: { opened: Opened }) {
  const project = useProject();
  const route = routeOf(useLocationText().split("?")[0] ?? "/", ROUTES);
  const Page = route?.Page ?? NotFound;
  const content = (
    <ErrorBoundary key={`${project} ${route?.path ?? ""}`}>
      <Page />
    </ErrorBoundary>
  );
  if (route?.bare === true) return <Gatekeeper open>{content}</Gatekeeper>;
  return (
    <Gatekeeper>
      <Shell opened={opened}>{route?.anywhere === true ? content : <InProject>{content}</InProject>}</Shell>
    </Gatekeeper>
  );
}

export function App({ opened }: { opened: Opened }) {
  const { session, crosshair } = opened;
  const [queries] = useState(() => {
    // what one project answered is not what another answers
    const queryKeyHashFn = (key: readonly unknown[]): string => `${session.project.read()} ${hashKey(key)}`;
    return new QueryClient({ defaultOptions: { queries: { staleTime: 30_000, retry, queryKeyHashFn } } });
  });
  const [themeVersion, setThemeVersion] = useState(0);
  useEffect(() => opened.watchColours(() => setThemeVersion((version) => version + 1)), [opened]);
  useEffect(() => {
    // canvases measured their labels before the font was there
    void document.fonts.ready.then(() => setThemeVersion((version) => version + 1));
  }, []);
  useEffect(
    () =>
      onSignedOut(() => {
        const { path } = session.location;
        if (path === "/login" || path === "/setup") return;
        // who has lost their session elsewhere is asked to sign in, and comes back to where they were
        void askAgain(queries);
      }),
    [session, queries],
  );
  useEffect(() => holdWhileHidden(document, session), [session]);
  const share = useMemo(
    () => ({
      crosshair,
      loop: session.loop,
      theme: opened.colours,
      still: opened.still,
      touch: opened.touch,
      themeVersion,
    }),
    [crosshair, session.loop, opened, themeVersion],
  );
  return (
    <QueryClientProvider client={queries}>
      <SessionProvider value={session}>
        <ChartShareProvider value={share}>
          <Pages opened={opened} />
          <Toaster />
        </ChartShareProvider>
      </SessionProvider>
    </QueryClientProvider>
  );
}
