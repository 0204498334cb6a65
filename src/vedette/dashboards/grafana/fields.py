"""`fieldConfig`: units, thresholds, mappings, colours and the look of series, for all of them and by override."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from vedette.dashboards.document import FieldOptions, Mapping, Override, Threshold
from vedette.dashboards.grafana.account import Account
from vedette.dashboards.grafana.colors import status_of, token_of
from vedette.dashboards.grafana.source import Json, clipped, number, part, parts, plain, text, to_number, truth
from vedette.dashboards.grafana.units import booleans_of, unit_of

MAX_OVERRIDES: Final = 100
_MAX_DECIMALS: Final = 12
_MAX_NAME: Final = 1_000
_COSMETIC: Final = frozenset(
    [
        "align",
        "axisBorderShow",
        "axisCenteredZero",
        "axisColorMode",
        "axisGridShow",
        "axisWidth",
        "barAlignment",
        "barWidthFactor",
        "filterable",
        "gradientMode",
        "insertNulls",
        "inspect",
        "minWidth",
        "pointSize",
        "showPoints",
        "showValues",
        "tooltip",
        "viz",
        "width",
        "wrapHeaderText",
        "wrapText",
        "legend",
        "lineStyle",
        "neutral",
        "barMaxWidth",
        "axisSoftMin",
        "axisSoftMax",
        "hideFrom.legend",
        "hideFrom.tooltip",
        "axisLabel",
        "fillColor",
        "unitScale",
    ]
)
"""How it looks in a way that this page decides for all widgets alike."""
_CURVES: Final = {"linear": "linear", "smooth": "smooth", "stepBefore": "step", "stepAfter": "step"}
_CELLS: Final = {
    "color-text": "text",
    "color-background": "background",
    "color-background-solid": "background",
    "gauge": "bar",
    "basic": "bar",
    "gradient-gauge": "bar",
    "lcd-gauge": "bar",
}
_SHAPES: Final = {"line": "line", "bars": "bars", "points": "points"}
Setter = Callable[[FieldOptions, Any, Account], None]


def defaults_of(config: Json, account: Account) -> FieldOptions:
    """The options that all series have."""
    options = FieldOptions()
    defaults = part(config, "defaults")
    for name, value in defaults.items():
        if name == "custom":
            for inner, setting in part(defaults, "custom").items():
                _set(options, f"custom.{inner}", setting, account)
        elif name not in ("thresholds", "links"):
            _set(options, name, value, account)
    # Percentages are of the bounds, which must be known by then.
    _set(options, "thresholds", defaults.get("thresholds"), account)
    return options


def overrides_of(config: Json, account: Account) -> list[Override]:
    """The options that some series have; what is about columns of tables is among them by the columns' names."""
    found: list[Override] = []
    for override in parts(config, "overrides"):
        options = FieldOptions()
        for setting in parts(override, "properties"):
            if text(setting, "id") != "links":
                _set(options, text(setting, "id"), setting.get("value"), account)
        if options != FieldOptions():
            found += [Override(by, match, options) for by, match in _matches(part(override, "matcher"), account)]
    if len(found) > MAX_OVERRIDES:
        account.left("overrides", f"{len(found)} of them are more than {MAX_OVERRIDES}")
    return found[:MAX_OVERRIDES]


def thresholds_of(value: object, low: float | None, high: float | None, account: Account) -> list[Threshold]:
    """Thresholds in rising order; percentages become values of the bounds."""
    holder = {"it": value}
    percentage = text(part(holder, "it"), "mode") == "percentage"
    found: list[Threshold] = []
    for step in parts(holder, "it", "steps"):
        limit = number(step, "value") if found else None
        if found and limit is None:
            continue
        color = text(step, "color")
        status = status_of(color)
        found.append(Threshold(status=status, value=limit))
    if percentage and len(found) > 1:
        bottom, top = low if low is not None else 0.0, high if high is not None else 100.0
        if low is None or high is None:
            account.changed(
                "thresholds", f"percentages of the values' span are taken of {plain(bottom)} to {plain(top)}"
            )
        for threshold in found[1:]:
            threshold.value = bottom + (top - bottom) * (threshold.value or 0.0) / 100
    head, rest = found[:1], sorted(found[1:], key=lambda threshold: threshold.value or 0.0)
    return head + rest


def mappings_of(value: object, account: Account) -> list[Mapping]:
    """Texts for values, of today's form and of the former one."""
    found: list[Mapping] = []
    for mapping in parts({"it": value}, "it"):
        kind = text(mapping, "type")
        if kind == "value":
            found += _value_mappings(part(mapping, "options"))
        elif kind in ("1", "2"):
            found += _former_mapping(mapping, kind)
        elif kind in ("range", "regex", "special"):
            found += _new_mapping(mapping, kind)
        else:
            account.left("value mapping", f"there is nothing like the kind {kind[:50]!r}")
    return found


