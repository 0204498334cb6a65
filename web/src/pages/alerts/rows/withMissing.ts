/** Names to choose from, the chosen one among them even if it is not there. */
export function withMissing(names: readonly string[], chosen: string): { value: string; label: string }[] {
  const there = names.map((name) => ({ value: name, label: name }));
  const isMissing = chosen !== "" && !names.includes(chosen);
  return isMissing ? [...there, { value: chosen, label: `${chosen} (not there)` }] : there;
}
