"""An `alertmanager.yml` as documents, with an account of all that was changed or left out."""

from __future__ import annotations

from typing import Any, Final

import yaml
from msgspec import Struct

from vedette.alerting import document as kinds
from vedette.alerting.alertmanager_receivers import Globals, Receivers
from vedette.alerting.check import as_spec, check_inhibit_rule, check_mute_timing, check_route
from vedette.alerting.matching import condition_of, parse_matchers
from vedette.alerting.secret_options import check_contact_point
from vedette.alerting.templates import Templates
from vedette.config.yaml_section import Findings, Section, compose
from vedette.errors import BadData
from vedette.model.duration import parse_duration_ms
from vedette.model.matcher import Matcher, MatchOp

TREE: Final = "alertmanager.yml"
"""Name of the tree that an import makes."""
_DEFAULTS_MS: Final = {"group_wait": 30_000, "group_interval": 300_000, "repeat_interval": 4 * 3_600_000}

_CHECKS: Final = {
    kinds.ROUTE: check_route,
    kinds.INHIBIT_RULE: check_inhibit_rule,
    kinds.MUTE_TIMING: check_mute_timing,
}


class NewDocument(Struct, frozen=True):
    """A document to be made."""

    kind: str
    name: str
    spec: dict[str, Any]


class Read(Struct, frozen=True):
    """What a file becomes; `errors` keep it from being used, `notes` tell what is different here."""

    documents: tuple[NewDocument, ...]
    errors: tuple[str, ...]
    notes: tuple[str, ...]


def read_alertmanager(text: str, templates: Templates) -> Read:
    """Raises BadData for what is no YAML mapping."""
    node = compose(text)
    if not isinstance(node, yaml.MappingNode):
        raise BadData("the file must be a mapping with route and receivers")
    findings = Findings()
    documents = _File(Section(node, "alertmanager.yml", findings), findings, templates).read()
    return Read(tuple(documents), tuple(map(str, findings.errors)), tuple(map(str, findings.warnings)))


class _File:
    def __init__(self, top: Section, findings: Findings, templates: Templates) -> None:
        self._top = top
        self._findings = findings
        self._templates = templates
        self._receivers: dict[str, list[dict[str, Any]]] = {}
        self._timings: dict[str, dict[str, Any]] = {}
        self._documents: list[NewDocument] = []

    def read(self) -> list[NewDocument]:
        top = self._top
        shared = top.section("global") or Section(
            yaml.MappingNode("tag:yaml.org,2002:map", []), "global", self._findings
        )
        receivers = Receivers(Globals(shared), self._templates)
        for part in top.sections("receivers", "receiver"):
            name, integrations = receivers.read(part)
            if name in self._receivers:
                self._findings.error(part.node, f"receiver {name!r} is there twice")
            self._receivers[name] = integrations
            self._add(part, kinds.CONTACT_POINT, name, {"integrations": integrations})
        for key in ("time_intervals", "mute_time_intervals"):
            for part in top.sections(key, "time_interval"):
                self._timing(part)
        route = top.section("route")
        if route is None:
            top.error("route", "route is missing")
        else:
            self._add(route, kinds.ROUTE, TREE, self._route(route, is_root=True))
        for number, part in enumerate(top.sections("inhibit_rules", "inhibit_rule"), start=1):
            self._inhibit_rule(part, number)
        top.ignore({"templates": "template files are not read", "tracing": "there is none"})
        top.finish()
        return self._documents

    def _add(self, part: Section, kind: str, name: str, spec: dict[str, Any]) -> None:
        try:
            if kind == kinds.CONTACT_POINT:
                check_contact_point(spec, self._templates)
            else:
                _CHECKS[kind](spec)
        except BadData as error:
            self._findings.error(part.node, f"{part.name}: {error.message}")
            return
        self._documents.append(NewDocument(kind, name, spec))

    def _route(self, part: Section, *, is_root: bool = False) -> dict[str, Any]:
        found: dict[str, Any] = {"receiver": part.text("receiver")}
        if is_root and not found["receiver"]:
            part.error("receiver", "the root must name a receiver")
        if found["receiver"] and found["receiver"] not in self._receivers:
            part.error("receiver", f"there is no receiver {found['receiver']!r}")
        group_by = list(part.texts("group_by"))
        # An empty list is inherited below the root, as in Alertmanager; ours would make one group.
        if is_root or group_by:
            found["group_by"] = group_by
        for key, default_ms in _DEFAULTS_MS.items():
            if is_root or part.has(key):
                found[f"{key}_ms"] = self._duration_ms(part, key, default_ms)
        conditions = self._conditions(part, "matchers", "match", "match_re")
        if conditions:
            found["matchers"] = conditions
        for key, ours in (("mute_time_intervals", "mute_timings"), ("active_time_intervals", "active_timings")):
            names = list(part.texts(key))
            for name in names:
                if name not in self._timings:
                    part.error(key, f"there is no time interval {name!r}")
            if names:
                found[ours] = names
        if part.boolean("continue", False):
            found["continue"] = True
        routes = [self._route(child) for child in part.sections("routes", "route")]
        if routes:
            found["routes"] = routes
        part.finish()
        return {key: value for key, value in found.items() if value != ""}

    @staticmethod
    def _duration_ms(part: Section, key: str, default_ms: int) -> int:
        text = part.text(key)
        if not text:
            return default_ms
        try:
            found = parse_duration_ms(text)
        except BadData as error:
            part.error(key, f"{key}: {error.message}")
            return default_ms
        if found == 0 and key != "group_wait":
            part.error(key, f"{key} must be more than zero")
            return default_ms
        return found

    def _conditions(self, part: Section, plain: str, exact: str, expressions: str) -> list[dict[str, Any]]:
        matchers: list[Matcher] = []
        try:
            for text in part.texts(plain):
                matchers += parse_matchers(text)
            matchers += [Matcher(name, MatchOp.EQUAL, value) for name, value in part.text_map(exact).items()]
            matchers += [Matcher(name, MatchOp.REGEX, value) for name, value in part.text_map(expressions).items()]
        except BadData as error:
            part.error(plain, error.message)
        return [as_spec(condition_of(matcher)) for matcher in matchers]

    def _inhibit_rule(self, part: Section, number: int) -> None:
        name = part.text("name") or f"{TREE} {number}"
        spec = {
            f"{side}_matchers": self._conditions(part, f"{side}_matchers", f"{side}_match", f"{side}_match_re")
            for side in ("source", "target")
        }
        self._add(part, kinds.INHIBIT_RULE, name, {**spec, "equal": list(part.texts("equal"))})
        part.finish()

    def _timing(self, part: Section) -> None:
        name = part.required_text("name")
        if name in self._timings:
            self._findings.error(part.node, f"time interval {name!r} is there twice")
        intervals = []
        for interval in part.sections("time_intervals", f"{name}: time_interval"):
            found: dict[str, Any] = {}
            for key in ("weekdays", "days_of_month", "months", "years"):
                texts = [text.replace(" ", "") for text in interval.texts(key)]
                if texts:
                    found[key] = texts
            times = []
            for time in interval.sections("times", f"{name}: times"):
                times.append({"start": time.required_text("start_time"), "end": time.required_text("end_time")})
                time.finish()
            if times:
                found["times"] = times
            if interval.has("location"):
                found["location"] = interval.text("location")
            interval.finish()
            intervals.append(found)
        part.finish()
        self._timings[name] = {"intervals": intervals}
        self._add(part, kinds.MUTE_TIMING, name, self._timings[name])
