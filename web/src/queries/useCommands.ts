import { useEffect, useRef } from "react";
import type { Command } from "../data/commands";
import { useSession } from "./session";

/** Makes commands available while the component is mounted; always runs the newest ones of the same ids. */
export function useCommands(commands: readonly Command[]): void {
  const { commands: registry } = useSession();
  const newest = useRef(commands);
  useEffect(() => {
    newest.current = commands;
  });
  const ids = commands.map((command) => command.id).join(" ");
  useEffect(
    () =>
      registry.add(
        newest.current.map((command) => ({
          ...command,
          run: () => newest.current.find((one) => one.id === command.id)?.run(),
        })),
      ),
    [registry, ids],
  );
}
