"""Every setting is changed by at least one test, so that none is without effect."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vedette.config.tree import Field, fields_of
from vedette.server.settings import Settings

TESTS = Path(__file__).parents[1]
ALL_TEXT = "\n".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("*.py") if "arch" not in path.parts)


@pytest.mark.parametrize("item", fields_of(Settings), ids=lambda item: item.key)
def test_a_test_changes_it(item: Field) -> None:
    """The field or its dotted name occurs in a test with another value than by accident."""
    by_keyword = re.search(rf"\b{item.path[-1]}=", ALL_TEXT)
    by_name = f"{item.key}=" in ALL_TEXT or f'"{item.key}"' in ALL_TEXT or item.key.replace(".", "__") in ALL_TEXT
    assert by_keyword or by_name, f"no test sets {item.key}"
