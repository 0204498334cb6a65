"""`vedette dashboard`: what is printed and written, and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path

from tests.unit.test_cli import run

from vedette.dashboards.check import read_dashboard

GRAFANA = Path(__file__).parent / "grafana"


def test_import_tells_what_becomes_of_each_file(tmp_path: Path) -> None:
    """Counts and notes of each; a file that is none makes the exit code 3, and the others are read all the same."""
    (tmp_path / "bad.json").write_text("[]")
    done = run("dashboard", "import", tmp_path / "bad.json", GRAFANA / "modern.json", "--out", tmp_path / "ours")
    assert done.returncode == 3
    assert "bad.json: cannot be read" in done.stderr
    assert "left out" in done.stdout
    assert "left: Logs: the panel: panels of kind logs have no counterpart" in done.stdout
    written = json.loads((tmp_path / "ours" / "modern.json").read_text())
    assert written["name"] == "Nodes and more"
    assert len(read_dashboard(written["spec"]).widgets) == 12


def test_import_of_good_files_alone_succeeds(tmp_path: Path) -> None:
    """Exit code 0; nothing is overwritten by a second run."""
    for _ in range(2):
        done = run("dashboard", "import", GRAFANA / "former.json", "--out", tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["former-2.json", "former.json"]
