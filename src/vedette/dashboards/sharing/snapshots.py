"""Snapshots: a frozen dashboard with the answers to its questions, complete without the storage."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, Literal

import msgspec
import orjson
from msgspec import Meta, Struct

from vedette.dashboards.check import as_spec, read_dashboard
from vedette.dashboards.sharing.frozen import (
    MAX_MARKS,
    MAX_QUESTIONS,
    Frozen,
    FrozenQuestion,
    FrozenTime,
    Moment,
    ShownMarks,
    ShownQuestion,
    Title,
    checked_title,
    marks_of,
    names_of,
    shown,
)
from vedette.dashboards.sharing.marks import ShownAnnotation, ShownAnnotations
from vedette.errors import BadData, LimitExceeded, VedetteError
from vedette.model.frame import QueryResult
from vedette.query.encode import columns_series

FORMAT: Final = "vedette/snapshot"
_UNPACKED: Final = 4
"""So many times as large as it is kept may a snapshot be."""
_LEVEL: Final = 6

AskRange = Callable[[str, int, int, int], QueryResult]
"""(promql, start_ms, end_ms, step_ms) -> its answer."""
Value = float | Literal["NaN", "+Inf", "-Inf"] | None


class Series(Struct, frozen=True, forbid_unknown_fields=True):
    """One series of an answer."""

    labels: dict[str, str]
    values: list[Value]


class AnswerOf(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What was answered; `error`: why nothing was."""

    timestamps_ms: list[Annotated[int, Meta(ge=-(2**53), le=2**53)]] = []
    series: list[Series] = []
    error: Annotated[str, Meta(max_length=200)] = ""


class Span(Struct, frozen=True, forbid_unknown_fields=True):
    """The time that a snapshot shows."""

    start_ms: Moment
    end_ms: Moment


class SnapshotFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A snapshot as it is kept, shown and exported; answers are in the order of the questions."""

    kind: Literal["vedette/snapshot"]
    schema: Literal[1]
    title: Title
    taken_ms: Moment
    time: Span
    dashboard: dict[str, Any]
    questions: Annotated[list[ShownQuestion], Meta(max_length=MAX_QUESTIONS)]
    answers: Annotated[list[AnswerOf], Meta(max_length=MAX_QUESTIONS)]
    marks: Annotated[list[ShownMarks], Meta(max_length=MAX_MARKS)] = []
    annotations: ShownAnnotations = []


def most_unpacked(max_bytes: int) -> int:
    """The size that a snapshot may have as a file."""
    return max_bytes * _UNPACKED


class _Kind(Struct):
    kind: str


class _Kinds(Struct):
    widgets: list[_Kind] = []


class _Shown(Struct):
    dashboard: _Kinds


def kinds_in(dashboard: dict[str, Any]) -> set[str]:
    """The kinds of the widgets of a dashboard as it is kept."""
    return {one.kind for one in msgspec.convert(dashboard, _Kinds).widgets}


def kinds_of(content: bytes) -> set[str]:
    """The kinds of the widgets of a snapshot as it is kept."""
    return {one.kind for one in msgspec.json.decode(unpacked(content), type=_Shown).dashboard.widgets}


def capture(
    frozen: Frozen, now_ms: int, ask: AskRange, max_bytes: int, annotations: Sequence[ShownAnnotation] = ()
) -> bytes:
    """Asks everything now; the snapshot, packed. A question that fails is one without an answer.

    Raises LimitExceeded when it gets larger than `max_bytes`.
    """
    start_ms, end_ms = frozen.time.window(now_ms)
    fixed = FrozenTime(start_ms=max(0, start_ms), end_ms=end_ms)
    dashboard = as_spec(shown(read_dashboard(frozen.dashboard), fixed))
    head = {
        "kind": FORMAT,
        "schema": 1,
        "title": frozen.title,
        "taken_ms": now_ms,
        "time": {"start_ms": fixed.start_ms, "end_ms": fixed.end_ms},
        "dashboard": dashboard,
        "questions": names_of(frozen.questions),
        "marks": marks_of(frozen.marks),
        "annotations": msgspec.to_builtins(annotations),
    }
    parts = [orjson.dumps(head)[:-1], b',"answers":[']
    size = sum(map(len, parts))
    for number, question in enumerate(frozen.questions):
        part = (b"," if number else b"") + _answered(question, end_ms, ask)
        size += len(part)
        if size > most_unpacked(max_bytes):
            raise _too_large(max_bytes)
        parts.append(part)
    return packed(b"".join([*parts, b"]}"]), max_bytes)


def _answered(question: FrozenQuestion, end_ms: int, ask: AskRange) -> bytes:
    step_ms = question.step_ms
    last_ms = end_ms // step_ms * step_ms
    first_ms = last_ms if question.instant else (end_ms - question.span_ms) // step_ms * step_ms
    try:
        frame = ask(question.promql, first_ms, last_ms, step_ms).frame
    except VedetteError as error:
        return orjson.dumps({"error": error.code})
    times = [] if frame is None else frame.timestamps_ms.tolist()
    return b'{"timestamps_ms":%s,"series":%s}' % (orjson.dumps(times), columns_series(frame))


def packed(content: bytes, max_bytes: int) -> bytes:
    """Compressed. Raises LimitExceeded."""
    small = gzip.compress(content, _LEVEL, mtime=0)
    if len(small) > max_bytes:
        raise _too_large(max_bytes)
    return small


def unpacked(content: bytes) -> bytes:
    """What `packed` was given."""
    return gzip.decompress(content)


def read_file(content: bytes) -> SnapshotFile:
    """An exported snapshot. Raises BadData with the field that is wrong."""
    try:
        file = msgspec.json.decode(content, type=SnapshotFile)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadData(f"the snapshot: {error}") from None
    span = file.time
    if span.end_ms <= span.start_ms:
        raise BadData("time: it must end after its start")
    if len(file.answers) != len(file.questions):
        raise BadData(f"answers: there are {len(file.answers)} to {len(file.questions)} questions")
    for number, answer in enumerate(file.answers):
        _check_answer(f"answers[{number}]", answer)
    time = FrozenTime(start_ms=span.start_ms, end_ms=span.end_ms)
    dashboard = as_spec(shown(read_dashboard(file.dashboard), time))
    return msgspec.structs.replace(file, title=checked_title(file.title), dashboard=dashboard)


def write_file(file: SnapshotFile) -> bytes:
    """As it is kept."""
    return msgspec.json.encode(file)


def _check_answer(where: str, answer: AnswerOf) -> None:
    times = answer.timestamps_ms
    if any(later <= earlier for earlier, later in itertools.pairwise(times)):
        raise BadData(f"{where}.timestamps_ms: they must grow")
    for number, series in enumerate(answer.series):
        if len(series.values) != len(times):
            raise BadData(f"{where}.series[{number}].values: there are {len(series.values)} at {len(times)} moments")


def _too_large(max_bytes: int) -> LimitExceeded:
    return LimitExceeded(
        f"the snapshot is larger than sharing.max_snapshot = {max_bytes} bytes: take fewer widgets or less time",
        limit="sharing.max_snapshot",
        value=max_bytes,
    )
