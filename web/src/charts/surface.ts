/** What a pointer, a finger or a key does on a chart: read, pin, brush, zoom out. */

export interface SurfaceActions {
  /** `x` in pixels from the plot's left edge. */
  read: (x: number, y: number) => void;
  leave: () => void;
  pin: (x: number) => void;
  zoom: (fromX: number, toX: number) => void;
  zoomOut: () => void;
  /** A stretch drawn with ctrl or cmd; the same place twice for a moment. */
  annotate: (fromX: number, toX: number) => void;
  annotateHere: () => void;
  step: (direction: -1 | 1, far: boolean) => void;
  pinHere: () => void;
  clear: () => void;
  /** A press has begun or ended; the picture holds still in between. */
  hold: (held: boolean) => void;
}

const BRUSH_MIN_PX = 6;
const PINCH_MIN_PX = 12;

/**
 * The stretch, in pixels of what was shown, that two fingers leave in view: what was under each of them when they came
 * stays under it. null: they hardly moved against each other.
 */
export function pinched(
  from: readonly [number, number],
  to: readonly [number, number],
  width: number,
): [number, number] | null {
  const [before, after] = [from[1] - from[0], to[1] - to[0]];
  // fingers that meet or pass each other mean nothing
  if (Math.abs(before) < PINCH_MIN_PX || Math.sign(before) !== Math.sign(after)) return null;
  if (Math.abs(Math.abs(after) - Math.abs(before)) < PINCH_MIN_PX) return null;
  const scale = before / after;
  const start = from[0] - to[0] * scale;
  return [start, start + width * scale];
}

/** Listens on the plot area; returns how to stop. */
export function attachSurface(over: HTMLElement, actions: SurfaceActions): () => void {
  const brush = document.createElement("div");
  brush.className = "brush";
  let down: { x: number; id: number; touch: boolean; notes: boolean } | null = null;
  let moved = false;

  const at = (event: PointerEvent): [number, number] => {
    const box = over.getBoundingClientRect();
    return [Math.max(0, Math.min(box.width, event.clientX - box.left)), event.clientY - box.top];
  };
  const paintBrush = (x: number): void => {
    if (down === null) return;
    if (!brush.isConnected) over.append(brush);
    brush.style.left = `${Math.min(down.x, x)}px`;
    brush.style.width = `${Math.abs(x - down.x)}px`;
  };

  const fingers = new Map<number, { from: number; to: number }>();
  const pinch = (): void => {
    const [a, b] = [...fingers.values()];
    fingers.clear();
    if (a === undefined || b === undefined) return;
    const range = pinched([a.from, b.from], [a.to, b.to], over.clientWidth);
    if (range !== null) actions.zoom(...range);
  };

  const onDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const [x, y] = at(event);
    if (event.pointerType === "touch") {
      fingers.set(event.pointerId, { from: x, to: x });
      if (fingers.size === 2) {
        // two fingers zoom, wherever the first one began to read
        down = null;
        actions.leave();
        actions.hold(true);
        return;
      }
    }
    const notes = event.ctrlKey || event.metaKey;
    down = { x, id: event.pointerId, touch: event.pointerType === "touch", notes };
    brush.classList.toggle("brush--note", notes);
    moved = false;
    if (down.touch) actions.read(x, y);
    else {
      over.setPointerCapture(event.pointerId);
      actions.hold(true);
    }
  };
  const onMove = (event: PointerEvent): void => {
    const [x, y] = at(event);
    const finger = fingers.get(event.pointerId);
    if (finger !== undefined) finger.to = x;
    if (fingers.size > 1) return;
    actions.read(x, y);
    if (down === null || down.touch) return;
    if (Math.abs(x - down.x) > BRUSH_MIN_PX) moved = true;
    if (moved) paintBrush(x);
  };
  const onUp = (event: PointerEvent): void => {
    if (fingers.size === 2) {
      actions.hold(false);
      pinch();
      return;
    }
    fingers.delete(event.pointerId);
    if (down?.id !== event.pointerId) return;
    const [x] = at(event);
    const start = down;
    down = null;
    brush.remove();
    actions.hold(false);
    if (start.touch) return;
    if (start.notes) actions.annotate(Math.min(start.x, x), moved ? Math.max(start.x, x) : Math.min(start.x, x));
    else if (moved) actions.zoom(Math.min(start.x, x), Math.max(start.x, x));
    else if (event.detail < 2) actions.pin(x);
  };
  const onCancel = (event: PointerEvent): void => {
    fingers.delete(event.pointerId);
    down = null;
    actions.hold(false);
    brush.remove();
  };
  const onDouble = (): void => actions.zoomOut();
  const onLeave = (event: PointerEvent): void => {
    if (event.pointerType !== "touch") actions.leave();
  };

  over.addEventListener("pointerdown", onDown);
  over.addEventListener("pointermove", onMove);
  over.addEventListener("pointerup", onUp);
  over.addEventListener("pointercancel", onCancel);
  over.addEventListener("pointerleave", onLeave);
  over.addEventListener("dblclick", onDouble);
  return () => {
    if (down !== null) actions.hold(false);
    brush.remove();
    over.removeEventListener("pointerdown", onDown);
    over.removeEventListener("pointermove", onMove);
    over.removeEventListener("pointerup", onUp);
    over.removeEventListener("pointercancel", onCancel);
    over.removeEventListener("pointerleave", onLeave);
    over.removeEventListener("dblclick", onDouble);
  };
}

/** Keys on a focused chart; true when the key was one of its own. */
export function chartKey(event: KeyboardEvent, actions: SurfaceActions): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  switch (event.key) {
    case "ArrowLeft":
      actions.step(-1, event.shiftKey);
      return true;
    case "ArrowRight":
      actions.step(1, event.shiftKey);
      return true;
    case "Enter":
      actions.pinHere();
      return true;
    case "m":
      actions.annotateHere();
      return true;
    case "Escape":
      actions.clear();
      return false;
    default:
      return false;
  }
}
