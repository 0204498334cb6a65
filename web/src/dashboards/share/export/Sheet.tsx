import { useEffect, useMemo, useRef } from "react";
import { createPortal } from "react-dom";
import type { Session } from "../../../queries/session";
import { SessionProvider, useSession } from "../../../queries/session";
import { widgetKind } from "../../../widgets/registry";
import { BoundScope } from "../../BoundScope";
import { CanvasActionsProvider } from "../../canvas/actions";
import { viewOf } from "../../canvas/kindView";
import { WidgetFrame } from "../../canvas/WidgetFrame";
import { WholeProvider } from "../../data/useVisible";
import type { Band, Shown } from "./layout";
import { widgetsOf } from "./layout";

interface Props {
  bands: readonly Band[];
  title: string;
  when: string;
  width: number;
  /** Everything has been drawn. */
  ready: (sheet: HTMLElement) => void;
}

/** Nothing changed for so long: what was answered is drawn. */
const CALM_MS = 400;
const CALM_FRAMES = 10;
/** A question without an answer must not keep all others off the paper. */
const LONGEST_MS = 20_000;

const nothing = (): void => undefined;
const PLAIN = { mayEdit: false, leadsOn: false, configure: nothing, show: nothing };

/** A dashboard as on paper, outside of what is seen: each widget as it is at one moment. */
export function Sheet({ bands, title, when, width, ready }: Props) {
  const session = useSession();
  const sheet = useRef<HTMLDivElement>(null);
  const { pool, waits } = useMemo(() => session.pool.still(), [session]);
  const inside = useMemo<Session>(() => ({ ...session, pool }), [session, pool]);
  useEffect(() => {
    const kinds = widgetsOf(bands).flatMap(({ widget }) => widgetKind(widget.kind) ?? []);
    let loaded = false;
    void Promise.allSettled(kinds.map((kind) => viewOf(kind).preload())).then(() => {
      loaded = true;
    });
    const begun_ms = performance.now();
    let [calm_ms, frames] = [begun_ms, 0];
    let next = 0;
    const look = (): void => {
      const { current } = sheet;
      const now_ms = performance.now();
      if (!loaded || waits()) [calm_ms, frames] = [now_ms, 0];
      frames += 1;
      const calm = frames > CALM_FRAMES && now_ms - calm_ms > CALM_MS;
      if (current !== null && (calm || now_ms - begun_ms > LONGEST_MS)) ready(current);
      else next = requestAnimationFrame(look);
    };
    next = requestAnimationFrame(look);
    return () => cancelAnimationFrame(next);
  }, [bands, waits, ready]);
  return createPortal(
    <SessionProvider value={inside}>
      <CanvasActionsProvider value={PLAIN}>
        <WholeProvider value={true}>
          <div ref={sheet} className="sheet" style={{ width }} inert>
            <header className="sheet__head">
              <h1>{title}</h1>
              <p className="num">{when}</p>
            </header>
            {bands.map((band) =>
              "id" in band ? (
                <div key={band.id} className="sheet__band" style={{ height: band.height }}>
                  {band.shown.map((shown) => (
                    <Placed key={shown.widget.id} shown={shown} />
                  ))}
                </div>
              ) : (
                <h2 key={`title ${band.title}`} className="sheet__title">
                  {band.title}
                </h2>
              ),
            )}
          </div>
        </WholeProvider>
      </CanvasActionsProvider>
    </SessionProvider>,
    document.body,
  );
}

function Placed({ shown: { widget, bound, left, top, width, height } }: { shown: Shown }) {
  return (
    <div className="sheet__widget" style={{ left, top, width, height }}>
      <BoundScope bound={bound}>
        <WidgetFrame widget={widget} alone />
      </BoundScope>
    </div>
  );
}
