import { useMemo } from "react";
import type { NodesOptions } from "../kinds/nodes3d";
import { Needs } from "../Needs";
import { SpaceLinks } from "../SpaceLinks";
import type { WidgetProps } from "../plugin";
import { nodeSpace } from "../spaces";
import { SpaceView } from "../SpaceView";

/** A cube for each node. */
export default function NodesView({ title, options, data, width, height, linksOf }: WidgetProps<NodesOptions>) {
  const { space, owners, series } = useMemo(
    () => nodeSpace(data, options),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the version stands for the values
    [data.frame, data.version, data.window.start_ms, data.window.end_ms, options],
  );
  if (space.nodes.length === 0) return <Needs what="a number for each node" />;
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
