"""Who is who, brought in behind the start: the server answers at once, what needs to know waits a moment."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import structlog

from vedette.auth.actor import Actor
from vedette.auth.identified import Identified
from vedette.auth.permission import Permission
from vedette.auth.principal import ANYONE, Principal
from vedette.catalog.records import ProjectLimits
from vedette.errors import Unavailable, VedetteError
from vedette.http.policy import Key

if TYPE_CHECKING:
    from vedette.auth.service import AuthService

_log = structlog.get_logger(__name__)
_TICK_S: Final = 1.0
_RETRY_S: Final = 1.0
_REFUSED: Final = "refused"


class LateIdentity:
    """`auth.service`, opened in a thread of its own; implements `http.gate.Identities`.

    Importing it takes a third of a start, most of it SQLAlchemy. A catalog that cannot be reached is tried again.
    """

    def __init__(self, make: Callable[[], AuthService]) -> None:
        self._make = make
        self._made: AuthService | None = None
        self._service: AuthService | None = None
        self._error: VedetteError | None = None
        self._lock = threading.Lock()
        self._stopping = asyncio.Event()

    def __call__(self) -> AuthService:
        """The service; opened now if need be. Raises Unavailable. For threads."""
        if self._service is None:
            with self._lock:
                if self._service is None:
                    # Made once, opened until that succeeds: its counters can be registered only once.
                    made = self._made = self._made or self._make()
                    made.open()
                    self._service = made
        return self._service

    async def run(self, tell_setup: Callable[[str], None] | None) -> None:
        """Open, then keep up with the catalog until `stop`; `tell_setup` gets the one-time token where one is due; None
        where nobody signs in."""
        with ThreadPoolExecutor(1, thread_name_prefix="identity") as thread:
            loop = asyncio.get_running_loop()
            if not await self._open(thread):
                return
            if tell_setup is not None and (token := await loop.run_in_executor(thread, self._begin_setup)):
                tell_setup(token)
            while not await self._pause(_TICK_S):
                await loop.run_in_executor(thread, self._tick)

    async def stop(self) -> None:
        """End `run` soon."""
        self._stopping.set()

    def close(self) -> None:
        """Write what waits."""
        if self._service is not None:
            self._service.close()

    async def _open(self, thread: ThreadPoolExecutor) -> bool:
        while True:
            try:
                await asyncio.get_running_loop().run_in_executor(thread, self)
            except VedetteError as error:
                _log.error("catalog_not_open", error=error.message, code=error.code)
                self._error = error
            else:
                self._error = None
                return True
            if await self._pause(_RETRY_S):
                return False

    def _begin_setup(self) -> str:
        return self().setup.begin()

    def _tick(self) -> None:
        try:
            self().tick()
        except VedetteError as error:
            _log.warning("catalog_not_read", error=error.message, code=error.code)

    async def _pause(self, seconds: float) -> bool:
        """Whether to stop."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def wait(self) -> None:
        """Until it is known who is who. Raises Unavailable when the catalog cannot be opened."""
        while not self.is_ready:
            if self._error is not None:
                raise Unavailable(f"nobody can be let in: {self._error.message}")
            await asyncio.sleep(0.01)

    @property
    def is_ready(self) -> bool:
        return self._service is not None and self._service.is_ready

    @property
    def is_set_up(self) -> bool:
        return self().is_set_up

    def has_project(self, name: str) -> bool:
        return self().has_project(name)

    def limits_of(self, project: str) -> ProjectLimits | None:
        """What a project may use; None: as the settings say, also as long as the catalog has not been read."""
        service = self._service
        return service.projects.limits(project) if service is not None else None

    def by_session(self, token: str) -> Identified | None:
        return self().by_session(token)

    def by_key(self, secret: str) -> Identified | None:
        return (self._service or self()).keys.by_secret(secret)

    def by_ticket(self, ticket: str) -> Identified | None:
        return self().by_ticket(ticket)

    def renewed(self, identified: Identified) -> Identified | None:
        return self().renewed(identified)

    def principal(self, kind: str, principal_id: str) -> Principal | None:
        return self().principal(kind, principal_id)

    def used(self, actor: Actor, use: str, project: str) -> None:
        """A key was used; noted once an hour."""
        self().keys.note_use(actor, use, project)

    def unknown(self, actor: Actor, kind: str, secret: str) -> None:
        """A key or ticket opened nothing; noted once an hour for each address."""
        self().keys.note_refused(actor, kind, secret)

    def denied(self, actor: Actor, permission: Permission, project: str, key: Key) -> None:
        """Somebody known was refused."""
        self().audit.later(
            actor,
            "denied",
            object_kind="route",
            object_id=" ".join(key),
            project=project,
            result=_REFUSED,
            detail={"permission": permission.value},
        )


class Everybody:
    """Who there is where nobody signs in: everybody may do everything. Implements `dashboards.sharing.book.People`."""

    def __init__(self, identity: LateIdentity) -> None:
        self._identity = identity

    def has_project(self, name: str) -> bool:
        return self._identity.has_project(name)

    def principal(self, _kind: str, _principal_id: str) -> Principal:
        return ANYONE
