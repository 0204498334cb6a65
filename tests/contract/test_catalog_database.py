"""The catalog's database: who writes is alone, what was committed stays, and errors are in our own words."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, text
from tests.catalogs import CatalogPlace
from tests.postgres import PostgresServer

from vedette.catalog import audit_log, projects, users
from vedette.catalog.database import Catalog
from vedette.catalog.engine import shown_url
from vedette.catalog.migrations.upgrade import scripts
from vedette.catalog.records import AuditEntry, User
from vedette.catalog.tables import HEAD, METADATA
from vedette.catalog.tables import audit_log as audit_table
from vedette.errors import BadData, Conflict, Corruption, Unavailable

LINE = AuditEntry(
    seq=0, time_ms=1, actor_kind="cli", actor_id="", actor="", action="a", result="ok", previous_hash="", hash=""
)


def add_user(catalog: Catalog, name: str) -> None:
    """Write something."""
    with catalog.begin() as connection:
        users.add(connection, User(id=name, name=name, created_ms=1))


def names(catalog: Catalog) -> list[str]:
    """What was written."""
    with catalog.read() as connection:
        return [user.name for user in users.every(connection)]


def test_what_is_committed_is_seen_by_other_processes(catalog_place: CatalogPlace) -> None:
    """Two catalogs on one place see each other's changes, and each other's epoch."""
    one, other = catalog_place.open(), catalog_place.open()
    before = other.epoch()
    add_user(one, "bob")
    assert names(other) == ["bob"]
    assert other.epoch() == before + 1


def test_a_reader_sees_one_moment(catalog_place: CatalogPlace) -> None:
    """What is committed while somebody reads does not appear in the middle of what they read."""
    one, other = catalog_place.open(), catalog_place.open()
    with one.read() as connection:
        assert users.every(connection) == []
        add_user(other, "bob")
        assert users.every(connection) == []
    assert names(one) == ["bob"]


def test_a_reader_cannot_write(catalog: Catalog) -> None:
    """Nothing gets past the lock of those who write."""
    with pytest.raises(Unavailable), catalog.read() as connection:
        users.add(connection, User(id="x", name="x", created_ms=1))
    add_user(catalog, "bob")
    assert names(catalog) == ["bob"]


def test_a_transaction_that_fails_leaves_nothing(catalog: Catalog) -> None:
    """All or none of its changes are there."""

    def change() -> None:
        with catalog.begin() as connection:
            users.add(connection, User(id="x", name="x", created_ms=1))
            raise KeyError("something of the caller's own")

    with pytest.raises(KeyError):
        change()
    assert names(catalog) == []


def test_writers_of_one_process_take_turns(catalog: Catalog) -> None:
    """Reading, thinking and writing in many threads loses no step."""

    def count() -> None:
        for _ in range(5):
            with catalog.begin() as connection:
                project = projects.get(connection, "default")
                projects.replace(connection, project, project.version)

    threads = [threading.Thread(target=count) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with catalog.read() as connection:
        assert projects.get(connection, "default").version == 31


def test_who_waits_too_long_is_told_so(catalog_place: CatalogPlace) -> None:
    """While another process, or another thread, writes, a change is refused after `busy_timeout_s`."""
    one, other = catalog_place.open(busy_timeout_s=0.2), catalog_place.open(busy_timeout_s=0.2)
    caught: list[Exception] = []

    def in_thread() -> None:
        try:
            add_user(one, "eve")
        except Unavailable as error:
            caught.append(error)

    with one.begin():
        with pytest.raises(Unavailable, match="the catalog is busy"):
            add_user(other, "bob")
        thread = threading.Thread(target=in_thread)
        thread.start()
        thread.join()
    assert "0.2 s" in str(caught[0])
    add_user(other, "bob")
    assert names(one) == ["bob"]


def test_connections_are_bounded(catalog_place: CatalogPlace) -> None:
    """Beyond `connections` one waits for another to end, and is told when that takes too long."""
    catalog = catalog_place.open(connections=2, busy_timeout_s=0.1)
    with catalog.read(), catalog.read(), pytest.raises(Unavailable, match=r"catalog\.connections"):
        catalog.epoch()
    assert catalog.epoch() == 1


def test_a_transaction_within_another_is_a_bug(catalog: Catalog) -> None:
    """It would wait for itself; it is told at once, and the catalog works on."""
    with pytest.raises(AssertionError, match="BUG"), catalog.begin(), catalog.begin():
        pass
    add_user(catalog, "bob")


def test_many_processes_open_an_empty_place_at_once(
    catalog_place: CatalogPlace, request: pytest.FixtureRequest
) -> None:
    """One of them makes the tables; all find them."""
    if catalog_place.back_end == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        catalog_place.url = server.database()
    code = (
        "import sys, pathlib; from vedette.catalog.database import Catalog\n"
        "c = Catalog(sys.argv[1], pathlib.Path(sys.argv[2])); c.open(); print(c.epoch())"
    )
    command = [sys.executable, "-c", code, catalog_place.url, str(catalog_place.folder)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate(timeout=60)[0] for process in started] == ["1\n"] * 3


def test_a_closed_catalog_says_so(catalog: Catalog) -> None:
    """Nobody opens it again by accident while the server stops."""
    catalog.close()
    catalog.close()
    with pytest.raises(Unavailable, match="closed"):
        catalog.epoch()


def test_opening_is_done_by_whoever_needs_it_first(catalog_place: CatalogPlace) -> None:
    """Threads that come while it is being opened wait for it; nobody has to open it beforehand."""
    catalog = Catalog(catalog_place.url, catalog_place.folder)
    catalog_place.opened.append(catalog)
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(catalog.epoch())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1] * 4


def test_a_catalog_of_a_newer_version_is_not_touched(catalog_place: CatalogPlace) -> None:
    """An old program says that it does not know the tables, and changes none."""
    catalog = catalog_place.open()
    with catalog.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Unavailable, match="newer version of Vedette"):
        catalog_place.open()
    with catalog.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def test_migrations_bring_about_the_tables_that_the_code_knows(catalog: Catalog) -> None:
    """Alembic finds no difference between what is stored and tables.py, and no revision beyond HEAD."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    def differ(context: MigrationContext, _column: object, _other: object, stored: Any, known: Any) -> bool:
        # SQLAlchemy calls any text of PostgreSQL VARCHAR once it has gone through a TypeDecorator.
        return str(stored.compile(context.dialect)) != str(known.compile(context.dialect)).replace("VARCHAR", "TEXT")

    with catalog.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": differ})
        assert compare_metadata(context, METADATA) == []
    assert scripts()[1].get_heads() == [HEAD]


