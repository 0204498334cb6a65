"""Every wrong settings file in tests/bad/config says in `# expect LINE: message` comments what must be reported."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vedette.config.load import load
from vedette.server.settings import Settings

FOLDER = Path(__file__).parents[1] / "bad" / "config"
EXPECTED = re.compile(r"^# expect (\d+): (.*)$", re.MULTILINE)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_names_every_error_with_its_line(path: Path) -> None:
    """All problems of a file are found in one go, each at its own line."""
    expected = [f"{path}:{line}: {message}" for line, message in EXPECTED.findall(path.read_text())]
    loaded = load(Settings, path)
    assert loaded.settings is None
    assert [str(problem) for problem in loaded.problems] == expected


def test_there_are_bad_files() -> None:
    """The folder is found; an empty one would make the test above pass without testing."""
    assert len(list(FOLDER.glob("*.toml"))) >= 6
