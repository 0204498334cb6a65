import { useMemo } from "react";
import type { TopologyOptions } from "../kinds/topology3d";
import { Needs } from "../Needs";
import { SpaceLinks } from "../SpaceLinks";
import type { WidgetProps } from "../plugin";
import { topologySpace } from "../spaces";
import { SpaceView } from "../SpaceView";

/** Who calls whom. */
export default function TopologyView({ title, options, data, width, height, linksOf }: WidgetProps<TopologyOptions>) {
  const { space, owners, series } = useMemo(
    () => topologySpace(data, options),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the version stands for the values
    [data.frame, data.version, data.window.start_ms, data.window.end_ms, options],
  );
  if (space.nodes.length === 0) return <Needs what="series with labels for source and target" />;
  return (
    <SpaceView
      title={title}
      space={space}
      series={series}
      width={width}
      height={height}
      stale={data.stale_ms !== null}
      names={options.names}
      about={(at) => <SpaceLinks series={owners[at]} linksOf={linksOf} />}
    />
  );
}