def test_alembic_is_imported_only_when_there_is_something_to_migrate(catalog_place: CatalogPlace) -> None:
    """It would take a third of the time to open."""
    catalog_place.open()
    code = (
        "import sys, pathlib; from vedette.catalog.database import Catalog\n"
        "before = [name for name in sys.modules if name.startswith(('sqlalchemy', 'alembic'))]\n"
        "Catalog(sys.argv[1], pathlib.Path(sys.argv[2])).open()\n"
        "print(before, 'alembic' in sys.modules)"
    )
    command = [sys.executable, "-c", code, catalog_place.url, str(catalog_place.folder)]
    assert subprocess.check_output(command, text=True).strip() == "[] False"


def test_the_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    """Also what stands beside it, and one that was made with a wider mode before."""
    path = tmp_path / "catalog.sqlite3"
    path.touch(mode=0o644)
    catalog = Catalog(None, tmp_path)
    add_user(catalog, "bob")
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert modes == {path.name: 0o600, path.name + "-wal": 0o600, path.name + "-shm": 0o600}
    with catalog.read() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys")
        assert [connection.execute(text(f"PRAGMA {name}")).scalar() for name in asked] == ["wal", 2, 1]
    catalog.close()
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough to be looked at" * 10, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_file_that_is_no_catalog_is_damage(tmp_path: Path, content: bytes) -> None:
    """It is neither used nor overwritten."""
    path = tmp_path / "catalog.sqlite3"
    path.write_bytes(content)
    with pytest.raises(Corruption, match="restore it from a backup"):
        Catalog(None, tmp_path).open()
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """The message says what could not be opened and why."""
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match=r"file/x/catalog\.sqlite3 cannot be opened: Not a directory"):
        Catalog(None, tmp_path / "file" / "x").open()


def test_a_copy_is_a_whole_catalog(catalog_place: CatalogPlace, tmp_path: Path) -> None:
    """One file, readable by its owner, with all that was committed; PostgreSQL is backed up by its own tools."""
    catalog = catalog_place.open()
    add_user(catalog, "bob")
    target = tmp_path / "copy" / "catalog.sqlite3"
    target.parent.mkdir()
    assert catalog.back_up(target) == (catalog_place.back_end == "sqlite")
    if target.exists():
        add_user(catalog, "eve")
        assert [file.name for file in target.parent.iterdir()] == [target.name]
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        copy = Catalog(None, target.parent)
        assert names(copy) == ["bob"]
        copy.close()
        with pytest.raises(Unavailable, match="cannot be copied"):
            catalog.back_up(target)


def test_a_writer_that_vanished_does_not_hold_up_the_others_for_ever(postgres: PostgresServer) -> None:
    """PostgreSQL ends a transaction that writes and is idle for a minute; one that reads may take its time."""
    catalog = Catalog(postgres.database("migrated"), Path())
    asked = text("SHOW idle_in_transaction_session_timeout")
    with catalog.begin() as connection:
        assert connection.execute(asked).scalar() == "1min"
    with catalog.read() as connection:
        assert connection.execute(asked).scalar() == "0"
    catalog.close()


