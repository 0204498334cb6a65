"""Catalogs of every revision that was ever released open on both back ends, with all that was in them."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from tests.catalogs import CatalogPlace
from tests.postgres import PostgresServer
from tests.stored.make_catalog import (
    ALERT,
    ANNOTATION,
    GROUP,
    KEY,
    LETTER,
    MEMBERSHIP,
    NOW_MS,
    PROJECT,
    RING,
    ROLE,
    SESSION,
    SHARE,
    SHARED,
    SPECS,
    USER,
)

from vedette.catalog import (
    alert_rows,
    annotation_rows,
    audit_log,
    keys,
    leases,
    outbox_rows,
    preferences,
    projects,
    roles,
    sessions,
    shares,
    users,
)
from vedette.catalog.database import Catalog
from vedette.catalog.documents import Documents
from vedette.catalog.migrations.upgrade import scripts
from vedette.catalog.records import Preferences
from vedette.catalog.tables import HEAD
from vedette.clock import FakeClock

FOLDERS = sorted(path for path in Path(__file__).parent.glob("catalog_*") if path.is_dir())


def test_every_revision_is_stored() -> None:
    """A new revision comes with its fixture, the present one among them."""
    revisions = {script.revision for script in scripts()[1].walk_revisions()}
    assert {f"catalog_{revision}" for revision in revisions} == {folder.name for folder in FOLDERS}
    assert HEAD in revisions


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def stored(request: pytest.FixtureRequest, catalog_place: CatalogPlace) -> Catalog:
    """The catalog of a revision, as it was left."""
    if catalog_place.back_end == "sqlite":
        catalog_place.folder.mkdir()
        connection = sqlite3.connect(catalog_place.folder / "catalog.sqlite3")
        connection.executescript((request.param / "sqlite.sql").read_text(encoding="utf-8"))
        connection.close()
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        catalog_place.url = server.database()
        server.load(request.param / "postgresql.sql", server.name_of(catalog_place.url))
    return catalog_place.open()


def test_what_was_stored_is_there(stored: Catalog) -> None:
    """All records are as they were written, and the audit log still holds together."""
    with stored.read() as connection:
        assert projects.get(connection, "web") == PROJECT
        assert [project.name for project in projects.every(connection)] == ["default", "web"]
        assert users.every(connection) == [USER]
        assert roles.every(connection) == [ROLE]
        assert projects.memberships_of_all(connection) == [MEMBERSHIP]
        assert sessions.every(connection) == [SESSION]
        assert keys.every(connection) == [KEY]
        assert audit_log.verify(connection) == []
        assert leases.holder_of(connection, "rules", NOW_MS) == "a"
        assert len(audit_log.search(connection, audit_log.AuditFilter(actor="zoë"), 10)) == 2
    assert stored.epoch() > 1
    documents = Documents(stored, FakeClock(NOW_MS))
    document = documents.get("dashboard", "web", "d1")
    assert (document.name, document.version, document.spec) == ("Überblick", 2, SPECS[1])
    assert documents.version("dashboard", "web", "d1", 1).spec == SPECS[0]
    assert [head.id for head in documents.list("dashboard", "web", tag="b").documents] == ["d1"]
    # Older ones are made findable when they are migrated.
    assert [head.id for head in documents.list("dashboard", "web", search="B überBLICK").documents] == ["d1"]


def test_annotations_are_there_since_they_are_kept(request: pytest.FixtureRequest, stored: Catalog) -> None:
    """Before revision 0002 there were none."""
    kept = [] if request.node.callspec.params["stored"].name == "catalog_0001" else [ANNOTATION]
    with stored.read() as connection:
        assert annotation_rows.within(connection, "web", 0, 2 * NOW_MS, None, 10) == kept


def test_preferences_are_there_since_they_are_kept(request: pytest.FixtureRequest, stored: Catalog) -> None:
    """Before revision 0003 there were none."""
    stars = () if request.node.callspec.params["stored"].name < "catalog_0003" else ("d1",)
    with stored.read() as connection:
        assert preferences.of(connection, "u1", "web").stars == stars


def test_what_was_given_away_is_there_since_it_is_kept(request: pytest.FixtureRequest, stored: Catalog) -> None:
    """Before revision 0004 there was nothing."""
    older = request.node.callspec.params["stored"].name < "catalog_0004"
    with stored.read() as connection:
        assert shares.every(connection) == ([] if older else [SHARE])
        assert shares.content(connection, SHARE.id) == (None if older else SHARED)


def test_alerts_and_notifications_are_there_since_they_are_kept(
    request: pytest.FixtureRequest, stored: Catalog
) -> None:
    """Before revision 0005 there were none."""
    older = request.node.callspec.params["stored"].name < "catalog_0005"
    with stored.read() as connection:
        assert alert_rows.since(connection, 0) == ([] if older else [ALERT])
        assert alert_rows.groups(connection) == ([] if older else [GROUP])
        assert outbox_rows.find(connection, "web", "n1") == (None if older else LETTER)
        assert outbox_rows.rung(connection, "web", 0, 10) == ([] if older else [RING])
        assert outbox_rows.read_until_ms(connection, "web", "u1") == (0 if older else NOW_MS)


def test_what_lists_show_is_read_from_older_documents(tmp_path: Path) -> None:
    """Folder, description and titles of widgets of what was saved before revision 0003; what is not text is nothing."""
    connection = sqlite3.connect(tmp_path / "catalog.sqlite3")
    connection.executescript((FOLDERS[1] / "sqlite.sql").read_text(encoding="utf-8"))
    widgets = [{"title": "CPU Ölt"}, {"title": 3}, "x"]
    spec = {"folder": "f1", "description": " What\nit is ", "widgets": widgets}
    connection.execute("UPDATE documents SET spec = ? WHERE id = 'd1'", (json.dumps(spec),))
    connection.execute("UPDATE documents SET spec = ? WHERE id = 'r1'", (json.dumps({"folder": 3, "widgets": 4}),))
    connection.commit()
    connection.close()
    catalog = Catalog(None, tmp_path)
    try:
        (head,) = Documents(catalog, FakeClock(NOW_MS)).list("dashboard", "web", search="ölt").documents
        assert (head.id, head.folder, head.description) == ("d1", "f1", "What it is")
    finally:
        catalog.close()


def test_it_goes_on(stored: Catalog) -> None:
    """It can be written to, and its rules are in force."""
    documents = Documents(stored, FakeClock(NOW_MS))
    documents.restore("rule", "web", "r1", by="x")
    with stored.begin() as connection:
        audit_log.append(connection, audit_log.search(connection, audit_log.AuditFilter(), 1))
        assert audit_log.verify(connection) == []
        users.remove(connection, USER.id)
        assert sessions.every(connection) == []
        assert preferences.of(connection, USER.id, "web") == Preferences()
    assert [document.name for document in documents.every("rule")] == ["gone"]
