import type { OptionField } from "./plugin";

/** Whether a value is one of a field's. */
export function fits(value: unknown, field: OptionField): boolean {
  if (field.enum !== undefined) return field.enum.includes(value as string | number);
  switch (field.type) {
    case "array":
      return Array.isArray(value) && value.every((one) => field.items === undefined || typeof one === field.items.type);
    case "integer":
    case "number":
      return (
        typeof value === "number" &&
        (field.type === "number" || Number.isInteger(value)) &&
        value >= (field.minimum ?? -Infinity) &&
        value <= (field.maximum ?? Infinity)
      );
    default:
      return typeof value === field.type;
  }
}
