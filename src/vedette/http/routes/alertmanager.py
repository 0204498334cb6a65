"""`/api/v2/...`: Alertmanager's API, for amtool, Grafana, and Prometheus servers that send their alerts here.

As there, what is wrong with a request is answered with status 400 and a JSON text.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

import vedette
from vedette.alerting.alertmanager_text import routing_text
from vedette.alerting.document import Condition, Silence
from vedette.alerting.listing import Listing, Wanted
from vedette.alerting.matching import parse_matchers
from vedette.alerting.notification import rfc3339
from vedette.alerting.silences import CompiledSilence
from vedette.errors import BadData
from vedette.http.document_audit import noting
from vedette.http.gate import Caller, caller
from vedette.http.json_requests import Threads, read_bytes
from vedette.model.alert import Alert, AlertState
from vedette.model.labels import Labels
from vedette.model.matcher import Matcher, MatchOp

if TYPE_CHECKING:
    from vedette.alerting.service import Alerting
    from vedette.auth.audit import Audit
    from vedette.catalog.documents import Also

_MAX_BODY_BYTES: Final = 32 * 2**20
_SMALL_BODY_BYTES: Final = 256 * 1024
_MAX_TOLD: Final = 20
_YEAR_ONE: Final = 1
_TRUE: Final = ("true", "1", "t", "T", "TRUE", "True")
_FALSE: Final = ("false", "0", "f", "F", "FALSE", "False")
Values = Annotated[
    dict[Annotated[str, Meta(min_length=1, max_length=1_000)], Annotated[str, Meta(max_length=20_000)]],
    Meta(max_length=200),
]


class PostedAlert(Struct):
    """An alert as Prometheus sends it."""

    labels: Values
    annotations: Values = {}
    startsAt: str = ""  # noqa: N815 - Alertmanager's name
    endsAt: str = ""  # noqa: N815 - as above
    generatorURL: Annotated[str, Meta(max_length=10_000)] = ""  # noqa: N815 - as above


class PostedMatcher(Struct):
    """A matcher of a silence."""

    name: Annotated[str, Meta(min_length=1, max_length=1_000)]
    value: Annotated[str, Meta(max_length=10_000)]
    isRegex: bool  # noqa: N815 - Alertmanager's name
    isEqual: bool = True  # noqa: N815 - as above


class PostedSilence(Struct):
    """A silence as amtool sends it; with an id it changes one."""

    matchers: Annotated[list[PostedMatcher], Meta(min_length=1, max_length=100)]
    startsAt: str  # noqa: N815 - Alertmanager's name
    endsAt: str  # noqa: N815 - as above
    createdBy: Annotated[str, Meta(max_length=500)]  # noqa: N815 - as above
    comment: Annotated[str, Meta(max_length=10_000)]
    id: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{0,64}$")] | None = None


Method = Callable[["Endpoints", Request], Awaitable[Response]]


def in_their_words(method: Method) -> Method:
    """Clients of Alertmanager expect a JSON text where a request is wrong."""

    @functools.wraps(method)
    async def answer(self: Endpoints, request: Request) -> Response:
        try:
            return await method(self, request)
        except BadData as error:
            return _json(msgspec.json.encode(error.message), 400)

    return answer


class Endpoints:
    """See the table in `alerting.py` beside this file."""

    def __init__(self, alerting: Callable[[], Alerting], audit: Callable[[], Audit], threads: Threads) -> None:
        self._alerting = alerting
        self._audit = audit
        self._threads = threads
        self._started_ms = 0

    @in_their_words
    async def alerts(self, request: Request) -> Response:
        """Those that fire."""
        who, wanted = caller(request.scope), _wanted(request)
        return _json(await self._threads.run(lambda: Listing(self._alerting(), who.project).alerts_json(wanted)))

    @in_their_words
    async def groups(self, request: Request) -> Response:
        """The same in groups."""
        who, wanted = caller(request.scope), _wanted(request)
        return _json(await self._threads.run(lambda: Listing(self._alerting(), who.project).groups_json(wanted)))

    @in_their_words
    async def post_alerts(self, request: Request) -> Response:
        """Good ones are taken even where others are wrong, of which the answer tells."""
        who = caller(request.scope)
        body = await read_bytes(request, _MAX_BODY_BYTES, "alerting.max_body")

        def take() -> list[str]:
            alerting = self._alerting()
            alerts, problems = _read_alerts(
                body, who.project, alerting.clock.now_ms(), alerting.settings.resolve_timeout_ms
            )
            alerting.book.take(alerts)
            return problems

        problems = await self._threads.run(take)
        if problems:
            raise BadData("; ".join(problems[:_MAX_TOLD]))
        return Response(b"")

    @in_their_words
    async def silences(self, request: Request) -> Response:
        """Active ones first."""
        who = caller(request.scope)
        wanted = [matcher for text in request.query_params.getlist("filter") for matcher in parse_matchers(text)]

        def read() -> bytes:
            alerting = self._alerting()
            now_ms = alerting.clock.now_ms()
            found = [it for it in alerting.silences.every(who.project) if _is_asked_for(it, wanted)]
            return msgspec.json.encode([_silence(it, now_ms) for it in found])

        return _json(await self._threads.run(read))

    @in_their_words
    async def silence(self, request: Request) -> Response:
        """One by its id."""
        who, silence_id = caller(request.scope), request.path_params["id"]

        def read() -> bytes:
            alerting = self._alerting()
            found = alerting.silences.get(who.project, silence_id)
            return msgspec.json.encode(_silence(found, alerting.clock.now_ms()))

        return _json(await self._threads.run(read))

    @in_their_words
    async def put_silence(self, request: Request) -> Response:
        """Make or change one; its id then."""
        who = caller(request.scope)
        posted = _decoded(await read_bytes(request, _SMALL_BODY_BYTES, "alerting.max_body"), PostedSilence)
        silence = Silence(
            matchers=tuple(_condition(it) for it in posted.matchers),
            starts_ms=max(0, _moment("startsAt", posted.startsAt)),
            ends_ms=max(0, _moment("endsAt", posted.endsAt)),
            created_by=posted.createdBy,
            comment=posted.comment,
        )
        made = await self._threads.run(
            lambda: self._alerting().silences.put(
                who.project, posted.id or "", silence, who.principal.name, self._noting(who, "save")
            )
        )
        return _json(msgspec.json.encode({"silenceID": made}))

    @in_their_words
    async def expire(self, request: Request) -> Response:
        """End one now."""
        who, silence_id = caller(request.scope), request.path_params["id"]
        await self._threads.run(
            lambda: self._alerting().silences.expire(
                who.project, silence_id, who.principal.name, self._noting(who, "expire")
            )
        )
        return Response(b"")

    @in_their_words
    async def receivers(self, request: Request) -> Response:
        """Names of contact points."""
        who = caller(request.scope)

        def read() -> bytes:
            alerting = self._alerting()
            alerting.configs.refresh()
            return msgspec.json.encode([{"name": name} for name in alerting.configs.of(who.project).contact_points])

        return _json(await self._threads.run(read))

    @in_their_words
    async def status(self, request: Request) -> Response:
        """Version, and the routes in Alertmanager's words, without secrets."""
        who = caller(request.scope)

        def read() -> bytes:
            alerting = self._alerting()
            alerting.configs.refresh()
            self._started_ms = self._started_ms or alerting.clock.now_ms()
            version = vedette.__version__
            return msgspec.json.encode(
                {
                    "cluster": {"status": "disabled"},
                    "config": {"original": routing_text(alerting.configs.of(who.project))},
                    "uptime": rfc3339(self._started_ms),
                    "versionInfo": {
                        "branch": "",
                        "buildDate": "",
                        "buildUser": "",
                        "goVersion": "",
                        "revision": "",
                        "version": version,
                    },
                }
            )

        return _json(await self._threads.run(read))

    def _noting(self, who: Caller, verb: str) -> Also:
        return noting(self._audit(), who, verb)


