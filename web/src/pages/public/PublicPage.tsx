import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useEffect, useMemo, useState } from "react";
import { ApiError } from "../../api/client";
import type { SnapshotFile } from "../../api/sharing";
import { isSnapshotToken, publicDashboard, publicSnapshotText } from "../../api/sharing";
import { usePublicPlugins } from "../../dashboards/plugins/usePlugins";
import { FrozenDashboard } from "../../dashboards/share/FrozenDashboard";
import type { ShownQuestion } from "../../dashboards/share/freeze";
import type { FrozenView } from "../../dashboards/share/view";
import { hasPlugins, linkView, snapshotView } from "../../dashboards/share/view";
import { useSession } from "../../queries/session";
import type { Time } from "../../queries/useTime";
import { applyTheme } from "../../ui/theme";
import { FrozenHeader } from "./FrozenHeader";
import { publicLive } from "./publicLive";
import { Gone, Heading, Waiting } from "./states";
import "./public.css";

const readToken = (): string => decodeURIComponent(location.hash.slice(1));
/** Where other pages show it in a frame there is no header. */
const EMBEDDED = "/embed";

/** What a public link opens. Nobody is signed in here; the token behind `#` reaches the server in a header alone. */
export default function PublicPage() {
  const [token, setToken] = useState(readToken);
  const { location: address } = useSession();
  const { params, path } = address;
  const plain = path === EMBEDDED || params.has("kiosk");
  const theme = params.get("theme");
  useEffect(() => {
    const onHash = (): void => setToken(readToken());
    window.addEventListener("hashchange", onHash);
    return () => window.removeEventListener("hashchange", onHash);
  }, []);
  useEffect(() => {
    if (theme === "light" || theme === "dark") applyTheme(theme);
  }, [theme]);
  return (
    <div className="public-page">
      {isSnapshotToken(token) ? (
        <PublicSnapshot key={token} token={token} plain={plain} />
      ) : (
        <PublicLink key={token} token={token} plain={plain} />
      )}
    </div>
  );
}

interface Props {
  token: string;
  plain: boolean;
}

function PublicLink({ token, plain }: Props) {
  const { clock } = useSession();
  const asked = useQuery({
    queryKey: ["public dashboard", token],
    queryFn: ({ signal }) => publicDashboard<ShownQuestion>(token, signal),
    staleTime: Infinity,
    gcTime: 0,
  });
  const { data, error, refetch } = asked;
  const live = useMemo(() => publicLive(token, clock), [token, clock]);
  useEffect(
    // a socket cannot tell why it was closed: a link that has ended is found out by asking
    () =>
      live.watch(() => {
        if (live.state.kind === "waiting") void refetch();
      }),
    [live, refetch],
  );
  useEffect(() => () => live.hold(), [live]);
  const view = useMemo(
    () => (data === undefined ? null : linkView(token, data, live, clock)),
    [token, data, live, clock],
  );
  usePublicPlugins(
    token,
    useMemo(() => hasPlugins(data?.spec ?? null), [data]),
  );
  return (
    <Opened
      view={view}
      plain={plain}
      error={error}
      again={() => void refetch()}
      header={(shown) => <FrozenHeader {...shown} ends_ms={data?.expires_ms ?? 0} />}
    />
  );
}

function PublicSnapshot({ token, plain }: Props) {
  const { live } = useSession();
  const { data, error, refetch } = useQuery({
    queryKey: ["public snapshot", token],
    queryFn: async ({ signal }) => JSON.parse(await publicSnapshotText(token, signal)) as SnapshotFile<ShownQuestion>,
    staleTime: Infinity,
    gcTime: 0,
  });
  const view = useMemo(() => (data === undefined ? null : snapshotView(token, data, live)), [token, data, live]);
  usePublicPlugins(
    token,
    useMemo(() => hasPlugins(data?.dashboard ?? null), [data]),
  );
  return (
    <Opened
      view={view}
      plain={plain}
      error={error}
      again={() => void refetch()}
      header={(shown) => <FrozenHeader {...shown} taken_ms={data?.taken_ms ?? 0} ends_ms={0} />}
    />
  );
}

interface OpenedProps {
  view: FrozenView | null;
  plain: boolean;
  error: Error | null;
  again: () => void;
  header: (shown: { title: string; time: Time }) => ReactNode;
}

/** What came, or why it did not. */
function Opened({ view, plain, error, again, header }: OpenedProps) {
  if (error instanceof ApiError && error.status === 404) return <Gone />;
  if (view === null) return <Waiting error={error} again={again} />;
  const { title } = view;
  return (
    <FrozenDashboard view={view} header={(time) => (plain ? <Heading title={title} /> : header({ title, time }))} />
  );
}
