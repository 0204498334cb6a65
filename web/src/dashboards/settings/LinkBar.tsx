import { ExternalLink, Link2 } from "lucide-react";
import { useSession } from "../../queries/session";
import { useLocationText } from "../../queries/useTime";
import { follow } from "../../ui/PageHeader";
import { useDashboardContext } from "../context";
import { resolveLink, safeHref, scopeParams } from "../data/links";
import { useScope } from "../data/variables";
import { useDashboard } from "../store";
import "../variables.css";
import "./settings.css";

/** Links of the dashboard itself, with its time and variables; nothing where there are none. */
export function LinkBar() {
  const links = useDashboard((state) => state.draft.spec.links);
  return links.length === 0 ? null : <Links />;
}

function Links() {
  const { location } = useSession();
  const { time } = useDashboardContext();
  const { scope } = useScope();
  const links = useDashboard((state) => state.draft.spec.links);
  useLocationText();
  const { start_ms, end_ms } = time.window();
  const ends = time.moving ? time.range : { from: `${Math.round(start_ms)}`, to: `${Math.round(end_ms)}` };
  const context = { scope, ...ends, params: scopeParams(scope, location.params) };
  const value = { name: "", labels: {}, value: null, time_ms: null };
  const shown = links.map((link) => resolveLink(link, value, context)).filter((link) => link !== null);
  return (
    <nav className="dash-links" aria-label="Links of the dashboard">
      {shown.map(({ title, href, newTab }, at) => {
        const own = href.startsWith("/");
        const Icon = own ? Link2 : ExternalLink;
        return (
          <a
            // two links may be the same
            key={`${at} ${href}`}
            className="var var--ghost"
            href={safeHref(href) ?? undefined}
            {...(newTab ? { target: "_blank", rel: "noreferrer" } : {})}
            onClick={(event) => {
              if (own && !newTab) follow(event, () => location.open(href));
            }}
          >
            <Icon className="icon icon--xs" aria-hidden />
            {title}
          </a>
        );
      })}
    </nav>
  );
}
