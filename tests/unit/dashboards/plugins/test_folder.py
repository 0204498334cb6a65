"""Plugins in folders: only what is in the folder, only what is pinned, and only what can stand in a document."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.unit.dashboards.plugins.authored import DRAW, write_plugin

from vedette.cli.main import vedette
from vedette.dashboards.plugins.authoring import new_plugin, pin_plugin
from vedette.dashboards.plugins.folder import MAX_FILE_BYTES, digest_of, read_plugin
from vedette.dashboards.plugins.frame import frame_of
from vedette.dashboards.plugins.shelf import Shelf
from vedette.dashboards.settings import DashboardSettings
from vedette.errors import BadData, Conflict

EXAMPLES = Path(__file__).parents[4] / "examples" / "plugins"
NODE = shutil.which("node")


def refusal(folder: Path) -> str:
    """Why a plugin is refused."""
    with pytest.raises(BadData) as caught:
        read_plugin(folder)
    return caught.value.message


def set_field(folder: Path, name: str, value: object) -> None:
    """Change one field of a manifest, and nothing else."""
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {name: value}))


def test_a_changed_file_is_refused_and_in_development_told(tmp_path: Path) -> None:
    """Both hashes are named; in development it is taken, and known as not pinned."""
    folder = write_plugin(tmp_path, "one")
    assert read_plugin(folder).is_pinned
    (folder / "widget.js").write_text(DRAW + "// more\n")
    digest = hashlib.sha256((folder / "widget.js").read_bytes()).hexdigest()
    assert refusal(folder).startswith(f"widget.js: its SHA-256 is {digest[:12]}…, the manifest pins ")
    assert not read_plugin(folder, development=True).is_pinned
    pin_plugin(folder)
    assert read_plugin(folder).is_pinned


@pytest.mark.parametrize("name", ["widget.js", "icon.svg", "manifest.json"])
def test_links_lead_nowhere(tmp_path: Path, name: str) -> None:
    """A file that is a link is refused, wherever it leads: what it leads to is nobody's business."""
    folder = write_plugin(tmp_path, "one")
    secret = tmp_path / "secret"
    (folder / name).replace(secret)
    (folder / name).symlink_to(secret)
    assert refusal(folder) == f"{name}: is a link"


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    """Also where it leads to a plugin that is right."""
    write_plugin(tmp_path / "elsewhere", "one")
    (tmp_path / "data" / "plugins").mkdir(parents=True)
    (tmp_path / "data" / "plugins" / "one").symlink_to(tmp_path / "elsewhere" / "one")
    shelf = Shelf(DashboardSettings(), tmp_path / "data")
    assert (shelf.shown(), [one.name for one in shelf.refused()]) == ([], ["one"])


