"""A question: one distinct (expression, step, interval), however many watch it, and what is known of it."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from msgspec import Struct, field

from vedette.errors import BadData
from vedette.live.protocol import encode_values, frame_tail
from vedette.live.settings import LiveSettings
from vedette.model.frame import Frame, QueryResult
from vedette.model.labels import EMPTY, METRIC_NAME, Labels
from vedette.model.matcher import Matcher, MatchOp, matches_all
from vedette.model.special import BoolArray, FloatArray, IntArray
from vedette.promql.ast import Expr, VectorSelector
from vedette.promql.parser import parse, parse_selector

Evaluate = Callable[[str, str, int, int, int, tuple[Matcher, ...]], QueryResult]
"""(project, text, start_ms, end_ms, step_ms, matchers) -> a matrix; blocking, called in a worker thread.

`matchers` narrow every selector."""


class Question(Struct, frozen=True):
    """What is asked; equal questions are answered once."""

    project: str
    text: str
    step_ms: int
    interval_ms: int
    raw: bool
    """Whether `text` is a selector whose samples are wanted as they are."""
    matchers: tuple[Matcher, ...] = ()
    """Whoever watches sees only series that fulfil all of these."""


class RefKeys:
    """Which refs belong to a question, and under which key: a growing int32 column, -1 where they do not."""

    def __init__(self) -> None:
        self._keys = np.full(1024, -1, dtype=np.int32)

    def put(self, ref: int, key: int) -> None:
        if ref >= len(self._keys):
            grown = np.full(max(ref + 1, 2 * len(self._keys)), -1, dtype=np.int32)
            grown[: len(self._keys)] = self._keys
            self._keys = grown
        self._keys[ref] = key

    def look_up(self, refs: IntArray) -> IntArray:
        """Keys of the refs, -1 for foreign ones."""
        keys = self._keys
        if refs.max(initial=-1) >= len(keys):
            answer = np.full(len(refs), -1, dtype=np.int64)
            known = refs < len(keys)
            answer[known] = keys[refs[known]]
            return answer
        return keys[refs].astype(np.int64)

    def touches(self, refs: IntArray) -> bool:
        """Whether any of the refs belongs here."""
        return bool((self.look_up(refs) >= 0).any())


class QuestionState(Struct):
    """A question while it is watched. The hub's loop owns it; while `running`, a worker thread owns `last_ms` and
    `last_values`. Keys may be given on any thread; `labels` only grows."""

    question: Question
    selectors: Sequence[Sequence[Matcher]]
    refs: RefKeys = field(default_factory=RefKeys)
    keys: dict[Labels, int] = field(default_factory=dict)
    labels: list[Labels] = field(default_factory=list)
    last_ms: int = 0
    """The newest moment that was answered; 0 before the first."""
    last_values: dict[int, float] = field(default_factory=dict)
    truncated: bool = False
    """More series than a subscription may have."""
    dirty: bool = False
    ingested_ms: int = 0
    newest_sample_ms: int = 0
    slot: int = -1
    """The interval, counted since 1970, in which it was last worked out."""
    running: bool = False
    took_s: float = math.inf
    """How long it took to be worked out the last time; infinite: not known."""
    error_text: str = ""
    _key_lock: threading.Lock = field(default_factory=threading.Lock)

    def key_of(self, labels: Labels, limit: int) -> int:
        """The series' key, given at first sight; -1 beyond the limit."""
        key = self.keys.get(labels)
        if key is not None:
            return key
        with self._key_lock:
            key = self.keys.get(labels)
            if key is None:
                if len(self.labels) >= limit:
                    self.truncated = True
                    return -1
                key = len(self.labels)
                self.labels.append(labels)
                self.keys[labels] = key
            return key

    def work_out(self, evaluate: Evaluate, now_ms: int, settings: LiveSettings) -> str | None:
        """All moments since the last answer, and that one again when its values have changed: the tail of a frame.

        It is encoded once for everybody; None when there is nothing new.
        """
        question = self.question
        if question.interval_ms == 0:
            newest_ms = max(self.newest_sample_ms, self.last_ms)
            start_ms, step_ms = newest_ms, max(question.step_ms, 1)
        else:
            step_ms = question.step_ms
            newest_ms = now_ms - now_ms % step_ms
            start_ms = max(self.last_ms, newest_ms - (settings.max_backfill_points - 1) * step_ms)
            if not self.last_ms or self.last_ms > newest_ms:
                start_ms = newest_ms
        result = evaluate(question.project, question.text, start_ms, newest_ms, step_ms, question.matchers)
        frame = as_frame(result)
        repeats = start_ms == self.last_ms
        self.last_ms = newest_ms
        return self._encode(frame, repeats=repeats, now_ms=now_ms, settings=settings)

    def _encode(self, frame: Frame, *, repeats: bool, now_ms: int, settings: LiveSettings) -> str | None:
        keys = [self.key_of(labels, settings.max_series) for labels in frame.labels]
        skip = 1 if repeats and self._same_as_last(frame, keys) else 0
        self.last_values = column(frame, keys, -1)
        times = frame.timestamps_ms[skip:]
        if len(times) == 0:
            return None
        return frame_tail(times, encode_rows(frame, keys, skip), now_ms, self.ingested_ms)

    def _same_as_last(self, frame: Frame, keys: Sequence[int]) -> bool:
        first = column(frame, keys, 0)
        if first.keys() != self.last_values.keys():
            return False
        before = np.fromiter(self.last_values.values(), dtype=np.float64, count=len(first))
        after = np.fromiter((first[key] for key in self.last_values), dtype=np.float64, count=len(first))
        return bool(np.array_equal(before, after, equal_nan=True))