def _wanted(request: Request) -> Wanted:
    asked = request.query_params
    matchers = [matcher for text in asked.getlist("filter") for matcher in parse_matchers(text)]
    receiver = asked.get("receiver", "")
    if receiver:
        Matcher("receiver", MatchOp.REGEX, receiver)
    return Wanted(
        matchers=(*matchers, *caller(request.scope).matchers),
        receiver=receiver,
        active=_flag(request, "active"),
        silenced=_flag(request, "silenced"),
        inhibited=_flag(request, "inhibited"),
    )


def _flag(request: Request, name: str) -> bool:
    text = request.query_params.get(name, "true")
    if text not in _TRUE and text not in _FALSE:
        raise BadData(f"{name}: expected true or false, got {text[:50]!r}")
    return text in _TRUE


def _decoded(body: bytes, shape: Any) -> Any:
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadData(f"the body: {error}") from None


def _read_alerts(body: bytes, project: str, now_ms: int, timeout_ms: int) -> tuple[list[Alert], list[str]]:
    """Alerts, and what is wrong with others. Raises BadData where the body is no list."""
    found, problems = [], []
    for number, raw in enumerate(_decoded(body, list[msgspec.Raw])):
        try:
            found.append(_alert(_decoded(bytes(raw), PostedAlert), project, now_ms, timeout_ms))
        except BadData as error:
            problems.append(f"alert {number}: {error.message}")
    return found, problems