def test_what_is_no_plain_file_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe without a writer would hold whoever opens it; a folder is no file."""
    folder = write_plugin(tmp_path, "one")
    (folder / "icon.svg").unlink()
    os.mkfifo(folder / "icon.svg")
    assert refusal(folder) == "icon.svg: is no plain file"
    (folder / "icon.svg").unlink()
    (folder / "icon.svg").mkdir()
    assert "icon.svg: " in refusal(folder)
    (folder / "icon.svg").rmdir()
    assert "No such file" in refusal(folder)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("const a = '</SCRIPT >';\n" + DRAW, "line 1: write </script as"),
        (DRAW + "// <!-- x\n", "line 2: write <!-- as"),
        (DRAW + "\r\n", "lines must end with LF alone"),
        (DRAW + "\0", "has a zero byte"),
        ("import x from './x.js';\n" + DRAW, "line 1: a plugin is one module"),
        ("\n\nimport './x.js';\n" + DRAW, "line 3: a plugin is one module"),
        (DRAW + "export * from './x.js';\n", "line 2: a plugin is one module"),
        ("draw();\n", "nothing calls vedette.define"),
        ("x" * (MAX_FILE_BYTES + 1), "is larger than"),
    ],
)
def test_what_cannot_stand_in_the_document_is_refused(tmp_path: Path, code: str, words: str) -> None:
    """With the line: it would end the script, or be another text than the one that is pinned."""
    folder = write_plugin(tmp_path, "one")
    (folder / "widget.js").write_bytes(code.encode())
    set_field(folder, "files", {name: digest_of((folder / name).read_bytes()) for name in ("widget.js", "icon.svg")})
    assert words in refusal(folder)


def test_text_that_is_no_utf8_and_icons_that_are_none_are_refused(tmp_path: Path) -> None:
    """Whatever their names say."""
    folder = write_plugin(tmp_path, "one")
    (folder / "widget.js").write_bytes(b"// \xff\n" + DRAW.encode())
    pin_plugin(folder)
    assert refusal(folder) == "widget.js: is no UTF-8 at byte 3"
    folder = write_plugin(tmp_path, "two")
    (folder / "icon.svg").write_bytes(b"\x89PNG\r\n\x1a\n")
    pin_plugin(folder)
    assert refusal(folder) == "icon.svg: is not what its name says"


def test_a_plugin_has_the_name_of_its_folder(tmp_path: Path) -> None:
    """So that two of one name cannot stand beside each other unseen."""
    write_plugin(tmp_path, "one").rename(tmp_path / "other")
    assert "is not the name of its folder" in refusal(tmp_path / "other")


def test_the_document_runs_what_is_pinned_and_nothing_else(tmp_path: Path) -> None:
    """The policy names both scripts by their hashes, the module's as the manifest has it; the rest is nothing."""
    folder = write_plugin(tmp_path, "one", title='<b>"&')
    plugin = read_plugin(folder)
    frame = frame_of(plugin)
    pinned = base64.b64encode(bytes.fromhex(plugin.manifest.files["widget.js"])).decode()
    scripts = re.findall(rb"<script[^>]*>(.*?)</script>", frame.document, re.DOTALL)
    assert scripts[1] == plugin.entry
    sources = re.search(r"script-src ([^;]*);", frame.policy)
    assert sources is not None
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}'" for text in scripts]
    assert sources[1].split() == hashes
    assert f"'sha256-{pinned}'" in hashes
    assert "default-src 'none'" in frame.policy
    assert "sandbox allow-scripts;" in frame.policy
    assert b"<title>&lt;b&gt;&quot;&amp;</title>" in frame.document


