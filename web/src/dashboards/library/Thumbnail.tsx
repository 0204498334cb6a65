import { WidgetBoundary } from "../canvas/WidgetBoundary";
import { useBox } from "../canvas/useBox";
import { useDashboardContext } from "../context";
import { useVisible } from "../data/useVisible";
import type { AnyWidgetKind } from "../../widgets/registry";
import { Sample } from "./Sample";

/** Drawn at the size of a widget and made small, as a photograph of it. */
const FULL = { width: 300, height: 150 };

/** A kind as it looks with its made-up data. */
export function Thumbnail({ kind }: { kind: AnyWidgetKind }) {
  // what draws in three dimensions is large: it is fetched for a widget, not for a picture of one
  if (kind.category === "space") {
    return (
      <div className="dash-thumb dash-thumb--icon">
        <kind.icon className="icon" />
      </div>
    );
  }
  return <Live kind={kind} />;
}

function Live({ kind }: { kind: AnyWidgetKind }) {
  const { time } = useDashboardContext();
  const [element, box] = useBox();
  const near = useVisible(element);
  const scale = (box?.width ?? 0) / FULL.width;
  return (
    <div ref={element} className="dash-thumb" inert>
      {near && scale > 0 ? (
        <div style={{ ...FULL, transform: `scale(${scale})`, transformOrigin: "0 0" }}>
          <WidgetBoundary>
            <Sample
              kind={kind}
              title={kind.name}
              options={kind.defaults as Record<string, unknown>}
              zone={time.zone}
              {...FULL}
            />
          </WidgetBoundary>
        </div>
      ) : null}
    </div>
  );
}
