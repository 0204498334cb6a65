import { useMemo, useSyncExternalStore } from "react";
import { useSession } from "../../queries/session";
import { widgetKind } from "../../widgets/registry";
import { WidgetBoundary } from "../canvas/WidgetBoundary";
import { useBox } from "../canvas/useBox";
import { useVisible } from "../data/useVisible";
import type { Dashboard } from "../document";
import type { Shot } from "./shots";
import { PHOTO, photograph } from "./shots";
import { Sample } from "./Sample";

const HEAD = 30;
const SIDE = 12;

/** The beginning of a dashboard as it looks with made-up data: its own widgets, in their places, made small. */
export function Photograph({ spec, label }: { spec: Dashboard; label: string }) {
  const [element, box] = useBox();
  const near = useVisible(element);
  const { shots, heads } = useMemo(() => photograph(spec), [spec]);
  const scale = (box?.width ?? 0) / PHOTO.width;
  return (
    <div ref={element} className="photo" role="img" aria-label={label}>
      <div inert>
        {near && scale > 0 ? (
          <div className="photo__page" style={{ ...PHOTO, transform: `scale(${scale})`, transformOrigin: "0 0" }}>
            {heads.map(({ id, title, y }) => (
              <b key={id} className="photo__head" style={{ top: y }}>
                {title}
              </b>
            ))}
            {shots.map((shot) => (
              <OneShot key={shot.widget.id} shot={shot} />
            ))}
          </div>
        ) : null}
      </div>
    </div>
  );
}

function OneShot({ shot: { widget, x, y, width, height } }: { shot: Shot }) {
  const { zone } = useSession();
  const chosen = useSyncExternalStore(zone.watch, zone.read);
  const kind = widgetKind(widget.kind);
  const options = useMemo(
    () => ({ ...(kind?.defaults as Record<string, unknown> | undefined), ...widget.options }),
    [kind, widget.options],
  );
  return (
    <div className="panel photo__panel" style={{ left: x, top: y, width, height }}>
      <header className="panel__head">
        <span className="panel__title">{widget.title === "" ? (kind?.name ?? widget.kind) : widget.title}</span>
      </header>
      {kind === null || kind.category === "space" ? null : (
        <WidgetBoundary>
          <div className="photo__body">
            <Sample
              kind={kind}
              title={widget.title}
              options={options}
              width={width - 2 * SIDE}
              height={height - HEAD - SIDE}
              zone={chosen}
            />
          </div>
        </WidgetBoundary>
      )}
    </div>
  );
}