def test_the_name_of_a_document_changes_with_its_content(tmp_path: Path) -> None:
    """Entry, icon and title: what is kept for ever under an address never becomes something else."""
    folder = write_plugin(tmp_path, "one")
    seen = {frame_of(read_plugin(folder)).digest}
    write_plugin(tmp_path, "one", DRAW + "\n")
    seen.add(frame_of(read_plugin(folder)).digest)
    write_plugin(tmp_path, "one", DRAW + "\n", title="Other")
    seen.add(frame_of(read_plugin(folder)).digest)
    (folder / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    pin_plugin(folder)
    seen.add(frame_of(read_plugin(folder)).digest)
    assert len(seen) == 4


def test_the_shelf_follows_its_folders(tmp_path: Path) -> None:
    """New ones, changed ones, broken ones and those that are gone; an unchanged one stays the very same."""
    home, other = tmp_path / "plugins", tmp_path / "other"
    one = write_plugin(home, "one")
    write_plugin(other, "two")
    (home / ".git").mkdir()
    shelf = Shelf(DashboardSettings(plugins=(str(other), str(tmp_path / "missing"))), tmp_path)
    assert [shown.plugin.manifest.name for shown in shelf.shown()] == ["one", "two"]
    before = shelf.shown()
    shelf.look()
    assert all(now is then for now, then in zip(shelf.shown(), before, strict=True))
    digest = before[0].frame.digest
    assert shelf.get("one", digest) is before[0]
    (one / "widget.js").write_text(DRAW + "// changed\n")
    shelf.look()
    assert [shown.plugin.manifest.name for shown in shelf.shown()] == ["two"]
    assert [(refused.name, refused.error[:9]) for refused in shelf.refused()] == [("one", "widget.js")]
    assert shelf.get("one", digest) is None
    pin_plugin(one)
    shutil.rmtree(other)
    shelf.look()
    assert [shown.plugin.manifest.name for shown in shelf.shown()] == ["one"]
    assert shelf.refused() == []


def test_one_folder_may_be_a_plugin_itself_and_the_first_of_a_name_counts(tmp_path: Path) -> None:
    """The data folder comes first."""
    write_plugin(tmp_path / "plugins", "one", title="First")
    second = write_plugin(tmp_path / "other", "one", title="Second")
    shelf = Shelf(DashboardSettings(plugins=(str(second),)), tmp_path)
    assert [shown.plugin.manifest.title for shown in shelf.shown()] == ["First"]
    assert [refused.error for refused in shelf.refused()] == [
        "another folder has a plugin of this name, which comes first"
    ]


def test_a_new_plugin_is_right_and_its_own_test_passes(tmp_path: Path) -> None:
    """As `vedette plugin new` makes it; a second one of the name is not made over it."""
    run = CliRunner()
    made = run.invoke(vedette, ["plugin", "new", "my-bars", "--in", str(tmp_path)])
    assert made.exit_code == 0, made.output
    checked = run.invoke(vedette, ["plugin", "check", str(tmp_path / "my-bars")])
    assert (checked.exit_code, checked.output.strip()) == (0, f"{tmp_path / 'my-bars'}: My bars 0.1.0 is right")
    assert "{" not in (tmp_path / "my-bars" / "README.md").read_text()
    if NODE is not None:
        subprocess.run([NODE, "--test"], cwd=tmp_path / "my-bars", check=True, capture_output=True, timeout=60)
    with pytest.raises(Conflict):
        new_plugin("my-bars", tmp_path)
    for name in ("", "x", "Upper", "../up", "a" * 41, "a--b"):
        with pytest.raises(BadData):
            new_plugin(name, tmp_path)


def test_check_names_what_is_wrong_and_pin_mends_it(tmp_path: Path) -> None:
    """Exit code 3, and the others are checked all the same."""
    bad, good = write_plugin(tmp_path, "bad"), write_plugin(tmp_path, "good")
    (bad / "widget.js").write_text(DRAW + "// changed\n")
    run = CliRunner()
    found = run.invoke(vedette, ["plugin", "check", str(bad), str(good)])
    assert found.exit_code == 3
    assert f"{bad}: widget.js: its SHA-256 is" in found.output
    assert f"{good}: Good 1.0.0 is right" in found.output
    assert run.invoke(vedette, ["plugin", "pin", str(bad)]).exit_code == 0
    assert run.invoke(vedette, ["plugin", "check", str(bad)]).exit_code == 0


@pytest.mark.parametrize("entry", ["../secret.js", "/etc/passwd", "a/../../b.js", ".."])
def test_pin_reads_nothing_beside_the_folder(tmp_path: Path, entry: str) -> None:
    """Whatever a manifest names."""
    folder = write_plugin(tmp_path, "one")
    (tmp_path / "secret.js").write_text(DRAW)
    set_field(folder, "entry", entry)
    with pytest.raises(BadData):
        pin_plugin(folder)
    assert "entry: " in refusal(folder)


@pytest.mark.parametrize("folder", sorted(EXAMPLES.glob("*/")), ids=lambda folder: folder.name)
def test_examples_are_right(folder: Path) -> None:
    """Each is pinned, and its own test passes."""
    assert read_plugin(folder).is_pinned
    if NODE is not None:
        subprocess.run([NODE, "--test"], cwd=folder, check=True, capture_output=True, timeout=60)
