import { describe, expect, it } from "vitest";
import {
  newOverride,
  newSchedule,
  newStep,
  scheduleOf,
  scheduleProblem,
  scheduleSpec,
  stepsOf,
  stepsProblem,
  stepsWords,
  thisMonday,
} from "../../src/pages/alerts/onCall/schedule";

// a Sunday
const NOW_MS = Date.UTC(2026, 10, 22, 12);
const MIRA = { name: "Mira", contact_point: "phone" };

describe("a schedule", () => {
  it("begins on the Monday of the week", () => {
    expect(thisMonday(NOW_MS)).toBe("2026-11-16");
    expect(thisMonday(Date.UTC(2026, 10, 23, 1))).toBe("2026-11-23");
  });

  it("needs people who can be told apart and reached", () => {
    const schedule = { ...newSchedule(NOW_MS, "UTC"), members: [MIRA] };
    expect(scheduleProblem(schedule)).toBeNull();
    expect(scheduleProblem(newSchedule(NOW_MS, "UTC"))).toContain("name");
    expect(scheduleProblem({ ...schedule, members: [] })).toContain("Somebody");
    expect(scheduleProblem({ ...schedule, members: [{ ...MIRA, contact_point: "" }] })).toContain("contact point");
    expect(scheduleProblem({ ...schedule, members: [MIRA, { ...MIRA, name: " Mira " }] })).toContain("same name");
    expect(scheduleProblem({ ...schedule, starts_on: "" })).toContain("day");
    expect(scheduleProblem({ ...schedule, starts_at: "9" })).toContain("09:00");
  });

  it("has those take over who take turns, for some time", () => {
    const schedule = { ...newSchedule(NOW_MS, "UTC"), members: [MIRA] };
    const swap = newOverride(schedule.members, NOW_MS);
    expect(scheduleProblem({ ...schedule, overrides: [swap] })).toBeNull();
    expect(scheduleProblem({ ...schedule, overrides: [{ ...swap, member: "Jo" }] })).toContain("one of those");
    expect(scheduleProblem({ ...schedule, overrides: [{ ...swap, end_ms: Number.NaN }] })).toContain("end after");
  });

  it("is read whatever a document says, and sent without spaces around names", () => {
    expect(scheduleOf(null)).toEqual(scheduleOf({ members: 3, overrides: "no" }));
    expect(scheduleSpec({ ...scheduleOf({}), members: [{ ...MIRA, name: " Mira " }] }).members).toEqual([MIRA]);
  });
});

describe("steps", () => {
  it("come one after the other, and each tells somebody", () => {
    const first = { ...newStep([]), receivers: ["leads"] };
    const second = { ...newStep([first]), schedules: ["weekly"] };
    expect(stepsProblem([first, second])).toBeNull();
    expect(stepsWords([first, second])).toBe("after 15m: leads, after 30m: whoever is on call in weekly");
    expect(stepsProblem([second, first])).toContain("later");
    expect(stepsProblem([newStep([])])).toContain("tell somebody");
    expect(stepsProblem([{ ...first, after_ms: Number.NaN }])).toContain("30s");
    expect(stepsProblem([])).not.toBeNull();
    expect(stepsOf({ steps: [{ receivers: ["a", 1] }] })).toEqual([{ after_ms: 0, receivers: ["a"], schedules: [] }]);
  });
});
