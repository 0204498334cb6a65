"""The dashboard document: what the catalog keeps as the `spec` of a document of kind `dashboard`.

The page's types are generated from these (OpenAPI). Fields are only added; `schema` is raised when one changes meaning,
and older documents are brought forward when they are read.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

SCHEMA = 1
COLUMNS = 12
MAX_WIDGETS = 500

Id = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
ShortText = Annotated[str, Meta(max_length=200)]
LongText = Annotated[str, Meta(max_length=100_000)]
Column = Annotated[int, Meta(ge=0, le=COLUMNS - 1)]
Width = Annotated[int, Meta(ge=1, le=COLUMNS)]
Row = Annotated[int, Meta(ge=0, le=100_000)]
Height = Annotated[int, Meta(ge=1, le=200)]


class TimeSpan(Struct, forbid_unknown_fields=True, rename={"start": "from", "end": "to"}, omit_defaults=True):
    """What the picker takes: `now-6h`, `now`, or milliseconds since 1970 as text."""

    start: ShortText = "now-1h"
    end: ShortText = "now"


class Place(Struct, forbid_unknown_fields=True):
    """Where a widget stands on the grid of 12 columns; rows are 48 px."""

    x: Column
    y: Row
    w: Width
    h: Height


class Query(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One question of a widget. Variables are written `$name` or `${name:format}`."""

    ref: Annotated[str, Meta(min_length=1, max_length=16)]
    """`A`, `B` ...; formulas speak of others by it."""
    text: Annotated[str, Meta(max_length=20_000)] = ""
    """PromQL; or, with `kind` formula, arithmetic over refs such as `$A / $B * 100`."""
    kind: Literal["promql", "formula"] = "promql"
    mode: Literal["range", "instant"] = "range"
    legend: ShortText = ""
    """Template with `{{label}}`; empty: what tells the series apart."""
    hidden: bool = False
    min_step_ms: Annotated[int, Meta(ge=0)] = 0
    shift_ms: int = 0
    """Ask about a time that much earlier."""


