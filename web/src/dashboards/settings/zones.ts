/** Time zones to choose from. */

interface Zones {
  supportedValuesOf?: (key: "timeZone") => string[];
}

/** The person's own, UTC, and all that the browser knows; `chosen` is there even if it does not. */
export function zoneOptions(chosen: string): { value: string; label: string }[] {
  const named = (Intl as Zones).supportedValuesOf?.("timeZone") ?? [];
  const first = [
    { value: "browser", label: "As each person has chosen" },
    { value: "utc", label: "UTC" },
  ];
  const names = new Set([...named.filter((one) => one !== "UTC"), chosen]);
  for (const { value } of first) names.delete(value);
  return [...first, ...[...names].map((value) => ({ value, label: value.replaceAll("_", " ") }))];
}