def test_lost_connections_are_replaced(postgres: PostgresServer) -> None:
    """After a restart of PostgreSQL the next request works; one that was under way is told."""
    catalog = Catalog(postgres.database("migrated"), Path())
    add_user(catalog, "bob")
    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'vedette'"
    postgres.execute(kill)
    assert names(catalog) == ["bob"]

    def change() -> None:
        with catalog.begin() as connection:
            users.every(connection)
            postgres.execute(kill)
            users.every(connection)

    with pytest.raises(Unavailable, match="the catalog cannot be used"):
        change()
    add_user(catalog, "eve")
    assert names(catalog) == ["bob", "eve"]
    catalog.close()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://bob:S3cret@127.0.0.1:1/x",
        "postgresql+psycopg://bob:S3cret@/x?host=/nowhere",
        "postgresql+psycopg://bob:S3cret@/x?host=/nowhere&nonsense=1",
        "postgresql+psycopg://bob:S3cret@127.0.0.1:port/x",
        "postgresql+psycopg://bob@127.0.0.1:1/x?password=S3cret&sslmode=S3cret",
        "postgresql+psycopg://bob:S3cret@127.0.0.1:1/x?sslmode=S3cret",
    ],
)
def test_a_password_is_never_repeated(url: str) -> None:
    """Neither the error nor its notes and causes have it, whatever is wrong with the URL."""
    catalog = Catalog(url, Path())
    with pytest.raises((Unavailable, BadData)) as caught:
        catalog.open()
    assert "S3cret" not in str(caught.value)
    assert "S3cret" not in repr(catalog)
    assert "S3cret" not in catalog.place


def test_without_the_driver_it_is_said_what_to_install() -> None:
    """PostgreSQL is an extra; who asks for it without having it gets the command."""
    code = (
        "import sys, pathlib; sys.modules['psycopg'] = None\n"
        "from vedette.catalog.database import Catalog\n"
        "Catalog('postgresql+psycopg://h/d', pathlib.Path()).open()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "Unavailable: a catalog in PostgreSQL needs psycopg: pip install 'vedette[postgres]'" in done.stderr


def test_the_place_is_shown_without_password(tmp_path: Path) -> None:
    """People see where the catalog is."""
    assert shown_url("postgresql+psycopg://bob:S3cret@db:5432/x?password=y") == "postgresql+psycopg://bob@db:5432/x"
    assert Catalog(None, tmp_path).place == str(tmp_path / "catalog.sqlite3")


def test_values_are_not_repeated_in_errors(catalog: Catalog) -> None:
    """A statement that fails is told without what it was to store."""
    twice = [{"seq": 1, "actor": "S3cret", "detail": {}}] * 2
    with pytest.raises(Conflict) as caught, catalog.begin() as connection:
        connection.execute(insert(audit_table), twice)
    text_of_all = "".join(str(error) for error in (caught.value, caught.value.__cause__))
    assert "S3cret" not in text_of_all


WRITER = """
import sys, pathlib
from vedette.catalog import audit_log
from vedette.catalog.database import Catalog
from tests.contract.test_catalog_database import LINE
catalog = Catalog(sys.argv[1], pathlib.Path(sys.argv[2]))
for _ in range(60):
    with catalog.begin() as connection:
        audit_log.append(connection, [LINE] * 2)
"""


def test_two_processes_write_one_chain(catalog_place: CatalogPlace) -> None:
    """Lines of both have numbers without gaps, and each follows from the one before."""
    catalog = catalog_place.open()
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", WRITER, catalog_place.url, str(catalog_place.folder)]
    started = [subprocess.Popen(command, cwd=root) for _ in range(2)]
    assert [process.wait(100) for process in started] == [0, 0]
    with catalog.read() as connection:
        assert audit_log.verify(connection) == []
    assert catalog.epoch(audit_log.FAMILY) == 240


def test_a_full_disk_is_told_and_survived(tmp_path: Path) -> None:
    """A change that finds no room is refused as a whole; with room again the catalog goes on."""
    catalog = Catalog(None, tmp_path, connections=1)
    add_user(catalog, "bob")
    with catalog.read() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar()
        connection.execute(text(f"PRAGMA max_page_count={pages}"))
    with pytest.raises(Unavailable, match="full"), catalog.begin() as connection:
        users.add(connection, User(id="big", name="big", display_name="x" * 10**6, created_ms=1))
    with catalog.read() as connection:
        connection.execute(text("PRAGMA max_page_count=1000000"))
    add_user(catalog, "eve")
    assert names(catalog) == ["bob", "eve"]
    catalog.close()
    with sqlite3.connect(tmp_path / "catalog.sqlite3") as direct:
        assert direct.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    direct.close()
