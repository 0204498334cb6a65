import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Suspense, useEffect, useMemo, useState } from "react";
import { worthRetrying } from "../api/errors";
import { onSignedOut } from "../api/http";
import { SessionProvider } from "../queries/session";
import { loginAddress } from "../data/next";
import { useLocationText } from "../queries/useTime";
import { Toaster } from "../ui/Toast";
import { ChartShareProvider } from "../widgets/chartContext";
import { ErrorBoundary } from "./ErrorBoundary";
import { NotFound } from "./NotFound";
import type { Opened } from "./openSession";
import { ROUTES, routeOf } from "./routes";
import { Shell } from "./Shell";

const retry = (failures: number, error: unknown): boolean => failures < 1 && worthRetrying(error);

/** The page of the address; a page that fails leaves the navigation standing, and the next page starts afresh. */
function Pages({ opened }: { opened: Opened }) {
  const route = routeOf(useLocationText().split("?")[0] ?? "/", ROUTES);
  const Page = route?.Page ?? NotFound;
  const content = (
    <ErrorBoundary key={route?.path}>
      <Suspense fallback={<p className="p-4 text-fg-3">Loading</p>}>
        <Page />
      </Suspense>
    </ErrorBoundary>
  );
  return route?.bare === true ? content : <Shell opened={opened}>{content}</Shell>;
}

export function App({ opened }: { opened: Opened }) {
  const { session, crosshair } = opened;
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { staleTime: 30_000, retry } } }));
  const [themeVersion, setThemeVersion] = useState(0);
  useEffect(() => opened.watchColours(() => setThemeVersion((version) => version + 1)), [opened]);
  useEffect(() => {
    // canvases measured their labels before the font was there
    void document.fonts.ready.then(() => setThemeVersion((version) => version + 1));
  }, []);
  useEffect(
    () =>
      onSignedOut((reason) => {
        const { location } = session;
        const { path, search } = location;
        if (path === "/login" || path === "/setup") return;
        queries.clear();
        location.open(reason === "setup" ? "/setup" : loginAddress(path, search), "replace");
      }),
    [session, queries],
  );
  useEffect(() => {
    const onVisibility = (): void => {
      if (document.hidden) session.live.hold();
      else if (session.freeze.interval === null) session.live.resume();
    };
    document.addEventListener("visibilitychange", onVisibility);
    return () => document.removeEventListener("visibilitychange", onVisibility);
  }, [session]);
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
