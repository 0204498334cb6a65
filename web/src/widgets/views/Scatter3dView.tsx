import { useMemo } from "react";
import type { Scatter3dOptions } from "../kinds/scatter3d";
import { Needs } from "../Needs";
import { SpaceLinks } from "../SpaceLinks";
import type { WidgetProps } from "../plugin";
import { scatterSpace } from "../spaces";
import { SpaceView } from "../SpaceView";

/** Three numbers against each other. */
export default function Scatter3dView({ title, options, data, width, height, linksOf }: WidgetProps<Scatter3dOptions>) {
  const { space, owners, series } = useMemo(
    () => scatterSpace(data, options),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the version stands for the values
    [data.frame, data.version, data.window.start_ms, data.window.end_ms, options],
  );
  if (space.nodes.length === 0) return <Needs what="three queries whose series have the same labels" />;
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
