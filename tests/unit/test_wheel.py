"""The wheel: what users install."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import sysconfig
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "src" / "vedette" / "page"


def build(source: Path, out: Path) -> Path:
    """A wheel, built from a copy, so that a build beside it is not disturbed."""
    source.mkdir()
    for name in ("pyproject.toml", "setup.py", "README.md"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "src", source / "src", ignore=shutil.ignore_patterns("*.so", "*.egg-info", "__pycache__"))
    pip("wheel", "--no-build-isolation", "-w", str(out), str(source))
    return next(out.glob("*.whl"))


def pip(*arguments: str, python: str = sys.executable) -> None:
    command = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check", *arguments[:1]]
    done = subprocess.run(
        [*command, "-q", "--no-deps", "--no-index", *arguments[1:]], capture_output=True, text=True, timeout=110
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not (PAGE / "index.html").exists(), reason="the page is not built: make page")
def test_the_wheel_has_what_runs_and_serves_the_page(tmp_path: Path) -> None:
    """Python files, kernels, the whole page and nothing odd; installed far from the sources it serves the page."""
    wheel = build(tmp_path / "source", tmp_path / "out")
    check_names(wheel, tmp_path / "source" / "src")
    check_installed(wheel, tmp_path)


def check_names(wheel: Path, source: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    page = {str(path.relative_to(source)) for path in source.glob("vedette/page/**/*") if path.is_file()}
    packs = {str(path.relative_to(source)) for path in source.glob("vedette/packs/*/*/*") if path.is_file()}
    assert packs
    parts = [*source.glob("vedette/dashboards/plugins/frame.*"), *source.glob("vedette/dashboards/plugins/template/*")]
    page |= packs | {str(path.relative_to(source)) for path in parts if path.suffix != ".py"}
    kernels = {f"vedette/kernel/{path.stem}.abi3.so" for path in source.glob("vedette/kernel/_*.cpp")}
    assert page <= names
    assert "vedette/py.typed" in names
    # Without a compiler the wheel has none of them, which is right, but not some of them.
    assert names & kernels in (kernels, set())
    others = names - page - kernels - {"vedette/py.typed"}
    assert {name for name in others if not re.fullmatch(r"vedette/.*\.pyi?", name)} == set()


def check_installed(wheel: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "env")], check=True, timeout=60)
    python = tmp_path / "env" / "bin" / "python"
    pip("install", str(wheel), python=str(python))
    site = next((tmp_path / "env").glob("lib/*/site-packages"))
    # The dependencies are borrowed; an editable install beside them does not count: its own .pth is not read here.
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    where = subprocess.check_output([python, "-c", "import vedette; print(vedette.__file__)"], text=True, cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(tmp_path)
    command = [tmp_path / "env" / "bin" / "vedette", "serve", "--no-auth", "--port", "0", "--data", tmp_path / "data"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as server:
        try:
            assert server.stdout is not None
            url = server.stdout.readline().rpartition(" ")[2].strip()
            document = urllib.request.urlopen(url + "/", timeout=10).read().decode()
            scripts = re.findall(r'src="(/assets/[^"]+)"', document)
            assert scripts
            for script in scripts:
                assert urllib.request.urlopen(url + script, timeout=10).status == 200
            answer = json.load(urllib.request.urlopen(url + "/api/v1/query?query=1", timeout=10))
            assert answer["status"] == "success"
        finally:
            server.terminate()
