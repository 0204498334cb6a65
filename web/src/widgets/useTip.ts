/** The tooltip of the charts, for pictures made of elements. */

import type { PointerEvent } from "react";
import { useEffect, useState } from "react";
import type { TooltipRow } from "../charts/tooltip";
import { Tooltip } from "../charts/tooltip";

export interface Tip {
  show: (event: PointerEvent, head: string, rows: readonly Omit<TooltipRow, "near">[]) => void;
  hide: () => void;
}

export function useTip(): Tip {
  const [tip] = useState(() => {
    const box = new Tooltip();
    return {
      show: (event: PointerEvent, head: string, rows: readonly Omit<TooltipRow, "near">[]) =>
        box.show(
          { time: head, zone: "", foot: "", rows: rows.map((row) => ({ ...row, near: false })) },
          event.clientX,
          event.clientY + 12,
        ),
      hide: () => box.hide(),
    };
  });
  useEffect(() => tip.hide, [tip]);
  return tip;
}
