import { RotateCcw, ZoomIn, ZoomOut } from "lucide-react";
import type { KeyboardEvent, PointerEvent, ReactNode } from "react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Camera, Space } from "../charts/space";
import { pick, project, spaceLabels, standingOut, startCamera, turn, zoomBy } from "../charts/space";
import type { SpaceScene } from "../charts/spaceScene";
import { DRAW_NOW } from "./drawNow";
import { useChartShare } from "./chartContext";
import { FlatSpace } from "./FlatSpace";
import type { WidgetSeries } from "./plugin";
import { usePointed } from "./usePointed";

interface Props {
  title: string;
  space: Space;
  /** What the things are made of. */
  series: readonly WidgetSeries[];
  width: number;
  height: number;
  stale: boolean;
  /** Names stand at the things while they are few. */
  names: boolean;
  /** More about the chosen one. */
  about: (at: number) => ReactNode;
}

const STEP = 0.15;
const MAX_NAMES = 40;
/** A press that moves less chooses what is under it. */
const CLICK_PX = 4;

function keyed(event: KeyboardEvent, camera: Camera, start: Camera): Camera | null {
  switch (event.key) {
    case "ArrowLeft":
      return turn(camera, -STEP, 0);
    case "ArrowRight":
      return turn(camera, STEP, 0);
    case "ArrowUp":
      return turn(camera, 0, STEP);
    case "ArrowDown":
      return turn(camera, 0, -STEP);
    case "+":
    case "=":
      return zoomBy(camera, 1.2);
    case "-":
      return zoomBy(camera, 1 / 1.2);
    case "Home":
      return start;
    default:
      return null;
  }
}

type Backend = "asking" | "webgl" | "flat";

/** Asks for WebGL; until it is there, and where it is not, the picture is made of elements. */
function useScene(canvas: React.RefObject<HTMLCanvasElement | null>): [SpaceScene | null, Backend] {
  const [scene, setScene] = useState<SpaceScene | null>(null);
  const [backend, setBackend] = useState<Backend>("asking");
  useEffect(() => {
    let [gone, made]: [boolean, SpaceScene | null] = [false, null];
    const flat = (): void => {
      setScene(null);
      setBackend("flat");
    };
    const start = async (): Promise<void> => {
      // asked before fetching half a megabyte that would be of no use
      if (document.createElement("canvas").getContext("webgl2") === null) {
        flat();
        return;
      }
      const { SpaceScene: Made } = await import("../charts/spaceScene");
      if (gone || canvas.current === null) return;
      made = new Made(canvas.current, flat);
      setScene(made);
      setBackend("webgl");
    };
    start().catch(() => {
      if (!gone) flat();
    });
    return () => {
      gone = true;
      made?.destroy();
    };
  }, [canvas]);
  return [scene, backend];
}

