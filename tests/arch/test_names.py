"""Names say what things are: no drawer for odds and ends, no marks of unfinished work, no foreign addresses."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
DRAWERS = re.compile(r"^(utils?|helpers?|managers?|common|misc|lib|stuff|temp|tmp|old|new)$")
# The scrape manager is Prometheus' own word for what reloads targets.
FIELD_TERMS = {"src/vedette/scrape/manager.py"}
UNFINISHED = re.compile(r"(?:#|//|/\*|<!--).*\b(TODO|FIXME|XXX|HACK)\b")
SUPPRESSION = re.compile(r"#\s*(?:noqa(?P<noqa>.*)|type:\s*ignore(?P<ignore>.*))")
WITH_CODE_AND_REASON = re.compile(r"^(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|\[[a-z-]+(?:,\s*[a-z-]+)*\])\s*(?:-|#)\s*\w.*$")
TEXT_SUFFIXES = {
    ".py",
    ".ts",
    ".tsx",
    ".css",
    ".md",
    ".toml",
    ".cpp",
    ".hpp",
    ".js",
    ".html",
    ".sh",
    ".yml",
    ".yaml",
    "",
}


def tracked() -> list[Path]:
    """Files under version control, or all files of a copy without it."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


def texts() -> list[tuple[str, str]]:
    """(name, text) of every hand-written file."""
    found = []
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        if path.suffix in TEXT_SUFFIXES and ".gen." not in name and not name.endswith(("package-lock.json", ".lock")):
            found.append((name, path.read_text(encoding="utf-8", errors="replace")))
    return found


def test_no_file_or_folder_is_a_drawer() -> None:
    """A name like `utils` says nothing about what is inside."""
    bad = set()
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        parts = [part.partition(".")[0] for part in Path(name).parts]
        if any(DRAWERS.match(part.lower()) for part in parts) and name not in FIELD_TERMS:
            bad.add(name)
    assert sorted(bad) == []


def test_nothing_is_left_unfinished() -> None:
    """What is not done is not in the source."""
    here = Path(__file__).relative_to(ROOT).as_posix()
    assert [name for name, text in texts() if name != here and UNFINISHED.search(text)] == []


def test_every_suppression_names_its_rule_and_reason() -> None:
    """`noqa` and `type: ignore` carry a code and say why."""
    bad = []
    for name, text in texts():
        if not name.endswith(".py") or name.startswith("tests/"):
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            match = SUPPRESSION.search(line)
            if match and not WITH_CODE_AND_REASON.match((match["noqa"] or match["ignore"] or "").strip()):
                bad.append(f"{name}:{number}: {line.strip()}")
    assert bad == []


def test_every_test_states_its_rule() -> None:
    """A test's docstring is the rule that it proves."""
    bad = []
    for name, text in texts():
        if name.startswith("tests/") and name.endswith(".py"):
            lines = text.splitlines()
            for number, line in enumerate(lines):
                if re.match(r"\s*(async )?def test_", line):
                    end = number
                    while not lines[end].rstrip().endswith(":"):
                        end += 1
                    if '"""' not in (lines[end + 1] if end + 1 < len(lines) else ""):
                        bad.append(f"{name}:{number + 1}: {line.strip()}")
    assert bad == []
