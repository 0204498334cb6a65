"""From the printed link to a signed-in browser, and out again."""

from __future__ import annotations

import re

import pyotp
import pytest
from playwright.sync_api import Page, expect

from .conftest import Complaints, OpenPage, Server, drawn
from .guarded import PASSWORD, Guarded, Person, setup_link

pytestmark = pytest.mark.e2e


def fill_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Name and password, sent off."""
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_first_day_leads_from_the_printed_link_to_the_host(
    fresh: Server, open_page: OpenPage, complaints: Complaints
) -> None:
    """Every address says where to begin; the link sets a password, leaves no trace, works once; the host is live."""
    page = open_page(f"{fresh.url}/explore?q=up")
    expect(page.get_by_role("heading", name="Almost there")).to_be_visible()
    link = setup_link(fresh.log)
    page.goto(link)
    page.reload()
    expect(page.get_by_role("heading", name="Almost there")).to_be_visible()
    page.goto("about:blank")
    page.goto(link)
    expect(page).to_have_url(f"{fresh.url}/setup")
    button = page.get_by_role("button", name="Set up and sign in")
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Password", exact=True).fill("too short")
    expect(page.get_by_text("At least 10 characters, 1 to go")).to_be_visible()
    expect(button).to_be_disabled()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    button.click()
    expect(page.locator(".live__state")).to_have_text("LIVE")
    drawn(page)
    assert page.evaluate("document.cookie") == ""
    assert complaints == []
    other = open_page(link)
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    other.get_by_role("button", name="Set up and sign in").click()
    expect(other.get_by_role("alert")).to_contain_text(re.compile("was used|set this server up already"))


def test_wrong_password_says_no_more_than_that_and_then_how_long_to_wait(fresh: Server, open_page: OpenPage) -> None:
    """An unknown name and a wrong password read the same; who goes on guessing is told the seconds."""
    Person(fresh.url, "ada").open_link(setup_link(fresh.log).partition("#")[2])
    page = open_page(f"{fresh.url}/login")
    alert = page.get_by_role("alert")
    fill_in(page, "nobody")
    expect(alert).to_have_text("The name or the password is wrong.")
    for _ in range(20):
        fill_in(page, "ada", "not the pass phrase")
        expect(page.get_by_role("button", name="Sign in", exact=True)).not_to_have_attribute("aria-busy", "true")
        if page.get_by_text("Too many attempts").is_visible():
            break
        expect(alert).to_have_text("The name or the password is wrong.")
    expect(page.get_by_role("status").filter(has_text=re.compile(r"Try again in \d+ s"))).to_be_visible()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_disabled()


def test_login_leads_back_to_where_one_was(guarded: Guarded, open_page: OpenPage) -> None:
    """A deep link survives the login with its parameters; an address elsewhere is not followed."""
    page = open_page(f"{guarded.url}/explore?q=orders_total&from=now-5m")
    expect(page.get_by_text("Sign in to go on where you were.")).to_be_visible()
    fill_in(page, "vera")
    expect(page).to_have_url(f"{guarded.url}/explore?q=orders_total&from=now-5m")
    elsewhere = open_page(f"{guarded.url}/login?next=//evil.test/")
    fill_in(elsewhere, "vera")
    expect(elsewhere).to_have_url(f"{guarded.url}/")


def test_second_factor_is_set_up_asked_for_and_removed(guarded: Guarded, open_page: OpenPage) -> None:
    """The app's code is proved first; then a password alone lets nobody in, and a recovery code works in its place."""
    person = guarded.person("otto", "viewer")
    page = open_page(f"{guarded.url}/profile", state=person.state)
    page.get_by_role("button", name="Set up").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_alt_text("QR code for your authenticator app")).to_be_visible()
    assert page.evaluate("document.querySelector('.qr').naturalWidth") > 0
    secret = page.get_by_role("dialog").locator("code").inner_text().replace(" ", "")
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("alert")).to_contain_text("not right")
    page.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Confirm").click()
    shown = page.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    expect(shown).to_have_count(10)
    codes = shown.all_inner_texts()
    page.get_by_role("button", name="Close without a copy").click()
    expect(page.get_by_role("button", name="Remove")).to_be_visible()

    login = open_page(f"{guarded.url}/login?next=/profile")
    fill_in(login, "otto")
    code = login.get_by_label("Code", exact=True)
    expect(code).to_be_focused()
    code.fill("123456")
    code.press("Enter")
    expect(login.get_by_role("alert")).to_contain_text("not right")
    code.fill(codes[0])
    code.press("Enter")
    expect(login).to_have_url(f"{guarded.url}/profile")
    login.get_by_role("button", name="Remove").click()
    login.get_by_label("Your password").fill(PASSWORD)
    login.get_by_role("button", name="Remove second factor").click()
    expect(login.get_by_role("button", name="Set up")).to_be_visible()


def test_session_that_ends_while_the_page_is_live_leads_to_the_login(guarded: Guarded, open_page: OpenPage) -> None:
    """The socket closes, the page finds out why, and one comes back to the same place."""
    person = guarded.person("lena", "viewer")
    page = open_page(f"{guarded.url}/?from=now-5m", state=person.state)
    expect(page.locator(".live__state")).to_have_text("LIVE")
    guarded.ada.ask("DELETE", f"/api/v1/users/{person.user_id}/sessions")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=40_000)
    fill_in(page, "lena")
    expect(page).to_have_url(f"{guarded.url}/?from=now-5m")


def test_sign_out_ends_the_session(guarded: Guarded, open_page: OpenPage) -> None:
    """The way back leads to the login, not to what was seen before."""
    person = guarded.person("olga", "viewer")
    page = open_page(f"{guarded.url}/", state=person.state)
    page.get_by_role("button", name="Account: olga").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(f"{guarded.url}/profile")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_sessions_are_listed_and_ended(guarded: Guarded, open_page: OpenPage) -> None:
    """This browser is marked; ending all others leaves it alone."""
    person = guarded.person("nils", "viewer")
    other = open_page(f"{guarded.url}/login")
    fill_in(other, "nils")
    drawn(other)
    page = open_page(f"{guarded.url}/profile", state=person.state)
    sessions = page.get_by_role("table", name="Sessions").locator("tbody tr")
    expect(sessions).to_have_count(2)
    expect(sessions.filter(has_text="This one")).to_have_count(1)
    page.get_by_role("button", name="End all others").click()
    page.get_by_role("button", name="End other sessions").click()
    expect(sessions).to_have_count(1)
    expect(sessions).to_contain_text("This one")


def test_nobody_signs_in_is_said_on_the_page(server: Server, open_page: OpenPage) -> None:
    """Without accounts the page says so, offers no profile, and no login."""
    page = open_page(server.url)
    expect(page.get_by_role("complementary", name="Access")).to_contain_text("--no-auth")
    page.get_by_role("button", name="Account: Nobody signs in").click()
    expect(page.get_by_role("menuitem", name="Administration")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Sign out")).to_have_count(0)
    page.goto(f"{server.url}/login")
    expect(page).to_have_url(f"{server.url}/")
