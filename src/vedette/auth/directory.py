"""The catalog's picture in memory and the one way to change the catalog, after which the picture is new."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from vedette.auth.state import Rows, State, build_state
from vedette.catalog import keys, projects, roles, sessions, users
from vedette.catalog.database import IDENTITY, Catalog
from vedette.catalog.epochs import epoch_of

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Directory:
    """Holds the present `State`. Readers take it without a lock; it is replaced, never changed."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._state = State(epoch=-1)
        self._lock = threading.Lock()
        self._observers: list[Callable[[State, State], None]] = []

    @property
    def state(self) -> State:
        """The newest picture."""
        return self._state

    def observe(self, observer: Callable[[State, State], None]) -> None:
        """Call it with the picture before and the one after each replacement."""
        self._observers.append(observer)

    @contextmanager
    def change(self) -> Iterator[Connection]:
        """A transaction; when it ends well its changes are in force before anything else is done."""
        with self._catalog.begin() as connection:
            yield connection
        self.refresh()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that changes nothing of the picture."""
        with self._catalog.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """What is not in memory."""
        with self._catalog.read() as connection:
            yield connection

    def refresh(self, *, even_if_unchanged: bool = False) -> bool:
        """Read what changed, whichever process changed it; whether there was anything."""
        with self._lock:
            before = self._state
            epoch = self._catalog.epoch()
            if epoch == before.epoch and not even_if_unchanged:
                return False
            after = build_state(self._read_rows())
            for observer in self._observers:
                observer(before, after)
            self._state = after
            return True

    def _read_rows(self) -> Rows:
        with self._catalog.read() as connection:
            return Rows(
                epoch=epoch_of(connection, IDENTITY),
                users=users.every(connection),
                roles=roles.every(connection),
                memberships=projects.memberships_of_all(connection),
                projects=projects.every(connection),
                sessions=sessions.every(connection),
                keys=keys.every(connection),
            )
