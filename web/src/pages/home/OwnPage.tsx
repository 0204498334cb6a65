import { House, LayoutDashboard, LayoutTemplate, Server, Star } from "lucide-react";
import type { DocumentHead } from "../../api/documents";
import { useFolders } from "../../dashboards/folders";
import { usePreferences } from "../../queries/preferences";
import type { MenuEntry } from "../../ui";
import { Button, IconButton, Menu, PageBody, PageHeader, Section, toast } from "../../ui";
import { PageLink } from "../bar/PageLink";
import "./home.css";

const RECENT_SHOWN = 12;

/** What somebody starred and looked at last. */
export function OwnPage({ all }: { all: readonly DocumentHead[] }) {
  const { stars, recent, home, star, setHome } = usePreferences();
  const heads = new Map(all.map((one) => [one.id, one]));
  const pick = (ids: readonly string[]): DocumentHead[] =>
    ids.map((id) => heads.get(id)).filter((one) => one !== undefined);
  const starred = pick(stars);
  const lately = pick(recent).slice(0, RECENT_SHOWN);
  const told = (work: Promise<void>): void => {
    work.catch((failure: unknown) => toast({ status: "crit", text: String(failure) }));
  };
  const begin = (label: string, value: string): MenuEntry => ({
    label,
    checked: home === value,
    onSelect: () => told(setHome(value)),
  });
  const list = (them: readonly DocumentHead[]) => (
    <Boards them={them} stars={new Set(stars)} star={(id, on) => told(star(id, on))} />
  );
  return (
    <>
      <PageHeader title="Home">
        <Menu
          trigger={<Button icon={House}>Begin with</Button>}
          entries={[
            begin("What I starred and looked at", ""),
            begin("This host", "host"),
            begin("All dashboards", "list"),
            ...(starred.length === 0 ? [] : ["line" as const]),
            ...starred.map(({ id, name }) => begin(name, id)),
          ]}
        />
      </PageHeader>
      <PageBody>
        <nav aria-label="Ways on" className="home-ways">
          <PageLink to="/dashboards" className="card">
            <LayoutDashboard className="icon" aria-hidden /> All dashboards
            <span className="muted num">{all.length}</span>
          </PageLink>
          <PageLink to="/dashboards/templates" className="card">
            <LayoutTemplate className="icon" aria-hidden /> Templates
          </PageLink>
          <PageLink to="/host" className="card">
            <Server className="icon" aria-hidden /> This host
          </PageLink>
        </nav>
        <Section title="Starred" flush>
          {starred.length === 0 ? (
            <p className="home-none">A star beside the name of a dashboard puts it here.</p>
          ) : (
            list(starred)
          )}
        </Section>
        <Section title="Looked at last" flush>
          {lately.length === 0 ? <p className="home-none">Nothing yet.</p> : list(lately)}
        </Section>
      </PageBody>
    </>
  );
}

interface BoardsProps {
  them: readonly DocumentHead[];
  stars: ReadonlySet<string>;
  star: (id: string, on: boolean) => void;
}

function Boards({ them, stars, star }: BoardsProps) {
  const folders = new Map((useFolders() ?? []).map((one) => [one.id, one.name]));
  return (
    <ul className="home-list">
      {them.map(({ id, name, folder, description }) => {
        const starred = stars.has(id);
        const where = folders.get(folder);
        return (
          <li key={id}>
            <IconButton
              icon={Star}
              label={starred ? `Remove the star of ${name}` : `Star ${name}`}
              aria-pressed={starred}
              className="star"
              onClick={() => star(id, !starred)}
            />
            <PageLink to={`/d/${id}`} className="link">
              {name}
            </PageLink>
            <span className="muted truncate">{description}</span>
            {where === undefined ? null : <span className="tag">{where}</span>}
          </li>
        );
      })}
    </ul>
  );
}
