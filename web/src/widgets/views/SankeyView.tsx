import { sankey, sankeyLinkHorizontal } from "d3-sankey";
import { assignSlots } from "../../charts/palette";
import { DEFAULT_FORMAT, fieldText, writeField } from "../../data/fieldFormat";
import type { GraphLink } from "../graph";
import { graphOf, withoutCircles } from "../graph";
import type { SankeyOptions } from "../kinds/sankey";
import { Needs } from "../Needs";
import type { WidgetProps } from "../plugin";
import { useHighlight } from "../useHighlight";
import { useTip } from "../useTip";

interface Node {
  name: string;
}

const FAILURE = /^(fail(ed|ure)?|errors?|dropped|rejected|5xx)$/i;
const path = sankeyLinkHorizontal();

/** How much flows from where to where. */
export default function SankeyView({ title, options, data, width, height }: WidgetProps<SankeyOptions>) {
  const tip = useTip();
  const { graph, left } = withoutCircles(graphOf(data, options.source, options.target, options.value));
  const highlight = useHighlight(graph.links.map((one) => one.series));
  if (graph.links.length === 0)
    return <Needs what={`series with the labels ${options.source} and ${options.target}`} />;
  const foot = left > 0 ? 16 : 0;
  const made = sankey<Node, GraphLink>()
    .nodeId((one) => one.name)
    .nodeWidth(options.nodeWidth)
    .nodePadding(Math.max(4, Math.min(16, height / graph.nodes.length)))
    .extent([
      [1, 4],
      [Math.max(20, width - 1), Math.max(20, height - 4 - foot)],
    ])({
    nodes: graph.nodes.map((name) => ({ name })),
    links: graph.links.map((one) => ({ ...one })),
  });
  const slots = assignSlots(graph.nodes);
  const place = new Map(graph.nodes.map((name, at) => [name, at]));
  const colorOf = (name: string): string =>
    FAILURE.test(name) ? "var(--crit)" : `var(--s${(slots[place.get(name) ?? 0]?.category ?? 0) + 1})`;
  const format = graph.links[0]?.series.format ?? DEFAULT_FORMAT;
  const last = Math.max(...made.nodes.map((one) => one.depth ?? 0));
  const letters = Math.max(4, Math.floor((width / (last + 1) - 16) / 6.4));
  const said = graph.links
    .slice(0, 12)
    .map((one) => `${one.source} to ${one.target} ${writeField(one.value, one.series.format)}`);
  return (
    <div className={`wtime${data.stale_ms === null ? "" : " is-stale"}`}>
      <svg width={width} height={height - foot} className="wsvg" role="img" aria-label={`${title}. ${said.join(", ")}`}>
        {made.links.map((link) => {
          const [source, target] = [link.source as Node, link.target as Node];
          const status = fieldText(link.value, link.series.format).color;
          const color = FAILURE.test(target.name)
            ? "var(--crit)"
            : status !== ""
              ? `var(--${status})`
              : colorOf(source.name);
          return (
            <path
              key={`${source.name}\u0000${target.name}\u0000${link.series.key}`}
              className={highlight.look(link.series.key)}
              onPointerEnter={highlight.enter(link.series.key)}
              d={path(link) ?? ""}
              fill="none"
              stroke={color}
              strokeOpacity={FAILURE.test(target.name) ? 0.6 : 0.24}
              strokeWidth={Math.max(1, link.width ?? 1)}
              onPointerMove={(event) =>
                tip.show(event, `${source.name} to ${target.name}`, [
                  { name: "flow", color, value: writeField(link.value, link.series.format) },
                ])
              }
              onPointerLeave={() => {
                highlight.leave();
                tip.hide();
              }}
            />
          );
        })}
        {made.nodes.map((node) => {
          const [x0, x1, y0, y1] = [node.x0 ?? 0, node.x1 ?? 0, node.y0 ?? 0, node.y1 ?? 0];
          const end = node.depth === last && last > 0;
          const name = node.name.length > letters ? `${node.name.slice(0, letters - 1)}…` : node.name;
          const tall = y1 - y0 > 26 && options.values && width / (last + 1) > 80;
          const middle = (y0 + y1) / 2;
          // a node stands out with any of its links
          const links = [...(node.sourceLinks ?? []), ...(node.targetLinks ?? [])];
          const dim = links.every((one) => highlight.look(one.series.key) !== "");
          return (
            <g key={node.name} className={dim ? "is-dim" : ""}>
              <rect x={x0} y={y0} width={x1 - x0} height={Math.max(1, y1 - y0)} fill={colorOf(node.name)}>
                <title>{`${node.name} ${writeField(node.value ?? 0, format)}`}</title>
              </rect>
              <text
                className="wsankey__name"
                x={end ? x0 - 6 : x1 + 6}
                y={middle + (tall ? -2 : 4)}
                textAnchor={end ? "end" : "start"}
              >
                {name}
              </text>
              {tall ? (
                <text x={end ? x0 - 6 : x1 + 6} y={middle + 12} textAnchor={end ? "end" : "start"}>
                  {writeField(node.value ?? 0, format)}
                </text>
              ) : null}
            </g>
          );
        })}
      </svg>
      {left > 0 ? (
        <p className="wfoot">
          {left === 1 ? "1 link that leads back is" : `${left} links that lead back are`} not drawn
        </p>
      ) : null}
    </div>
  );
}
