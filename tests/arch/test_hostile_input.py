"""What the sources must not contain: ways by which texts of strangers become code, objects or endless work."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "vedette"
WEB = Path(__file__).parents[2] / "web" / "src"
MODULES = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "jsonpickle"}
CALLS = {"eval", "exec", "compile", "__import__"}
LOADS = {"yaml.load", "yaml.load_all", "yaml.full_load", "yaml.unsafe_load", "np.load", "numpy.load", "os.system"}
PATTERN_CALLS = {"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
OWN_PATTERNS = {"tsdb/files.py"}
"""Patterns put together from constants of the same file."""
IN_PAGES = ("dangerouslySetInnerHTML", ".innerHTML", ".outerHTML", "insertAdjacentHTML", "document.write", "eval(")


def files() -> list[Path]:
    """Every source file."""
    found = sorted(SOURCE.rglob("*.py"))
    assert len(found) > 100
    return found


def name_of(node: ast.expr) -> str:
    """A dotted name as it is written."""
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call with what is called."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield name_of(node.func), node


def test_bytes_never_become_objects() -> None:
    """CVE-2023-37941: no pickle or anything like it is imported, and YAML is read by its safe loader alone."""
    found = []
    for path in files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{path}: {name}" for name in names if name.partition(".")[0] in MODULES]
        found += [f"{path}: {name}" for name, _ in calls(path) if name in LOADS]
    assert found == []


def test_texts_never_become_code() -> None:
    """No eval, exec or shell."""
    found = [f"{path}: {name}" for path in files() for name, _ in calls(path) if name in CALLS]
    for path in files():
        for name, call in calls(path):
            in_shell = any(word.arg == "shell" for word in call.keywords)
            found += [f"{path}: {name} in a shell"] if in_shell else []
    assert found == []


def test_patterns_of_users_are_for_re2() -> None:
    """ASVS 1.3.12: Python's `re` gets constants only; whatever somebody wrote goes to RE2, which is linear."""
    found = []
    for path in files():
        if path.relative_to(SOURCE).as_posix() in OWN_PATTERNS:
            continue
        for name, call in calls(path):
            room, _, verb = name.rpartition(".")
            if room == "re" and verb in PATTERN_CALLS and not isinstance(call.args[0], ast.Constant):
                found.append(f"{path}:{call.lineno}")
    assert found == []


def test_statements_are_not_put_together_from_texts() -> None:
    """ASVS 1.2.4: SQL of a text with something inserted does not reach the database."""
    found = []
    for path in [*(SOURCE / "catalog").glob("*.py"), *(SOURCE / "auth").glob("*.py")]:
        for name, call in calls(path):
            verb = name.rpartition(".")[2]
            if verb in ("text", "exec_driver_sql") and call.args and not is_constant(call.args[0]):
                found.append(f"{path}:{call.lineno}")
    assert found == []


def is_constant(node: ast.expr) -> bool:
    """A literal, a constant's name, or a literal with only such inserted."""
    if isinstance(node, ast.JoinedStr):
        return all(is_constant(part.value if isinstance(part, ast.FormattedValue) else part) for part in node.values)
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id.isupper())


@pytest.mark.skipif(not WEB.is_dir(), reason="the page's sources are not here")
def test_pages_make_text_nodes_only() -> None:
    """CVE-2026-40179 and its like: no source of the page turns text into markup."""
    sources = [path for path in sorted(WEB.rglob("*.ts*")) if ".test." not in path.name]
    assert sources
    found = [f"{path}: {way}" for path in sources for way in IN_PAGES if way in path.read_text(encoding="utf-8")]
    assert found == []
