/** What the widgets of a dashboard that was given away may ask: nothing but what was frozen with it. Pure. */

import type { Ask, Plan } from "../data/questions";
import { readFormulas, spanOf, stepFor } from "../data/questions";
import type { Planner } from "../data/planner";
import type { QuestionName, ShownQuestion } from "./freeze";

/** The name of a question in place of its text, which is not known here. */
export const questionKey = ({ widget, ref, role, step_ms }: QuestionName): string =>
  JSON.stringify([widget, ref, role, step_ms]);

/** What `questionKey` wrote. */
export function readKey(key: string): QuestionName {
  const [widget, ref, role, step_ms] = JSON.parse(key) as [string, string, QuestionName["role"], number];
  return { widget, ref, role, step_ms };
}

/** The step that is at least as rough as wanted, else the roughest. */
function fitting(questions: readonly ShownQuestion[], wanted_ms: number): number | null {
  const steps = questions.map((one) => one.step_ms).sort((a, b) => a - b);
  return steps.find((step_ms) => step_ms >= wanted_ms) ?? steps.at(-1) ?? null;
}

export function frozenPlanner(questions: readonly ShownQuestion[]): Planner {
  const byWidget = new Map<string, ShownQuestion[]>();
  for (const question of questions) {
    if (question.role === "mark") continue;
    const known = byWidget.get(question.widget);
    if (known === undefined) byWidget.set(question.widget, [question]);
    else known.push(question);
  }
  return (widget, { interval, width, envelope }): Plan => {
    const span = spanOf(widget, interval);
    const span_ms = span.end_ms - span.start_ms;
    const step_ms = stepFor(span_ms, width, envelope);
    const problems: Plan["problems"][number][] = [];
    const formulas = readFormulas(widget, problems);
    const shown = widget.queries.filter((query) => !query.hidden && query.text.trim() !== "");
    const own = byWidget.get(widget.id) ?? [];
    const asks: Ask[] = [];
    for (const { ref, kind } of widget.queries) {
      const mine = own.filter((one) => one.ref === ref);
      const values = mine.filter((one) => one.role === "value");
      const chosen_ms = fitting(values, step_ms);
      if (chosen_ms === null) {
        const isShown = kind === "promql" && shown.some((query) => query.ref === ref);
        if (isShown) problems.push({ ref, from: null, to: null, message: "This question was not shared." });
        continue;
      }
      for (const question of mine) {
        if (question.step_ms !== chosen_ms) continue;
        const { role, instant } = question;
        if (role === "mark") continue;
        const key = questionKey(question);
        // what is looked at closer is a part of what may be asked
        const asked_ms = Math.min(question.span_ms, span_ms);
        asks.push({ ref, role, promql: key, step_ms: chosen_ms, span_ms: asked_ms, instant, slot: key });
      }
    }
    return { span_ms, step_ms, asks, formulas, problems, origins: new Map(), waits: false, shown };
  };
}
