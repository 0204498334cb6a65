/** Operations the builder offers, in the order in which they are usually put one after the other. */

export type OperationKind = "window" | "aggregate" | "function" | "number";

export interface OperationSpec {
  name: string;
  kind: OperationKind;
  title: string;
  help: string;
  /** A number that comes before the series. */
  param?: { title: string; value: string };
  /** A number that comes after the series. */
  after?: { title: string; value: string };
}

export const RATE_WINDOW = "$__rate_interval";

const windowed = (name: string, title: string, help: string): OperationSpec => ({ name, kind: "window", title, help });
const simple = (name: string, title: string, help: string): OperationSpec => ({ name, kind: "function", title, help });
const over = (name: string, title: string, help: string): OperationSpec => ({ name, kind: "aggregate", title, help });
const counted = (name: string, help: string): OperationSpec => ({
  name,
  kind: "number",
  title: name,
  help,
  after: { title: "Number", value: name === "*" || name === "/" ? "1" : "0" },
});

export const OPERATIONS: readonly OperationSpec[] = [
  windowed("rate", "rate", "Growth a second, averaged over the window; for counters"),
  windowed("increase", "increase", "Growth over the window; for counters"),
  windowed("irate", "irate", "Growth a second between the last two samples; for counters"),
  windowed("delta", "delta", "Difference between the ends of the window; for gauges"),
  windowed("deriv", "deriv", "Slope a second over the window; for gauges"),
  windowed("avg_over_time", "average over time", "Average of each series over the window"),
  windowed("min_over_time", "min over time", "Least value of each series in the window"),
  windowed("max_over_time", "max over time", "Greatest value of each series in the window"),
  windowed("sum_over_time", "sum over time", "Sum of each series over the window"),
  windowed("count_over_time", "count over time", "How many samples each series has in the window"),
  windowed("last_over_time", "last over time", "Newest sample of each series in the window"),
  windowed("changes", "changes", "How often each series changed its value in the window"),
  windowed("resets", "resets", "How often each counter started anew in the window"),
  {
    ...windowed("quantile_over_time", "quantile over time", "Value that a part of the samples does not exceed"),
    param: { title: "Part", value: "0.95" },
  },
  over("sum", "sum", "Sum over series"),
  over("avg", "average", "Average over series"),
  over("min", "min", "Least of the series"),
  over("max", "max", "Greatest of the series"),
  over("count", "count", "How many series"),
  over("stddev", "deviation", "Standard deviation over series"),
  { ...over("topk", "top", "The series with the greatest values"), param: { title: "How many", value: "5" } },
  { ...over("bottomk", "bottom", "The series with the least values"), param: { title: "How many", value: "5" } },
  {
    ...over("quantile", "quantile over series", "Value that a part of the series does not exceed"),
    param: { title: "Part", value: "0.95" },
  },
  {
    ...simple("histogram_quantile", "quantile of a histogram", "Value that a part of the observations does not exceed"),
    param: { title: "Part", value: "0.95" },
  },
  simple("abs", "absolute", "Without its sign"),
  simple("ceil", "round up", "To the next whole number above"),
  simple("floor", "round down", "To the next whole number below"),
  simple("sqrt", "square root", "Square root"),
  simple("ln", "natural logarithm", "Natural logarithm"),
  simple("log2", "logarithm to 2", "Logarithm to the base of 2"),
  simple("log10", "logarithm to 10", "Logarithm to the base of 10"),
  simple("exp", "exponential", "Exponential"),
  simple("sort", "sort up", "Least first, in tables"),
  simple("sort_desc", "sort down", "Greatest first, in tables"),
  { ...simple("clamp_min", "at least", "Lesser values become this"), after: { title: "Least", value: "0" } },
  { ...simple("clamp_max", "at most", "Greater values become this"), after: { title: "Greatest", value: "100" } },
  counted("*", "Times a number"),
  counted("/", "Divided by a number"),
  counted("+", "Plus a number"),
  counted("-", "Minus a number"),
  counted(">", "Only values above a number"),
  counted("<", "Only values below a number"),
  counted(">=", "Only values of at least a number"),
  counted("<=", "Only values of at most a number"),
  counted("==", "Only values that equal a number"),
  counted("!=", "Only values other than a number"),
];

const BY_NAME: ReadonlyMap<string, OperationSpec> = new Map(OPERATIONS.map((one) => [one.name, one]));

export const operationSpec = (name: string): OperationSpec | null => BY_NAME.get(name) ?? null;
