import { useListAddress } from "./list/useListAddress";
import { DeletedPage } from "./list/DeletedPage";
import { ListPage } from "./list/ListPage";
import "../../dashboards/dashboards.css";
import "./lists.css";

/** All dashboards of the project: those that are there, or those that were deleted. */
export default function DashboardsPage() {
  const { deleted } = useListAddress();
  return deleted ? <DeletedPage /> : <ListPage />;
}
