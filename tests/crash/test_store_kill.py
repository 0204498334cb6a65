"""kill -9 at any moment: nothing that was acknowledged is lost, nothing is there that was not sent."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from tests.crash import history

from vedette.tsdb.db import Tsdb

WRITER = Path(history.__file__).with_name("writer.py")
STEPS_PER_FOLDER = 900


@pytest.mark.crash
@pytest.mark.timeout(3600)
def test_kill_at_any_moment(tmp_path: Path, crash_cycles: int) -> None:
    """After every kill the store holds exactly the acknowledged steps, and perhaps the one that was under way."""
    rng = random.Random(int(os.environ.get("VEDETTE_CRASH_SEED", "0")) or None)
    folder, step, number = tmp_path / "0", 0, 0
    for _ in range(crash_cycles):
        if step > STEPS_PER_FOLDER:
            number, step = number + 1, 0
            folder = tmp_path / str(number)
        acknowledged = run_and_kill(folder, step, rng)
        step = reopen_and_check(folder, acknowledged)


def run_and_kill(folder: Path, step: int, rng: random.Random) -> int:
    """Let the writer go on from a step, kill it at random; the steps it acknowledged in all."""
    writer = subprocess.Popen([sys.executable, str(WRITER), str(folder), str(step)], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    for _ in range(rng.choice([1, 3, 20, 60, 150])):
        line = writer.stdout.readline()
        assert line, f"the writer ended by itself with {writer.wait()}"
        step = int(line)
    time.sleep(rng.random() * 0.02)
    writer.send_signal(signal.SIGKILL)
    rest = writer.stdout.read()
    writer.stdout.close()
    writer.wait()
    # A line that was cut off was not received as an acknowledgement.
    return max([step, *(int(line) for line in rest.split(b"\n")[:-1])])


def reopen_and_check(folder: Path, acknowledged: int) -> int:
    """Open what the kill left behind, compare, and return the steps that are stored."""
    store = Tsdb(folder, replace(history.SETTINGS, background=False), history.clock(), CollectorRegistry())
    try:
        assert store.problems == []
        return history.check(store, acknowledged, acknowledged + 1)
    finally:
        store.close()
