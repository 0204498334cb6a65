"""The documentation holds: commands run, settings and scrape files are accepted, links lead somewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from vedette.config.load import load
from vedette.scrape.config.file import load_config
from vedette.scrape.discovery.kind import find_kinds
from vedette.server.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```(\w+)( run)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
BIN = Path(sys.executable).parent


def blocks(language: str, *, runs: bool = False) -> list[tuple[Path, str]]:
    """Code blocks of a language in all pages; with `runs`, those marked to be run."""
    return [
        (page, match[3])
        for page in PAGES
        for match in BLOCK.finditer(page.read_text(encoding="utf-8"))
        if match[1] == language and bool(match[2]) == runs
    ]


def named(pairs: list[tuple[Path, str]]) -> list[object]:
    """Parameters whose ids are the pages."""
    return [pytest.param(text, id=f"{page.stem}-{number}") for number, (page, text) in enumerate(pairs)]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running server that has collected something."""
    folder = tmp_path_factory.mktemp("docs")
    command = [BIN / "vedette", "serve", "--no-auth", "--data", folder / "data", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().rpartition(" ")[2].strip()
        server.terminate()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("text", named(blocks("sh", runs=True)))
def test_commands_run(text: str, url: str, tmp_path: Path) -> None:
    """Blocks marked `sh run` succeed against a server, with its address in place of the usual one."""
    script = text.replace("http://127.0.0.1:9000", url).replace("curl ", "curl --fail-with-body ")
    script = script.replace("vedette query", f"{BIN}/vedette query --url {url}").replace(
        "vedette export", f"{BIN}/vedette export"
    )
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize("text", named([(page, text) for page, text in blocks("toml") if "outputs" not in text]))
def test_settings_are_accepted(text: str, tmp_path: Path) -> None:
    """Every settings file in the documentation is right."""
    path = tmp_path / "v.toml"
    path.write_text(text)
    assert load(Settings, path).problems == []


@pytest.mark.parametrize("text", named([(page, text) for page, text in blocks("yaml") if "scrape_configs" in text]))
def test_scrape_configurations_are_accepted(text: str, tmp_path: Path) -> None:
    """Every Prometheus configuration in the documentation is right."""
    path = tmp_path / "scrape.yml"
    path.write_text(text)
    assert load_config(path, find_kinds()).jobs


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """Relative links name files and folders that exist."""
    targets = [match[1] for match in LINK.finditer(page.read_text(encoding="utf-8"))]
    missing = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert missing == []
