"""What is generated is up to date, and what it is generated from is complete."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from vedette.config.reference import default_text, describe
from vedette.config.tree import Field, fields_of
from vedette.server.settings import Settings

ROOT = Path(__file__).parents[2]


def generated() -> dict[Path, str]:
    """Content of every generated file, as scripts/generate.py would write it."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "scripts" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return dict(module.generated())


@pytest.mark.parametrize(("path", "text"), [(path, text) for path, text in generated().items()], ids=lambda it: "")
def test_generated_files_are_up_to_date(path: Path, text: str) -> None:
    """`make gen` has been run since the last change."""
    assert path.is_file(), f"{path} is missing: run make gen"
    assert path.read_text(encoding="utf-8") == text, f"{path} is stale: run make gen"


@pytest.mark.parametrize("item", fields_of(Settings), ids=lambda item: item.key)
def test_every_setting_is_documented(item: Field) -> None:
    """Each field has a docstring that says what it does, in a sentence."""
    text = describe(item)
    assert text.endswith((".", ")")), f"{item.owner.__name__}.{item.path[-1]} needs a docstring"
    assert default_text(item)


def test_every_metric_has_a_help_text() -> None:
    """The page of our own metrics has words in each row, and a name that says its room."""
    rows = (ROOT / "docs/reference/metrics.md").read_text(encoding="utf-8").splitlines()
    rows = [row for row in rows if row.startswith("| `")]
    assert len(rows) > 40
    assert [row for row in rows if len(row.split("|")[3].split()) < 2] == []
    assert [row for row in rows if not row.startswith(("| `vedette_", "| `process_"))] == []
