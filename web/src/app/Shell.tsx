import type { ReactNode } from "react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { CARRIED } from "../data/project";
import { demanded } from "../ui/demanded";
import type { ThemeChoice } from "../ui/theme";
import { toast } from "../ui/Toast";
import { Nav } from "./Nav";
import type { Opened } from "./openSession";
import { Palette } from "./Palette";
import { OpenToAll } from "./OpenToAll";
import { ROUTES, isOffered } from "./routes";
import { ShortcutSheet } from "./ShortcutSheet";
import { useAccountMenu } from "./useAccountMenu";
import { useMay, useWho } from "../queries/account";
import { useCommands } from "../queries/useCommands";
import { useIsKiosk } from "../pages/bar/kiosk";
import { useKeys } from "./useKeys";
import { useRing } from "./useRing";

const KioskBar = demanded(() => import("../pages/playlists/KioskBar"));

const THEMES: readonly ThemeChoice[] = ["system", "light", "dark"];
const SYNC_WORDS = {
  off: "Crosshair in the pointed chart only.",
  crosshair: "Crosshair in all charts.",
  tooltip: "Crosshair and values in all charts.",
};

/** Navigation, palette, shortcuts: what stays when the page changes. */
export function Shell({ opened, children }: { opened: Opened; children: ReactNode }) {
  const { session, crosshair, theme, density } = opened;
  const [palette, setPalette] = useState(false);
  const [keys, setKeys] = useState(false);
  const nextTheme = useCallback(() => {
    const next = THEMES[(THEMES.indexOf(theme.read()) + 1) % THEMES.length] ?? "system";
    theme.set(next);
    toast(`Theme: ${next}.`);
  }, [theme]);
  const { location } = session;
  const who = useWho();
  const may = useMay();
  const kiosk = useIsKiosk();
  const account = useAccountMenu();
  useKeys(session.commands);
  useRing();
  useCommands([
    ...ROUTES.filter((route) => isOffered(route, may, who.user !== null)).map(({ path, word, keys }) => ({
      id: `go ${path}`,
      title: word,
      group: "Go" as const,
      ...(keys === undefined ? {} : { keys }),
      run: () => location.go(path, CARRIED),
    })),
    { id: "view.palette", title: "Search and commands", group: "Help", keys: "mod+k", run: () => setPalette(true) },
    { id: "view.keys", title: "Keyboard shortcuts", group: "Help", keys: "?", run: () => setKeys(true) },
    { id: "view.theme", title: "Next theme: system, light, dark", group: "View", keys: "c t", run: nextTheme },
    {
      id: "view.density",
      title: "Compact or comfortable",
      group: "View",
      keys: "c d",
      run: () => density.set(density.read() === "compact" ? "comfortable" : "compact"),
    },
    {
      id: "view.sync",
      title: "Crosshair: all charts, with values, one chart",
      group: "View",
      keys: "mod+o",
      run: () => toast(SYNC_WORDS[crosshair.cycle()]),
    },
  ]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Escape") crosshair.clear();
    };
    const onPress = (event: PointerEvent): void => {
      const outside = event.target instanceof Element && event.target.closest(".chart") === null;
      if (event.pointerType === "touch" && outside) crosshair.clear();
    };
    window.addEventListener("keydown", onKey);
    window.addEventListener("pointerdown", onPress);
    return () => {
      window.removeEventListener("keydown", onKey);
      window.removeEventListener("pointerdown", onPress);
    };
  }, [crosshair]);
  const nav = useMemo(
    () => (
      <Nav
        openPalette={() => setPalette(true)}
        openKeys={() => setKeys(true)}
        nextTheme={nextTheme}
        account={account}
      />
    ),
    [nextTheme, account],
  );
  return (
    <div className="app">
      {nav}
      <div className="main">
        {who.no_auth ? <OpenToAll /> : null}
        {children}
      </div>
      {kiosk ? <KioskBar /> : null}
      <Palette open={palette} onOpenChange={setPalette} />
      <ShortcutSheet open={keys} onOpenChange={setKeys} />
    </div>
  );
}
