/** Colours of series: the same series keeps its category everywhere; collisions inside a chart are resolved by order. */

const CATEGORIES = 12;
const HASHED = 10;
const SOLID = 6;

/** FNV-1a over UTF-16 units: stable across sessions and machines. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  }
  return value >>> 0;
}

export interface Slot {
  /** 0 to 11: `--s1` to `--s12`. */
  category: number;
  dash: readonly number[];
}

/** A slot for each identity, in the order given; `pinned` categories win. */
export function assignSlots(identities: readonly string[], pinned: ReadonlyMap<string, number> = new Map()): Slot[] {
  const used = new Set<number>();
  const chosen: (number | null)[] = identities.map((name) => pinned.get(name) ?? null);
  for (const category of chosen) if (category !== null) used.add(category);
  identities.forEach((name, at) => {
    if (chosen[at] !== null) return;
    const wish = hash(name) % HASHED;
    for (let step = 0; step < CATEGORIES; step += 1) {
      const category = (wish + step) % CATEGORIES;
      if (used.has(category)) continue;
      used.add(category);
      chosen[at] = category;
      return;
    }
    chosen[at] = wish;
  });
  return identities.map((_, at) => ({ category: chosen[at] ?? 0, dash: dashFor(at) }));
}

/** From the seventh series on hue alone does not tell lines apart for everybody. */
function dashFor(position: number): readonly number[] {
  if (position >= CATEGORIES) return [2, 3];
  return position >= SOLID ? [6, 3] : [];
}

/** Every colour a chart needs, read from the theme's tokens. */
export interface Theme {
  categories: string[];
  sequential: string[];
  grid: string;
  axis: string;
  line: string;
  panel: string;
  hatch: string;
  ghost: string;
  font: string;
  /** Any colour by its name: "s3", "crit", "text-3". */
  token: (name: string) => string;
}

export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const known = new Map<string, string>();
  const token = (name: string): string => {
    let value = known.get(name);
    if (value === undefined) known.set(name, (value = style.getPropertyValue(name).trim()));
    return value;
  };
  return {
    token: (name) => token(`--${name}`),
    categories: Array.from({ length: CATEGORIES }, (_, at) => token(`--s${at + 1}`)),
    sequential: Array.from({ length: 8 }, (_, at) => token(`--q${at}`)),
    grid: token("--grid"),
    axis: token("--axis"),
    line: token("--line"),
    panel: token("--panel"),
    hatch: token("--hatch"),
    ghost: token("--ghost"),
    font: `11px ${token("--font-sans")}`,
  };
}

/** A `#rrggbb` token with an alpha. */
export function withAlpha(color: string, alpha: number): string {
  if (alpha >= 1 || !/^#[0-9a-f]{6}$/i.test(color)) return color;
  return color + Math.round(alpha * 255).toString(16).padStart(2, "0"); // prettier-ignore
}
