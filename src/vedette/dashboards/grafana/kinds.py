"""Which kind of widget a panel becomes, and the options of that kind: those of web/src/widgets/kinds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from vedette.dashboards.document import FieldOptions
from vedette.dashboards.grafana.account import Account
from vedette.dashboards.grafana.source import Json, items, part, text, truth
from vedette.dashboards.grafana.texts import from_html

_MAX_TEXT: Final = 50_000
_REDUCE: Final = {
    "lastNotNull": "last",
    "last": "last",
    "mean": "avg",
    "min": "min",
    "max": "max",
    "sum": "sum",
    "first": "first",
    "firstNotNull": "first",
    "delta": "delta",
    "diff": "delta",
    "count": "count",
}
_SOLID: Final = 50
Made = tuple[str, dict[str, Any]]


def reduce_of(calcs: list[Any], account: Account) -> str:
    """Which number stands for a series."""
    first = next((calc for calc in calcs if isinstance(calc, str)), "lastNotNull")
    if first not in _REDUCE:
        account.changed("value", f"there is no {first[:30]!r}: the last value is shown")
    if len(calcs) > 1:
        account.changed("value", "one number stands for a series, here the first of several")
    return _REDUCE.get(first, "last")


def _over_time(panel: Json, look: FieldOptions, _account: Account) -> Made:
    style = dict(look.style or {})
    stack = style.get("stack", "none")
    shape = style.pop("shape", "line")
    kind = "line"
    if shape == "bars":
        kind = "bar"
    elif shape == "line" and (stack != "none" or style.get("fill", 0) >= _SOLID):
        kind = "area"
    options: dict[str, Any] = {
        name: style.pop(name) for name in ("stack", "curve", "lineWidth", "fill") if name in style
    }
    if kind == "line" and shape == "points":
        options["shape"] = "points"
    options["thresholds"] = style.pop("thresholds", "off")
    options["legend"] = _legend(panel)
    look.style = style or None
    return kind, options


def _legend(panel: Json) -> str:
    legend = part(panel, "options", "legend")
    if legend.get("showLegend") is False or text(legend, "displayMode") == "hidden":
        return "hidden"
    return "table" if text(legend, "displayMode") == "table" else "auto"


def _stat(panel: Json, look: FieldOptions, account: Account) -> Made:
    options = part(panel, "options")
    look.style = None
    color = text(options, "colorMode", "value").removesuffix("_solid").removesuffix("_gradient")
    return "stat", {
        "value": _value(options, account),
        "sparkline": text(options, "graphMode", "area") != "none",
        "change": "none",
        "color": color if color in ("value", "background", "none") else "value",
    }


def _gauge(panel: Json, look: FieldOptions, account: Account) -> Made:
    look.style = None
    return "gauge", {"value": _value(part(panel, "options"), account)}


def _value(options: Json, account: Account) -> str:
    if truth(part(options, "reduceOptions"), "values"):
        account.changed("value", "every series has one number, not every row")
    return reduce_of(items(options, "reduceOptions", "calcs"), account)


def _bars(panel: Json, look: FieldOptions, account: Account) -> Made:
    """Bars that stand for series, as of a bar gauge."""
    options = part(panel, "options")
    upright = text(options, "orientation") == "vertical"
    stack = text(options, "stacking", "none")
    look.style = None
    return "bar", {
        "over": "series",
        "value": _value(options, account),
        "direction": "vertical" if upright else "horizontal",
        "stack": stack if stack in ("normal", "percent") else "none",
    }


def _pie(panel: Json, look: FieldOptions, account: Account) -> Made:
    options = part(panel, "options")
    look.style = None
    shape = "donut" if text(options, "pieType") == "donut" else "pie"
    hidden = part(options, "legend").get("showLegend") is False
    return "pie", {"shape": shape, "value": _value(options, account), "legend": "hidden" if hidden else "auto"}


def _heatmap(panel: Json, look: FieldOptions, account: Account) -> Made:
    if truth(part(panel, "options"), "calculate"):
        account.changed("buckets", "values are not sorted into buckets: ask for those of a histogram")
    look.style = None
    return "heatmap", {}


def _states(panel: Json, look: FieldOptions, account: Account) -> Made:
    look.style = None
    if text(panel, "type") == "status-history":
        account.changed("kind", "a state timeline shows when the state changed instead of every step")
    return "state-timeline", {}


def _histogram(_panel: Json, look: FieldOptions, _account: Account) -> Made:
    look.style = None
    return "histogram", {}


def _table(_panel: Json, look: FieldOptions, _account: Account) -> Made:
    look.style = {"cell": look.style["cell"]} if look.style and "cell" in look.style else None
    return "table", {}


def _text(panel: Json, look: FieldOptions, account: Account) -> Made:
    options = part(panel, "options") or panel
    content, mode = text(options, "content")[:_MAX_TEXT], text(options, "mode", "markdown")
    look.style = None
    if mode == "html" or (mode == "markdown" and "</" in content):
        account.changed("text", "of HTML the words, headings, lists and links are kept")
        content = from_html(content) if mode == "html" else content
    if mode == "code":
        return "text", {"text": content[:_MAX_TEXT], "format": "plain"}
    return "text", {"text": content[:_MAX_TEXT], "format": "markdown"}


def _alerts(_panel: Json, look: FieldOptions, account: Account) -> Made:
    look.style = None
    account.changed("filters", "all alerts of the project are shown, whatever was chosen")
    return "alerts", {}


KINDS: Final[dict[str, Callable[[Json, FieldOptions, Account], Made]]] = {
    "timeseries": _over_time,
    "stat": _stat,
    "gauge": _gauge,
    "bargauge": _bars,
    "barchart": _bars,
    "table": _table,
    "piechart": _pie,
    "grafana-piechart-panel": _pie,
    "heatmap": _heatmap,
    "state-timeline": _states,
    "status-history": _states,
    "histogram": _histogram,
    "text": _text,
    "alertlist": _alerts,
}
"""By the kind of panel; those that are not here are left out."""
NEED_NO_QUERY: Final = frozenset({"text", "alertlist"})
