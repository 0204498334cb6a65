// @vitest-environment jsdom
import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { House } from "lucide-react";
import { describe, expect, it, vi } from "vitest";
import type { NavEntry } from "../../src/ui";
import { Button, ConfirmDialog, CopyOnce, Dialog, Field, Menu, NavBar, TextInput, Toaster, toast } from "../../src/ui";
import { initials } from "../../src/ui/Badge";
import { splitForPhone } from "../../src/ui/NavBar";
import { setWidth, violations } from "./dom";

const entry = (word: string, rest: Partial<NavEntry> = {}): NavEntry => ({
  word,
  icon: House,
  href: `/${word}`,
  run: () => undefined,
  ...rest,
});
const PAGES = ["a", "b", "c", "d", "e", "f", "g"].map((word) => entry(word));

describe("asking before something is done", () => {
  it("needs the name where there is no way back, and stays open with the reason when it fails", async () => {
    const onConfirm = vi.fn(() => Promise.reject(new Error("it still has keys")));
    const onOpenChange = vi.fn();
    render(
      <ConfirmDialog
        open
        onOpenChange={onOpenChange}
        title="Delete project billing?"
        confirm="Delete project"
        danger
        typed="billing"
        onConfirm={onConfirm}
      >
        This cannot be taken back.
      </ConfirmDialog>,
    );
    const button = screen.getByRole<HTMLButtonElement>("button", { name: "Delete project" });
    expect(screen.getByRole("alertdialog").textContent).toContain("This cannot be taken back.");
    expect(button.disabled).toBe(true);
    fireEvent.change(screen.getByLabelText("Type billing to go on"), { target: { value: "Billing" } });
    expect(button.disabled).toBe(true);
    fireEvent.change(screen.getByLabelText("Type billing to go on"), { target: { value: "billing" } });
    await act(async () => {
      fireEvent.click(button);
      await Promise.resolve();
    });
    expect(onConfirm).toHaveBeenCalledTimes(1);
    expect(screen.getByRole("alert").textContent).toBe("it still has keys");
    expect(onOpenChange).not.toHaveBeenCalled();
    expect(await violations()).toEqual([]);
  });
  it("sends the form of a dialog, and not the one the dialog was opened from", () => {
    const inner = vi.fn();
    const outer = vi.fn();
    render(
      <form onSubmit={outer}>
        <Dialog open onOpenChange={() => undefined} title="Edit" onSubmit={inner}>
          <Field label="Name">
            <TextInput value="" onChange={() => undefined} />
          </Field>
          <Button type="submit">Save</Button>
        </Dialog>
      </form>,
    );
    fireEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(inner).toHaveBeenCalledTimes(1);
    expect(outer).not.toHaveBeenCalled();
  });
});

describe("a secret shown once", () => {
  it("says when it was copied, and names leaving without a copy", async () => {
    const writeText = vi.fn(() => Promise.resolve());
    Object.assign(navigator, { clipboard: { writeText } });
    const onDone = vi.fn();
    render(<CopyOnce label="API key" secret="vk_1" onDone={onDone} />);
    expect(screen.getByLabelText<HTMLInputElement>("API key").value).toBe("vk_1");
    expect(screen.getByRole("button", { name: "Close without a copy" })).toBeDefined();
    await act(async () => {
      fireEvent.click(screen.getByRole("button", { name: "Copy" }));
      await Promise.resolve();
    });
    expect(writeText).toHaveBeenCalledWith("vk_1");
    fireEvent.click(screen.getByRole("button", { name: "Done" }));
    expect(onDone).toHaveBeenCalledTimes(1);
  });
});

describe("a menu", () => {
  const open = async (): Promise<void> => {
    fireEvent.keyDown(screen.getByRole("button", { name: "More" }), { key: "Enter" });
    await screen.findByRole("menu");
  };

  it("opens by key, goes to a link here, and leaves other clicks to the browser", async () => {
    const go = vi.fn();
    render(
      <main>
        <Menu
          trigger={<button type="button">More</button>}
          entries={[{ heading: "Mira" }, { label: "Profile", href: "#profile", onSelect: go }, "line"]}
        />
      </main>,
    );
    await open();
    expect(document.querySelector("main [role=menu]")).not.toBeNull();
    expect(fireEvent.click(screen.getByRole("menuitem", { name: "Profile" }), { ctrlKey: true })).toBe(true);
    expect(go).not.toHaveBeenCalled();
    await waitFor(() => expect(screen.queryByRole("menu")).toBeNull());
    await open();
    expect(fireEvent.click(screen.getByRole("menuitem", { name: "Profile" }))).toBe(false);
    expect(go).toHaveBeenCalledTimes(1);
  });
});

describe("navigation", () => {
  it("shows four on a phone and the rest behind one button, never hiding the page that is open", () => {
    expect(splitForPhone(PAGES.slice(0, 5), [], false).behind).toEqual([]);
    expect(splitForPhone(PAGES, [], false).shown.map((one) => one.word)).toEqual(["a", "b", "c", "d"]);
    const here = PAGES.map((one) => (one.word === "g" ? { ...one, here: true } : one));
    const { shown, behind } = splitForPhone(here, [entry("keys", { wideOnly: true })], true);
    expect(shown.map((one) => one.word)).toEqual(["a", "b", "c", "g"]);
    expect(behind.map((one) => one.word)).toEqual(["d", "e", "f"]);
  });
  it("names every entry with what waits there, at the desk and on a phone", async () => {
    const account = { name: "Mira Okafor", entries: [{ label: "Sign out", onSelect: () => undefined }] };
    const pages = [...PAGES.slice(0, 6), entry("alerts", { count: 2, here: true })];
    render(<NavBar pages={pages} tools={[]} account={account} />);
    expect(screen.getByRole("link", { name: /2.*alerts/ }).getAttribute("aria-current")).toBe("page");
    expect(screen.getByRole("button", { name: /Mira Okafor/ })).toBeDefined();
    expect(await violations()).toEqual([]);
  });
  it("keeps pages and account behind More on a phone", async () => {
    setWidth(390);
    const account = { name: "Mira Okafor", entries: [{ label: "Sign out", onSelect: () => undefined }] };
    render(<NavBar pages={PAGES} tools={[]} account={account} />);
    expect(screen.getAllByRole("link").length).toBe(4);
    fireEvent.keyDown(screen.getByRole("button", { name: "More" }), { key: "Enter" });
    await screen.findByRole("menu");
    expect(screen.getAllByRole("menuitem").map((one) => one.textContent)).toEqual(["e", "f", "g", "Sign out"]);
    setWidth(1440);
  });
  it("knows people by their first and last name", () => {
    expect(initials("Mira van Okafor")).toBe("MO");
    expect(initials("ana.lima@example.org")).toBe("AL");
    expect(initials("root")).toBe("RO");
    expect(initials("")).toBe("?");
  });
});

describe("the toast", () => {
  it("is one at a time, and its action closes it", () => {
    const undo = vi.fn();
    render(<Toaster />);
    act(() => toast("first"));
    act(() => toast({ text: "Deleted.", action: { label: "Undo", run: undo } }));
    expect(screen.getByRole("status").textContent).toContain("Deleted.");
    expect(screen.getByRole("status").textContent).not.toContain("first");
    fireEvent.click(screen.getByRole("button", { name: "Undo" }));
    expect(undo).toHaveBeenCalledTimes(1);
    expect(screen.getByRole("status").textContent).toBe("");
  });
});
