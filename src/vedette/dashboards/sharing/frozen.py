"""A dashboard as it is given away: no variables, no texts of questions, and a list of the only questions there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from vedette.dashboards.check import as_spec, read_dashboard
from vedette.dashboards.document import Dashboard, Id, ShortText, TimeSpan
from vedette.errors import BadData, NotFound

MAX_QUESTIONS: Final = 5_000
MAX_FROZEN_BYTES: Final = 8 * 2**20
MAX_MARKS: Final = 50
_MAX_POINTS: Final = 11_000
_MAX_SPAN_MS: Final = 20 * 366 * 86_400_000
_MAX_MS: Final = 2**53
_MIN_SPAN_MS: Final = 1_000
_CLOCK_SLACK_MS: Final = 60_000
_HIDDEN: Final = "?"
"""Stands for the text of a question, which is nobody's business outside."""

Role = Literal["value", "low", "high", "past", "mark"]
"""`mark`: of a source of marks, whose id then stands for the widget's."""
Ref = Annotated[str, Meta(min_length=1, max_length=16)]
Step = Annotated[int, Meta(ge=1_000, le=86_400_000)]
Moment = Annotated[int, Meta(ge=0, le=_MAX_MS)]
Title = Annotated[str, Meta(min_length=1, max_length=200)]
Key = tuple[str, str, str, int]
"""(widget, ref, role, step): what names a question."""
MARK: Final = "mark"


class QuestionName(Struct, frozen=True):
    """What a viewer may say of a question: which widget's, which of its queries, and how fine."""

    widget: Id
    ref: Ref
    role: Role
    step_ms: Step

    @property
    def key(self) -> Key:
        """To look it up by."""
        return (self.widget, self.ref, self.role, self.step_ms)


class ShownQuestion(QuestionName, frozen=True, kw_only=True):
    """A question as viewers know it."""

    span_ms: Annotated[int, Meta(ge=_MIN_SPAN_MS, le=_MAX_SPAN_MS)]
    """How much of the time before the end it may ask about."""
    instant: bool = False


class FrozenQuestion(ShownQuestion, frozen=True, kw_only=True):
    """A question as it is asked."""

    promql: Annotated[str, Meta(min_length=1, max_length=100_000)]


