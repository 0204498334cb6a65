"""`/api/v1/projects/{project}/privacy`: what must not be stored, tried before it is in force, and what was found."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.clock import Clock
from vedette.errors import Cancelled
from vedette.http.gate import Caller, caller
from vedette.http.json_requests import Threads, answer, expected_version, read_body
from vedette.ingest.privacy.rule import Action, PrivacyRule
from vedette.model.timerange import TimeRange
from vedette.storage.interface import Storage

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from vedette.auth.audit import Audit
    from vedette.catalog.documents import Also
    from vedette.catalog.records import Document
    from vedette.ingest.privacy.book import RuleBook, StoredRule

MAX_SERIES: Final = 200_000
"""Series that a dry run looks at."""
_DAY_MS: Final = 86_400_000
_PATH: Final = "/api/v1/projects/{project}/privacy"
T = TypeVar("T")


class RuleView(msgspec.Struct):
    """A rule; version 0 is a built-in one that nobody has changed yet."""

    id: str
    version: int
    is_built_in: bool
    """It can be changed and switched off, but not deleted."""
    name: str
    detector: str
    pattern: str
    fields: tuple[str, ...]
    action: Action
    enabled: bool


class DetectorView(msgspec.Struct):
    """What a rule can look for without a pattern."""

    name: str
    title: str
    example: str


class RulesView(msgspec.Struct):
    """All rules in the order in which they apply, and what there is to look for."""

    rules: list[RuleView]
    detectors: list[DetectorView]


class DryRunRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Rules to try; null: those in force. `since_ms`: series with samples since then, else those of the last day."""

    rules: Annotated[list[PrivacyRule], msgspec.Meta(max_length=100)] | None = None
    texts: Annotated[list[Annotated[str, msgspec.Meta(max_length=10_000)]], msgspec.Meta(max_length=100)] = []
    since_ms: int | None = None


class PrivacyRoutes:
    """Endpoints."""

    def __init__(
        self,
        book: Callable[[], RuleBook],
        audit: Callable[[], Audit],
        storage: Storage,
        clock: Clock,
        threads: Threads,
        dry_runs: Threads,
    ) -> None:
        self._book = book
        self._audit = audit
        self._storage = storage
        self._clock = clock
        self._threads = threads
        self._dry_runs = dry_runs

    async def list(self, request: Request) -> Response:
        """Rules and detectors."""
        project = caller(request.scope).project

        def job() -> Response:
            book = self._book()
            rules = [_view(rule) for rule in book.every(project)]
            detectors = [DetectorView(it.name, it.title, it.example) for it in book.detectors]
            return answer(RulesView(rules, detectors))

        return await self._threads.run(job)

    async def create(self, request: Request) -> Response:
        """Answers 201."""
        who = caller(request.scope)
        rule = await read_body(request, PrivacyRule)
        also = self._noting(who, "create", rule)
        made = await self._threads.run(lambda: self._book().create(who.project, rule, who.principal.name, also))
        return answer(_view(made), 201, tag=made.version)

    async def update(self, request: Request) -> Response:
        """The whole rule anew."""
        who, version, rule_id = caller(request.scope), expected_version(request), request.path_params["id"]
        rule = await read_body(request, PrivacyRule)
        also = self._noting(who, "update", rule)
        saved = await self._threads.run(
            lambda: self._book().update(who.project, rule_id, rule, who.principal.name, version, also)
        )
        return answer(_view(saved), tag=saved.version)

    async def delete(self, request: Request) -> Response:
        """Only what is not built in."""
        who, version, rule_id = caller(request.scope), expected_version(request), request.path_params["id"]
        also = self._noting(who, "delete")
        await self._threads.run(lambda: self._book().delete(who.project, rule_id, who.principal.name, version, also))
        return answer(None)

    async def dry_run(self, request: Request) -> Response:
        """Reads what is stored; ends when the client goes."""
        who = caller(request.scope)
        wanted = await read_body(request, DryRunRequest)
        left = threading.Event()

        def check() -> None:
            if left.is_set():
                raise Cancelled("the client went away")

        return answer(await self._while_there(request, lambda: self._try(who, wanted, check), left))

    async def counts(self, request: Request) -> Response:
        """Findings by rule since the server started."""
        project = caller(request.scope).project
        return answer(await self._threads.run(lambda: {"counts": self._book().counts(project)}))

    def _try(self, who: Caller, wanted: DryRunRequest, check: Callable[[], None]) -> dict[str, Any]:
        book, now_ms = self._book(), self._clock.now_ms()
        rules = [it.rule for it in book.every(who.project)] if wanted.rules is None else wanted.rules
        since_ms = now_ms - _DAY_MS if wanted.since_ms is None else wanted.since_ms
        series = self._storage.series(who.project, [()], TimeRange(since_ms, max(now_ms, since_ms)), MAX_SERIES + 1)
        run, mask = book.dry_run(rules, series[:MAX_SERIES], check)
        found = run.as_json()
        figures = {name: found[name] for name in ("series", "changed", "refused")}
        self._audit().note(
            who.actor,
            "privacy.dry_run",
            object_kind="privacy_rule",
            project=who.project,
            detail={"rules": [rule.name for rule in rules], "texts": len(wanted.texts), **figures},
        )
        return {**found, "truncated": len(series) > MAX_SERIES, "texts": [mask(text) for text in wanted.texts]}

    async def _while_there(self, request: Request, job: Callable[[], T], left: threading.Event) -> T:
        work = asyncio.ensure_future(self._dry_runs.run(job))
        gone = asyncio.ensure_future(_disconnect(request))
        try:
            await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                raise Cancelled("the client went away")
            return work.result()
        finally:
            left.set()
            gone.cancel()
            work.cancel()

    def _noting(self, who: Caller, verb: str, rule: PrivacyRule | None = None) -> Also:
        # The pattern stays out: it can name whom it is about.
        more = {} if rule is None else {"detector": rule.detector, "action": rule.action.value, "enabled": rule.enabled}

        def note(connection: Connection, document: Document) -> None:
            self._audit().note_in(
                connection,
                who.actor,
                f"privacy_rule.{verb}",
                object_kind=document.kind,
                object_id=document.id,
                project=document.project,
                detail={"name": document.name, "version": document.version, **more},
            )

        return note


def routes(
    book: Callable[[], RuleBook],
    audit: Callable[[], Audit],
    storage: Storage,
    clock: Clock,
    threads: Threads,
    dry_runs: Threads,
) -> list[BaseRoute]:
    """`book` and `audit` are called in `threads` and may open the catalog; `dry_runs` bounds how many run at a time."""
    them = PrivacyRoutes(book, audit, storage, clock, threads, dry_runs)
    return [
        Route(f"{_PATH}/rules", them.list, methods=["GET"]),
        Route(f"{_PATH}/rules", them.create, methods=["POST"]),
        Route(f"{_PATH}/rules/{{id}}", them.update, methods=["PUT"]),
        Route(f"{_PATH}/rules/{{id}}", them.delete, methods=["DELETE"]),
        Route(f"{_PATH}/dry-run", them.dry_run, methods=["POST"]),
        Route(f"{_PATH}/counts", them.counts, methods=["GET"]),
    ]


def _view(stored: StoredRule) -> RuleView:
    rule = stored.rule
    return RuleView(
        id=stored.id,
        version=stored.version,
        is_built_in=stored.is_built_in,
        name=rule.name,
        detector=rule.detector,
        pattern=rule.pattern,
        fields=rule.fields,
        action=rule.action,
        enabled=rule.enabled,
    )


async def _disconnect(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
