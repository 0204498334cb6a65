"""The audit log is a chain without gaps that the database lets nobody change, on both back ends."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from vedette.catalog import audit_log
from vedette.catalog.audit_log import AuditFilter
from vedette.catalog.database import Catalog
from vedette.catalog.records import AuditEntry
from vedette.errors import VedetteError


def entry(action: str = "login", **fields: Any) -> AuditEntry:
    """A line that is not yet in the log."""
    values = {"time_ms": 1000, "actor_kind": "user", "actor_id": "u1", "actor": "bob", "result": "ok", **fields}
    return AuditEntry(seq=0, action=action, previous_hash="", hash="", **values)


def append(catalog: Catalog, *entries: AuditEntry) -> list[AuditEntry]:
    """Write lines."""
    with catalog.begin() as connection:
        return audit_log.append(connection, entries)


def verify(catalog: Catalog) -> list[str]:
    """What is wrong with the log."""
    with catalog.read() as connection:
        return audit_log.verify(connection)


def search(catalog: Catalog, limit: int = 100, before_seq: int = 0, **wanted: Any) -> list[int]:
    """Numbers of the lines that match."""
    with catalog.read() as connection:
        found = audit_log.search(connection, AuditFilter(**wanted), limit, before_seq)
    return [line.seq for line in found]


def tamper(catalog: Catalog, *statements: str) -> None:
    """Change the log as somebody would who may do everything with the database."""
    with catalog.begin() as connection:
        if connection.dialect.name == "sqlite":
            off = ["DROP TRIGGER audit_log_no_update", "DROP TRIGGER audit_log_no_delete"]
        else:
            off = ["DROP TRIGGER audit_log_append_only ON audit_log"]
        for statement in [*off, *statements]:
            connection.exec_driver_sql(statement)


def test_lines_are_numbered_and_chained(catalog: Catalog) -> None:
    """Each has the number after, and the hash of, the one before, within a transaction and from one to the next."""
    assert verify(catalog) == []
    first, second = append(catalog, entry(), entry("key.create", detail={"scopes": ["read"], "n": 1.5}))
    (third,) = append(catalog, entry("logout"))
    assert [line.seq for line in (first, second, third)] == [1, 2, 3]
    assert (first.previous_hash, second.previous_hash, third.previous_hash) == ("", first.hash, second.hash)
    assert append(catalog) == []
    with catalog.read() as connection:
        assert list(audit_log.in_order(connection, AuditFilter())) == [first, second, third]
    assert verify(catalog) == []
    assert catalog.epoch(audit_log.FAMILY) == 3


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET actor = 'eve'", "DELETE FROM audit_log"])
def test_the_database_refuses_to_change_lines(catalog: Catalog, statement: str) -> None:
    """Not even a statement of our own could; what is there stays as it was."""
    lines = append(catalog, entry(), entry())
    with pytest.raises(VedetteError), catalog.begin() as connection:
        connection.execute(text(statement))
    with catalog.read() as connection:
        assert list(audit_log.in_order(connection, AuditFilter())) == lines


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE audit_log SET actor = 'eve' WHERE seq = 2", "line 2 was changed"),
        ("UPDATE audit_log SET detail = '{\"a\":2}' WHERE seq = 2", "line 2 was changed"),
        ("DELETE FROM audit_log WHERE seq IN (2, 3)", "lines 2 to 3 are missing"),
        ("DELETE FROM audit_log WHERE seq >= 4", "lines 4 to 5 are missing"),
        ("DELETE FROM audit_log", "lines 1 to 5 are missing"),
        ("UPDATE audit_log SET seq = 6 WHERE seq = 5", "lines 5 to 5 are missing"),
        ("UPDATE epochs SET epoch = 4 WHERE family = 'audit'", "lines 5 to 5 were not written by Vedette"),
    ],
)
def test_what_was_done_behind_our_back_is_found(catalog: Catalog, statement: str, problem: str) -> None:
    """A changed, removed or moved line, also at the end, is named."""
    append(catalog, *[entry(detail={"a": 1})] * 5)
    tamper(catalog, statement)
    assert problem in verify(catalog)


def test_a_line_with_a_new_hash_breaks_the_chain_behind_it(catalog: Catalog) -> None:
    """Making a changed line right by itself is not enough."""
    lines = append(catalog, *[entry()] * 3)
    forged = audit_log.hash_of(entry(actor="eve").__class__(**{**_fields(lines[1]), "actor": "eve"}))
    tamper(catalog, f"UPDATE audit_log SET actor = 'eve', hash = '{forged}' WHERE seq = 2")
    assert verify(catalog) == ["line 3 does not follow from line 2"]


def _fields(line: AuditEntry) -> dict[str, Any]:
    return {name: getattr(line, name) for name in line.__struct_fields__}


def test_a_log_goes_on_from_its_end_after_opening_again(catalog: Catalog) -> None:
    """The chain is one over all processes."""
    (last,) = append(catalog, entry())
    catalog.close()
    again = Catalog(catalog._url, catalog._path.parent)
    (following,) = append(again, entry())
    assert (following.seq, following.previous_hash) == (2, last.hash)
    again.close()


def test_filters_combine(catalog: Catalog) -> None:
    """Lines are found by each field, newest first."""
    append(
        catalog,
        entry("login", time_ms=10, address="10.0.0.1"),
        entry("user.create", time_ms=20, actor="eve", actor_id="u2", object_kind="user", object_id="u3"),
        entry("user.update", time_ms=30, project="web"),
        entry("userx", time_ms=40, result="refused"),
        entry("user%", time_ms=50, project="web"),
    )
    assert search(catalog) == [5, 4, 3, 2, 1]
    assert search(catalog, since_ms=20, until_ms=40) == [3, 2]
    assert search(catalog, actor="eve") == [2]
    assert search(catalog, actor_id="u1") == [5, 4, 3, 1]
    assert search(catalog, action="user.update") == [3]
    assert search(catalog, action="user.") == [3, 2]
    assert search(catalog, action="user%.") == []
    assert search(catalog, object_kind="user", object_id="u3") == [2]
    assert search(catalog, project="web", action="user%") == [5]
    assert search(catalog, project="") == [4, 2, 1]
    assert search(catalog, address="10.0.0.1") == [1]
    assert search(catalog, result="refused") == [4]
    assert search(catalog, actor="no\0body") == []


def test_pages_follow_each_other_while_the_log_grows(catalog: Catalog) -> None:
    """A page begins where the one before ended, whatever was written meanwhile."""
    append(catalog, *[entry()] * 5)
    first = search(catalog, 2)
    append(catalog, entry())
    second = search(catalog, 2, first[-1])
    third = search(catalog, 2, second[-1])
    assert (first, second, third, search(catalog, 2, 1)) == ([5, 4], [3, 2], [1], [])


def test_a_long_log_is_read_in_pieces(catalog: Catalog) -> None:
    """Verifying and exporting see all lines of more than one piece."""
    append(catalog, *[entry()] * 2001)
    with catalog.read() as connection:
        seen = [line.seq for line in audit_log.in_order(connection, AuditFilter(), after_seq=1)]
    assert seen == list(range(2, 2002))
    assert verify(catalog) == []


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True, allow_infinity=True) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def sqlite_catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """One for all examples."""
    catalog = Catalog(None, tmp_path_factory.mktemp("catalog"))
    catalog.open()
    return catalog


@settings(max_examples=60, deadline=None)
@given(detail=st.dictionaries(st.text(), any_json, max_size=3), words=st.text(st.characters(exclude_categories=[])))
def test_nothing_keeps_a_line_from_being_written(sqlite_catalog: Catalog, detail: dict[str, Any], words: str) -> None:
    """Whatever somebody sends - any text, numbers that are none - the line is in the log and the chain holds."""
    sqlite_catalog_lines = append(
        sqlite_catalog, entry(words, actor=words, detail={**detail, "w": words, "n": math.nan})
    )
    with sqlite_catalog.read() as connection:
        assert audit_log.search(connection, AuditFilter(), 1) == sqlite_catalog_lines
        assert audit_log.verify(connection) == []
