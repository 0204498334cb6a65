import type { Camera, Space, SpaceNode } from "../charts/space";
import { FRAME, project } from "../charts/space";

interface Props {
  space: Space;
  camera: Camera;
  width: number;
  height: number;
  selected: number;
}

const EDGES: readonly (readonly [number, number])[] = [[0, 1], [1, 3], [3, 2], [2, 0]]; // prettier-ignore
const FACES = [
  { axis: 0, side: 1, light: 0.86 },
  { axis: 0, side: -1, light: 0.86 },
  { axis: 1, side: 1, light: 1 },
  { axis: 1, side: -1, light: 0.6 },
  { axis: 2, side: 1, light: 0.72 },
  { axis: 2, side: -1, light: 0.72 },
] as const;

function corners(node: SpaceNode, axis: number, side: number, size: number): [number, number, number][] {
  const around = [0, 1, 2].filter((one) => one !== axis);
  return EDGES.map(([corner]) => {
    const at: [number, number, number] = [node.x, node.y, node.z];
    at[axis] = (at[axis] ?? 0) + side * size;
    around.forEach((one, bit) => {
      at[one] = (at[one] ?? 0) + (corner & (1 << bit) ? size : -size);
    });
    return at;
  });
}

function Cube({
  node,
  chosen,
  ...view
}: {
  node: SpaceNode;
  chosen: boolean;
  camera: Camera;
  width: number;
  height: number;
}) {
  const { camera, width, height } = view;
  const see = (at: [number, number, number]) => project(camera, width, height, ...at);
  const size = node.size * (chosen ? 1.25 : 1);
  const middle = project(camera, width, height, node.x, node.y, node.z).depth;
  return (
    <g
      opacity={node.dim === true ? 0.22 : 1}
      stroke={chosen ? "var(--text)" : "var(--panel)"}
      strokeWidth="0.75"
      strokeLinejoin="round"
    >
      {FACES.map(({ axis, side, light }) => {
        const seen = corners(node, axis, side, size).map(see);
        const depth = seen.reduce((sum, one) => sum + one.depth, 0) / seen.length;
        // faces that look away lie behind the middle
        if (depth >= middle) return null;
        const points = seen.map((one) => `${one.x.toFixed(1)},${one.y.toFixed(1)}`).join(" ");
        return (
          <polygon
            key={`${axis} ${side}`}
            points={points}
            fill={`var(--${node.color})`}
            style={{ filter: `brightness(${light})` }}
          />
        );
      })}
    </g>
  );
}

/** The same things as elements, where there is no WebGL: farther ones first. */
export function FlatSpace({ space, camera, width, height, selected }: Props) {
  const see = (x: number, y: number, z: number) => project(camera, width, height, x, y, z);
  const order = space.nodes
    .map((node, at) => ({ node, at, seen: see(node.x, node.y, node.z) }))
    .sort((a, b) => b.seen.depth - a.seen.depth);
  return (
    <svg width={width} height={height} className="wspace__flat" aria-hidden="true">
      {space.axes === null
        ? null
        : FRAME.map((ends) => {
            const [a, b] = [see(ends[0], ends[1], ends[2]), see(ends[3], ends[4], ends[5])];
            return <line key={ends.join(" ")} x1={a.x} y1={a.y} x2={b.x} y2={b.y} stroke="var(--line)" />;
          })}
      {space.edges.map(({ from, to, color, weight, dim = false }) => {
        const [a, b] = [space.nodes[from], space.nodes[to]];
        if (a === undefined || b === undefined) return null;
        const [p, q] = [see(a.x, a.y, a.z), see(b.x, b.y, b.z)];
        return (
          <line
            key={`${from} ${to}`}
            x1={p.x}
            y1={p.y}
            x2={q.x}
            y2={q.y}
            stroke={`var(--${color})`}
            strokeWidth={0.75 + weight * 2}
            strokeOpacity={dim ? 0.15 : 0.6}
          />
        );
      })}
      {order.map(({ node, at, seen }) =>
        space.shape === "cube" ? (
          <Cube key={node.key} node={node} chosen={at === selected} camera={camera} width={width} height={height} />
        ) : (
          <circle
            key={node.key}
            cx={seen.x}
            cy={seen.y}
            r={Math.max(1.5, node.size * seen.scale * (at === selected ? 1.25 : 1))}
            fill={`var(--${node.color})`}
            opacity={node.dim === true ? 0.22 : 1}
            stroke={at === selected ? "var(--text)" : "var(--panel)"}
            strokeWidth="0.75"
          />
        ),
      )}
    </svg>
  );
}
