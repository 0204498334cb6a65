"""Where panels stand: Grafana's grid of 24 columns, or its former rows of 12 spans, on our grid of 12 columns."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from vedette.dashboards.document import COLUMNS, Place
from vedette.dashboards.grafana.source import Json, number, part, parts, text, truth, whole

_MAX_ROW: Final = 50_000
_MAX_HEIGHT: Final = 100
_GRAFANA_COLUMNS: Final = 24
_SPANS: Final = 12
_ROW_PX: Final = 38.0
_DEFAULT_ROW_PX: Final = 250.0
_LEAST_ROWS: Final = 3


class Group(Struct):
    """A row with its panels; the first group has none. Panels have a `gridPos`."""

    row: Json | None
    panels: list[Json]


def groups_of(dashboard: Json) -> list[Group]:
    """Panels by the rows that they are under, in reading order."""
    if dashboard.get("rows") and not dashboard.get("panels"):
        return _former_groups(dashboard)
    found = [Group(None, [])]
    for panel in sorted(parts(dashboard, "panels"), key=_reading_order):
        if text(panel, "type") == "row":
            found.append(Group(panel, sorted(parts(panel, "panels"), key=_reading_order)))
        else:
            found[-1].panels.append(panel)
    return found


def places_of(panels: list[Json]) -> list[Place]:
    """The places of the panels of one group; rows are counted from its top, and no two overlap."""
    boxes = [_box(panel) for panel in panels]
    top = min((y for _, y, _, _ in boxes), default=0)
    taken: list[Place] = []
    for x, y, w, h in boxes:
        # Both ends are halved, so that neighbours stay neighbours.
        left, right = x // 2, max(x // 2 + 1, (x + w) // 2)
        first = round((y - top) * 0.75)
        rows = max(1, round((y - top + h) * 0.75) - first)
        left = min(left, COLUMNS - 1)
        place = Place(left, min(first, _MAX_ROW), min(right, COLUMNS) - left, min(rows, _MAX_HEIGHT))
        while clash := next((other for other in taken if _overlap(place, other)), None):
            place.y = clash.y + clash.h
        taken.append(place)
    return taken


def _former_groups(dashboard: Json) -> list[Group]:
    rows = parts(dashboard, "rows")
    shown = any(truth(row, "collapse") or truth(row, "showTitle") or text(row, "repeat") for row in rows)
    found = [Group(None, [])]
    y = 0
    for row in rows:
        panels, rows_high = _spans(row, y)
        y += rows_high
        if shown:
            found.append(Group({**row, "collapsed": truth(row, "collapse")}, panels))
        else:
            found[-1].panels += panels
    return found


def _spans(row: Json, y: int) -> tuple[list[Json], int]:
    """Panels of a former row side by side, going on below where there is no more room, and how high that is."""
    high = _rows_of(row.get("height"), round(_DEFAULT_ROW_PX / _ROW_PX))
    x, top, lowest = 0, y, y + high
    placed: list[Json] = []
    for panel in parts(row, "panels"):
        span = number(panel, "span")
        width = min(_GRAFANA_COLUMNS, max(1, round((4 if span is None else span) * _GRAFANA_COLUMNS / _SPANS)))
        own = _rows_of(panel.get("height"), high)
        if x + width > _GRAFANA_COLUMNS:
            x, top = 0, lowest
        placed.append({**panel, "gridPos": {"x": x, "y": top, "w": width, "h": own}})
        lowest = max(lowest, top + own)
        x += width
    return placed, lowest - y


def _rows_of(height: Any, default: int) -> int:
    written = height.removesuffix("px") if isinstance(height, str) else height
    pixels = number({"height": written}, "height")
    return default if not pixels or pixels < 0 else max(_LEAST_ROWS, min(_MAX_HEIGHT, round(pixels / _ROW_PX)))


def _reading_order(panel: Json) -> tuple[int, int]:
    place = part(panel, "gridPos")
    return whole(place, "y", 0), whole(place, "x", 0)


def _box(panel: Json) -> tuple[int, int, int, int]:
    place = part(panel, "gridPos")
    x = max(0, min(_GRAFANA_COLUMNS - 1, whole(place, "x", 0)))
    w = max(1, min(_GRAFANA_COLUMNS - x, whole(place, "w", _GRAFANA_COLUMNS // 2)))
    return x, max(0, whole(place, "y", 0)), w, max(1, whole(place, "h", 8))


def _overlap(one: Place, other: Place) -> bool:
    beside = one.x + one.w <= other.x or other.x + other.w <= one.x
    return not beside and one.y < other.y + other.h and other.y < one.y + one.h