/** Things in space: drag or arrows turn, wheel with mod or + and - zoom, a click or N and P choose. */
export function SpaceView({ title, space, series, width, height, stale, names, about }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { theme, themeVersion } = useChartShare();
  const [scene, backend] = useScene(canvas);
  const start = startCamera(space);
  const [camera, setCamera] = useState(start);
  const [chosen, setChosen] = useState<string | null>(null);
  const [hover, setHover] = useState<number>(-1);
  const made = space.nodes[hover]?.of ?? [];
  // what is made of several series is about none of them
  const pointed = usePointed(
    made.length === 1 ? (made[0] ?? null) : null,
    series.map((one) => ({ key: one.key, series: one })),
  );
  const lit = useMemo(() => standingOut(space, pointed), [space, pointed]);
  const press = useRef<{ x: number; y: number; far: number } | null>(null);
  const selected = space.nodes.findIndex((one) => one.key === chosen);

  useEffect(() => {
    if (scene === null) return;
    scene.resize(width, height);
    scene.show(lit, theme().token, selected);
    scene.draw(camera);
  }, [scene, lit, theme, themeVersion, selected, width, height, camera]);

  useEffect(() => {
    const element = canvas.current;
    // a picture of the page is taken: what WebGL drew is gone after its frame
    const draw = (): void => scene?.draw(camera);
    element?.addEventListener(DRAW_NOW, draw);
    return () => element?.removeEventListener(DRAW_NOW, draw);
  }, [scene, camera]);

  const choose = (at: number): void => setChosen(space.nodes[at]?.key ?? null);
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moved = keyed(event, camera, start);
    const step = event.key === "n" ? 1 : event.key === "p" ? -1 : 0;
    if (moved !== null) setCamera(moved);
    else if (step !== 0) choose((selected + step + space.nodes.length) % Math.max(1, space.nodes.length));
    else if (event.key === "Escape" && chosen !== null) setChosen(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onMove = (event: PointerEvent): void => {
    if (press.current === null) {
      const box = event.currentTarget.getBoundingClientRect();
      setHover(pick(space, camera, width, height, event.clientX - box.left, event.clientY - box.top));
      return;
    }
    const [dx, dy] = [event.clientX - press.current.x, event.clientY - press.current.y];
    press.current = { x: event.clientX, y: event.clientY, far: press.current.far + Math.hypot(dx, dy) };
    setCamera((old) => turn(old, -dx * 0.008, dy * 0.008));
  };
  const onUp = (event: PointerEvent): void => {
    const was = press.current;
    press.current = null;
    if (was === null || was.far > CLICK_PX) return;
    const box = event.currentTarget.getBoundingClientRect();
    choose(pick(space, camera, width, height, event.clientX - box.left, event.clientY - box.top));
  };
  const labelled = names && space.nodes.length <= MAX_NAMES;
  const node = space.nodes[selected];
  return (
    <div className={`wspace${stale ? " is-stale" : ""}`}>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- role application: it handles its keys */}
      <div
        className="wspace__stage"
        role="application"
        aria-roledescription="picture in space"
        aria-label={`${title}. ${space.nodes.length} things. Arrows turn, plus and minus zoom, N and P choose.`}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- keys turn, zoom and choose
        tabIndex={0}
        onKeyDown={onKey}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          press.current = { x: event.clientX, y: event.clientY, far: 0 };
        }}
        onPointerMove={onMove}
        onPointerLeave={() => setHover(-1)}
        onPointerUp={onUp}
        onPointerCancel={() => {
          press.current = null;
        }}
        onWheel={(event) => {
          // without a key the page scrolls, as everywhere
          if (event.ctrlKey || event.metaKey) setCamera((old) => zoomBy(old, event.deltaY < 0 ? 1.1 : 1 / 1.1));
        }}
      >
        <canvas
          ref={canvas}
          style={{ width, height, visibility: backend === "webgl" ? "visible" : "hidden" }}
          aria-hidden="true"
        />
        {backend === "flat" ? (
          <FlatSpace space={lit} camera={camera} width={width} height={height} selected={selected} />
        ) : null}
        <svg width={width} height={height} className="wsvg wspace__names" aria-hidden="true">
          {space.axes?.map((name, axis) => {
            const end = project(camera, width, height, axis === 0 ? 0 : -1, axis === 1 ? 0 : -1, axis === 2 ? 0 : 1);
            return (
              <text key={axis} x={end.x} y={end.y + 14} textAnchor="middle">
                {name}
              </text>
            );
          })}
          {spaceLabels(space, camera, width, height, selected, labelled).map(({ at, x, y, text }) => (
            <text key={at} className={at === selected ? "wsvg__value" : ""} x={x} y={y} textAnchor="middle">
              {text}
            </text>
          ))}
        </svg>
      </div>
      <div className="wspace__tools">
        <button
          type="button"
          className="icon-btn"
          aria-label="Zoom in"
          onClick={() => setCamera((old) => zoomBy(old, 1.2))}
        >
          <ZoomIn className="icon icon--sm" aria-hidden />
        </button>
        <button
          type="button"
          className="icon-btn"
          aria-label="Zoom out"
          onClick={() => setCamera((old) => zoomBy(old, 1 / 1.2))}
        >
          <ZoomOut className="icon icon--sm" aria-hidden />
        </button>
        <button type="button" className="icon-btn" aria-label="As at the start" onClick={() => setCamera(start)}>
          <RotateCcw className="icon icon--sm" aria-hidden />
        </button>
      </div>
      <div className="wspace__about" role="status">
        {node === undefined ? null : (
          <>
            <b>{node.name}</b> <span className="num">{node.text}</span> {about(selected)}
          </>
        )}
      </div>
    </div>
  );
}
