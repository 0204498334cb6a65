"""`/api/v1/alerting/...`: alerts with who takes care, tests of routes and contact points, the log, the page's bell."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from vedette.alerting.contact_points.registry import schemas
from vedette.alerting.desk import MAX_LIMIT
from vedette.alerting.document import CONTACT_POINT, Integration
from vedette.alerting.listing import Wanted
from vedette.alerting.matching import parse_matchers
from vedette.errors import BadData, VedetteError
from vedette.http.document_audit import noting
from vedette.http.gate import Caller, caller
from vedette.http.json_requests import Threads, answer, flag, number, read_body

if TYPE_CHECKING:
    from vedette.alerting.service import Alerting
    from vedette.auth.audit import Audit

_MAX_MS: Final = 2**53
_MAX_DOCUMENT_BYTES: Final = 1024 * 1024
Moment = Annotated[int, Meta(ge=0, le=_MAX_MS)]


class Acknowledgement(Struct, forbid_unknown_fields=True):
    """`until_ms` 0: until the alert is over."""

    note: Annotated[str, Meta(max_length=2_000)] = ""
    until_ms: Moment = 0


class AlertToRoute(Struct, forbid_unknown_fields=True):
    """An alert's labels, the moment (0: now), and a tree that is being written instead of those that are stored."""

    labels: Annotated[
        dict[Annotated[str, Meta(min_length=1, max_length=1_000)], Annotated[str, Meta(max_length=10_000)]],
        Meta(max_length=200),
    ]
    time_ms: Moment = 0
    route: dict[str, Any] | None = None


class SilenceToTry(Struct, forbid_unknown_fields=True):
    """The content of a silence that is being written."""

    spec: dict[str, Any]


class ContactTest(Struct, forbid_unknown_fields=True):
    """An integration; with `contact_point`, its document's id, `<secret>` means those kept at place `number` there."""

    integration: Integration
    contact_point: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{0,64}$")] = ""
    number: Annotated[int, Meta(ge=0, le=50)] = 0
    show_only: bool = False
    """Only show the request."""


class FileToImport(Struct, forbid_unknown_fields=True):
    """The text of an `alertmanager.yml`."""

    text: Annotated[str, Meta(max_length=_MAX_DOCUMENT_BYTES)]
    dry_run: bool = False
    """Only tell what would become of it."""


class TestResult(Struct):
    """The exact request without secrets; `error` is empty where it arrived."""

    request: dict[str, Any]
    sent: bool
    error: str


class Retry(Struct, forbid_unknown_fields=True):
    """Ids of dead letters; none: all of them."""

    ids: Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=MAX_LIMIT)] = []


class Read(Struct, forbid_unknown_fields=True):
    """All until this moment has been seen."""

    until_ms: Moment


