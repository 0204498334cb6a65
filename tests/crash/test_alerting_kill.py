"""kill -9 while alerts storm: every transition is told, and what is told twice has the same key."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.alerting.servers import Hook, hook, reply

pytestmark = pytest.mark.crash
GROUPS = 12
CYCLES = 4
CHILD = """
import asyncio, sys
from pathlib import Path
from tests.alerting.crash_child import main
asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
"""


async def start(folder: Path, url: str) -> asyncio.subprocess.Process:
    """A process that takes alerts by lines of its input and says `ok` when each is durable."""
    pipe = asyncio.subprocess.PIPE
    root = Path(__file__).parents[2]
    command = (sys.executable, "-c", CHILD, str(folder), url)
    child = await asyncio.create_subprocess_exec(
        *command, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, cwd=root
    )
    assert await read(child) == "ready"
    return child


async def read(child: asyncio.subprocess.Process) -> str:
    """A line of its output."""
    assert child.stdout is not None
    return (await asyncio.wait_for(child.stdout.readline(), 60)).decode().strip()


async def say(child: asyncio.subprocess.Process, group: int, *, fires: bool) -> bool:
    """An alert begins or ends; whether the process said that it has it."""
    assert child.stdin is not None
    try:
        child.stdin.write(json.dumps([group, fires]).encode() + b"\n")
        await child.stdin.drain()
        return await read(child) == "ok"
    except (BrokenPipeError, ConnectionResetError):
        return False


def told(it: Hook) -> dict[str, list[tuple[str, str]]]:
    """(status, key) by group in the order of arrival."""
    found: dict[str, list[tuple[str, str]]] = {}
    for _, headers, body in it.requests:
        said: dict[str, Any] = json.loads(body)
        found.setdefault(said["groupLabels"]["g"], []).append((said["status"], headers["idempotency-key"]))
    return found


async def test_no_transition_is_lost_and_none_is_told_twice_with_another_key(tmp_path: Path) -> None:
    """Alerts begin and end, receivers fail, the process is killed at random; in the end each group is as it is told."""
    chance = random.Random(7)
    state = dict.fromkeys(range(GROUPS), False)
    begun = dict.fromkeys(range(GROUPS), 0)
    async with hook() as it:
        for _ in range(CYCLES):
            child = await start(tmp_path, it.url)
            killing = asyncio.get_running_loop().call_later(chance.uniform(0.3, 1.2), child.send_signal, signal.SIGKILL)
            try:
                while child.returncode is None:
                    group = chance.randrange(GROUPS)
                    it.answers = [reply(503)] if chance.random() < 0.2 else []
                    if await say(child, group, fires=not state[group]):
                        state[group] = not state[group]
                        begun[group] += state[group]
                    await asyncio.sleep(0.01)
            finally:
                killing.cancel()
                if child.returncode is None:
                    child.kill()
                await child.wait()
        it.answers = []
        child = await start(tmp_path, it.url)
        for group in range(GROUPS):
            # What was said as the process died may or may not have been taken: say how it is.
            assert await say(child, group, fires=state[group])
        for _ in range(300):
            now = told(it)
            if all(agrees(now.get(str(group), []), fires) for group, fires in state.items()):
                break
            await asyncio.sleep(0.1)
        child.kill()
        await child.wait()
    found = told(it)
    assert len(it.requests) > GROUPS
    for group, fires in state.items():
        seen = found.get(str(group), [])
        assert agrees(seen, fires), (group, fires, seen)
        once = list(dict.fromkeys(seen))
        assert len({key for _, key in once}) == len(once), "one key for two states"
        # A receiver that passes over keys it has sees each beginning followed by its end.
        statuses = [status for status, _ in once]
        assert all(one != other for one, other in pairwise(statuses)), statuses
        assert len(statuses) <= 2 * begun[group] + 2 * CYCLES


def agrees(seen: list[tuple[str, str]], fires: bool) -> bool:
    """Whether the last that was told of a group is how it is."""
    return (seen[-1][0] == "firing") == fires if seen else not fires
