const MAC = /Mac|iPhone|iPad/.test(navigator.userAgent);
const NAMES: Record<string, string> = {
  mod: MAC ? "Cmd" : "Ctrl",
  left: "Left",
  right: "Right",
  space: "Space",
  enter: "Enter",
};

/** The keys of a command as caps: "g h", "mod+k". */
export function KeyCaps({ keys }: { keys: string }) {
  return (
    <span className="inline-flex gap-1">
      {keys.split(/[ +]/).map((key) => (
        <kbd key={key} className="kbd">
          {NAMES[key] ?? key}
        </kbd>
      ))}
    </span>
  );
}