class Threshold(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """From `value` on (the first one: from minus infinity on, without a value)."""

    status: Literal["ok", "info", "warn", "crit", "none"] = "none"
    value: float | None = None
    color: ShortText = ""
    """Instead of the status': a token of the palette, `s1` to `s12`."""
    label: ShortText = ""


class Mapping(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A value shown as a text."""

    kind: Literal["value", "range", "regex", "special"] = "value"
    value: ShortText = ""
    """The value, the regular expression, or `null`, `nan`, `true`, `false`, `empty`."""
    start: float | None = None
    end: float | None = None
    text: ShortText = ""
    status: Literal["ok", "info", "warn", "crit", "none"] = "none"
    color: ShortText = ""


class FieldOptions(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """How values are read and shown, the same in every kind of widget; in an override None leaves what is there."""

    unit: ShortText | None = None
    """A name of web/src/data/units.ts, or a text that is put behind."""
    decimals: Annotated[int, Meta(ge=0, le=12)] | None = None
    min: float | None = None
    max: float | None = None
    scale: Literal["linear", "log", "symlog"] | None = None
    thresholds: list[Threshold] | None = None
    mappings: list[Mapping] | None = None
    nulls: Literal["gap", "connect", "zero"] | None = None
    color: ShortText | None = None
    """`auto` (stable by series), a token `s1` to `s12`, or `thresholds`."""
    name: ShortText | None = None
    hidden: bool | None = None
    axis: Literal["left", "right", "hidden"] | None = None
    style: dict[str, Any] | None = None
    """Of the kind of widget: line width, fill, stacking group and the like."""


class Override(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Other options for some of the series; later ones win."""

    by: Literal["name", "regex", "ref", "label"]
    match: ShortText
    """The name, the expression, the ref, or `label=value`."""
    options: FieldOptions = field(default_factory=FieldOptions)


class Link(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A way on; `url` may hold variables and `${__value}`, `${__labels.x}`, `${__from}`, `${__to}`."""

    title: ShortText
    url: Annotated[str, Meta(max_length=4_000)] = ""
    dashboard: ShortText = ""
    """Id of a dashboard instead of an address."""
    keeps_time: bool = True
    keeps_variables: bool = True
    new_tab: bool = False


class Repeat(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One copy for each value of a variable."""

    variable: ShortText
    direction: Literal["across", "down"] = "across"
    per_row: Annotated[int, Meta(ge=1, le=COLUMNS)] = 4


class WidgetTime(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A time of its own instead of the dashboard's."""

    last: ShortText = ""
    """Duration such as `6h`: this long up to the end of the dashboard's time."""
    shift: ShortText = ""
    """Duration such as `1d`: that much earlier."""
    compare: ShortText = ""
    """Duration, or `previous` for the span before: drawn as ghost."""


class Widget(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One widget; `options` are of its kind and checked by its JSON schema in the page."""

    id: Id
    kind: Annotated[str, Meta(min_length=1, max_length=64)]
    place: Place
    title: ShortText = ""
    description: LongText = ""
    section: ShortText = ""
    """Id of the section it is in; empty: before all sections."""
    queries: Annotated[list[Query], Meta(max_length=26)] = []
    options: dict[str, Any] = {}
    format: FieldOptions = field(default_factory=FieldOptions)
    overrides: Annotated[list[Override], Meta(max_length=100)] = []
    links: Annotated[list[Link], Meta(max_length=20)] = []
    time: WidgetTime = field(default_factory=WidgetTime)
    repeat: Repeat | None = None
    locked: bool = False
    z: int = 0
    transparent: bool = False


class Section(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A part that folds, or a tab: sections with `tab` that follow each other are tabs of one strip."""

    id: Id
    title: ShortText = ""
    kind: Literal["fold", "tab"] = "fold"
    collapsed: bool = False
    repeat: Repeat | None = None


class Variable(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A value that questions, titles and links speak of."""

    name: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
    kind: Literal["label_values", "query", "custom", "text", "interval", "constant", "adhoc"] = "label_values"
    label: ShortText = ""
    description: ShortText = ""
    query: Annotated[str, Meta(max_length=20_000)] = ""
    """label_values: a selector; query: PromQL; may speak of variables before it."""
    of_label: ShortText = ""
    """The label whose values are offered."""
    regex: Annotated[str, Meta(max_length=1_000)] = ""
    """What to keep of each value; a group named `value` or the first one is taken."""
    values: Annotated[list[ShortText], Meta(max_length=10_000)] = []
    """custom and interval: what is offered; `text : value` shows another text."""
    default: Annotated[list[ShortText], Meta(max_length=10_000)] = []
    multi: bool = False
    with_all: bool = False
    all_value: ShortText = ""
    """Instead of `(a|b|c)`."""
    sort: Literal["none", "text", "number", "natural"] = "natural"
    hide: Literal["no", "label", "all"] = "no"
    refresh: Literal["load", "time"] = "load"


class Annotations(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A source of marks on the time axis."""

    name: ShortText
    kind: Literal["manual", "query", "alerts"] = "manual"
    query: Annotated[str, Meta(max_length=20_000)] = ""
    """query: PromQL; a mark where its value is not 0 or has just changed."""
    title: ShortText = ""
    text: ShortText = ""
    tags: list[ShortText] = []
    color: ShortText = ""
    enabled: bool = True


class Dashboard(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The whole; the document around it has id, name, project, version, times and who."""

    schema: Annotated[int, Meta(ge=1, le=SCHEMA)] = SCHEMA
    description: LongText = ""
    tags: Annotated[list[ShortText], Meta(max_length=50)] = []
    folder: ShortText = ""
    """Id of a document of kind `folder`."""
    timezone: ShortText = "browser"
    """`browser`, `utc` or a name of the IANA database."""
    time: TimeSpan = field(default_factory=TimeSpan)
    shift: ShortText = ""
    """Duration such as `1d`: everything is asked for that much earlier."""
    compare: ShortText = ""
    """Duration, or `previous`: what widgets are compared with that say nothing of their own."""
    refresh: ShortText = "live"
    """`live` (as often as points appear), `off`, or a duration such as `30s`; `0s` is as samples arrive."""
    crosshair: Literal["off", "line", "tooltip"] = "line"
    variables: Annotated[list[Variable], Meta(max_length=50)] = []
    annotations: Annotated[list[Annotations], Meta(max_length=50)] = []
    links: Annotated[list[Link], Meta(max_length=50)] = []
    sections: Annotated[list[Section], Meta(max_length=100)] = []
    widgets: Annotated[list[Widget], Meta(max_length=MAX_WIDGETS)] = []
