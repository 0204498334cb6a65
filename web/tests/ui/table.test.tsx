// @vitest-environment jsdom
import { fireEvent, render, screen, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { Column } from "../../src/ui";
import { DataTable } from "../../src/ui";
import { filterRows, sortRows } from "../../src/ui/tableView";
import { violations } from "./dom";

interface Host {
  name: string;
  load: number | null;
}

const HOSTS: readonly Host[] = [
  { name: "host 10", load: 3 },
  { name: "host 9", load: null },
  { name: "Host 1", load: 7 },
];
const COLUMNS: readonly Column<Host>[] = [
  { id: "name", head: "Host", cell: (one) => one.name, value: (one) => one.name },
  { id: "load", head: "Load", cell: (one) => one.load ?? "none", value: (one) => one.load, number: true },
];

const shown = (): string[] =>
  screen
    .getAllByRole("row")
    .slice(1)
    .map((row) => within(row).getAllByRole("cell")[0]?.textContent ?? "");

describe("order and filter", () => {
  it("reads numbers within texts, and puts nothing last both ways", () => {
    expect(sortRows(HOSTS, (one) => one.name, false).map((one) => one.name)).toEqual(["Host 1", "host 9", "host 10"]);
    expect(sortRows(HOSTS, (one) => one.load, true).map((one) => one.load)).toEqual([7, 3, null]);
    expect(sortRows(HOSTS, (one) => one.load, false).map((one) => one.load)).toEqual([3, 7, null]);
  });
  it("wants every word, in any order and case", () => {
    expect(filterRows(HOSTS, (one) => one.name, "10 HOST").length).toBe(1);
    expect(filterRows(HOSTS, (one) => one.name, "  ")).toBe(HOSTS);
    expect(filterRows(HOSTS, (one) => one.name, "host x")).toEqual([]);
  });
});

describe("a table", () => {
  const table = (rest: Partial<Parameters<typeof DataTable<Host>>[0]> = {}) =>
    render(
      <DataTable
        label="Hosts"
        columns={COLUMNS}
        rows={HOSTS}
        rowKey={(one) => one.name}
        filter="Find a host"
        empty={<p>No hosts yet</p>}
        {...rest}
      />,
    );

  it("sorts by its heads: numbers largest first, a second press turns it round", async () => {
    table();
    fireEvent.click(screen.getByRole("button", { name: "Load" }));
    expect(shown()).toEqual(["Host 1", "host 10", "host 9"]);
    expect(screen.getByRole("columnheader", { name: "Load" }).getAttribute("aria-sort")).toBe("descending");
    fireEvent.click(screen.getByRole("button", { name: "Load" }));
    expect(shown()).toEqual(["host 10", "Host 1", "host 9"]);
    expect(await violations()).toEqual([]);
  });
  it("says how many of how many match, and offers the way back when none does", () => {
    table();
    fireEvent.change(screen.getByRole("searchbox"), { target: { value: "10" } });
    expect(shown()).toEqual(["host 10"]);
    expect(screen.getByRole("status").textContent).toBe("1 of 3");
    fireEvent.change(screen.getByRole("searchbox"), { target: { value: "zz" } });
    expect(screen.queryByRole("table")).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "Show all 3" }));
    expect(shown().length).toBe(3);
  });
  it("opens rows by one tab stop and arrows", () => {
    const onOpen = vi.fn();
    table({ onOpen });
    const buttons = HOSTS.map((one) => screen.getByRole("button", { name: one.name }));
    const stops = (): number[] => buttons.map((button) => button.tabIndex);
    expect(stops()).toEqual([0, -1, -1]);
    buttons[0]?.focus();
    fireEvent.keyDown(buttons[0] ?? document.body, { key: "ArrowDown" });
    expect(document.activeElement).toBe(buttons[1]);
    expect(stops()).toEqual([-1, 0, -1]);
    fireEvent.keyDown(buttons[1] ?? document.body, { key: "End" });
    fireEvent.click(document.activeElement ?? document.body);
    expect(onOpen).toHaveBeenCalledWith(HOSTS[2]);
  });
  it("tells loading from empty from fetching anew", () => {
    const { rerender } = table({ rows: undefined });
    expect(screen.getByRole("table").getAttribute("aria-busy")).toBe("true");
    const rest = { label: "Hosts", columns: COLUMNS, rowKey: (one: Host) => one.name, empty: <p>No hosts yet</p> };
    rerender(<DataTable {...rest} rows={[]} />);
    expect(screen.getByText("No hosts yet")).toBeDefined();
    rerender(<DataTable {...rest} rows={HOSTS} busy />);
    expect(shown().length).toBe(3);
  });
  it("draws a screenful of many rows and the next on demand", () => {
    const many = Array.from({ length: 450 }, (_, number) => ({ name: `host ${number}`, load: number }));
    table({ rows: many });
    const drawn = (): number => document.querySelectorAll("tbody tr").length;
    expect(drawn()).toBe(200);
    fireEvent.click(screen.getByText("Show 200 more of 450"));
    fireEvent.click(screen.getByText("Show 50 more of 450"));
    expect(drawn()).toBe(450);
  });
});
