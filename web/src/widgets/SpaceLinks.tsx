import { LinkedName } from "./LinkedName";
import type { WidgetProps, WidgetSeries } from "./plugin";

interface Props {
  series: WidgetSeries | undefined;
  linksOf: WidgetProps<object>["linksOf"];
}

/** The ways on from what was chosen in space. */
export function SpaceLinks({ series, linksOf }: Props) {
  const links = series === undefined ? [] : linksOf(series, null, null);
  return links.length === 0 ? null : <LinkedName name={links[0]?.title ?? ""} links={links} />;
}
