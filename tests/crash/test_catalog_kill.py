"""kill -9 while the catalog is written: what was acknowledged is there, and the audit log holds together."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.catalogs import CatalogPlace

from vedette.catalog import audit_log
from vedette.catalog.documents import Documents
from vedette.clock import SystemClock

WRITER = """
import os, sys, pathlib
from vedette.catalog import audit_log
from vedette.catalog.database import Catalog
from vedette.catalog.documents import Documents
from vedette.catalog.records import AuditEntry
from vedette.clock import SystemClock

def also(connection, document):
    line = AuditEntry(seq=0, time_ms=1, actor_kind="cli", actor_id="", actor="", action="a",
                      object_id=str(document.version), result="ok", previous_hash="", hash="")
    audit_log.append(connection, [line])

documents = Documents(Catalog(sys.argv[1], pathlib.Path(sys.argv[2])), SystemClock())
version = documents.get("rule", "default", "d").version
while True:
    version = documents.update("rule", "default", "d", name=f"n{version + 1}", spec={"n": version + 1}, by="w",
                               expected_version=version, also=also).version
    os.write(1, b"%d\\n" % version)
"""


@pytest.mark.crash
def test_nothing_acknowledged_is_lost(catalog_place: CatalogPlace, crash_cycles: int) -> None:
    """After each kill there is every acknowledged version, at most one more, each with its line in the log."""
    rng = random.Random(0)
    documents = Documents(catalog_place.open(), SystemClock())
    documents.create("rule", "default", "n1", {"n": 1}, "w", document_id="d")
    before = 1
    for _ in range(max(2, crash_cycles // 2)):
        acknowledged = write_and_kill(catalog_place, rng)
        # Another process, as after a restart.
        catalog = catalog_place.open()
        with catalog.begin():
            # PostgreSQL may still be busy with the last commit of the one that was killed.
            pass
        found = Documents(catalog, SystemClock()).get("rule", "default", "d")
        assert found.version in (acknowledged, acknowledged + 1)
        assert found.version > before
        assert (found.name, found.spec) == (f"n{found.version}", {"n": found.version})
        with catalog.read() as connection:
            lines = list(audit_log.in_order(connection, audit_log.AuditFilter()))
            assert audit_log.verify(connection) == []
        assert [int(line.object_id) for line in lines] == list(range(2, found.version + 1))
        before = found.version
        catalog.close()


def write_and_kill(place: CatalogPlace, rng: random.Random) -> int:
    """The last version that the writer said is stored."""
    command = [sys.executable, "-c", WRITER, place.url, str(place.folder)]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert writer.stdout is not None
    said = 0
    for _ in range(rng.choice([1, 5, 20])):
        said = int(writer.stdout.readline())
    time.sleep(rng.random() * 0.02)
    writer.kill()
    rest = writer.stdout.read().split(b"\n")
    writer.stdout.close()
    writer.wait()
    # A line that was cut off was not received as an acknowledgement.
    return max([said, *(int(line) for line in rest[:-1])])
