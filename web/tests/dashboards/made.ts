/** Made-up cases, the same in every run. */

export interface Random {
  below: (limit: number) => number;
  pick: <T>(from: readonly T[]) => T;
  /** Text with everything that means something somewhere. */
  text: () => string;
}

const PIECES = [
  ..."\"'`\\{}[]()|.*+?^$#=!~,:;<>&%/-_ \n\r\t\u0000\u007f".split(""),
  ..."abzAZ09".split(""),
  "é",
  "😀",
  "${job}",
  "$x",
  '"} or secret{a="',
  "\\\\",
  "[[job]]",
  "</script>",
];

function random(seed: number): Random {
  let state = seed;
  const next = (): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  return { below, pick, text: () => Array.from({ length: 1 + below(8) }, () => pick(PIECES)).join("") };
}

export function made<T>(count: number, make: (random: Random) => T, seed = 4): T[] {
  const source = random(seed);
  return Array.from({ length: count }, () => make(source));
}
