"""Series that Grafana draws below the axis: where they are those of whole questions, the questions are negated."""

from __future__ import annotations

import re

import re2

from vedette.dashboards.document import FieldOptions, Query
from vedette.dashboards.grafana.account import Account
from vedette.dashboards.grafana.source import Json, part, parts, text

_MIRRORED = "negative-Y"


def mirror(panel: Json, queries: list[Query], look: FieldOptions, account: Account) -> None:
    """Negate the questions whose series are to be below the axis; what is not of a whole question is told."""
    for override in parts(panel, "fieldConfig", "overrides"):
        wanted = [setting.get("value") for setting in parts(override, "properties") if _is_transform(setting)]
        if _MIRRORED not in wanted:
            continue
        meant = _meant(part(override, "matcher"), queries)
        if not meant:
            account.left("transform", "only series of a whole query can be drawn below the axis")
            continue
        for query in meant:
            query.text = f"-({query.text})"
        if look.min is not None and look.min >= 0:
            # They would be outside.
            look.min = None


def _is_transform(setting: Json) -> bool:
    return text(setting, "id") == "custom.transform"


def _meant(matcher: Json, queries: list[Query]) -> list[Query]:
    kind, wanted = text(matcher, "id"), text(matcher, "options")
    asked = [query for query in queries if query.kind == "promql" and not query.text.startswith("-(")]
    if kind == "byFrameRefID":
        return [query for query in asked if query.ref == wanted]
    if kind == "byName":
        return [query for query in asked if query.legend == wanted]
    if kind != "byRegexp":
        return []
    try:
        pattern = re2.compile(
            wanted[1:-1] if len(wanted) > 1 and wanted.startswith("/") and wanted.endswith("/") else wanted
        )
    except re2.error:
        return []
    # What labels say is not known: the expression must find its words in what all series of the question have.
    return [query for query in asked if pattern.search(re.sub(r"\{\{.*?\}\}", "", query.legend)) and query.legend]
