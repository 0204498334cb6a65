"""Importing a module does nothing but define: no thread, no file, no environment, no global state of others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# The switch between compiled kernels and their plain twins must be known where they are imported.
MAY_READ_ENVIRONMENT = {"src/vedette/config/load.py", "src/vedette/kernel/__init__.py"}

PROBE = """
import importlib, os, pkgutil, sys, threading
import numpy, starlette.applications, uvicorn, prometheus_client, psutil, structlog, click, httpx, pyarrow.parquet, yaml

EFFECTS = {"socket.bind", "socket.connect", "subprocess.Popen", "os.mkdir", "os.remove", "os.rename", "os.putenv"}
opened = []
def watch(event, arguments):
    if event == "open":
        path, mode = str(arguments[0]), arguments[1]
        if isinstance(mode, str) and any(letter in mode for letter in "wax+"):
            opened.append(f"opened {path} to write")
    elif event in EFFECTS:
        opened.append(f"{event} {arguments}")
sys.dont_write_bytecode = True
sys.addaudithook(watch)
import vedette
names = [info.name for info in pkgutil.walk_packages(vedette.__path__, "vedette.")]
environment, threads = dict(os.environ), threading.active_count()
collectors = len(list(prometheus_client.REGISTRY.collect()))
for name in names:
    importlib.import_module(name)
if dict(os.environ) != environment: opened.append("changed the environment")
if threading.active_count() != threads: opened.append("started threads")
if len(list(prometheus_client.REGISTRY.collect())) != collectors: opened.append("used the global registry")
print(len(names), *opened, sep="\\n")
"""


def test_importing_every_module_has_no_effects() -> None:
    """All modules import, and none opens a file to write, connects, starts something or registers globally."""
    run = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, cwd=ROOT, check=False)
    assert run.returncode == 0, run.stderr
    count, *effects = run.stdout.splitlines()
    assert int(count) > 50
    assert effects == []


def test_only_the_loader_reads_the_environment() -> None:
    """Settings are the one way in; anything else that looked at variables would be hidden from them."""
    bad = []
    for path in sorted((ROOT / "src").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        text = path.read_text(encoding="utf-8")
        if name not in MAY_READ_ENVIRONMENT and ("os.environ" in text or "getenv" in text):
            bad.append(name)
    assert bad == []


def test_rooms_are_handed_their_clock() -> None:
    """Only clock.py asks the machine for the time of day."""
    asks = ("time.time()", "time.time_ns()", "datetime.now(", "datetime.utcnow(", "date.today(")
    bad = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "src").rglob("*.py"))
        if path.name != "clock.py" and any(ask in path.read_text(encoding="utf-8") for ask in asks)
    ]
    assert bad == []
