"""Unit tests of rules in promtool's format, with its verdicts."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from msgspec import Struct

from vedette.clock import FakeClock
from vedette.config.yaml_section import Findings, Section, compose
from vedette.errors import BadData, VedetteError
from vedette.model.alert import ALERT_NAME
from vedette.model.batch import SampleBatch
from vedette.model.duration import parse_duration_ms, print_duration_ms
from vedette.model.labels import Labels
from vedette.model.special import FloatArray, IntArray
from vedette.promql.engine import Engine
from vedette.promql.parser import parse
from vedette.promql.printer import format_float
from vedette.rules.compiled import CompiledGroup, Defaults
from vedette.rules.evaluation import vector_of
from vedette.rules.file import read_rule_file
from vedette.rules.group import Evaluator, GroupState
from vedette.rules.reads import SharedReads
from vedette.rules.series_notation import parse_labels, parse_values
from vedette.rules.state import FIRING
from vedette.storage.interface import DEFAULT_PROJECT, Storage

DEFAULT_INTERVAL_MS: Final = 60_000
MAX_EVALUATIONS: Final = 1_000_000
_FUZZ: Final = 1e-6

MakeStore = Callable[[FakeClock], Storage]
"""An empty store for one test; it is closed afterwards."""


class ExpectedAlerts(Struct, frozen=True):
    """What must fire at a moment: (labels, annotations) of each alert of one name."""

    time_ms: int
    name: str
    alerts: tuple[tuple[Labels, Labels], ...]


class ExpectedSamples(Struct, frozen=True):
    """What an expression must yield at a moment."""

    time_ms: int
    expr: str
    samples: tuple[tuple[Labels, float], ...]


class Trial(Struct, frozen=True):
    """One test of a file."""

    name: str
    interval_ms: int
    series: tuple[tuple[Labels, IntArray, FloatArray], ...]
    alerts: tuple[ExpectedAlerts, ...]
    samples: tuple[ExpectedSamples, ...]
    external_labels: Mapping[str, str]
    external_url: str = ""

    @property
    def last_ms(self) -> int:
        """The last moment that is looked at."""
        moments = [each.time_ms for each in self.alerts] + [each.time_ms for each in self.samples]
        return max(moments, default=0)


class TrialFile(Struct, frozen=True):
    """A file of tests."""

    path: Path
    rule_files: tuple[Path, ...]
    interval_ms: int
    order: tuple[str, ...]
    trials: tuple[Trial, ...]
    is_fuzzy: bool = False
    warnings: tuple[str, ...] = ()


def read_trials(path: Path) -> TrialFile:
    """A file from the disk. Raises BadData with every complaint, one a line."""
    try:
        node = compose(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadData(f"{path}: {error}") from None
    except BadData as error:
        raise BadData(f"{path}: {error.message}") from None
    findings = Findings()
    if node is None:
        return TrialFile(path, (), DEFAULT_INTERVAL_MS, (), ())
    root = Section(node, "file", findings)
    interval_ms = root.duration_ms("evaluation_interval", DEFAULT_INTERVAL_MS)
    patterns = root.texts("rule_files")
    files, warnings = _files(path.parent, patterns)
    read = TrialFile(
        path,
        files,
        interval_ms,
        root.texts("group_eval_order"),
        tuple(_trial(section, interval_ms) for section in root.sections("tests", "test")),
        root.boolean("fuzzy_compare", False),
        warnings,
    )
    root.finish()
    if findings.errors:
        errors = sorted(findings.errors, key=lambda finding: finding.line)
        raise BadData("\n".join(f"{path}: {finding}" for finding in errors))
    return read


def _files(folder: Path, patterns: Sequence[str]) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    files: list[Path] = []
    warnings = []
    for pattern in patterns:
        found = sorted(glob.glob(str(folder / pattern)))  # noqa: PTH207 - patterns are text
        if not found:
            warnings.append(f"no file matches {pattern}")
        files += [Path(name) for name in found if Path(name) not in files]
    return tuple(files), tuple(warnings)


def _trial(section: Section, default_ms: int) -> Trial:
    interval_ms = section.duration_ms("interval", default_ms)
    trial = Trial(
        section.text("name"),
        interval_ms,
        tuple(each for one in section.sections("input_series", "input_series") for each in _series(one, interval_ms)),
        tuple(_expected_alerts(one) for one in section.sections("alert_rule_test", "alert_rule_test")),
        tuple(_expected_samples(one) for one in section.sections("promql_expr_test", "promql_expr_test")),
        section.text_map("external_labels"),
        section.text("external_url"),
    )
    section.finish()
    return trial


def _series(section: Section, interval_ms: int) -> Iterator[tuple[Labels, IntArray, FloatArray]]:
    text, values_text = section.text("series"), section.text("values")
    section.finish()
    try:
        labels = parse_labels(text)
        values, there = parse_values(values_text)
    except BadData as error:
        section.error("values", error.message)
        return
    times = np.arange(len(values), dtype=np.int64) * interval_ms
    yield labels, times[there], values[there]


def _moment(section: Section) -> int:
    text = section.text("eval_time", "0")
    try:
        return parse_duration_ms(text)
    except BadData as error:
        section.error("eval_time", f"eval_time: {error.message}")
        return 0


def _expected_alerts(section: Section) -> ExpectedAlerts:
    time_ms, name = _moment(section), section.text("alertname")
    if not name:
        section.error("alertname", "an item under alert_rule_test misses required attribute alertname")
    alerts = []
    for each in section.sections("exp_alerts", "exp_alerts"):
        labels = {**each.text_map("exp_labels"), ALERT_NAME: name}
        alerts.append((Labels.of(labels), Labels.of(each.text_map("exp_annotations"))))
        each.finish()
    section.finish()
    return ExpectedAlerts(time_ms, name, tuple(sorted(alerts)))


def _expected_samples(section: Section) -> ExpectedSamples:
    time_ms, expr = _moment(section), section.text("expr")
    samples = []
    for each in section.sections("exp_samples", "exp_samples"):
        each.refuse({"histogram": "native histograms are not stored"})
        text, value = each.text("labels"), each.text("value", "0")
        each.finish()
        try:
            samples.append((parse_labels(text), _value(value)))
        except BadData as error:
            each.error("labels", error.message)
    section.finish()
    return ExpectedSamples(time_ms, expr, tuple(samples))


def _value(text: str) -> float:
    try:
        return float({".inf": "inf", "-.inf": "-inf", ".nan": "nan"}.get(text.lower(), text))
    except ValueError:
        raise BadData(f"{text[:100]!r} is no number") from None


def run_trials(read: TrialFile, make_store: MakeStore, wanted: Callable[[str], bool] = lambda _: True) -> list[str]:
    """What failed, in words; nothing when all is as expected. Raises BadData for rule files that cannot be used."""
    failures: list[str] = []
    for trial in read.trials:
        if not wanted(trial.name):
            continue
        defaults = Defaults(trial.interval_ms)
        groups = [group for path in read.rule_files for group in _groups(path, defaults)]
        groups.sort(key=lambda group: read.order.index(group.name) if group.name in read.order else len(read.order))
        clock = FakeClock()
        store = make_store(clock)
        try:
            run = _Run(trial, groups, read, store, clock)
            failures += [f"{trial.name}: {text}" if trial.name else text for text in run.failures()]
        finally:
            store.close()
    return failures


def _groups(path: Path, defaults: Defaults) -> Sequence[CompiledGroup]:
    file = read_rule_file(path, defaults)
    if file.findings:
        raise BadData("\n".join(f"{path}: {finding}" for finding in file.findings))
    return file.groups


class _Run:
    """One test from the first sample to the last moment that is looked at."""

    def __init__(
        self, trial: Trial, groups: Sequence[CompiledGroup], read: TrialFile, store: Storage, clock: FakeClock
    ) -> None:
        self._trial = trial
        self._read = read
        self._store = store
        self._clock = clock
        reads = SharedReads(store)
        self._evaluator = Evaluator(
            Engine(reads, None),
            reads,
            self._write,
            clock,
            external_labels=trial.external_labels,
            external_url=trial.external_url,
        )
        self._groups = [GroupState(group) for group in groups]
        self._batch = self._everything()
        self._fed = 0

    def failures(self) -> list[str]:
        """What is not as it should be."""
        trial, every_ms = self._trial, self._read.interval_ms
        if trial.last_ms // every_ms > MAX_EVALUATIONS:
            raise BadData(f"more than {MAX_EVALUATIONS} evaluations: make evaluation_interval longer")
        found: list[str] = []
        waiting = sorted(trial.alerts, key=lambda expected: expected.time_ms)
        for time_ms in range(0, trial.last_ms + 1, every_ms):
            self._clock.jump_to_ms(time_ms)
            self._feed(time_ms)
            errors = [error for group in self._groups for error in self._evaluate(group, time_ms)]
            if errors:
                return found + errors
            while waiting and waiting[0].time_ms < time_ms + every_ms:
                found += self._check_alerts(waiting.pop(0), time_ms)
        self._feed(trial.last_ms)
        for expected in trial.samples:
            found += self._check_samples(expected)
        return found

    def _everything(self) -> SampleBatch:
        series = self._trial.series
        refs = self._store.intern(DEFAULT_PROJECT, [labels for labels, _, _ in series])
        counts = [len(times) for _, times, _ in series]
        times = np.concatenate([times for _, times, _ in series]) if series else np.empty(0, dtype=np.int64)
        values = np.concatenate([values for _, _, values in series]) if series else np.empty(0)
        order = np.argsort(times, kind="stable")
        return SampleBatch(np.repeat(refs, counts)[order], times[order], values[order])

    def _feed(self, until_ms: int) -> None:
        batch = self._batch
        end = int(np.searchsorted(batch.timestamps_ms, until_ms, side="right"))
        if end > self._fed:
            part = slice(self._fed, end)
            self._store.append(
                DEFAULT_PROJECT,
                SampleBatch(batch.refs[part].copy(), batch.timestamps_ms[part].copy(), batch.values[part].copy()),
            )
            self._fed = end

    def _write(self, project: str, labels: Sequence[Labels], times: IntArray, values: FloatArray) -> None:
        self._store.append(project, SampleBatch(self._store.intern(project, labels), times, values))

    def _evaluate(self, group: GroupState, time_ms: int) -> list[str]:
        self._evaluator.evaluate([group], time_ms)
        at = print_duration_ms(time_ms)
        return [f"rule: {state.rule.name}, time: {at}, err: {state.error}" for state in group.rules if state.error]

    def _check_alerts(self, expected: ExpectedAlerts, time_ms: int) -> list[str]:
        around = self._evaluator.surroundings(DEFAULT_PROJECT, time_ms)
        got = sorted(
            (state.table.labels[row], state.annotations_of((row,), around)[0])
            for group in self._groups
            for state in group.rules
            if state.rule.is_alert and state.rule.name == expected.name
            for row in np.flatnonzero(state.table.state[: len(state.table)] == FIRING).tolist()
        )
        if tuple(got) == expected.alerts:
            return []
        at = print_duration_ms(expected.time_ms)
        exp, shown = _alerts_text(expected.alerts), _alerts_text(got)
        return [f"alertname: {expected.name}, time: {at},\n    exp: {exp}\n    got: {shown}"]

    def _check_samples(self, expected: ExpectedSamples) -> list[str]:
        at = print_duration_ms(expected.time_ms)
        moment = self._evaluator.moment(DEFAULT_PROJECT, expected.time_ms, expected.time_ms)
        try:
            labels, values = vector_of(moment.ask(parse(expected.expr), expected.time_ms))
        except VedetteError as error:
            return [f"expr: {expected.expr!r}, time: {at}, err: {error.message}"]
        got = sorted(zip(labels, values.tolist(), strict=True), key=lambda pair: pair[0])
        wanted = sorted(expected.samples, key=lambda pair: pair[0])
        if [one for one, _ in got] == [one for one, _ in wanted] and all(
            self._is_same(one, other) for (_, one), (_, other) in zip(got, wanted, strict=True)
        ):
            return []
        return [
            f"expr: {expected.expr!r}, time: {at},\n    exp: {_samples_text(wanted)}\n    got: {_samples_text(got)}"
        ]

    def _is_same(self, one: float, other: float) -> bool:
        if one == other or (one != one and other != other):
            return True
        return self._read.is_fuzzy and abs(one - other) < _FUZZ * (abs(one) + abs(other))


def _alerts_text(alerts: Sequence[tuple[Labels, Labels]]) -> str:
    return "[" + ", ".join(f"Labels:{labels} Annotations:{annotations}" for labels, annotations in alerts) + "]"


def _samples_text(samples: Sequence[tuple[Labels, float]]) -> str:
    return ", ".join(f"{labels} {format_float(value)}" for labels, value in samples) or "nil"
