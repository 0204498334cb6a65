"""`/api/history/metrics` and `/api/metrics/at`: what was, of all series that somebody may see."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.unit.test_settings_take_effect import push, serving

T = 1_700_000_000
LINES = "".join(
    f'temp{{room="{room}"}} {room * 100 + at} {(T + at * 10) * 1000}\n' for room in (1, 2) for at in range(7)
)
PUSHED = LINES + f'other{{room="1"}} 5 {(T + 30) * 1000}\n'
KEEP = {"tsdb__retention": "0"}


def series(body: dict[str, Any]) -> dict[str, list[Any]]:
    """Values by name and room."""
    found = body["data"]["series"]
    return {f"{one['labels']['__name__']}{one['labels']['room']}": one["values"] for one in found}


async def ask(client: httpx.AsyncClient, path: str, **parameters: Any) -> dict[str, Any]:
    """A good answer."""
    named = {name.replace("match", "match[]"): value for name, value in parameters.items()}
    answer = await client.get(path, params=named)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_all_series_over_a_time(tmp_path: Path) -> None:
    """Each series at each step of the time; without a step there are about 250 moments."""
    async with serving(tmp_path, **KEEP) as client:
        await push(client, PUSHED)
        body = await ask(client, "/api/history/metrics", start=T, end=T + 60, step="20s")
        assert body["data"]["timestamps_ms"] == [T * 1000, (T + 20) * 1000, (T + 40) * 1000, (T + 60) * 1000]
        assert series(body) == {
            "temp1": [100, 102, 104, 106],
            "temp2": [200, 202, 204, 206],
            "other1": [None, None, 5, 5],
        }
        assert (body["series_total"], body["truncated"]) == (3, False)
        long = await ask(client, "/api/history/metrics", start=T, end=T + 86_400, match="temp")
        assert (long["data"]["step_ms"], len(long["data"]["timestamps_ms"])) == (346_000, 250)


async def test_all_series_at_a_moment(tmp_path: Path) -> None:
    """The value that stood then; those of several selectors are together, each series once."""
    async with serving(tmp_path, **KEEP) as client:
        await push(client, PUSHED)
        body = await ask(client, "/api/metrics/at", time=T + 25)
        assert (body["data"]["resultType"], body["data"]["timestamps_ms"]) == ("vector", [(T + 25) * 1000])
        assert series(body) == {"temp1": [102], "temp2": [202]}
        several = await ask(client, "/api/metrics/at", time=T + 35, match=["temp", '{room="1"}'])
        assert series(several) == {"temp1": [103], "temp2": [203], "other1": [5]}
        few = await ask(client, "/api/metrics/at", time=T + 35, limit=1)
        assert (len(few["data"]["series"]), few["series_total"], few["truncated"]) == (1, 3, True)
        nothing = await ask(client, "/api/metrics/at", time=T - 10_000)
        assert (nothing["data"]["series"], nothing["series_total"]) == ([], 0)


@pytest.mark.parametrize(
    "query",
    [
        "/api/metrics/at",
        "/api/metrics/at?time=x",
        "/api/metrics/at?time=1&limit=0",
        "/api/metrics/at?time=1&limit=99999",
        "/api/metrics/at?time=1&match[]=sum(x)",
        "/api/metrics/at?time=1" + "&match[]=x" * 21,
        "/api/history/metrics?start=1",
        "/api/history/metrics?start=2&end=1",
        "/api/history/metrics?start=1&end=9&step=0",
        "/api/history/metrics?start=1&end=99999999&step=1",
    ],
)
async def test_what_makes_no_sense_is_refused(tmp_path: Path, query: str) -> None:
    """With status 400, before anything is read."""
    async with serving(tmp_path) as client:
        assert (await client.get(query)).status_code == 400