def _alert(posted: PostedAlert, project: str, now_ms: int, timeout_ms: int) -> Alert:
    labels = Labels.of(posted.labels)
    if not labels.pairs:
        raise BadData("at least one label is needed")
    starts_ms = _moment("startsAt", posted.startsAt) or now_ms
    given_ms = _moment("endsAt", posted.endsAt)
    ends_ms = given_ms or now_ms + timeout_ms
    if given_ms and given_ms < starts_ms:
        if posted.startsAt:
            raise BadData("endsAt: it must not be before startsAt")
        starts_ms = given_ms
    is_over = ends_ms <= now_ms
    return Alert(
        project=project,
        labels=labels,
        annotations=Labels.of(posted.annotations),
        state=AlertState.RESOLVED if is_over else AlertState.FIRING,
        active_ms=starts_ms,
        changed_ms=ends_ms if is_over else starts_ms,
        ends_ms=ends_ms,
        generator_url=posted.generatorURL,
    )


def _moment(name: str, text: str) -> int:
    """Milliseconds of RFC 3339; 0 for nothing and for Go's zero time. Raises BadData."""
    if not text:
        return 0
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise BadData(f"{name}: {text[:50]!r} has no time zone")
        return 0 if moment.year == _YEAR_ONE else round(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        raise BadData(f"{name}: {text[:50]!r} is no moment such as 2024-05-01T12:00:00Z") from None


def _condition(posted: PostedMatcher) -> Condition:
    op = ("=~" if posted.isEqual else "!~") if posted.isRegex else ("=" if posted.isEqual else "!=")
    return Condition(label=posted.name, value=posted.value, op=op)  # type: ignore[arg-type] # one of the four


def _is_asked_for(silence: CompiledSilence, wanted: list[Matcher]) -> bool:
    """As in Alertmanager: a silence that has a matcher of that label, whose value passes."""
    values = {matcher.name: matcher.value for matcher in silence.matchers}
    return all(matcher.matches(values.get(matcher.name, "")) for matcher in wanted)


def _silence(silence: CompiledSilence, now_ms: int) -> dict[str, Any]:
    it = silence.silence
    # Alertmanager knows no times that come again: its clients take such a silence for active all the time.
    times = {"recurring": it.recurring, "inForce": silence.is_in_force(now_ms)} if it.recurring else {}
    return {
        "id": silence.id,
        "status": {"state": silence.state(now_ms).value},
        "updatedAt": rfc3339(silence.updated_ms),
        "startsAt": rfc3339(it.starts_ms or silence.updated_ms),
        "endsAt": rfc3339(it.ends_ms),
        "createdBy": it.created_by,
        "comment": it.comment,
        "matchers": [
            {
                "name": matcher.name,
                "value": matcher.value,
                "isRegex": matcher.op in (MatchOp.REGEX, MatchOp.NOT_REGEX),
                "isEqual": matcher.op in (MatchOp.EQUAL, MatchOp.REGEX),
            }
            for matcher in silence.matchers
        ],
        **times,
    }


def _json(body: bytes, status: int = 200) -> Response:
    return Response(body, status, media_type="application/json")
