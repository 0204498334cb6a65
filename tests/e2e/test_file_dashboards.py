"""Dashboards of files that may be changed in the page: what is saved there holds, and goes into the file on request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from .conftest import Complaints, OpenPage, Server, free_port
from .test_dashboard_editor import configure
from .test_dashboards import frame, kept, widget

pytestmark = pytest.mark.e2e


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A dashboard as a file."""
    place = tmp_path / "files" / "shop.json"
    place.parent.mkdir()
    place.write_text(json.dumps({"id": "shop", "name": "Shop", "spec": {"widgets": [widget("w", 0, 0, 6, 6)]}}))
    return place


@pytest.fixture
def editable(browser: Browser, tmp_path: Path, file: Path) -> Iterator[Server]:
    """A server that has it and lets it be changed."""
    options = ("--set", f"dashboards.provisioning_folder={file.parent}", "--set", "dashboards.allow_edits=true")
    running = Server(tmp_path / "data", free_port(), ("--no-auth", *options))
    running.start()
    yield running
    running.stop()


def test_saved_in_the_page_and_written_back(
    editable: Server, file: Path, open_page: OpenPage, complaints: Complaints
) -> None:
    """The file stays as it is until somebody writes what is saved into it; both are the same then."""
    page = open_page(f"{editable.url}/d/shop")
    drawer = configure(page, "w")
    expect(page.get_by_text("This dashboard comes from the file shop.json")).to_be_visible()
    drawer.get_by_label("Title").fill("Orders")
    write = page.get_by_role("button", name="Write into the file")
    expect(write).to_be_disabled()
    page.keyboard.press("Control+s")
    expect(write).to_be_enabled()
    assert kept(editable, "shop")["spec"]["widgets"][0]["title"] == "Orders"
    assert json.loads(file.read_text())["spec"]["widgets"][0]["title"] == "w"
    write.click()
    expect(page.get_by_text("Written into shop.json.")).to_be_visible()
    assert json.loads(file.read_text())["spec"]["widgets"][0]["title"] == "Orders"
    page.reload()
    expect(frame(page, "w").get_by_role("heading", name="Orders")).to_be_visible()
    assert complaints == []