class ShownMarks(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A source of marks on the time axis as viewers know it; what it asks is the question with its id."""

    id: Id
    kind: Literal["manual", "query", "alerts"]
    name: ShortText = ""
    title: ShortText = ""
    text: ShortText = ""
    color: ShortText = ""


class FrozenMarks(ShownMarks, frozen=True, kw_only=True):
    """A source of marks; `tags` are those of annotations, of which one is enough."""

    tags: Annotated[tuple[ShortText, ...], Meta(max_length=50)] = ()


class FrozenTime(Struct, frozen=True, forbid_unknown_fields=True):
    """Either the last so many milliseconds, or from a moment to another."""

    last_ms: Annotated[int, Meta(ge=0, le=_MAX_SPAN_MS)] = 0
    start_ms: Moment = 0
    end_ms: Moment = 0

    def until(self, now_ms: int) -> int:
        """The end at a moment."""
        return now_ms if self.last_ms else self.end_ms

    def window(self, now_ms: int) -> tuple[int, int]:
        """Start and end at a moment."""
        end_ms = self.until(now_ms)
        return end_ms - (self.last_ms or self.end_ms - self.start_ms), end_ms

    @property
    def span(self) -> TimeSpan:
        """As a dashboard says it."""
        if self.last_ms:
            return TimeSpan(f"now-{self.last_ms // 1000}s", "now")
        return TimeSpan(str(self.start_ms), str(self.end_ms))


class Frozen(Struct, frozen=True):
    """What a link shows."""

    title: Title
    time: FrozenTime
    dashboard: dict[str, Any]
    questions: Annotated[tuple[FrozenQuestion, ...], Meta(max_length=MAX_QUESTIONS)] = ()
    marks: Annotated[tuple[FrozenMarks, ...], Meta(max_length=MAX_MARKS)] = ()
    zoom: bool = False
    """Whether viewers are offered to look closer at parts of the time."""


class Opened(Struct, frozen=True):
    """A frozen dashboard with its questions by their names."""

    frozen: Frozen
    by_key: dict[Key, FrozenQuestion]

    def question(self, name: QuestionName) -> FrozenQuestion:
        """Raises NotFound for one that was not given away."""
        found = self.by_key.get(name.key)
        if found is None:
            raise NotFound("this link has no such question")
        return found


def opened(content: bytes) -> Opened:
    """What `packed` made."""
    frozen = msgspec.json.decode(content, type=Frozen)
    return Opened(frozen, {question.key: question for question in frozen.questions})


def freeze(given: Frozen, parse: Callable[[str], object]) -> Frozen:
    """What may be given away of it, with everything left out that viewers have no business with.

    `parse` raises BadData for what is no question. Raises BadData with the field that is wrong.
    """
    time = given.time
    if bool(time.last_ms) == bool(time.end_ms):
        raise BadData("time: give either last_ms, or start_ms and end_ms")
    if max(time.last_ms, time.end_ms - time.start_ms) < _MIN_SPAN_MS:
        raise BadData(f"time: it must be {_MIN_SPAN_MS} ms long at least")
    dashboard = read_dashboard(given.dashboard)
    _check_marks(given.marks)
    _check_questions(given, dashboard, parse)
    return msgspec.structs.replace(given, title=checked_title(given.title), dashboard=as_spec(shown(dashboard, time)))


def checked_title(title: str) -> str:
    """Without space around it. Raises BadData when nothing is left."""
    stripped = title.strip()
    if not stripped:
        raise BadData("title: it must not be empty")
    return stripped


def shown(dashboard: Dashboard, time: FrozenTime) -> Dashboard:
    """As viewers see it: nothing leads further, and nothing tells more than is drawn."""
    widgets = [
        msgspec.structs.replace(
            widget,
            links=[],
            repeat=None,
            queries=[
                msgspec.structs.replace(query, text=_HIDDEN) if query.kind == "promql" and query.text else query
                for query in widget.queries
            ],
        )
        for widget in dashboard.widgets
    ]
    sections = [msgspec.structs.replace(section, repeat=None) for section in dashboard.sections]
    return msgspec.structs.replace(
        dashboard,
        widgets=widgets,
        sections=sections,
        variables=[],
        annotations=[],
        links=[],
        tags=[],
        folder="",
        time=time.span,
    )


def _check_marks(marks: tuple[FrozenMarks, ...]) -> None:
    seen: set[str] = set()
    for number, one in enumerate(marks):
        if one.id in seen:
            raise BadData(f"marks[{number}].id: there is another {one.id!r}")
        seen.add(one.id)


def _check_questions(given: Frozen, dashboard: Dashboard, parse: Callable[[str], object]) -> None:
    refs = {(widget.id, query.ref) for widget in dashboard.widgets for query in widget.queries}
    asking = {one.id for one in given.marks if one.kind != "manual"}
    keys: set[Key] = set()
    texts: set[str] = set()
    for number, question in enumerate(given.questions):
        where = f"questions[{number}]"
        if question.role == MARK:
            if question.widget not in asking:
                raise BadData(f"{where}: there is no source of marks {question.widget!r} that asks")
        elif (question.widget, question.ref) not in refs:
            raise BadData(f"{where}: the dashboard has no query {question.ref!r} in a widget {question.widget!r}")
        if question.key in keys:
            raise BadData(f"{where}: there is another one of this widget, ref, role and step")
        if question.span_ms // question.step_ms > _MAX_POINTS:
            raise BadData(f"{where}: span_ms {question.span_ms} has more than {_MAX_POINTS} steps")
        keys.add(question.key)
        if question.promql not in texts:
            texts.add(question.promql)
            try:
                parse(question.promql)
            except BadData as error:
                raise BadData(f"{where}.promql: {error.message}") from None


def check_window(time: FrozenTime, question: ShownQuestion, start_ms: int, end_ms: int, now_ms: int) -> None:
    """Raises BadData for a time that was not given away."""
    until_ms = time.until(now_ms)
    slack_ms = question.step_ms + (_CLOCK_SLACK_MS if time.last_ms else 0)
    if not until_ms - question.span_ms - slack_ms <= start_ms <= end_ms <= until_ms + slack_ms:
        raise BadData("start_ms and end_ms: this link shows another time")


def names_of(questions: tuple[ShownQuestion, ...]) -> list[Mapping[str, Any]]:
    """Questions for viewers, without their texts."""
    fields = ShownQuestion.__struct_fields__
    return [{name: getattr(question, name) for name in fields} for question in questions]


def marks_of(marks: tuple[ShownMarks, ...]) -> list[Mapping[str, Any]]:
    """Sources of marks for viewers, without the tags that they pick out."""
    fields = ShownMarks.__struct_fields__
    return [{name: getattr(one, name) for name in fields} for one in marks]