def _value_mappings(options: Json) -> list[Mapping]:
    order = sorted(options, key=lambda name: number(part(options, name), "index") or 0)
    return [_mapping(part(options, match), kind="value", value=clipped(match)) for match in order]


def _new_mapping(mapping: Json, kind: str) -> list[Mapping]:
    options = part(mapping, "options")
    result = part(options, "result")
    if kind == "range":
        return [_mapping(result, kind="range", start=number(options, "from"), end=number(options, "to"))]
    if kind == "regex":
        return [_mapping(result, kind="regex", value=clipped(_bare(text(options, "pattern"))))]
    names = text(options, "match").split("+")
    return [
        _mapping(result, kind="special", value=name)
        for name in names
        if name in ("null", "nan", "true", "false", "empty")
    ]


def _former_mapping(mapping: Json, kind: str) -> list[Mapping]:
    if kind == "2":
        return [_mapping(mapping, kind="range", start=number(mapping, "from"), end=number(mapping, "to"))]
    value = text(mapping, "value")
    if value in ("null", "", "nan"):
        return [_mapping(mapping, kind="special", value=value or "null")] if value else []
    return [_mapping(mapping, kind="value", value=clipped(value))]


def _mapping(result: Json, **more: Any) -> Mapping:
    color = text(result, "color")
    return Mapping(text=clipped(text(result, "text")), status=status_of(color) if color else "none", **more)


def _matches(matcher: Json, account: Account) -> list[tuple[Any, str]]:
    kind, wanted = text(matcher, "id"), matcher.get("options")
    if kind == "byName" and isinstance(wanted, str):
        if wanted.startswith("Value #"):
            return [("ref", clipped(wanted.removeprefix("Value #")))]
        return [("name", clipped(wanted))]
    if kind == "byRegexp" and isinstance(wanted, str):
        return [("regex", clipped(_bare(wanted)))]
    if kind == "byFrameRefID" and isinstance(wanted, str):
        return [("ref", clipped(wanted))]
    if kind == "byNames":
        if text(part(matcher, "options"), "mode") == "exclude":
            account.left("override", "those that exclude names have no counterpart")
            return []
        names = part(matcher, "options").get("names")
        return [("name", clipped(name)) for name in (names if isinstance(names, list) else []) if isinstance(name, str)]
    if kind == "byType" and wanted == "number":
        return [("regex", ".*")]
    account.left("override", f"series are not chosen {kind[:30] or 'so'}")
    return []


def _bare(pattern: str) -> str:
    """A regular expression without the slashes around it; flags stay, as the page knows them."""
    return pattern[1:-1] if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/") else pattern


def _set(options: FieldOptions, name: str, value: Any, account: Account) -> None:
    setter = _SETTERS.get(name)
    if setter is not None:
        if value is not None and value != "":
            setter(options, value, account)
    elif name.removeprefix("custom.") not in _COSMETIC and value not in (None, "", False, [], {}):
        account.left(name.removeprefix("custom."), "there is nothing like it")


def _style(options: FieldOptions, **more: Any) -> None:
    options.style = {**(options.style or {}), **more}


def _unit(options: FieldOptions, value: Any, account: Account) -> None:
    written = str(value)
    words = booleans_of(written)
    if words is not None:
        mapped = [Mapping(value="1", text=words[0]), Mapping(value="0", text=words[1])]
        options.mappings = [*(options.mappings or []), *mapped]
        return
    options.unit, why = unit_of(written)
    if why:
        account.changed(f"unit {written[:50]}", why)


def _decimals(options: FieldOptions, value: Any, _account: Account) -> None:
    wanted = to_number(value)
    options.decimals = None if wanted is None or wanted < 0 else min(_MAX_DECIMALS, int(wanted))


def _min(options: FieldOptions, value: Any, _account: Account) -> None:
    options.min = to_number(value)


def _max(options: FieldOptions, value: Any, _account: Account) -> None:
    options.max = to_number(value)


def _mappings(options: FieldOptions, value: Any, account: Account) -> None:
    options.mappings = [*(options.mappings or []), *mappings_of(value, account)] or None


def _thresholds(options: FieldOptions, value: Any, account: Account) -> None:
    ratio = options.unit == "ratio"
    high = 1.0 if options.max is None and ratio else options.max
    found = thresholds_of(value, 0.0 if options.min is None and ratio else options.min, high, account)
    # A single step only says which colour everything has.
    options.thresholds = found if len(found) > 1 else None


def _color(options: FieldOptions, value: Any, account: Account) -> None:
    color = part({"it": value}, "it")
    mode = text(color, "mode")
    if mode in ("fixed", "shades"):
        options.color = token_of(text(color, "fixedColor"))
    elif mode == "thresholds":
        options.color = "thresholds"
    elif mode.startswith("continuous"):
        options.color = "thresholds"
        account.changed("color", "a continuous scale becomes the colours of the thresholds")


