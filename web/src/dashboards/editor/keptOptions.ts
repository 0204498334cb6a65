import type { OptionField, OptionSchema } from "../../widgets/plugin";

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

/** The options that another kind of widget understands, too. */
export function keptOptions(options: Readonly<Record<string, unknown>>, schema: OptionSchema): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => {
      const field = schema.properties[name];
      return field !== undefined && fits(value, field);
    }),
  );
}
