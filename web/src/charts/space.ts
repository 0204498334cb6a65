/** Things in space and how they are seen: one camera for WebGL, for its labels and for the picture without WebGL. */

export interface SpaceNode {
  key: string;
  name: string;
  /** -1 to 1 each. */
  x: number;
  y: number;
  z: number;
  /** Half an edge, or the radius. */
  size: number;
  /** A palette token. */
  color: string;
  /** What is said of it, beside its name. */
  text: string;
  /** Keys of the series that it is made of. */
  of: readonly string[];
  /** Something else stands out. */
  dim?: boolean;
}

export interface SpaceEdge {
  from: number;
  to: number;
  color: string;
  /** 0 to 1. */
  weight: number;
  /** The key of its series. */
  of: string;
  dim?: boolean;
}

export interface Space {
  shape: "cube" | "ball";
  nodes: readonly SpaceNode[];
  edges: readonly SpaceEdge[];
  /** Names of the axes; none: no frame around. */
  axes: readonly [string, string, string] | null;
}

/** With all dimmed that is not of these series; null: all alike. */
export function standingOut(space: Space, keys: ReadonlySet<string> | null): Space {
  if (keys === null) return space;
  return {
    ...space,
    nodes: space.nodes.map((one) => (one.of.some((key) => keys.has(key)) ? one : { ...one, dim: true })),
    edges: space.edges.map((one) => (keys.has(one.of) ? one : { ...one, dim: true })),
  };
}

export interface Camera {
  /** Radians around the vertical, and above the floor. */
  yaw: number;
  pitch: number;
  zoom: number;
}

export interface Seen {
  x: number;
  y: number;
  /** Distance from the camera. */
  depth: number;
  /** Pixels of a length of one there. */
  scale: number;
}

/** So near that all is seen: a frame needs more room than what stands around the middle. */
export function startCamera(space: Space): Camera {
  return { yaw: 0.6, pitch: 0.45, zoom: space.axes === null ? 1.3 : 0.8 };
}

export const FIELD_OF_VIEW = 35;
export const DISTANCE = 5.2;
const MAX_PITCH = 1.5;

export function turn(camera: Camera, yaw: number, pitch: number): Camera {
  const tilted = Math.max(-MAX_PITCH, Math.min(MAX_PITCH, camera.pitch + pitch));
  return { ...camera, yaw: camera.yaw + yaw, pitch: tilted };
}

export function zoomBy(camera: Camera, factor: number): Camera {
  return { ...camera, zoom: Math.max(0.4, Math.min(6, camera.zoom * factor)) };
}

/** Where the camera stands; it looks at the middle. */
export function eye({ yaw, pitch, zoom }: Camera): [number, number, number] {
  const far = DISTANCE / zoom;
  return [far * Math.cos(pitch) * Math.sin(yaw), far * Math.sin(pitch), far * Math.cos(pitch) * Math.cos(yaw)];
}

export function project(camera: Camera, width: number, height: number, x: number, y: number, z: number): Seen {
  const { yaw, pitch, zoom } = camera;
  const [sy, cy, sp, cp] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch)];
  const right = x * cy - z * sy;
  const up = -x * sp * sy + y * cp - z * sp * cy;
  const depth = Math.max(0.05, DISTANCE / zoom - (x * cp * sy + y * sp + z * cp * cy));
  const scale = height / 2 / Math.tan((FIELD_OF_VIEW * Math.PI) / 360) / depth;
  return { x: width / 2 + right * scale, y: height / 2 - up * scale, depth, scale };
}

/** The nearest node under a point, or -1. */
export function pick(space: Space, camera: Camera, width: number, height: number, x: number, y: number): number {
  let [best, near] = [-1, Infinity];
  space.nodes.forEach((node, at) => {
    const seen = project(camera, width, height, node.x, node.y, node.z);
    const reach = Math.max(6, node.size * seen.scale * 1.2);
    if (Math.hypot(seen.x - x, seen.y - y) <= reach && seen.depth < near) [best, near] = [at, seen.depth];
  });
  return best;
}

export interface Label {
  at: number;
  x: number;
  y: number;
  text: string;
}

const LETTER_PX = 6.3;
const LABEL_PX = 13;

