"""Dashboards over GraphQL: the same documents, rights, versions and audit lines as over REST."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

import msgspec

from vedette.auth.permission import Permission
from vedette.catalog.document_spec import MAX_MESSAGE, MAX_NAME, description_of, folder_of, tags_of
from vedette.catalog.records import Document, DocumentHead, DocumentVersionHead
from vedette.dashboards.check import check_dashboard
from vedette.errors import BadData, NotFound
from vedette.http.document_audit import noting
from vedette.http.gate import Caller
from vedette.http.graphql.schema import Resolver

if TYPE_CHECKING:
    from graphql import GraphQLResolveInfo

    from vedette.auth.audit import Audit
    from vedette.catalog.documents import Also, Documents

Info: TypeAlias = "GraphQLResolveInfo[Asked]"
KIND: Final = "dashboard"
MAX_FIRST: Final = 100
_MAX_TEXT: Final = 200


class Doors(msgspec.Struct, frozen=True):
    """What dashboards are kept in and shared by; called in threads, and may open the catalog first."""

    documents: Callable[[], Documents]
    audit: Callable[[], Audit]
    shared: Callable[[str], Iterable[str]]
    """Ids of a project's dashboards that somebody outside sees."""
    check_change: Callable[[str, str, str], None]
    """Asked with kind, project and id before one is changed; raises Forbidden."""


