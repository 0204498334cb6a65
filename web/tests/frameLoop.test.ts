import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FrameLoop } from "../src/live/scheduler";

let frames: FrameRequestCallback[];

/** The next animation frame, and all microtasks of it. */
async function frame(): Promise<void> {
  const due = frames;
  frames = [];
  for (const callback of due) callback(0);
  await Promise.resolve();
}

beforeEach(() => {
  frames = [];
  vi.stubGlobal("requestAnimationFrame", (callback: FrameRequestCallback) => frames.push(callback));
});
afterEach(() => vi.unstubAllGlobals());

describe("the loop of frames", () => {
  it("draws in the frame in which something was told, after what is rendered because of it", async () => {
    const loop = new FrameLoop();
    const seen: string[] = [];
    loop.add(() => seen.push("draw"));
    await frame();
    loop.beforeDraw(() => {
      seen.push("told");
      // as React does
      queueMicrotask(() => seen.push("rendered"));
    });
    await frame();
    expect(seen).toEqual(["draw", "told", "rendered", "draw"]);
    await frame();
    expect(seen.at(-1)).toBe("draw");
    expect(seen).toHaveLength(5);
  });
  it("runs for what is to be told, even when nothing is drawn", async () => {
    const loop = new FrameLoop();
    const told = vi.fn();
    loop.beforeDraw(told);
    await frame();
    expect(told).toHaveBeenCalledOnce();
    expect(frames).toHaveLength(0);
  });
  it("spreads very many over frames, and says that they are painted when all are", async () => {
    const loop = new FrameLoop();
    const told = vi.fn();
    const painted = vi.fn();
    for (let count = 0; count < 70; count += 1) loop.beforeDraw(told);
    loop.onPainted(painted);
    await frame();
    expect(told).toHaveBeenCalledTimes(50);
    await new Promise((done) => setTimeout(done));
    expect(painted).not.toHaveBeenCalled();
    await frame();
    expect(told).toHaveBeenCalledTimes(70);
    await vi.waitFor(() => expect(painted).toHaveBeenCalledOnce());
    expect(frames).toHaveLength(0);
  });
});
