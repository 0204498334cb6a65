"""What is a playlist, and what is told of one that is none."""

from __future__ import annotations

from typing import Any

import pytest

from vedette.dashboards.playlist import MAX_ITEMS, check_playlist
from vedette.errors import BadData


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"schema": 1, "description": "wall", "items": [{"dashboard": "d1", "seconds": 5}, {"dashboard": "gone"}]},
        {"items": [{"dashboard": "d1", "time": {"from": "now-6h", "to": "now"}}]},
    ],
)
def test_playlists_are_taken(spec: dict[str, Any]) -> None:
    """Whether their dashboards are there is asked when they are played."""
    check_playlist(spec)


@pytest.mark.parametrize(
    ("spec", "where"),
    [
        ({"items": 3}, "items"),
        ({"items": [{"seconds": 5}]}, "dashboard"),
        ({"items": [{"dashboard": "../x"}]}, "items"),
        ({"items": [{"dashboard": "d", "seconds": 4}]}, "seconds"),
        ({"items": [{"dashboard": "d", "seconds": 10**6}]}, "seconds"),
        ({"items": [{"dashboard": "d", "time": {"from": 6}}]}, "from"),
        ({"items": [{"dashboard": "d", "url": "javascript:0"}]}, "url"),
        ({"items": [{"dashboard": "d"}] * (MAX_ITEMS + 1)}, "items"),
        ({"schema": 2}, "schema"),
        ({"more": 1}, "more"),
    ],
)
def test_what_is_no_playlist_is_refused(spec: dict[str, Any], where: str) -> None:
    """With the field that is wrong."""
    with pytest.raises(BadData, match=where):
        check_playlist(spec)
