/** What the server asks of a password, shown while it is typed; the server decides. */

export const MIN_LENGTH = 10;

export interface Rule {
  text: string;
  met: boolean;
}

export function passwordRules(password: string, name: string): Rule[] {
  const plain = password.normalize("NFKC");
  const left = MIN_LENGTH - Array.from(plain).length;
  return [
    {
      text:
        left > 0 && plain !== ""
          ? `At least ${MIN_LENGTH} characters, ${left} to go`
          : `At least ${MIN_LENGTH} characters`,
      met: left <= 0,
    },
    { text: "Not the user name", met: plain !== "" && plain.toLowerCase() !== name.trim().toLowerCase() },
  ];
}

export const acceptable = (password: string, name: string): boolean =>
  passwordRules(password, name).every((rule) => rule.met);

const CLASSES = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/];
const CLASS_SIZES = [26, 26, 10, 33];
const STRONG_BITS = 80;
const GOOD_BITS = 60;

export type Strength = "short" | "fair" | "good" | "strong";

/** A guess by length and variety: repeated and neighbouring characters count for little. */
export function strength(password: string): Strength {
  if (Array.from(password).length < MIN_LENGTH) return "short";
  const size = CLASSES.reduce((sum, pattern, at) => sum + (pattern.test(password) ? (CLASS_SIZES[at] ?? 0) : 0), 0);
  let counted = 0;
  let before = Number.NaN;
  for (const character of password) {
    const code = character.codePointAt(0) ?? 0;
    counted += Math.abs(code - before) <= 1 ? 0.25 : 1;
    before = code;
  }
  const variety = Math.min(counted, new Set(password).size * 1.5);
  const bits = variety * Math.log2(Math.max(2, size));
  return bits >= STRONG_BITS ? "strong" : bits >= GOOD_BITS ? "good" : "fair";
}
