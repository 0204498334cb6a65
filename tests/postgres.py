"""A real PostgreSQL for tests: a server of their own on a socket in a temporary folder, a database for each test."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

BINARIES = Path("/usr/lib/postgresql/15/bin")
USER = "vedette"
SETTINGS = ("fsync=off", "full_page_writes=off", "max_connections=60", "shared_buffers=16MB", "listen_addresses=")


def why_not() -> str:
    """Why no server can be started here; empty when one can."""
    if not (BINARIES / "postgres").exists():
        return f"PostgreSQL 15 is not in {BINARIES}: make peers"
    if os.getuid() == 0 and not _unprivileged():
        return "PostgreSQL refuses root, and there is no user postgres or nobody to run it as"
    return ""


class PostgresServer:
    """Runs until `stop`."""

    def __init__(self) -> None:
        # Not below pytest's folder: that is closed to the user who runs the server, and too long for a socket's name.
        self.folder = Path(tempfile.mkdtemp(prefix="vedette-pg-", dir="/tmp"))
        self._as = _unprivileged() if os.getuid() == 0 else {}
        if self._as:
            os.chown(self.folder, int(self._as["user"]), int(self._as["group"]))
        self._run("initdb", "-D", str(self.folder / "data"), "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync")
        self._numbers = itertools.count(1)
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        options = [part for setting in SETTINGS for part in ("-c", setting)]
        command = [str(BINARIES / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder), *options]
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", **self._as)
        for _ in range(600):
            if self._ask("SELECT 1", "postgres").returncode == 0:
                return process
            time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text())

    def stop(self) -> None:
        """Stop and remove everything."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)

    def database(self, template: str = "template1") -> str:
        """URL of a new database."""
        name = f"test{next(self._numbers)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def url(self, name: str) -> str:
        """URL of a database."""
        return f"postgresql+psycopg://{USER}:unused@/{name}?host={self.folder}"

    def name_of(self, url: str) -> str:
        """The database of a URL."""
        return url.partition("@/")[2].partition("?")[0]

    def execute(self, sql: str, database: str = "postgres") -> str:
        """What psql prints."""
        done = self._ask(sql, database)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def load(self, script: Path, database: str) -> None:
        """Run a file of statements."""
        self.execute(script.read_text(encoding="utf-8"), database)

    def dump(self, database: str, *options: str) -> str:
        """All of a database as statements."""
        return self._run("pg_dump", "-h", str(self.folder), "-U", USER, "--no-owner", *options, database)

    def _ask(self, sql: str, database: str) -> subprocess.CompletedProcess[str]:
        command = [str(BINARIES / "psql"), "-h", str(self.folder), "-U", USER, "-d", database, "-qAt", "-f", "-"]
        command += ["-v", "ON_ERROR_STOP=1"]
        return subprocess.run(command, input=sql, capture_output=True, text=True, timeout=60, check=False)

    def _run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [str(BINARIES / program), *arguments], capture_output=True, text=True, cwd="/", check=False, **self._as
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def _unprivileged() -> dict[str, int | list[int]]:
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    return {}
