import {
  Download,
  Ellipsis,
  FolderPlus,
  House,
  LayoutTemplate,
  ListVideo,
  PenLine,
  Plus,
  Share2,
  Trash2,
  Upload,
} from "lucide-react";
import type { DocumentHead } from "../../../api/documents";
import { CARRIED } from "../../../data/project";
import { useMay } from "../../../queries/account";
import { usePreferences } from "../../../queries/preferences";
import { useSession } from "../../../queries/session";
import { useCommands } from "../../../queries/useCommands";
import type { MenuEntry } from "../../../ui";
import { Button, IconButton, Menu, PageHeader } from "../../../ui";
import { useMedia } from "../../../ui/useMedia";
import type { Asked } from "./ListDialog";

interface Props {
  /** The folder that is open. */
  here: DocumentHead | null;
  open: (id: string) => void;
  ask: (asked: Asked) => void;
  /** Exports all. */
  save: () => void;
}

/** Where you are, and what can be done with the folder and the list as a whole. */
export function ListHeader({ here, open, ask, save }: Props) {
  const { location } = useSession();
  const mayEdit = useMay()("documents:write");
  const preferences = usePreferences();
  const roomy = useMedia("(min-width: 641px)");
  const toImport = (): void => ask({ what: "import", files: [] });
  const toTemplates = (): void => location.go("/dashboards/templates", CARRIED);
  useCommands(
    mayEdit
      ? [
          { id: "dashboards.new", title: "New dashboard", group: "Dashboard", run: () => open("new") },
          {
            id: "dashboards.import",
            title: "Import dashboards",
            group: "Dashboard",
            run: toImport,
          },
          {
            id: "dashboards.folder",
            title: "New folder",
            group: "Dashboard",
            run: () => ask({ what: "folder", folder: null }),
          },
        ]
      : [],
  );
  const entries: MenuEntry[] = [
    ...(mayEdit && !roomy
      ? [
          { label: "Import", icon: Upload, onSelect: toImport },
          { label: "Templates", icon: LayoutTemplate, href: "/dashboards/templates", onSelect: toTemplates },
          "line" as const,
        ]
      : []),
    ...(mayEdit && here !== null
      ? [
          { label: "Rename folder", icon: PenLine, onSelect: () => ask({ what: "folder", folder: here }) },
          {
            label: "Delete folder",
            icon: Trash2,
            danger: true,
            onSelect: () => ask({ what: "delete folder", folder: here }),
          },
          "line" as const,
        ]
      : []),
    ...(mayEdit
      ? [{ label: "New folder", icon: FolderPlus, onSelect: () => ask({ what: "folder", folder: null }) }]
      : []),
    { label: "Export all", icon: Download, onSelect: save },
    ...(mayEdit
      ? [{ label: "Deleted dashboards", icon: Trash2, onSelect: () => location.open("/dashboards?deleted=1") }]
      : []),
    { label: "Playlists", icon: ListVideo, href: "/playlists", onSelect: () => location.go("/playlists", ["project"]) },
    {
      label: "Public links and snapshots",
      icon: Share2,
      href: "/shared",
      onSelect: () => location.go("/shared", ["project"]),
    },
    {
      label: "Begin here",
      icon: House,
      checked: preferences.home === "list",
      onSelect: () => void preferences.setHome(preferences.home === "list" ? "" : "list"),
    },
  ];
  const goList = (): void => location.go("/dashboards", CARRIED);
  return (
    <PageHeader
      title={here?.name ?? "Dashboards"}
      crumbs={here === null ? [] : [{ label: "Dashboards", href: "/dashboards", go: goList }]}
    >
      <Menu trigger={<IconButton icon={Ellipsis} label="Dashboards: more" />} entries={entries} />
      {mayEdit ? (
        <>
          {roomy ? (
            <>
              <Button icon={Upload} onClick={toImport}>
                Import
              </Button>
              <Button icon={LayoutTemplate} onClick={toTemplates}>
                Templates
              </Button>
            </>
          ) : null}
          <Button variant="primary" icon={Plus} onClick={() => open("new")}>
            New dashboard
          </Button>
        </>
      ) : null}
    </PageHeader>
  );
}