/** Names that do not cover each other, of the nearest first; `first` is always shown. */
export function spaceLabels(
  space: Space,
  camera: Camera,
  width: number,
  height: number,
  first: number,
  all: boolean,
): Label[] {
  const seen = space.nodes.map((node, at) => ({
    at,
    ...project(camera, width, height, node.x, node.y + node.size * 1.3, node.z),
  }));
  const order = seen
    .filter((one) => all || one.at === first)
    .sort((a, b) => Number(b.at === first) - Number(a.at === first) || a.depth - b.depth);
  const kept: (Label & { half: number })[] = [];
  for (const { at, x, y } of order) {
    const name = space.nodes[at]?.name ?? "";
    const text = name.length > 24 ? `${name.slice(0, 23)}…` : name;
    const half = (text.length * LETTER_PX) / 2;
    const covers = kept.some((one) => Math.abs(one.y - y) < LABEL_PX && Math.abs(one.x - x) < one.half + half);
    if (!covers) kept.push({ at, x, y: y - 3, text, half });
  }
  return kept;
}

/** The twelve edges of the frame around everything. */
export const FRAME: readonly (readonly [number, number, number, number, number, number])[] = [-1, 1].flatMap((a) =>
  [-1, 1].flatMap((b) => [[-1, a, b, 1, a, b] as const, [a, -1, b, a, 1, b] as const, [a, b, -1, a, b, 1] as const]),
);

/** Cubes on a floor, in rows; groups stand apart. */
export function floorPlaces(groups: readonly number[]): [number, number][] {
  const count = groups.length;
  const order = groups.map((group, at) => ({ group, at })).sort((a, b) => a.group - b.group || a.at - b.at);
  const kinds = new Set(groups).size;
  const columns = Math.max(1, Math.ceil(Math.sqrt(count + kinds)));
  const places: [number, number][] = groups.map(() => [0, 0]);
  let [row, column, previous] = [0, 0, order[0]?.group];
  for (const { group, at } of order) {
    if (column >= columns || group !== previous) {
      row += group === previous ? 1 : 1.6;
      column = 0;
    }
    previous = group;
    places[at] = [column, row];
    column += 1;
  }
  const widest = Math.max(1, ...places.map(([x]) => x));
  const span = Math.max(widest, row, 1);
  return places.map(([x, z]) => [((x - widest / 2) / span) * 1.8, ((z - row / 2) / span) * 1.8]);
}

/** Linked things near each other, all others apart: the same places for the same graph. */
export function springPlaces(
  count: number,
  links: readonly (readonly [number, number])[],
  rounds = 160,
): [number, number, number][] {
  // points of a spiral on a ball are apart from the start, and need no chance
  const at = Array.from({ length: count }, (_, index): [number, number, number] => {
    const y = 1 - (2 * (index + 0.5)) / count;
    const angle = index * 2.399963;
    const radius = Math.sqrt(Math.max(0, 1 - y * y));
    return [radius * Math.cos(angle), y, radius * Math.sin(angle)];
  });
  const ideal = 1.6 / Math.cbrt(Math.max(1, count));
  for (let round = 0; round < rounds; round += 1) {
    const reach = 0.12 * (1 - round / rounds) + 0.005;
    const push = at.map((): [number, number, number] => [0, 0, 0]);
    const force = (a: number, b: number, of: (distance: number) => number): void => {
      const [p, q, mine, theirs] = [at[a], at[b], push[a], push[b]];
      if (p === undefined || q === undefined || mine === undefined || theirs === undefined) return;
      const away = [p[0] - q[0], p[1] - q[1], p[2] - q[2]] as const;
      const distance = Math.max(0.01, Math.hypot(...away));
      const size = of(distance) / distance;
      for (const axis of [0, 1, 2] as const) {
        mine[axis] += away[axis] * size;
        theirs[axis] -= away[axis] * size;
      }
    };
    for (let a = 0; a < count; a += 1)
      for (let b = a + 1; b < count; b += 1) force(a, b, (distance) => (ideal * ideal) / distance);
    for (const [a, b] of links) force(a, b, (distance) => -(distance * distance) / ideal);
    at.forEach((place, index) => {
      const by = push[index] ?? [0, 0, 0];
      const size = Math.max(1e-9, Math.hypot(...by));
      const step = Math.min(size, reach) / size;
      for (const axis of [0, 1, 2] as const) place[axis] += by[axis] * step;
    });
  }
  const middle = [0, 1, 2].map((axis) => at.reduce((sum, one) => sum + (one[axis] ?? 0), 0) / Math.max(1, count));
  const centred = at.map((one) => one.map((value, axis) => value - (middle[axis] ?? 0)));
  const far = Math.max(1e-6, ...centred.flat().map(Math.abs));
  return centred.map(([x = 0, y = 0, z = 0]) => [x / far, y / far, z / far]);
}
