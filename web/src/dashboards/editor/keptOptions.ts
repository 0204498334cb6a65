import { fits } from "../../widgets/optionFits";
import type { OptionSchema } from "../../widgets/plugin";

/** The options that another kind of widget understands, too. */
export function keptOptions(options: Readonly<Record<string, unknown>>, schema: OptionSchema): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => {
      const field = schema.properties[name];
      return field !== undefined && fits(value, field);
    }),
  );
}
