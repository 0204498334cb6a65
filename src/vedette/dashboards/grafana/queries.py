"""Targets of panels as questions, and what of them is no PromQL."""

from __future__ import annotations

import re
from typing import Final

from vedette.dashboards.document import Query
from vedette.dashboards.grafana.account import Account
from vedette.dashboards.grafana.source import Json, clipped, part, parts, text, truth
from vedette.errors import BadData, VedetteError
from vedette.model.duration import parse_duration_ms
from vedette.promql.parser import parse

MAX_QUERIES: Final = 26
_MAX_TEXT: Final = 20_000
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_REF: Final = re.compile(r"[A-Za-z0-9_]{1,16}")
_FORMULA: Final = re.compile(r"(?:\s|\$\{?[A-Za-z0-9_]+\}?|[0-9.]+|[-+*/%^()])+")
_IN_RANGE: Final = re.compile(r"\[[^\]\[]*\$[^\]]*\]")
_AFTER_OFFSET: Final = re.compile(r"\boffset\s+-?\$\{?\w+(?::\w+)?\}?")
_IN_GROUPING: Final = re.compile(r"\b(by|without|on|ignoring|group_left|group_right)\s*\(([^()]*\$[^()]*)\)")
_VARIABLE: Final = re.compile(r"\$\{\w+(?:\.[^:{}]+)?(?::[^{}]*)?\}|\$\w+|\[\[\w+(?::\w+)?\]\]")
_TEXTS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`[^`]*`')
_PUT_AWAY: Final = re.compile(r'"\x00(\d+)"')


class Sources:
    """Which source of data a panel or target means, as far as the dashboard says."""

    def __init__(self, dashboard: Json) -> None:
        self._by_name: dict[str, str] = {}
        for variable in parts(dashboard, "templating", "list"):
            if text(variable, "type") == "datasource":
                self._by_name[text(variable, "name")] = text(variable, "query")
        for given in parts(dashboard, "__inputs"):
            if text(given, "type") == "datasource":
                self._by_name[text(given, "name")] = text(given, "pluginId")

    def kind_of(self, source: object) -> str:
        """The plugin's name in small letters; empty where it is not said."""
        holder = part({"it": source}, "it")
        name = source if isinstance(source, str) else text(holder, "uid")
        kind = text(holder, "type")
        if kind in ("", "datasource") and name:
            bare = name.strip("${}[]").split(":")[0]
            kind = self._by_name.get(bare) or kind or (name if not name.startswith(("$", "[[")) else "")
        return kind.lower()


def queries_of(panel: Json, sources: Sources, account: Account) -> list[Query]:
    """The questions of a panel; each is counted."""
    found: list[Query] = []
    used: set[str] = set()
    targets = parts(panel, "targets")
    if len(targets) > MAX_QUERIES:
        account.left("queries", f"{len(targets)} are more than {MAX_QUERIES}")
    least_ms = _step_ms(text(panel, "interval"), account)
    for target in targets[:MAX_QUERIES]:
        ref = _ref(text(target, "refId"), used)
        source = sources.kind_of(target.get("datasource") or panel.get("datasource"))
        query = _query(target, ref, source, account)
        if query is not None:
            used.add(ref)
            query.min_step_ms = max(query.min_step_ms, least_ms)
            found.append(query)
    return found


def _query(target: Json, ref: str, source: str, account: Account) -> Query | None:
    what = f"query {ref}"
    hidden = truth(target, "hide")
    if source in ("__expr__", "-- expression --") or text(target, "type") in ("math", "reduce", "resample", "sql"):
        return _formula(target, ref, hidden=hidden, account=account)
    promql = text(target, "expr").strip()
    if not promql:
        if len(target) <= _BARE_TARGET and not target.keys() - _NO_QUESTION:
            return None
        _count_left(account, what, f"it is no PromQL but a question to {source}" if source else "it has no PromQL")
        return None
    if source in OTHER_SOURCES:
        _count_left(account, what, f"it is a question to {source}, not PromQL")
        return None
    if len(promql) > _MAX_TEXT:
        _count_left(account, what, f"it is longer than {_MAX_TEXT} characters")
        return None
    error = mistake_in(promql)
    if error:
        account.changed(what, f"taken as it is, but it cannot be read: {error}")
    account.query("changed" if error else "taken")
    legend = text(target, "legendFormat")
    return Query(
        ref=ref,
        text=promql,
        mode="instant" if truth(target, "instant") and not truth(target, "range") else "range",
        legend="" if legend == "__auto" else clipped(legend),
        hidden=hidden,
        min_step_ms=_step_ms(text(target, "interval"), account),
    )


_NO_QUESTION: Final = frozenset({"refId", "datasource", "hide", "key", "editorMode", "range", "format"})
_BARE_TARGET: Final = len(_NO_QUESTION)
OTHER_SOURCES: Final = frozenset(
    [
        "loki",
        "tempo",
        "elasticsearch",
        "influxdb",
        "graphite",
        "cloudwatch",
        "mysql",
        "postgres",
        "mssql",
        "jaeger",
        "zipkin",
        "opentsdb",
        "grafana-clickhouse-datasource",
        "vertamedia-clickhouse-datasource",
        "testdata",
        "grafana-testdata-datasource",
        "grafana-azure-monitor-datasource",
        "stackdriver",
        "alertmanager",
        "parca",
        "phlare",
        "grafana-pyroscope-datasource",
        "victorialogs-datasource",
        "victoriametrics-logs-datasource",
    ]
)
"""Plugins that may have an `expr`, too, but in another language."""


def _formula(target: Json, ref: str, *, hidden: bool, account: Account) -> Query | None:
    kind, expression = text(target, "type"), text(target, "expression")
    if kind == "math" and _FORMULA.fullmatch(expression) and len(expression) <= _MAX_TEXT:
        account.query("taken")
        return Query(ref=ref, text=expression.strip(), kind="formula", hidden=hidden)
    _count_left(account, f"query {ref}", f"expressions of kind {kind or 'unknown'} have no counterpart")
    return None


def _count_left(account: Account, what: str, why: str) -> None:
    account.left(what, why)
    account.query("left")


def _ref(wanted: str, used: set[str]) -> str:
    names: list[str] = [*_LETTERS, *(f"A{letter}" for letter in _LETTERS)]
    if _REF.fullmatch(wanted) and wanted not in used:
        return wanted
    return next(name for name in names if name not in used)


def _step_ms(interval: str, account: Account) -> int:
    written = interval.strip().removeprefix(">")
    if not written or written.startswith(("$", "[[")):
        return 0
    try:
        return min(parse_duration_ms(written), 10**12)
    except BadData:
        account.left("interval", f"{written[:30]!r} is no duration")
        return 0


def mistake_in(promql: str) -> str:
    """What is wrong with a query whose variables may stand for anything that fits; empty: nothing."""
    texts: list[str] = []

    def put_away(match: re.Match[str]) -> str:
        texts.append(match[0])
        return f'"\x00{len(texts) - 1}"'

    # A variable within quotes is a text whatever it is.
    bare = _TEXTS.sub(put_away, promql)
    if "$" not in bare and "[[" not in bare:
        return _mistake(promql)
    bare = _IN_RANGE.sub(lambda match: "[5m:1m]" if ":" in _VARIABLE.sub("", match[0]) else "[5m]", bare)
    bare = _AFTER_OFFSET.sub("offset 5m", bare)
    bare = _IN_GROUPING.sub(lambda match: f"{match[1]} ({_VARIABLE.sub('x', match[2])})", bare)
    error = ""
    for stand_in in ("1", "x", "5m"):
        candidate = _PUT_AWAY.sub(lambda match: texts[int(match[1])], _VARIABLE.sub(stand_in, bare))
        found = _mistake(candidate)
        if not found:
            return ""
        error = error or found
    return error


def _mistake(promql: str) -> str:
    try:
        parse(promql)
    except VedetteError as error:
        return error.message
    except RecursionError:
        return "it is nested too deep"
    return ""