def _name(options: FieldOptions, value: Any, account: Account) -> None:
    name = str(value)[:_MAX_NAME]
    if "${__" in name:
        for theirs, ours in (("${__field.name}", "{{__name__}}"), ("${__series.name}", "")):
            name = name.replace(theirs, ours)
        while (at := name.find("${__field.labels.")) >= 0 and (end := name.find("}", at)) >= 0:
            name = f"{name[:at]}{{{{{name[at + 17 : end]}}}}}{name[end + 1 :]}"
        if "${__" in name:
            account.left("display name", f"{name[:60]!r} speaks of what a series does not have")
            return
    options.name = clipped(name) or None


def _axis_placement(options: FieldOptions, value: Any, _account: Account) -> None:
    axes: Final[dict[str, Any]] = {"left": "left", "right": "right", "hidden": "hidden"}
    options.axis = axes.get(str(value))


def _scale(options: FieldOptions, value: Any, _account: Account) -> None:
    kinds: Final[dict[str, Any]] = {"log": "log", "symlog": "symlog"}
    options.scale = kinds.get(text(part({"it": value}, "it"), "type"))


def _span_nulls(options: FieldOptions, value: Any, account: Account) -> None:
    options.nulls = "zero" if value == "zero" else "connect" if value else None
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
        account.changed("gaps", "all gaps are connected, not only those shorter than a limit")


def _stacking(options: FieldOptions, value: Any, _account: Account) -> None:
    stacking = part({"it": value}, "it")
    mode = text(stacking, "mode")
    if mode in ("none", "normal", "percent"):
        _style(options, stack=mode)


def _hide_from(options: FieldOptions, value: Any, _account: Account) -> None:
    if truth(part({"it": value}, "it"), "viz"):
        options.hidden = True


def _hidden(options: FieldOptions, value: Any, _account: Account) -> None:
    if value is True:
        options.hidden = True


def _transform(_options: FieldOptions, value: Any, account: Account) -> None:
    if value not in ("false", "negative-Y"):
        account.left("transform", f"there is nothing like {str(value)[:30]!r}")


def _draw_style(options: FieldOptions, value: Any, _account: Account) -> None:
    if isinstance(value, str) and value in _SHAPES:
        _style(options, shape=_SHAPES[value])


def _curve(options: FieldOptions, value: Any, _account: Account) -> None:
    if isinstance(value, str) and value in _CURVES:
        _style(options, curve=_CURVES[value])


def _line_width(options: FieldOptions, value: Any, _account: Account) -> None:
    if (width := to_number(value)) is not None:
        _style(options, lineWidth=max(0.5, min(6.0, width)))


def _fill(options: FieldOptions, value: Any, _account: Account) -> None:
    if (opacity := to_number(value)) is not None:
        _style(options, fill=max(0.0, min(100.0, opacity)))


def _thresholds_style(options: FieldOptions, value: Any, _account: Account) -> None:
    mode = text(part({"it": value}, "it"), "mode", "off")
    if mode != "off":
        _style(options, thresholds="both" if "+" in mode else "zone" if mode == "area" else "line")


def _cell(options: FieldOptions, value: Any, account: Account) -> None:
    kind = value if isinstance(value, str) else text(part({"it": value}, "it"), "type")
    look = _CELLS.get(kind)
    if look is not None:
        options.color = options.color or "thresholds"
        _style(options, cell=look)
    elif kind not in ("auto", ""):
        account.left(f"cells of kind {kind[:30]}", "there is nothing like it")


def _no_value(options: FieldOptions, value: Any, _account: Account) -> None:
    words = clipped(str(value)) if isinstance(value, str | int | float) else ""
    if words:
        options.mappings = [*(options.mappings or []), Mapping(kind="special", value="null", text=words)]


def _description(_options: FieldOptions, _value: Any, account: Account) -> None:
    account.left("description of a field", "there is nothing like it")


_SETTERS: Final[dict[str, Setter]] = {
    "unit": _unit,
    "decimals": _decimals,
    "min": _min,
    "max": _max,
    "mappings": _mappings,
    "thresholds": _thresholds,
    "color": _color,
    "noValue": _no_value,
    "displayName": _name,
    "displayNameFromDS": _name,
    "description": _description,
    "custom.axisPlacement": _axis_placement,
    "custom.scaleDistribution": _scale,
    "custom.spanNulls": _span_nulls,
    "custom.stacking": _stacking,
    "custom.hideFrom": _hide_from,
    "custom.hideFrom.viz": _hidden,
    "custom.hidden": _hidden,
    "custom.transform": _transform,
    "custom.drawStyle": _draw_style,
    "custom.lineInterpolation": _curve,
    "custom.lineWidth": _line_width,
    "custom.fillOpacity": _fill,
    "custom.thresholdsStyle": _thresholds_style,
    "custom.cellOptions": _cell,
    "custom.displayMode": _cell,
}
