"""Signing in where one has an account already: the button, the way there and back, and what is said when it fails."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, Lies, OpenIdProvider, Person

from .conftest import GUARDED, Complaints, OpenPage, Server, free_port
from .guarded import Person as Administrator
from .guarded import setup_link
from .layout import violations

pytestmark = pytest.mark.e2e

BUTTON = "Sign in with Company account"
SETTINGS = """
[outbound]
allow_private = ["scrape", "discovery", "oidc"]
[auth.oidc.company]
title = "Company account"
issuer = "{issuer}"
client_id = "{client_id}"
client_secret_file = "{secret}"
auto_create = true
role_claim = "groups"
role_map = {{ staff = "default:viewer" }}
"""


@pytest.fixture
def company() -> Iterator[OpenIdProvider]:
    """A provider at which Ann of the staff is signed in already."""
    it = OpenIdProvider(lambda: int(time.time() * 1000))
    it.person = Person("s-1", {"preferred_username": "ann", "name": "Ann", "groups": ["staff"]})
    yield it
    it.stop()


@pytest.fixture
def server(browser: Browser, tmp_path: Path, company: OpenIdProvider) -> Iterator[Server]:
    """A server that trusts it, and that somebody has set up."""
    (tmp_path / "secret").write_text(CLIENT_SECRET)
    text = SETTINGS.format(issuer=company.issuer, client_id=CLIENT_ID, secret=tmp_path / "secret")
    (tmp_path / "vedette.toml").write_text(text)
    running = Server(tmp_path / "data", free_port(), ("--config", str(tmp_path / "vedette.toml"), *GUARDED))
    running.start()
    Administrator(running.url, "ada").open_link(setup_link(running.log).partition("#")[2])
    yield running
    running.stop()


def test_one_button_leads_there_and_back(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """Who is known there arrives where they wanted to go, with the role that they have there; the page allows it."""
    page = open_page(f"{server.url}/explore?q=up&from=now-5m")
    button = page.get_by_role("button", name=BUTTON)
    expect(button).to_be_visible()
    assert violations(page) == []
    button.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server.url}/explore?q=up&from=now-5m")
    page.get_by_role("button", name="Account: ann").click()
    expect(page.get_by_role("menuitem", name="Sign out")).to_be_visible()
    assert page.evaluate("document.cookie") == ""
    assert complaints == []
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_what_goes_wrong_there_is_said_here(server: Server, open_page: OpenPage, company: OpenIdProvider) -> None:
    """A refusal and a provider that is away are told apart, in words and without its own; then it works again."""
    company.lies = Lies(token_status=500)
    page = open_page(f"{server.url}/login")
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("alert")).to_contain_text("did not sign you in")
    company.lies = Lies()
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("button", name="Account: ann")).to_be_visible()


def test_a_provider_that_is_away_leaves_the_password(
    server: Server, open_page: OpenPage, company: OpenIdProvider
) -> None:
    """The page says that it does not answer, and whither one wanted is not forgotten."""
    company.stop()
    page = open_page(f"{server.url}/login?next=/explore")
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    expect(page).to_have_url(f"{server.url}/login?problem=oidc_unavailable&next=%2Fexplore")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password", exact=True).fill("a rather long pass phrase")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(f"{server.url}/explore")