class Endpoints:
    """See the table in `alerting.py` beside this file."""

    def __init__(self, alerting: Callable[[], Alerting], audit: Callable[[], Audit], threads: Threads) -> None:
        self._alerting = alerting
        self._audit = audit
        self._threads = threads

    async def alerts(self, request: Request) -> Response:
        """What fires, with who takes care."""
        who, asked = caller(request.scope), request.query_params
        matchers = [matcher for text in asked.getlist("filter") for matcher in parse_matchers(text)]
        hidden = not flag(asked, "active_only")
        wanted = Wanted(matchers=(*matchers, *who.matchers), silenced=hidden, inhibited=hidden)
        limit = _limit(request)
        found, total = await self._threads.run(lambda: self._alerting().desk.alerts(who.project, wanted, limit))
        return answer(found, total=total)

    async def acknowledge(self, request: Request) -> Response:
        """Say that one takes care."""
        who, fingerprint = caller(request.scope), request.path_params["fingerprint"]
        said = await read_body(request, Acknowledgement)

        def note() -> object:
            by = who.principal.name
            found = self._alerting().desk.acknowledge(who.project, fingerprint, by, said.note, said.until_ms)
            self._note(who, "alert.acknowledge", fingerprint)
            return found

        return answer(await self._threads.run(note))

    async def unacknowledge(self, request: Request) -> Response:
        """Take it back."""
        who, fingerprint = caller(request.scope), request.path_params["fingerprint"]

        def note() -> object:
            found = self._alerting().desk.unacknowledge(who.project, fingerprint)
            self._note(who, "alert.unacknowledge", fingerprint)
            return found

        return answer(await self._threads.run(note))

    async def contact_types(self, request: Request) -> Response:
        """Forms of contact points."""
        caller(request.scope)
        return answer(await self._threads.run(schemas))

    async def test_contact(self, request: Request) -> Response:
        """Show the exact request of a test, and send it."""
        who = caller(request.scope)
        asked = await read_body(request, ContactTest)

        def prepare() -> Any:
            alerting = self._alerting()
            former = None
            if asked.contact_point:
                former = alerting.documents().get(CONTACT_POINT, who.project, asked.contact_point).spec
            tested = alerting.desk.test(who.project, asked.integration, asked.number, former)
            if not asked.show_only:
                self._note(who, "contact_point.test", asked.contact_point or asked.integration.type)
            return alerting, tested

        alerting, tested = await self._threads.run(prepare)
        error = ""
        if not asked.show_only:
            try:
                sent = await alerting.sender.send(tested.prepared)
            except VedetteError as failure:
                error = failure.message
            else:
                error = sent.remark
                if sent.bell is not None:
                    await self._threads.run(lambda: alerting.desk.ring(sent.bell.row))
        return answer(TestResult(tested.request, not asked.show_only and not error, error))

    async def test_route(self, request: Request) -> Response:
        """Where would this go."""
        who = caller(request.scope)
        asked = await read_body(request, AlertToRoute, _MAX_DOCUMENT_BYTES)

        def find() -> object:
            alerting = self._alerting()
            time_ms = asked.time_ms or alerting.clock.now_ms()
            return alerting.desk.route(who.project, asked.labels, time_ms, asked.route)

        return answer(await self._threads.run(find))

    async def preview_silence(self, request: Request) -> Response:
        """What a silence would hide."""
        who = caller(request.scope)
        asked = await read_body(request, SilenceToTry, _MAX_DOCUMENT_BYTES)
        return answer(await self._threads.run(lambda: self._alerting().desk.preview(who.project, asked.spec)))

    async def on_call(self, request: Request) -> Response:
        """Who is on call."""
        who = caller(request.scope)
        return answer(await self._threads.run(lambda: self._alerting().desk.on_call(who.project)))

    async def log(self, request: Request) -> Response:
        """Notifications, newest first."""
        who, asked = caller(request.scope), request.query_params
        limit, before = _limit(request), number(asked, "before")
        status, group = asked.get("status", ""), asked.get("group", "")
        found = await self._threads.run(lambda: self._alerting().desk.log(who.project, status, group, before, limit))
        return answer(found, next=found[-1].seq if len(found) == limit else None)

    async def notification(self, request: Request) -> Response:
        """What one told."""
        who, outbox_id = caller(request.scope), request.path_params["id"]
        return answer(await self._threads.run(lambda: self._alerting().desk.notification(who.project, outbox_id)))

    async def retry(self, request: Request) -> Response:
        """Try dead letters again."""
        who = caller(request.scope)
        asked = await read_body(request, Retry, _MAX_DOCUMENT_BYTES)

        def revive() -> int:
            count = self._alerting().desk.retry(who.project, asked.ids)
            self._note(who, "notification.retry", str(count))
            return count

        return answer({"retried": await self._threads.run(revive)})

    async def bell(self, request: Request) -> Response:
        """What the page shows."""
        who = caller(request.scope)
        after_ms, limit = number(request.query_params, "after_ms"), _limit(request)
        reader = _reader(who)
        return answer(await self._threads.run(lambda: self._alerting().desk.bell(who.project, reader, after_ms, limit)))

    async def read(self, request: Request) -> Response:
        """Note what was seen."""
        who = caller(request.scope)
        asked = await read_body(request, Read)
        reader = _reader(who)
        await self._threads.run(lambda: self._alerting().desk.note_read(who.project, reader, asked.until_ms))
        return answer({"read_ms": asked.until_ms})

    async def import_file(self, request: Request) -> Response:
        """Take over an `alertmanager.yml`."""
        who = caller(request.scope)
        asked = await read_body(request, FileToImport, 2 * _MAX_DOCUMENT_BYTES)

        def take_over() -> object:
            also = noting(self._audit(), who, "import")
            desk = self._alerting().desk
            return desk.import_file(who.project, asked.text, who.principal.name, also, dry_run=asked.dry_run)

        return answer(await self._threads.run(take_over))

    def _note(self, who: Caller, action: str, object_id: str) -> None:
        self._audit().note(who.actor, action, object_kind="alert", object_id=object_id[:200], project=who.project)


def _reader(who: Caller) -> str:
    return f"{who.principal.kind}/{who.principal.id}"


def _limit(request: Request) -> int:
    limit = number(request.query_params, "limit", 100)
    if not 1 <= limit <= MAX_LIMIT:
        raise BadData(f"limit: expected 1 to {MAX_LIMIT}")
    return limit
