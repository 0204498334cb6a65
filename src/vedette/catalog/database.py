"""The catalog's database: a SQLite file or PostgreSQL. Light to import: SQLAlchemy comes with `open`."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vedette.errors import Unavailable

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from vedette.catalog.engine import OpenDatabase

FILE_NAME: Final = "catalog.sqlite3"
IDENTITY: Final = "identity"
"""The family of everything that decides who may do what."""


class Catalog:
    """One database, for any number of threads; transactions that write are alone, also among processes."""

    def __init__(self, url: str | None, folder: Path, *, connections: int = 8, busy_timeout_s: float = 10.0) -> None:
        """`url` of a PostgreSQL database; None or empty: the file `catalog.sqlite3` in `folder`."""
        self._url = url or ""
        self._path = folder / FILE_NAME
        self._connections = connections
        self._busy_timeout_s = busy_timeout_s
        self._database: OpenDatabase | None = None
        self._closed = False
        self._opening = threading.Lock()
        self._writing = threading.Lock()
        self._writer = 0

    @property
    def place(self) -> str:
        """Where it is, for people; without the password."""
        from vedette.catalog.engine import shown_url  # noqa: PLC0415 - the start of a server must not import SQLAlchemy

        return shown_url(self._url) if self._url else str(self._path)

    @property
    def exists(self) -> bool:
        """Whether somebody has opened it before, as far as that can be told without opening it."""
        return bool(self._url) or self._path.exists()

    def open(self) -> None:
        """Connect and bring the tables to their newest form; what is open stays so.

        Raises Unavailable when the database cannot be used, Corruption when the file is damaged.
        """
        self._open()

    def _open(self) -> OpenDatabase:
        if self._database is not None:
            return self._database
        with self._opening:
            if self._closed:
                raise Unavailable("the catalog is closed")
            if self._database is None:
                from vedette.catalog.engine import OpenDatabase  # noqa: PLC0415 - as said above

                self._database = OpenDatabase(self._url, self._path, self._connections, self._busy_timeout_s)
            return self._database

    @contextlib.contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that may write: nobody else writes meanwhile, it is durable when the block ends well.

        Opens the catalog if need be. Raises Unavailable when others write for longer than `busy_timeout_s`.
        """
        database = self._open()
        me = threading.get_ident()
        if self._writer == me:
            raise AssertionError("BUG: a transaction of the catalog within another one")
        if not self._writing.acquire(timeout=self._busy_timeout_s):
            raise Unavailable(f"the catalog is busy: others have been writing for {self._busy_timeout_s:g} s")
        try:
            self._writer = me
            with database.transaction(writes=True) as connection:
                yield connection
        finally:
            self._writer = 0
            self._writing.release()

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one moment of the catalog and cannot change it. Opens the catalog if need be."""
        with self._open().transaction(writes=False) as connection:
            yield connection

    def epoch(self, family: str = IDENTITY) -> int:
        """A number that grows with every change to a family of tables, whichever process makes it."""
        from vedette.catalog.epochs import epoch_of  # noqa: PLC0415 - as said above

        with self.read() as connection:
            return epoch_of(connection, family)

    def back_up(self, target: Path) -> bool:
        """Copy the file as of one moment to `target`; False, and nothing is done, when PostgreSQL keeps the catalog."""
        return not self._url and self._open().back_up(target)

    def close(self) -> None:
        """Let go of the database; transactions under way end first."""
        with self._opening:
            self._closed = True
            database, self._database = self._database, None
        if database is not None:
            with self._writing:
                database.close()
