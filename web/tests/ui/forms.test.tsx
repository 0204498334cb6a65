// @vitest-environment jsdom
import { act, fireEvent, render, screen, within } from "@testing-library/react";
import { useState } from "react";
import { describe, expect, it, vi } from "vitest";
import {
  Button,
  Checkbox,
  Field,
  NumberInput,
  PasswordInput,
  SearchInput,
  Select,
  Switch,
  TextInput,
  useAction,
} from "../../src/ui";
import { numberProblem } from "../../src/ui/NumberInput";
import { violations } from "./dom";

const type = (name: string, text: string): void => {
  fireEvent.change(screen.getByLabelText(name), { target: { value: text } });
};

describe("a field", () => {
  it("gives its input name, description and state", async () => {
    const { rerender } = render(
      <Field label="Host" help="Where it listens." required>
        <TextInput value="" onChange={() => undefined} />
      </Field>,
    );
    const input = screen.getByLabelText("Host");
    expect(input.getAttribute("aria-required")).toBe("true");
    const below = (): string =>
      document.getElementById(input.getAttribute("aria-describedby") ?? "")?.textContent ?? "";
    expect(below()).toBe("Where it listens.");
    rerender(
      <Field label="Host" help="Where it listens." error="Not an address." required>
        <TextInput value="" onChange={() => undefined} />
      </Field>,
    );
    expect(below()).toBe("Not an address.");
    expect(input.getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByRole("alert").textContent).toBe("Not an address.");
    expect(await violations()).toEqual([]);
  });
});

describe("numbers", () => {
  const Number_ = ({ onChange }: { onChange: (value: number | null) => void }) => {
    const [value, setValue] = useState<number | null>(5);
    return (
      <Field label="Limit">
        <NumberInput
          value={value}
          min={0}
          max={10}
          step={0.1}
          onChange={(next) => {
            setValue(next);
            onChange(next);
          }}
        />
      </Field>
    );
  };

  it("say what is wrong and what would be right", () => {
    expect(numberProblem("12o", {})).toBe("Not a number. Try 12.");
    expect(numberProblem("x", {})).toBe("Not a number.");
    expect(numberProblem("1.5", { whole: true })).toBe("Not a whole number. Try 2.");
    expect(numberProblem("-1", { min: 0 })).toBe("At least 0.");
    expect(numberProblem("1e3", { max: 10 })).toBe("At most 10.");
    expect(numberProblem(" ", { min: 0 })).toBeNull();
  });
  it("are kept as typed, and NaN tells the form that there is none", () => {
    const onChange = vi.fn();
    render(<Number_ onChange={onChange} />);
    type("Limit", "7.");
    expect(onChange).toHaveBeenLastCalledWith(7);
    expect(screen.getByLabelText<HTMLInputElement>("Limit").value).toBe("7.");
    type("Limit", "12o");
    expect(onChange).toHaveBeenLastCalledWith(Number.NaN);
    expect(screen.getByRole("alert").textContent).toBe("Not a number. Try 12.");
    type("Limit", "");
    expect(onChange).toHaveBeenLastCalledWith(null);
    expect(screen.queryByRole("alert")).toBeNull();
  });
  it("go up and down by keys, within the limits and without the noise of fractions", () => {
    const onChange = vi.fn();
    render(<Number_ onChange={onChange} />);
    const input = screen.getByLabelText("Limit");
    type("Limit", "0.2");
    fireEvent.keyDown(input, { key: "ArrowUp" });
    expect(onChange).toHaveBeenLastCalledWith(0.3);
    type("Limit", "0");
    fireEvent.keyDown(input, { key: "ArrowDown" });
    expect(onChange).toHaveBeenLastCalledWith(0);
  });
});

describe("other inputs", () => {
  it("show a password only while asked to", () => {
    render(
      <Field label="Password">
        <PasswordInput value="secret" onChange={() => undefined} autoComplete="current-password" />
      </Field>,
    );
    const input = screen.getByLabelText("Password");
    expect(input.getAttribute("type")).toBe("password");
    fireEvent.click(screen.getByRole("button", { name: "Show password" }));
    expect(input.getAttribute("type")).toBe("text");
  });
  it("empty a search by escape, and let escape pass when there is nothing to empty", () => {
    const onChange = vi.fn();
    const passed = vi.fn();
    document.addEventListener("keydown", passed);
    const { rerender } = render(<SearchInput label="Find" value="x" onChange={onChange} />);
    fireEvent.keyDown(screen.getByRole("searchbox"), { key: "Escape" });
    expect(onChange).toHaveBeenCalledWith("");
    expect(passed).not.toHaveBeenCalled();
    rerender(<SearchInput label="Find" value="" onChange={onChange} />);
    fireEvent.keyDown(screen.getByRole("searchbox"), { key: "Escape" });
    expect(passed).toHaveBeenCalledTimes(1);
    document.removeEventListener("keydown", passed);
  });
  it("choose, check and switch by their labels", async () => {
    const onSelect = vi.fn();
    const onCheck = vi.fn();
    const onSwitch = vi.fn();
    render(
      <>
        <Field label="Role">
          <Select
            value={null}
            options={[
              { value: "viewer", label: "Viewer" },
              { value: "admin", label: "Admin" },
            ]}
            onChange={onSelect}
          />
        </Field>
        <Checkbox label="Ingest" checked={false} onChange={onCheck} help="Send samples" />
        <Checkbox label="Some" checked="some" onChange={onCheck} />
        <Switch label="Envelope" checked={true} onChange={onSwitch} />
      </>,
    );
    fireEvent.change(screen.getByLabelText("Role"), { target: { value: "admin" } });
    expect(onSelect).toHaveBeenCalledWith("admin");
    fireEvent.click(screen.getByLabelText("Ingest"));
    expect(onCheck).toHaveBeenCalledWith(true);
    expect(screen.getByLabelText("Some").getAttribute("aria-checked")).toBe("mixed");
    fireEvent.click(screen.getByLabelText("Envelope"));
    expect(onSwitch).toHaveBeenCalledWith(false);
    expect(await violations()).toEqual([]);
  });
});

describe("an action", () => {
  const Saver = ({ work }: { work: () => Promise<void> }) => {
    const { run, busy, error } = useAction(work);
    return (
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <Button type="submit" busy={busy}>
          Save
        </Button>
        {error === null ? null : <p role="alert">{error.message}</p>}
      </form>
    );
  };

  it("runs once while it runs, keeps the focus, and says why it failed", async () => {
    let fail: (error: Error) => void = () => undefined;
    const work = vi.fn(
      () =>
        new Promise<void>((_, reject) => {
          fail = reject;
        }),
    );
    const { container } = render(<Saver work={work} />);
    const button = screen.getByRole("button", { name: "Save" });
    button.focus();
    fireEvent.click(button);
    fireEvent.click(button);
    const form = within(container).getByRole("button").closest("form");
    if (form !== null) fireEvent.submit(form);
    expect(work).toHaveBeenCalledTimes(1);
    expect(button.getAttribute("aria-busy")).toBe("true");
    expect(document.activeElement).toBe(button);
    await act(async () => {
      fail(new Error("the name is taken"));
      await Promise.resolve();
    });
    expect(screen.getByRole("alert").textContent).toBe("the name is taken");
    expect(button.getAttribute("aria-busy")).toBeNull();
  });
});
