"""The command line asks a server where people sign in with a key that is no argument."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.http.accounts_server import AccountsServer

SAMPLES = "# TYPE loaded gauge\nloaded 1 1700000000\n# EOF\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccountsServer]:
    """A server with an administrator."""
    it = AccountsServer(tmp_path_factory.mktemp("server"), "tsdb.retention=50y")
    it.start()
    yield it
    it.stop()


def run(folder: Path, *args: str, key: str = "") -> subprocess.CompletedProcess[str]:
    """A verb, with a key in the environment or without."""
    program = Path(sys.executable).with_name("vedette")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VEDETTE_API")}
    if key:
        environment["VEDETTE_API_KEY"] = key
    return subprocess.run(
        [str(program), *args], cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_verbs_show_a_key(server: AccountsServer, tmp_path: Path) -> None:
    """From a file or the environment; without one, or with one that may not, exit code 9 says what is missing."""
    (tmp_path / "a.om").write_text(SAMPLES)
    (tmp_path / "key").write_text(server.key("admin") + "\n")
    (tmp_path / "empty").write_text("\n")
    question = ("query", "loaded", "--time", "1700000000", "--url", server.url)
    load = ("load", "a.om", "--url", server.url)
    none = run(tmp_path, *question)
    assert (none.returncode, "--key-file" in none.stderr) == (9, True), none.stderr
    assert run(tmp_path, *load, key=server.key("read")).returncode == 9
    loaded = run(tmp_path, *load, "--key-file", "key")
    assert (loaded.returncode, loaded.stdout) == (0, "1 samples loaded\n"), loaded.stderr
    assert run(tmp_path, *question, key=server.key("read")).stdout.split() == ["loaded", "1"]
    span = ("--start", "1699999999", "--end", "1700000001")
    exported = run(tmp_path, "export", "loaded", *span, "-o", "o.csv", "--url", server.url, "--key-file", "key")
    assert exported.returncode == 0, exported.stderr
    assert run(tmp_path, *question, "--key-file", "empty").returncode == 3
    assert run(tmp_path, *question, "--key-file", "nothing").returncode == 4
