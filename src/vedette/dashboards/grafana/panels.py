"""One panel of Grafana as a widget; what cannot be one becomes words that say so."""

from __future__ import annotations

import re
from typing import Any, Final

from vedette.dashboards.document import COLUMNS, Id, Place, Repeat, Widget, WidgetTime
from vedette.dashboards.grafana.account import Account
from vedette.dashboards.grafana.fields import defaults_of, overrides_of
from vedette.dashboards.grafana.former import modern
from vedette.dashboards.grafana.kinds import KINDS, NEED_NO_QUERY, reduce_of
from vedette.dashboards.grafana.links import panel_links
from vedette.dashboards.grafana.mirrored import mirror
from vedette.dashboards.grafana.queries import Sources, queries_of
from vedette.dashboards.grafana.source import Json, clipped, number, part, parts, text, truth
from vedette.dashboards.grafana.tables import shape_table
from vedette.dashboards.grafana.texts import in_code
from vedette.dashboards.grafana.transformations import columns_of
from vedette.errors import BadData
from vedette.model.duration import parse_duration_ms

_MAX_DESCRIPTION: Final = 100_000
_OTHER_PANEL: Final = "-- Dashboard --"
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Panels:
    """Turns panels into widgets; knows the whole dashboard, of which panels speak."""

    def __init__(self, everything: list[Json], sources: Sources, library: Json, account: Account) -> None:
        self._by_id = {text(panel, "id"): panel for panel in everything if text(panel, "id")}
        self._sources = sources
        self._library = library
        self._account = account

    def widget_of(self, panel: Json, widget_id: Id, place: Place, section: str) -> Widget:
        """The widget of a panel."""
        account = self._account
        panel = self._whole(panel)
        account.begin_panel(text(panel, "title"))
        widget = Widget(
            id=widget_id,
            kind="text",
            place=place,
            title=clipped(text(panel, "title")),
            description=text(panel, "description")[:_MAX_DESCRIPTION],
            section=section,
            transparent=truth(panel, "transparent"),
            repeat=repeat_of(panel),
        )
        self._fill(widget, modern(panel, account))
        account.end_panel()
        return widget

    def _fill(self, widget: Widget, panel: Json) -> None:
        account = self._account
        kind = text(panel, "type")
        make = KINDS.get(kind)
        if make is None:
            why = f"panels of kind {kind[:60] or 'unknown'} have no counterpart"
            for target in parts(panel, "targets"):
                if text(target, "expr"):
                    account.query("left")
            self._instead(widget, f"Panels of kind {in_code(kind[:60] or 'unknown')} have no counterpart here.", why)
            return
        widget.queries = queries_of(panel, self._sources, account)
        if not widget.queries and kind not in NEED_NO_QUERY:
            asks = bool(parts(panel, "targets"))
            why = "none of its queries can be asked here" if asks else "it has no query"
            self._instead(widget, f"{why[:1].upper()}{why[1:]}.", why)
            return
        config = part(panel, "fieldConfig")
        widget.format = defaults_of(config, account)
        widget.overrides = overrides_of(config, account)
        widget.kind, widget.options = make(panel, widget.format, account)
        mirror(panel, widget.queries, widget.format, account)
        columns = columns_of(panel, widget.queries, account)
        if widget.kind == "table":
            shape_table(widget, columns, account)
        elif columns.reduce and "value" in widget.options:
            widget.options["value"] = reduce_of([columns.reduce], account)
        widget.links = panel_links(panel, account)
        widget.time = self._time(panel)

    def _instead(self, widget: Widget, words: str, why: str) -> None:
        self._account.left_panel(why)
        widget.options = {"text": f"*Not taken over from Grafana.* {words}", "format": "markdown"}

    def _whole(self, panel: Json) -> Json:
        """With what a panel has from the library, or from another panel whose answer it shows."""
        shared = part(panel, "libraryPanel")
        if shared and not parts(panel, "targets"):
            model = part(shared, "model") or part(self._library, text(shared, "uid"), "model")
            panel = {**model, **{name: value for name, value in panel.items() if name != "libraryPanel"}}
            panel = {**panel, "type": text(model, "type") or text(panel, "type")}
        first = next(iter(parts(panel, "targets")), {})
        source = panel.get("datasource")
        name = source if isinstance(source, str) else text(part(panel, "datasource"), "uid")
        if name == _OTHER_PANEL:
            other = self._by_id.get(text(first, "panelId"), {})
            panel = {**panel, "targets": parts(other, "targets"), "datasource": other.get("datasource")}
        return panel

    def _time(self, panel: Json) -> WidgetTime:
        found = WidgetTime()
        for name, field in (("timeFrom", "last"), ("timeShift", "shift")):
            written = text(panel, name).strip()
            if not written:
                continue
            try:
                parse_duration_ms(written.removeprefix("now-"))
            except BadData:
                self._account.left(name, f"{written[:30]!r} is no duration")
            else:
                setattr(found, field, written.removeprefix("now-"))
        return found


def repeat_of(panel: Json) -> Repeat | None:
    """Copies by variable, of a panel or a row."""
    variable = text(panel, "repeat")
    if not _NAME.fullmatch(variable):
        return None
    direction: Any = "down" if text(panel, "repeatDirection") == "v" else "across"
    most = int(max(1, min(COLUMNS, number(panel, "maxPerRow") or 4)))
    return Repeat(variable=clipped(variable), direction=direction, per_row=most)
