"""Settings come from defaults, a file, the environment and flags; each later source wins."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from vedette.config.load import load
from vedette.config.tree import fields_of
from vedette.config.units import parse_size_bytes, print_size_bytes
from vedette.errors import BadData


@dataclass(frozen=True)
class Inner:
    """A nested part."""

    wait_s: float = 1.0
    pause_ms: int = 250
    whole_s: int = 60
    room_bytes: int = 1024
    rate_per_s: float = 2.0
    mode: Literal["slow", "fast"] = "slow"
    names: tuple[str, ...] = ()
    groups: dict[str, str] = field(default_factory=dict)
    limit: int | None = None


@dataclass(frozen=True)
class Root:
    """A tree."""

    folder: Path = Path("here")
    on: bool = False
    inner: Inner = field(default_factory=Inner)


def write(tmp_path: Path, text: str) -> Path:
    """A settings file."""
    path = tmp_path / "v.toml"
    path.write_text(text)
    return path


def test_defaults_stand_when_nothing_is_set() -> None:
    """Without sources the tree is that of the dataclasses."""
    assert load(Root).require() == Root()


def test_names_leave_the_unit_out_but_rates_keep_theirs() -> None:
    """`wait_s` is set as `wait`; `rate_per_s` is a number, no duration."""
    assert [item.key for item in fields_of(Root)][:7] == [
        "folder",
        "on",
        "inner.wait",
        "inner.pause",
        "inner.whole",
        "inner.room",
        "inner.rate_per_s",
    ]


def test_file_gives_every_kind_of_value(tmp_path: Path) -> None:
    """Durations and sizes are texts; each lands in the unit of its field."""
    path = write(
        tmp_path,
        """
        folder = "there"
        [inner]
        wait = "1m30s"
        pause = "2s"
        whole = "2h"
        room = "1.5KiB"
        rate_per_s = 3
        mode = "fast"
        names = ["a", "b"]
        groups = {web = "nginx"}
        limit = 7
        """,
    )
    expected = Inner(90.0, 2000, 7200, 1536, 3.0, "fast", ("a", "b"), {"web": "nginx"}, 7)
    assert load(Root, path).require() == Root(Path("there"), False, expected)


def test_environment_beats_file_and_flags_beat_both(tmp_path: Path) -> None:
    """The order is file, environment, flags; each setting knows its source."""
    path = write(tmp_path, 'folder = "file"\n[inner]\nwait = "1s"\npause = "1s"\n')
    environ = {"VEDETTE_INNER_WAIT": "2s", "VEDETTE_INNER_PAUSE": "2s", "VEDETTE_ON": "yes"}
    loaded = load(Root, path, environ, {"inner.pause": "3s"})
    settings = loaded.require()
    assert (settings.folder, settings.on, settings.inner.wait_s, settings.inner.pause_ms) == (
        Path("file"),
        True,
        2,
        3000,
    )
    assert loaded.sources == {
        "folder": f"{path}:1",
        "on": "VEDETTE_ON",
        "inner.wait": "VEDETTE_INNER_WAIT",
        "inner.pause": "flag inner.pause",
    }


def test_environment_texts_become_lists_numbers_and_tables() -> None:
    """Lists are separated by commas, tables are name=value pairs."""
    environ = {"VEDETTE_INNER_NAMES": "a, b", "VEDETTE_INNER_GROUPS": "web=nginx,db=pg", "VEDETTE_INNER_LIMIT": "3"}
    inner = load(Root, None, environ).require().inner
    assert (inner.names, inner.groups, inner.limit) == (("a", "b"), {"web": "nginx", "db": "pg"}, 3)


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"VEDETTE_INER_WAIT": "1s"}, "VEDETTE_INER_WAIT: unknown setting; did you mean 'VEDETTE_INNER_WAIT'?"),
        ({"VEDETTE_ON": "maybe"}, "VEDETTE_ON: on: expected true or false, got 'maybe'"),
        ({"VEDETTE_INNER_LIMIT": "x"}, "VEDETTE_INNER_LIMIT: inner.limit: expected a number, got 'x'"),
        ({"VEDETTE_INNER_MODE": "idle"}, "VEDETTE_INNER_MODE: inner.mode: Invalid enum value 'idle'"),
        ({"VEDETTE_INNER_WHOLE": "100ms"}, "VEDETTE_INNER_WHOLE: inner.whole: whole seconds are needed, got '100ms'"),
    ],
)
def test_wrong_variables_are_named(environ: dict[str, str], message: str) -> None:
    """A problem from the environment names the variable."""
    assert [str(problem) for problem in load(Root, None, environ).problems] == [message]


def test_variables_of_others_are_ignored() -> None:
    """Only the prefix VEDETTE_ is ours, and the kernel switch is no setting."""
    assert load(Root, None, {"PATH": "/bin", "VEDETTE_NO_KERNEL": "1"}).require() == Root()


def test_unreadable_file_is_a_problem_like_others(tmp_path: Path) -> None:
    """A missing file, a folder and bytes that are no text are reported, not raised."""
    binary = tmp_path / "b.toml"
    binary.write_bytes(b"\xff\xfe")
    for path, message in (
        (tmp_path / "none.toml", "cannot be read: No such file or directory"),
        (tmp_path, "cannot be read: Is a directory"),
        (binary, "cannot be read: not UTF-8 text"),
    ):
        assert [str(problem) for problem in load(Root, path).problems] == [f"{path}: {message}"]


def test_require_raises_all_problems_at_once() -> None:
    """The one error that a caller sees carries every problem."""
    with pytest.raises(BadData) as caught:
        load(Root, None, {"VEDETTE_ON": "x", "VEDETTE_INNER_WAIT": "x"}).require()
    assert len(caught.value.message.splitlines()) == 2


@pytest.mark.parametrize(
    ("text", "size"), [("0", 0), ("12B", 12), ("1.5 KiB", 1536), ("2mb", 2_000_000), ("1TiB", 2**40)]
)
def test_sizes(text: str, size: int) -> None:
    """Decimal and binary units, in any case."""
    assert parse_size_bytes(text) == size


@pytest.mark.parametrize("size", [0, 1, 1023, 1024, 3 * 2**20, 2**40, 2**30 + 1])
def test_printed_sizes_read_back(size: int) -> None:
    """The notation is exact."""
    assert parse_size_bytes(print_size_bytes(size)) == size