class NewState(msgspec.Struct, forbid_unknown_fields=True):
    """A `DashboardInput`."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_NAME)]
    spec: dict[str, Any]
    message: Annotated[str, msgspec.Meta(max_length=MAX_MESSAGE)] = ""


class Asked:
    """What one request is about: who asks, and what has been read for it."""

    def __init__(self, who: Caller, doors: Doors, run: Callable[[Callable[[], Any]], Awaitable[Any]]) -> None:
        self.who = who
        self.doors = doors
        self.run = run
        self._shared: asyncio.Task[frozenset[str]] | None = None

    async def shared(self) -> frozenset[str]:
        """Read once, however many dashboards are asked for it."""
        if self._shared is None:
            self._shared = asyncio.create_task(self._read_shared())
        return await self._shared

    async def _read_shared(self) -> frozenset[str]:
        found: frozenset[str] = await self.run(lambda: frozenset(self.doors.shared(self.who.project)))
        return found

    async def change(self, verb: str, dashboard_id: str, job: Callable[[Documents, Also], Document]) -> Node:
        """A change, noted in the audit log. Raises Forbidden for who may not, and what the job raises."""
        self.who.actor.require(Permission.DOCUMENTS_WRITE, self.who.project)
        if dashboard_id:
            self.doors.check_change(KIND, self.who.project, dashboard_id)

        def changed() -> Document:
            return job(self.doors.documents(), noting(self.doors.audit(), self.who, verb))

        return Node(self, await self.run(changed))


class Node:
    """A dashboard: what lists know of it, and its content once a field needs that."""

    def __init__(self, asked: Asked, found: Document | DocumentHead) -> None:
        self.asked = asked
        self.found = found
        self._reading: asyncio.Task[dict[str, Any]] | None = None

    async def spec(self) -> dict[str, Any]:
        """Read once, however many fields are in it."""
        if isinstance(self.found, Document):
            return self.found.spec
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        return await self._reading

    async def _read(self) -> dict[str, Any]:
        found, asked = self.found, self.asked
        document: Document = await asked.run(lambda: asked.doors.documents().get(KIND, found.project, found.id))
        return document.spec

    def told(self, name: str) -> object:
        """What heads have of the content, also where the whole is at hand."""
        if isinstance(self.found, DocumentHead):
            return getattr(self.found, name)
        return {"description": description_of, "folder": folder_of, "tags": tags_of}[name](self.found.spec)


def _page_size(first: int) -> int:
    if not 1 <= first <= MAX_FIRST:
        raise BadData(f"first: {first} is not between 1 and {MAX_FIRST}")
    return first


def _new_state(given: Mapping[str, Any]) -> NewState:
    try:
        state = msgspec.convert(given, NewState)
    except msgspec.ValidationError as error:
        raise BadData(f"dashboard: {error}") from None
    check_dashboard(state.spec)
    return state


async def _dashboards(_root: None, info: Info, first: int, **where: Any) -> Mapping[str, object]:
    asked, limit = info.context, _page_size(first)
    for name, text in where.items():
        if len(text) > _MAX_TEXT:
            raise BadData(f"{name}: {len(text)} characters are more than {_MAX_TEXT}")
    page = await asked.run(lambda: asked.doors.documents().list(KIND, asked.who.project, limit=limit, **where))
    return {"nodes": [Node(asked, head) for head in page.documents], "next": page.next}


async def _dashboard(_root: None, info: Info, id: str) -> Node | None:  # noqa: A002 - as the schema has it
    asked = info.context
    try:
        return Node(asked, await asked.run(lambda: asked.doors.documents().get(KIND, asked.who.project, id)))
    except NotFound:
        return None


async def _create(_root: None, info: Info, dashboard: Mapping[str, Any], id: str) -> Node:  # noqa: A002 - as above
    asked, new = info.context, _new_state(dashboard)
    who = asked.who
    return await asked.change(
        "create",
        "",
        lambda documents, also: documents.create(
            KIND, who.project, new.name, new.spec, who.principal.name, document_id=id, message=new.message, also=also
        ),
    )


async def _update(
    _root: None,
    info: Info,
    id: str,  # noqa: A002 - as above
    version: int,
    dashboard: Mapping[str, Any],
) -> Node:
    asked, new = info.context, _new_state(dashboard)
    who = asked.who
    return await asked.change(
        "update",
        id,
        lambda documents, also: documents.update(
            KIND,
            who.project,
            id,
            name=new.name,
            spec=new.spec,
            by=who.principal.name,
            expected_version=version,
            message=new.message,
            also=also,
        ),
    )


async def _delete(_root: None, info: Info, id: str, version: int) -> Node:  # noqa: A002 - as above
    who = info.context.who
    return await info.context.change(
        "delete",
        id,
        lambda documents, also: documents.delete(
            KIND, who.project, id, by=who.principal.name, expected_version=version, also=also
        ),
    )


async def _restore(_root: None, info: Info, id: str, to: int, version: int) -> Node:  # noqa: A002 - as above
    who = info.context.who
    by = who.principal.name
    if not to:
        return await info.context.change(
            "restore", id, lambda documents, also: documents.restore(KIND, who.project, id, by=by, also=also)
        )
    return await info.context.change(
        "restore",
        id,
        lambda documents, also: documents.restore_version(
            KIND, who.project, id, to, by=by, expected_version=version, also=also
        ),
    )


async def _public(node: Node, _info: Info) -> bool:
    return node.found.id in await node.asked.shared()


async def _versions(node: Node, _info: Info, first: int, before: int) -> list[DocumentVersionHead]:
    found, limit = node.found, _page_size(first)
    heads: Iterable[DocumentVersionHead] = await node.asked.run(
        lambda: node.asked.doors.documents().versions(KIND, found.project, found.id, limit=limit, before=before)
    )
    return list(heads)


def _time(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _of(name: str) -> Resolver:
    return lambda node, _info: getattr(node.found, name)


def _in(name: str, default: object) -> Resolver:
    async def resolve(node: Node, _info: Info) -> object:
        return (await node.spec()).get(name, default)

    return resolve


async def _layout(node: Node, _info: Info) -> list[object]:
    return [widget["place"] for widget in (await node.spec()).get("widgets", [])]


RESOLVERS: Final[Mapping[str, Mapping[str, Resolver]]] = {
    "Query": {"dashboards": _dashboards, "dashboard": _dashboard},
    "Mutation": {
        "createDashboard": _create,
        "updateDashboard": _update,
        "deleteDashboard": _delete,
        "restoreDashboard": _restore,
    },
    "Dashboard": {
        "id": _of("id"),
        "name": _of("name"),
        "version": _of("version"),
        "description": lambda node, _info: node.told("description"),
        "folder": lambda node, _info: node.told("folder"),
        "tags": lambda node, _info: node.told("tags"),
        "owner": _of("created_by"),
        "created": lambda node, _info: _time(node.found.created_ms),
        "updated": lambda node, _info: _time(node.found.updated_ms),
        "updatedBy": _of("updated_by"),
        "public": _public,
        "refresh": _in("refresh", "live"),
        "timezone": _in("timezone", "browser"),
        "filters": _in("variables", []),
        "layout": _layout,
        "widgets": _in("widgets", []),
        "spec": lambda node, _info: node.spec(),
        "versions": _versions,
    },
    "Widget": {
        "title": lambda widget, _info: widget.get("title", ""),
        "spec": lambda widget, _info: widget,
    },
    "DashboardVersion": {
        "saved": lambda version, _info: _time(version.saved_ms),
        "savedBy": lambda version, _info: version.saved_by,
    },
}
"""By type and field; what is not named is the attribute, or the key, of the field's name."""
