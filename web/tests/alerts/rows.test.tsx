// @vitest-environment jsdom
import { fireEvent, render, screen, within } from "@testing-library/react";
import { useState } from "react";
import { describe, expect, it } from "vitest";
import { EditRows } from "../../src/pages/alerts/rows/EditRows";
import { PairRows } from "../../src/pages/alerts/rows/PairRows";
import { DurationSizeField, ValidDurationField } from "../../src/promql/DurationField";
import { violations } from "../ui/dom";

const input = (name: string): HTMLInputElement => screen.getByLabelText(name);
const type = (name: string, text: string): void => {
  fireEvent.change(input(name), { target: { value: text } });
};

describe("rows of a form", () => {
  const Steps = () => {
    const [steps, setSteps] = useState<readonly { after_ms: number }[]>([{ after_ms: 60_000 }, { after_ms: 120_000 }]);
    return (
      <>
        <EditRows
          label="Steps"
          word="Step"
          rows={steps}
          onChange={setSteps}
          fresh={() => ({ after_ms: 1000 })}
          add="Add a step"
          ordered
        >
          {({ after_ms }, set) => (
            <DurationSizeField
              label="After"
              value_ms={after_ms}
              onChange={(next) => set({ after_ms: next ?? Number.NaN })}
            />
          )}
        </EditRows>
        <output>{steps.map(({ after_ms }) => after_ms).join(" ")}</output>
      </>
    );
  };
  const told = (): string | null => screen.getByRole("status").textContent;
  const after = (number: number): HTMLInputElement =>
    within(screen.getByRole("group", { name: `Step ${number}` })).getByLabelText("After");

  it("are added, moved and taken away", async () => {
    render(<Steps />);
    fireEvent.click(screen.getByRole("button", { name: "Add a step" }));
    fireEvent.click(screen.getByRole("button", { name: "Step 3: earlier" }));
    expect(told()).toBe("60000 1000 120000");
    fireEvent.click(screen.getByRole("button", { name: "Remove step 1" }));
    expect(told()).toBe("1000 120000");
    expect(after(1).value).toBe("1s");
    expect(await violations()).toEqual([]);
  });

  it("keep what is typed to themselves", () => {
    render(<Steps />);
    fireEvent.change(after(1), { target: { value: "soon" } });
    expect(told()).toBe("NaN 120000");
    expect(after(1).value).toBe("soon");
    fireEvent.click(screen.getByRole("button", { name: "Remove step 1" }));
    expect(after(1).value).toBe("2m");
  });
});

describe("names with texts", () => {
  it("stay as they are typed, without those that have no name", () => {
    let pairs: Readonly<Record<string, string>> = { team: "shop" };
    render(<PairRows label="Labels" one="label" pairs={pairs} onChange={(next) => (pairs = next)} />);
    fireEvent.click(screen.getByRole("button", { name: "Add a label" }));
    type("Value of label 2", "x");
    expect(pairs).toEqual({ team: "shop" });
    type("Name of label 2", "team ");
    expect(screen.getByRole("alert").textContent).toBe("This name is there already.");
    type("Name of label 2", "tier");
    expect(pairs).toEqual({ team: "shop", tier: "x" });
    fireEvent.click(screen.getByRole("button", { name: "Remove label 1" }));
    expect(pairs).toEqual({ tier: "x" });
  });
});

describe("a length of time", () => {
  it("is a number once it is one, and follows a value from outside", () => {
    const seen: (number | null)[] = [];
    const field = (value_ms: number | null) => (
      <DurationSizeField label="Wait" value_ms={value_ms} onChange={(next) => seen.push(next)} />
    );
    const { rerender } = render(field(null));
    type("Wait", "90");
    type("Wait", "90s");
    expect(seen).toEqual([NaN, 90_000]);
    rerender(field(90_000));
    expect(input("Wait").value).toBe("90s");
    rerender(field(120_000));
    expect(input("Wait").value).toBe("2m");
    rerender(field(null));
    expect(input("Wait").value).toBe("");
  });

  it("is only taken when it is one", () => {
    const seen: string[] = [];
    render(<ValidDurationField label="Last" value="6h" onChange={(next) => seen.push(next)} />);
    type("Last", "6");
    expect(input("Last").value).toBe("6");
    expect(screen.getByRole("alert").textContent).toContain("Not a duration");
    type("Last", "1d");
    expect(seen).toEqual(["1d"]);
  });
});
