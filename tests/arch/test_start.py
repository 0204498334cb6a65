"""What a start may import: the server answers when all of it is there, so that which can come later does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Everything up to the moment the server says that it is ready, as `vedette serve` does it.
PROBE = """
import sys
from pathlib import Path
from vedette.cli.main import verb
verb("serve")
from vedette.cli.serve import _import_log_alone
_import_log_alone()
from vedette.cli.options import load_settings
loaded = load_settings(None, (), {"server.data": sys.argv[1], "host.enabled": False})
from prometheus_client import CollectorRegistry
from vedette.clock import SystemClock
from vedette.server import lifecycle
from vedette.server.build import build
instance = build(loaded, SystemClock(), CollectorRegistry())
modules = dict(sys.modules)
for name in sorted(modules):
    print("module", name)
for name, module in sorted(modules.items()):
    for value in vars(module).values() if name.startswith("vedette.") else ():
        if isinstance(value, type) and value.__module__ == name and "__dataclass_fields__" in vars(value):
            print("dataclass", name + "." + value.__name__)
instance.close()
"""
# Asked for with the first query, scrape, sign-in, visit or document, or right after the start in a thread.
LATER = (
    *("vedette.promql.engine", "vedette.promql.plan", "vedette.promql.operators", "vedette.http.openapi"),
    *("vedette.scrape.manager", "vedette.scrape.config", "vedette.scrape.discovery", "vedette.ingest.backfill"),
    *("vedette.config.yaml_section", "vedette.storage.memory", "vedette.tsdb.repair", "vedette.tsdb.wal_check"),
    *("vedette.cli.load", "vedette.rules.scheduler", "vedette.rules.file", "vedette.rules.templates"),
    *("argparse", "httpx", "importlib.metadata", "pyarrow", "psutil", "rich", "sqlalchemy", "websockets", "yaml"),
)
# Read by config.tree, which knows dataclasses; the last computes a field from the others.
MAY_BE_DATACLASSES = ("Settings", "SeriesLimits", "AppendWindow", "Steps")


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """(kind, name) of what is there when the server is ready."""
    command = [sys.executable, "-c", PROBE, str(tmp_path_factory.mktemp("data"))]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert run.returncode == 0, run.stderr
    return [line.split() for line in run.stdout.splitlines() if line.startswith(("module ", "dataclass "))]


def test_a_start_imports_nothing_that_can_come_later(started: list[list[str]]) -> None:
    """Each of these is a twentieth to half of a start."""
    modules = {name for kind, name in started if kind == "module"}
    assert "vedette.tsdb.db" in modules
    early = sorted(name for name in modules if any(name == one or name.startswith(one + ".") for one in LATER))
    assert early == []


def test_values_that_a_start_needs_are_structs(started: list[list[str]]) -> None:
    """Python writes and translates the methods of a dataclass, 0.4 ms for each; two hundred were a fifth of a start."""
    found = [name for kind, name in started if kind == "dataclass" and not name.endswith(MAY_BE_DATACLASSES)]
    assert found == []
