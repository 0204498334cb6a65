"""Files and functions stay small enough to be read; exceptions stand with their reason in size_baseline.txt."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
BASELINE = Path(__file__).with_name("size_baseline.txt")
PYTHON_FOLDERS = ("src", "tests", "bench", "scripts")
# (soft, hard) limits in lines
SOURCE_FILE = (400, 800)
TEST_FILE = (800, 800)
FUNCTION = (40, 80)
WEB_FILE = (400, 800)
COMPONENT = (150, 400)


def python_files() -> list[Path]:
    """Every Python file of the project."""
    return sorted(path for folder in PYTHON_FOLDERS for path in (ROOT / folder).rglob("*.py"))


def web_files() -> list[Path]:
    """Every hand-written file of the page; *.gen.* files are nobody's reading."""
    return sorted(
        path
        for path in (ROOT / "web" / "src").rglob("*.*")
        if path.suffix in (".ts", ".tsx", ".css") and ".gen." not in path.name
    )


def sizes() -> Iterator[tuple[str, int, tuple[int, int]]]:
    """(name, lines, (soft, hard)) of all that is limited."""
    for path in python_files():
        name = path.relative_to(ROOT).as_posix()
        text = path.read_text(encoding="utf-8")
        is_test = name.startswith("tests/")
        yield name, len(text.splitlines()), TEST_FILE if is_test else SOURCE_FILE
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                # A test tells a story from top to bottom; only the hard limit holds for it.
                yield f"{name}::{node.name}", node.end_lineno - node.lineno + 1, (80, 80) if is_test else FUNCTION
    for path in sorted((ROOT / "src").rglob("*.[ch]pp")):
        yield path.relative_to(ROOT).as_posix(), len(path.read_text(encoding="utf-8").splitlines()), SOURCE_FILE
    for path in web_files():
        limits = COMPONENT if path.suffix == ".tsx" else WEB_FILE
        yield path.relative_to(ROOT).as_posix(), len(path.read_text(encoding="utf-8").splitlines()), limits


def baseline() -> dict[str, str]:
    """Names that may exceed the soft limit, with their reasons."""
    lines = [line for line in BASELINE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    entries = [line.partition(": ") for line in lines]
    return {name.strip(): reason.strip() for name, _, reason in entries}


def test_nothing_exceeds_the_hard_limits() -> None:
    """No reason is good enough beyond these."""
    assert [f"{name}: {lines} > {hard}" for name, lines, (_, hard) in sizes() if lines > hard] == []


def test_what_exceeds_the_soft_limits_has_a_reason() -> None:
    """A larger file or function is named in the baseline, and only as long as it is larger."""
    large = {name: f"{name}: {lines} > {soft}" for name, lines, (soft, _) in sizes() if lines > soft}
    allowed = baseline()
    assert [text for name, text in large.items() if name not in allowed] == []
    assert sorted(set(allowed) - set(large)) == [], "no longer needed in size_baseline.txt"


def test_reasons_are_reasons() -> None:
    """An entry without words is none."""
    assert [name for name, reason in baseline().items() if len(reason.split()) < 3] == []
