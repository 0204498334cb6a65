"""Makes the stored catalog of the present revision; run once for each: `python tests/stored/make_catalog.py`."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.postgres import PostgresServer

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
from vedette.catalog.alert_records import AlertRow, BellRow, GroupRow, OutboxRow
from vedette.catalog.database import Catalog
from vedette.catalog.documents import Documents
from vedette.catalog.records import (
    Annotation,
    ApiKey,
    AuditEntry,
    Membership,
    Project,
    ProjectLimits,
    Role,
    Session,
    Share,
    User,
)
from vedette.catalog.tables import HEAD
from vedette.clock import FakeClock

NOW_MS = 1_700_000_000_000
PROJECT = Project(name="web", title="Web", limits=ProjectLimits(max_active_series=5), created_ms=NOW_MS)
USER = User(
    id="u1",
    name="zoë",
    email="z@example.org",
    password_hash="$argon2id$",
    is_instance_admin=True,
    recovery_hashes=("a", "b"),
    created_ms=NOW_MS,
)
ROLE = Role(name="few", permissions=("metrics:read",), selector='{team="a"}')
MEMBERSHIP = Membership(user_id="u1", project="web", role="few")
SESSION = Session(
    id="s1",
    token_hash="h",
    csrf_token="c",
    user_id="u1",
    method="password",
    created_ms=NOW_MS,
    last_seen_ms=NOW_MS,
    expires_ms=NOW_MS + 1,
)
KEY = ApiKey(id="k1", name="push", prefix="vdt_", secret_hash="h", project="web", scopes=("ingest",), created_ms=NOW_MS)
LINE = AuditEntry(
    seq=0,
    time_ms=NOW_MS,
    actor_kind="user",
    actor_id="u1",
    actor="zoë",
    action="login",
    result="ok",
    detail={"method": "password"},
    previous_hash="",
    hash="",
)
ANNOTATION = Annotation(
    id="a1", project="web", time_ms=NOW_MS, end_ms=NOW_MS + 5, title="Deployed", tags=("é",), dashboard="d1"
)
SHARE = Share(
    id="l1",
    project="web",
    kind="link",
    token_hash="t",
    title="Überblick",
    dashboard="d1",
    is_live=True,
    owner_kind="user",
    owner_id="u1",
    narrowing=('["team","=","a"]',),
    size_bytes=3,
    created_ms=NOW_MS,
    created_by="zoë",
    expires_ms=NOW_MS + 5,
)
SHARED = b"\x1f\x00\xff"
ALERT = AlertRow(
    project="web",
    fingerprint="f1",
    labels='{"alertname":"Down"}',
    annotations="{}",
    state="firing",
    active_ms=NOW_MS,
    changed_ms=NOW_MS,
    ends_ms=0,
    value="1.5",
    rule="r1",
    generator_url="",
    updated_ms=NOW_MS,
    seq=1,
)
GROUP = GroupRow(
    project="web", group_key="g1", target="ops/0/webhook", firing=("f1",), number=1, notified_ms=NOW_MS, started_ms=1
)
LETTER = OutboxRow(
    id="n1",
    seq=1,
    project="web",
    target="ops/0/webhook",
    contact_point="ops",
    integration=0,
    type="webhook",
    group_key="g1",
    reason="firing",
    status="dead",
    created_ms=NOW_MS,
    next_ms=NOW_MS,
    error="é",
    payload="{}",
)
RING = BellRow(
    id="n2",
    project="web",
    time_ms=NOW_MS,
    status="firing",
    severity="high",
    title="Down",
    text="é",
    group_key="g1",
    labels={"a": "b"},
)
SPECS = ({"tags": ["a"], "n": 1}, {"tags": ["b"], "text": "é"})


def fill(catalog: Catalog) -> None:
    """One row of everything."""
    with catalog.begin() as connection:
        projects.add(connection, PROJECT)
        users.add(connection, USER)
        roles.add(connection, ROLE)
        projects.set_member(connection, MEMBERSHIP)
        sessions.add(connection, SESSION)
        keys.add(connection, KEY)
        audit_log.append(connection, [LINE, LINE])
        annotation_rows.add(connection, ANNOTATION)
        preferences.note(connection, "u1", "web", "star", "d1", NOW_MS)
        shares.add(connection, SHARE, SHARED)
        alert_rows.next_seq(connection)
        alert_rows.save(connection, [ALERT])
        alert_rows.save_groups(connection, [GROUP])
        outbox_rows.add(connection, [LETTER])
        outbox_rows.ring(connection, [RING])
        outbox_rows.note_read(connection, "web", "u1", NOW_MS)
        leases.acquire(connection, "rules", "a", NOW_MS, 1000)
    documents = Documents(catalog, FakeClock(NOW_MS))
    documents.create("dashboard", "web", "Überblick", SPECS[0], "zoë", document_id="d1")
    documents.update("dashboard", "web", "d1", name="Überblick", spec=SPECS[1], by="zoë", expected_version=1)
    documents.create("rule", "web", "gone", {}, "zoë", document_id="r1")
    documents.delete("rule", "web", "r1", by="zoë", expected_version=1)


def main() -> None:
    """Write the statements that make it, for both back ends."""
    target = Path(__file__).parent / f"catalog_{HEAD}"
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        catalog = Catalog(None, Path(folder))
        fill(catalog)
        catalog.close()
        with sqlite3.connect(Path(folder) / "catalog.sqlite3") as connection:
            (target / "sqlite.sql").write_text("\n".join(connection.iterdump()) + "\n")
    server = PostgresServer()
    try:
        url = server.database()
        catalog = Catalog(url, Path())
        fill(catalog)
        catalog.close()
        lines = server.dump("test1", "--inserts").splitlines()
        # What newer pg_dump adds for psql alone is not understood by older ones.
        kept = [line for line in lines if line and not line.startswith(("--", "\\"))]
        (target / "postgresql.sql").write_text("\n".join(kept) + "\n")
    finally:
        server.stop()


if __name__ == "__main__":
    main()
