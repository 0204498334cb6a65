import { useEffect } from "react";
import type { Commands } from "../data/commands";
import { KeyMatcher } from "../data/commands";

const TYPING = "input, textarea, select, [contenteditable='true']";
const PRESSABLE = "button, a, [role='radio'], [role='tab'], summary";

/** Runs commands by their keys, except while somebody types. */
export function useKeys(commands: Commands): void {
  useEffect(() => {
    const matcher = new KeyMatcher();
    const onKey = (event: KeyboardEvent): void => {
      const { target } = event;
      const mod = event.ctrlKey || event.metaKey;
      if (!(target instanceof Element) || event.defaultPrevented) return;
      if (!mod && target.closest(TYPING) !== null) return;
      // space and enter belong to the thing that has the focus
      if ((event.key === " " || event.key === "Enter") && !mod && target.closest(PRESSABLE) !== null) return;
      if (["Control", "Meta", "Shift", "Alt"].includes(event.key)) return;
      const press = { key: event.key, mod, alt: event.altKey, shift: event.shiftKey };
      const { command, started } = matcher.match(press, commands.read(), event.timeStamp);
      if (command === null && !started) return;
      event.preventDefault();
      command?.run();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [commands]);
}
