/** What is opened over a dashboard: loaded when it is first wanted, for who only looks on never does. */

import { demanded } from "../../ui/demanded";

export const EditorDrawer = demanded(async () => {
  const module = await import("../../dashboards/editor/EditorDrawer");
  return { default: module.EditorDrawer };
});
export const InspectDrawer = demanded(async () => {
  const module = await import("../../dashboards/inspector/InspectDrawer");
  return { default: module.InspectDrawer };
});
export const SettingsDialog = demanded(async () => {
  const module = await import("../../dashboards/settings/SettingsDialog");
  return { default: module.SettingsDialog };
});
export const MarksDialog = demanded(async () => {
  const module = await import("../../dashboards/marks/MarksDialog");
  return { default: module.MarksDialog };
});
export const VersionsDialog = demanded(async () => {
  const module = await import("../../dashboards/save/VersionsDialog");
  return { default: module.VersionsDialog };
});
export const ShareDialog = demanded(() => import("../../dashboards/share/ShareDialog"));
