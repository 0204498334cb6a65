import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Suspense, lazy, useEffect, useMemo, useState } from "react";
import { HostPage } from "../pages/host/HostPage";
import { SessionProvider } from "../queries/session";
import { useLocationText } from "../queries/useTime";
import { Toaster } from "../ui/Toast";
import { ChartShareProvider } from "../widgets/chartContext";
import { ErrorBoundary } from "./ErrorBoundary";
import { NotFound } from "./NotFound";
import type { Opened } from "./openSession";
import { Shell } from "./Shell";

const ExplorePage = lazy(() => import("../pages/explore/ExplorePage"));

function Page() {
  const path = useLocationText().split("?")[0];
  if (path === "/") return <HostPage />;
  if (path === "/explore") return <ExplorePage />;
  return <NotFound />;
}

export function App({ opened }: { opened: Opened }) {
  const { session, crosshair } = opened;
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { staleTime: 30_000, retry: 1 } } }));
  const [themeVersion, setThemeVersion] = useState(0);
  useEffect(() => opened.watchColours(() => setThemeVersion((version) => version + 1)), [opened]);
  useEffect(() => {
    // canvases measured their labels before the font was there
    void document.fonts.ready.then(() => setThemeVersion((version) => version + 1));
  }, []);
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
          <Shell opened={opened}>
            <ErrorBoundary>
              <Suspense fallback={<p className="p-4 text-fg-3">Loading</p>}>
                <Page />
              </Suspense>
            </ErrorBoundary>
          </Shell>
          <Toaster />
        </ChartShareProvider>
      </SessionProvider>
    </QueryClientProvider>
  );
}
