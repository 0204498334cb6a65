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

  const onDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const [x, y] = at(event);
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
    actions.read(x, y);
    if (down === null || down.touch) return;
    if (Math.abs(x - down.x) > BRUSH_MIN_PX) moved = true;
    if (moved) paintBrush(x);
  };
  const onUp = (event: PointerEvent): void => {
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
  const onCancel = (): void => {
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
