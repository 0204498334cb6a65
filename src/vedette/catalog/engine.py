"""Engines of both back ends: transactions that write are alone, errors of the drivers become our own."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy import exc as errors
from sqlalchemy.engine import URL

from vedette.catalog import alert_tables  # noqa: F401 - its tables belong to METADATA, too
from vedette.catalog.tables import HEAD
from vedette.errors import BadData, Conflict, Corruption, Unavailable, VedetteError

_WRITES: Final = "vedette_writes"
_WRITER_LOCK: Final = 0x7665_6465_7474_6500
"""Key of the advisory lock that writers of PostgreSQL hold: "vedette" in ASCII."""
# Together with the lock comes a time-out that frees it when this process, or the network to it, is gone without a word.
_LOCK_WRITERS: Final = text(
    f"SELECT pg_advisory_xact_lock({_WRITER_LOCK}), set_config('idle_in_transaction_session_timeout', '60s', true)"
)
_CONNECT_TIMEOUT_S: Final = 5
_STATEMENT_TIMEOUT_MS: Final = 60_000


class OpenDatabase:
    """A catalog's database with its tables in their newest form."""

    def __init__(self, url: str, path: Path, connections: int, busy_timeout_s: float) -> None:
        """`url` of PostgreSQL, or empty for the file at `path`. Raises Unavailable, Corruption or BadData."""
        self._path = None if url else path
        if self._path is not None:
            _prepare_file(self._path)
            self._secrets: tuple[str, ...] = ()
            self._engine = _sqlite_engine(self._path, connections, busy_timeout_s)
        else:
            parsed = _parse(url)
            self._secrets = _secrets_of(parsed)
            self._engine = _postgresql_engine(parsed, connections, busy_timeout_s)
        try:
            self._migrate()
        except BaseException:
            self._engine.dispose()
            raise

    @contextlib.contextmanager
    def transaction(self, *, writes: bool) -> Iterator[Connection]:
        """A connection within a transaction that is committed when the block ends well."""
        with _translated(self._secrets), self._engine.connect() as connection:
            _begin_as(connection, writes=writes)
            with connection.begin():
                if writes and self._path is None:
                    connection.execute(_LOCK_WRITERS)
                yield connection

    def back_up(self, target: Path) -> bool:
        """Copy the file as of one moment; False where PostgreSQL keeps the catalog."""
        if self._path is None:
            return False
        try:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            with contextlib.closing(sqlite3.connect(target)) as copy:
                with contextlib.closing(sqlite3.connect(self._path)) as source:
                    source.backup(copy)
                # A copy is one file: the log beside it would be forgotten by whoever moves it.
                copy.execute("PRAGMA journal_mode=DELETE")
            descriptor = os.open(target, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
        except (OSError, sqlite3.Error) as error:
            raise Unavailable(f"the catalog cannot be copied to {target}: {error}") from error
        return True

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _migrate(self) -> None:
        with self.transaction(writes=False) as connection:
            found = _revision(connection)
        if found == HEAD:
            return
        # Others may have the same idea at this moment; whoever is second finds nothing left to do.
        with self.transaction(writes=True) as connection:
            if _revision(connection) != HEAD:
                from vedette.catalog.migrations.upgrade import upgrade  # noqa: PLC0415 - only for this is Alembic needed

                upgrade(connection)


def shown_url(url: str) -> str:
    """A URL of a database as people may see it."""
    try:
        parsed = make_url(url)
    except (errors.ArgumentError, ValueError):
        return "a URL that cannot be read"
    return URL.create(
        parsed.drivername, parsed.username, None, parsed.host, parsed.port, parsed.database
    ).render_as_string()


def _parse(url: str) -> URL:
    try:
        return make_url(url)
    except (errors.ArgumentError, ValueError):
        raise BadData("catalog.url is no URL of a database, such as postgresql+psycopg://user@host/name") from None


def _secrets_of(url: URL) -> tuple[str, ...]:
    """What of a URL must not be repeated."""
    found = [str(url.password or "")]
    for name, value in url.query.items():
        if "password" in name:
            found += [value] if isinstance(value, str) else value
    return tuple(secret for secret in found if secret)


def _prepare_file(path: Path) -> None:
    """Make the file when it is missing; nobody but its owner may read it, and its log is made with the same mode."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise Unavailable(f"the catalog {path} cannot be opened: {error.strerror}") from error


def _sqlite_engine(path: Path, connections: int, busy_timeout_s: float) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=busy_timeout_s,
        connect_args={"timeout": busy_timeout_s, "check_same_thread": False},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        # Python's own idea of when a transaction begins is switched off; `begin` below says it.
        connection.isolation_level = None
        _switch_to_wal(connection, busy_timeout_s)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        driver: Any = connection.connection.dbapi_connection
        driver.execute(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _switch_to_wal(connection: Any, busy_timeout_s: float) -> None:
    """The mode is kept by the file. While somebody else switches it SQLite does not wait but fails."""
    end_s = time.monotonic() + busy_timeout_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end_s:
                raise
            time.sleep(0.005)
        else:
            return


def _postgresql_engine(url: URL, connections: int, busy_timeout_s: float) -> Engine:
    lock_timeout_ms = round(busy_timeout_s * 1000)
    try:
        return create_engine(
            url,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=busy_timeout_s,
            # A connection that died in the pool is replaced before anybody gets it.
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": _CONNECT_TIMEOUT_S,
                "application_name": "vedette",
                "options": f"-c lock_timeout={lock_timeout_ms} -c statement_timeout={_STATEMENT_TIMEOUT_MS}",
            },
            hide_parameters=True,
        )
    except (ModuleNotFoundError, errors.NoSuchModuleError) as error:
        raise Unavailable("a catalog in PostgreSQL needs psycopg: pip install 'vedette[postgres]'") from error


def _begin_as(connection: Connection, *, writes: bool) -> None:
    if connection.dialect.name == "sqlite":
        connection.execution_options(**{_WRITES: writes})
    elif not writes:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _revision(connection: Connection) -> str:
    """The stored revision of the schema; empty when there is none."""
    if connection.dialect.name == "sqlite":
        exists = connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")).scalar()
    else:
        exists = connection.execute(text("SELECT to_regclass('alembic_version')")).scalar()
    if not exists:
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


@contextlib.contextmanager
def _translated(secrets: Sequence[str]) -> Iterator[None]:
    """Errors of SQLAlchemy and the drivers -> our own."""
    try:
        yield
    except (errors.DBAPIError, errors.TimeoutError, sqlite3.Error) as error:
        raise _our_own(error, secrets) from error


def _our_own(error: Exception, secrets: Sequence[str]) -> VedetteError:
    cause = getattr(error, "orig", None) or error
    words = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
    for secret in secrets:
        words = words.replace(secret, "<secret>")
    if isinstance(error, errors.IntegrityError):
        return Conflict("the change contradicts what is stored in the catalog")
    if "malformed" in words or "not a database" in words:
        return Corruption(f"the catalog is damaged: {words}; restore it from a backup")
    if isinstance(error, errors.TimeoutError):
        return Unavailable("the catalog is busy: all of its connections (catalog.connections) are in use")
    if "locked" in words or "lock timeout" in words:
        return Unavailable("the catalog is busy: others have been writing for too long")
    return Unavailable(f"the catalog cannot be used: {words}")