def encode_rows(frame: Frame, keys: Sequence[int], skip: int = 0) -> dict[int, Sequence[float | str | None]]:
    """The values of a frame by key, without its first `skip` moments and without series that have none."""
    rows: dict[int, Sequence[float | str | None]] = {}
    for index, key in enumerate(keys):
        present = None if frame.present is None else frame.present[index, skip:]
        if key >= 0 and (present is None or present.any()):
            rows[key] = encode_values(frame.values[index, skip:], present)
    return rows


def column(frame: Frame, keys: Sequence[int], moment: int) -> dict[int, float]:
    """key -> value at one of the frame's moments, for the series that have one."""
    if frame.values.shape[1] == 0:
        return {}
    values = frame.values[:, moment].tolist()
    there = [True] * len(values) if frame.present is None else frame.present[:, moment].tolist()
    return {key: value for key, value, is_there in zip(keys, values, there, strict=True) if is_there and key >= 0}


def as_frame(result: QueryResult) -> Frame:
    """The columns of any result that has some."""
    if result.frame is None:
        return Frame((), np.empty(0, dtype=np.int64), np.empty((0, 0)))
    if result.kind == "scalar" and not result.frame.labels:
        return Frame((EMPTY,), result.frame.timestamps_ms, result.frame.values, result.frame.present)
    return result.frame


def pivot(
    keys: IntArray, timestamps_ms: IntArray, values: FloatArray
) -> tuple[IntArray, dict[int, Sequence[float | str | None]]]:
    """Samples (N each) as a frame's moments and columns; of equal (key, moment) the last wins."""
    times, moment = np.unique(timestamps_ms, return_inverse=True)
    distinct, row = np.unique(keys, return_inverse=True)
    grid: FloatArray = np.zeros((len(distinct), len(times)))
    there: BoolArray = np.zeros(grid.shape, dtype=np.bool_)
    grid[row, moment] = values
    there[row, moment] = True
    columns: dict[int, Sequence[float | str | None]]
    columns = {int(key): encode_values(grid[index], there[index]) for index, key in enumerate(distinct)}
    return times, columns


def selectors_of(expr: Expr) -> Iterator[VectorSelector]:
    """Every selector in an expression."""
    if isinstance(expr, VectorSelector):
        yield expr
        return
    if not isinstance(expr, Struct):
        return
    for name in expr.__struct_fields__:
        child = getattr(expr, name)
        for node in child if isinstance(child, tuple) else (child,):
            if isinstance(node, Struct) and not isinstance(node, Matcher):
                yield from selectors_of(node)  # type: ignore[arg-type]  # spans and matchings hold no selectors


def watched_selectors(question: Question) -> Sequence[Sequence[Matcher]]:
    """What has to be watched for it. Raises QuerySyntax, BadData."""
    if question.raw:
        return ((*parse_selector(question.text), *question.matchers),)
    selectors = [(*selector.matchers, *question.matchers) for selector in selectors_of(parse(question.text))]
    if not selectors and question.interval_ms == 0:
        raise BadData("an expression without selectors has no samples to arrive: give it an interval")
    return selectors


def quick_match(matchers: Sequence[Matcher]) -> Callable[[Labels], bool]:
    """A test of labels against a selector that looks at the metric name first."""
    names = [matcher.value for matcher in matchers if matcher.name == METRIC_NAME and matcher.op is MatchOp.EQUAL]
    if not names:
        return lambda labels: matches_all(labels, matchers)
    name = names[0]
    return lambda labels: labels.name == name and matches_all(labels, matchers)
