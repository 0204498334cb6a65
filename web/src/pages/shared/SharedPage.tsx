import { PageBody, PageHeader } from "../../ui";
import { useSession } from "../../queries/session";
import { PublicLinks } from "./PublicLinks";
import { Snapshots } from "./Snapshots";

/** What of the project was given away, and for how long. */
export default function SharedPage() {
  const { location } = useSession();
  const crumbs = [{ label: "Dashboards", href: "/dashboards", go: () => location.go("/dashboards", ["project"]) }];
  return (
    <>
      <PageHeader title="Shared" crumbs={crumbs} />
      <PageBody>
        <PublicLinks />
        <Snapshots />
      </PageBody>
    </>
  );
}
