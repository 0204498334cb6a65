import type { ComponentType } from "react";
import { useEffect, useRef } from "react";
import { PROJECT_PARAMETER } from "../../data/project";
import type { Permission } from "../../queries/account";
import { useMay, useProject } from "../../queries/account";
import { useLocationText } from "../../queries/useTime";
import { PageBody, PageHeader } from "../../ui";
import { Missing } from "../access/Problem";
import { PageLink } from "../bar/PageLink";
import { BellPage } from "./bell/BellPage";
import { ContactsPage } from "./contacts/ContactsPage";
import AlertPage from "./detail/AlertPage";
import { HistoryPage } from "./history/HistoryPage";
import { LogPage } from "./log/LogPage";
import { OpenPage } from "./open/OpenPage";
import { RoutesPage } from "./routes/RoutesPage";
import { RulesPage } from "./rules/RulesPage";
import { SilencesPage } from "./silences/SilencesPage";

interface Part {
  name: string;
  word: string;
  needs: Permission;
  /** `item` is what follows in the address: /alerts/open/abc is "abc" of the part `open`. */
  Page: ComponentType<{ item: string | null }>;
}

const PARTS: readonly Part[] = [
  { name: "open", word: "Alerts", needs: "metrics:read", Page: OpenPage },
  { name: "history", word: "History", needs: "metrics:read", Page: HistoryPage },
  { name: "rules", word: "Rules", needs: "documents:read", Page: RulesPage },
  { name: "silences", word: "Silences", needs: "documents:read", Page: SilencesPage },
  { name: "contacts", word: "Contact points", needs: "documents:read", Page: ContactsPage },
  { name: "routes", word: "Routes", needs: "documents:read", Page: RoutesPage },
  { name: "log", word: "Log", needs: "status:read", Page: LogPage },
  { name: "bell", word: "Bell", needs: "status:read", Page: BellPage },
];

/** What fires now, and what decides about it; one alert has the page for itself. */
export default function AlertsPage() {
  const place = useLocationText();
  return /^\/alerts\/alert(\?|$)/.test(place) ? <AlertPage /> : <Parts />;
}

function Parts() {
  const may = useMay();
  const project = useProject();
  const place = useLocationText();
  const [, , name, item = ""] = (place.split("?")[0] ?? "").split("/");
  const offered = PARTS.filter((part) => may(part.needs));
  const part = PARTS.find((one) => one.name === name) ?? offered[0] ?? PARTS[0];
  const here = useRef<HTMLElement>(null);
  useEffect(() => {
    here.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [name]);
  if (part === undefined) return null;
  const asked = project === "" ? "" : `?${PROJECT_PARAMETER}=${encodeURIComponent(project)}`;
  return (
    <>
      <PageHeader title={part.word} />
      <nav ref={here} className="subnav" aria-label="Alerting">
        {offered.map((one) => (
          <PageLink key={one.name} to={`/alerts/${one.name}${asked}`} current={one === part}>
            {one.word}
          </PageLink>
        ))}
      </nav>
      <PageBody>
        {may(part.needs) ? (
          <part.Page item={item === "" ? null : decodeURIComponent(item)} />
        ) : (
          <Missing permission={part.needs} />
        )}
      </PageBody>
    </>
  );
}
