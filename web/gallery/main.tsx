/** All parts on one page: /gallery/ of `npm run dev`; not in the package. */

import { Bell, Compass, House, KeyRound, List, Plug, Search, Settings, Trash2, UserRound, Users } from "lucide-react";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import "../src/ui/fonts";
import "../src/ui/index.css";
import type { NavEntry } from "../src/ui";
import { NavBar, PageBody, PageHeader, Toaster } from "../src/ui";
import { Badges, Dialogs, Forms, Login, Tables } from "./parts";

const nothing = (): void => undefined;
const entry = (word: string, icon: NavEntry["icon"], rest: Partial<NavEntry> = {}): NavEntry => ({
  word,
  icon,
  href: `#${word.toLowerCase()}`,
  run: nothing,
  ...rest,
});
const PAGES: readonly NavEntry[] = [
  entry("Host", House, { keys: "g h" }),
  entry("Dashboards", List),
  entry("Explore", Compass, { here: true, keys: "g e" }),
  entry("Alerts", Bell, { count: 2 }),
  entry("Data", Plug),
  entry("Users", Users, { count: 120 }),
  entry("Keys", KeyRound),
];
const TOOLS: readonly NavEntry[] = [
  { word: "Search", icon: Search, keys: "mod+k", run: nothing },
  { word: "Settings", icon: Settings, run: nothing },
];
const ACCOUNT = {
  name: "Mira Okafor",
  note: "admin",
  entries: [
    { label: "Profile", icon: UserRound, href: "#profile", onSelect: nothing },
    "line" as const,
    { label: "Sign out", icon: Trash2, danger: true, onSelect: nothing },
  ],
};

function Gallery() {
  const [login, setLogin] = useState(location.hash === "#login");
  if (login) return <Login onDone={() => setLogin(false)} />;
  return (
    <div className="app">
      <NavBar pages={PAGES} tools={TOOLS} account={ACCOUNT} />
      <div className="main">
        <PageHeader title="Parts" crumbs={[{ label: "Admin", href: "#admin", go: nothing }]} status={<Badges.One />}>
          <button type="button" className="btn" onClick={() => setLogin(true)}>
            Login
          </button>
        </PageHeader>
        <PageBody>
          <Tables />
          <Forms />
          <Dialogs />
          <Badges.All />
        </PageBody>
      </div>
      <Toaster />
    </div>
  );
}

const root = document.getElementById("root");
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <Gallery />
    </StrictMode>,
  );
}
