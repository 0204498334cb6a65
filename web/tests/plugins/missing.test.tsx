// @vitest-environment jsdom
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { MissingPlugin } from "../../src/widgets/plugins/MissingPlugin";
import { RefusedPlugins } from "../../src/widgets/plugins/RefusedPlugins";
import { pluginShelf } from "../../src/widgets/plugins/shelf";

afterEach(cleanup);

describe("in the place of a plugin that is not there", () => {
  it("nothing is said before the server has answered, then the reason, as text", () => {
    render(<MissingPlugin name="comb" />);
    expect(document.body.textContent).toBe("");
    act(() => pluginShelf.put([], []));
    expect(screen.getByRole("alert").textContent).toContain("The plugin comb is missing");
    act(() => pluginShelf.put([], [{ name: "comb", error: "<b>changed</b>" }]));
    expect(screen.getByRole("alert").textContent).toBe("The plugin comb is refused<b>changed</b>");
    expect(document.querySelector("b b")).toBeNull();
  });

  it("the library names every folder that is none, and nothing when there are none", () => {
    act(() => pluginShelf.put([], [{ name: "a", error: "x" }, { name: "b", error: "y" }])); // prettier-ignore
    render(<RefusedPlugins />);
    expect(screen.getByRole("region", { name: "Plugins that cannot be used" }).textContent).toBe("Cannot be usedaxby");
    act(() => pluginShelf.put([], []));
    expect(screen.queryByRole("region")).toBeNull();
  });
});
