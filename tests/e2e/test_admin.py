"""Keys, people, roles, projects, privacy and the audit log, as those see them who may, and those who may not."""

from __future__ import annotations

import re
import urllib.error
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Complaints, OpenPage, drawn
from .guarded import PASSWORD, Guarded
from .layout import violations

pytestmark = pytest.mark.e2e


def rows(page: Page, table: str) -> Locator:
    """The rows of a table, without its head."""
    return page.get_by_role("table", name=table).locator("tbody tr")


def confirm(page: Page, answer: str) -> None:
    """Answer a question, and wait until it is done: while a dialog is open, nothing behind it is found."""
    dialog = page.get_by_role("alertdialog")
    dialog.get_by_role("button", name=answer, exact=True).click()
    expect(dialog).to_have_count(0)


def test_key_is_made_shown_once_and_pushes(guarded: Guarded, open_page: OpenPage, complaints: Complaints) -> None:
    """The new key stands in the snippets and works; afterwards it is not shown, and revoked it is refused."""
    page = open_page(f"{guarded.url}/profile", state=guarded.ada.state)
    page.get_by_role("button", name="New key").click()
    page.get_by_label("Name", exact=True).fill("from-a-test")
    page.get_by_label("Read", exact=True).check()
    page.get_by_role("button", name="Make key").click()
    secret = page.get_by_label("API key", exact=True).input_value()
    expect(page.get_by_role("dialog")).to_contain_text(f"Authorization: Bearer {secret}")
    page.get_by_role("tab", name="Grafana").click()
    expect(page.get_by_role("dialog")).to_contain_text(f"Password:  {secret}")
    page.get_by_role("button", name="Close without a copy").click()
    expect(page.get_by_text(secret)).to_have_count(0)
    guarded.push(secret, "pushed_by_test 1\n")
    row = rows(page, "API keys").filter(has_text="from-a-test")
    expect(row).to_contain_text("Send, Read")
    row.get_by_role("button", name="Revoke from-a-test").click()
    confirm(page, "Revoke key")
    expect(row).to_have_count(0)
    with pytest.raises(urllib.error.HTTPError, match="401"):
        guarded.push(secret, "pushed_by_test 2\n")
    assert complaints == []


def test_key_made_where_data_is_sent_stands_in_the_snippet(guarded: Guarded, open_page: OpenPage) -> None:
    """The host's page makes the key that its own commands need."""
    page = open_page(guarded.url, state=guarded.ada.state)
    expect(page.locator(".snippet pre")).to_contain_text("YOUR_KEY")
    page.get_by_role("button", name="Make a key").click()
    page.get_by_label("Name").fill("first sender")
    page.get_by_role("button", name="Make key").click()
    secret = page.get_by_label("API key", exact=True).input_value()
    page.get_by_role("button", name="Close without a copy").click()
    expect(page.locator(".snippet pre")).to_contain_text(f"credentials: {secret}")


def test_viewer_sees_no_administration_and_is_told_which_right_is_missing(
    guarded: Guarded, open_page: OpenPage
) -> None:
    """No entry leads there; who goes anyway sees a lock and the right, not an empty table."""
    page = open_page(guarded.url, state=guarded.vera.state)
    drawn(page)
    expect(page.get_by_role("link", name="Admin")).to_have_count(0)
    expect(page.get_by_text("Your role cannot make one")).to_be_visible()
    page.goto(f"{guarded.url}/admin/audit")
    expect(page.get_by_text("Not permitted in project default")).to_be_visible()
    expect(page.get_by_text("project:admin")).to_be_visible()
    expect(page.get_by_role("table")).to_have_count(0)
    page.goto(f"{guarded.url}/admin/users")
    expect(page.get_by_text("For administrators of this server")).to_be_visible()
    page.goto(f"{guarded.url}/explore?project=billing&q=invoices_total")
    expect(page.get_by_text("No access to project billing")).to_be_visible()
    page.get_by_role("button", name="Go to default").click()
    expect(page.locator(".query")).to_be_visible()


def test_role_with_a_selector_sees_its_series_alone(guarded: Guarded, open_page: OpenPage) -> None:
    """In Explore a member of team a finds one series, an administrator both."""

    assert guarded.tess.ask("GET", "/api/v1/label/team/values") == ["a"]
    page = open_page(f"{guarded.url}/explore?q=orders_total&from=now-1h", state=guarded.tess.state)
    expect(page.get_by_role("columnheader", name="1 series")).to_be_visible()
    page = open_page(f"{guarded.url}/explore?q=orders_total&from=now-1h", state=guarded.ada.state)
    expect(page.get_by_role("columnheader", name="2 series")).to_be_visible()


def test_project_is_switched_and_stays_in_the_address(guarded: Guarded, open_page: OpenPage) -> None:
    """Another project has other series; the choice is in the address, and a link shows the project it names."""
    page = open_page(f"{guarded.url}/explore?q=invoices_total&from=now-1h", state=guarded.ada.state)
    expect(page.get_by_text("Nothing matches in this range")).to_be_visible()
    page.get_by_role("button", name="Account: ada").click()
    page.get_by_role("menuitemcheckbox", name="Billing").click()
    expect(page).to_have_url(re.compile("project=billing"))
    expect(page.get_by_role("columnheader", name="1 series")).to_be_visible()
    page.get_by_role("link", name="Host").click()
    expect(page).to_have_url(re.compile("project=billing"))
    page.go_back()
    page.go_back()
    expect(page).to_have_url(re.compile("project=default"))
    expect(page.get_by_text("Nothing matches in this range")).to_be_visible()


def test_user_is_made_signs_in_by_the_link_and_is_deleted(guarded: Guarded, open_page: OpenPage) -> None:
    """An administrator hands on a one-time link; to delete somebody takes their name typed."""
    page = open_page(f"{guarded.url}/admin/users", state=guarded.ada.state)
    page.get_by_role("button", name="New user").click()
    page.get_by_label("Name", exact=True).fill("mona")
    page.get_by_role("button", name="Make user").click()
    link = page.get_by_label("One-time link", exact=True).input_value()
    page.get_by_role("button", name="Close without a copy").click()
    row = rows(page, "Users").filter(has_text="mona")
    expect(row).to_contain_text("No password yet")
    theirs = open_page(link)
    expect(theirs.get_by_role("heading", name="Choose a password")).to_be_visible()
    theirs.get_by_label("Password", exact=True).fill(PASSWORD)
    theirs.get_by_role("button", name="Set password and sign in").click()
    expect(theirs.get_by_text("No role in any project yet")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Actions for mona").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_role("button", name="Delete user")).to_be_disabled()
    page.get_by_label("Type mona to go on").fill("mona")
    confirm(page, "Delete user")
    expect(row).to_have_count(0)


def test_who_is_late_chooses_between_both_versions(guarded: Guarded, open_page: OpenPage) -> None:
    """A change of what somebody else changed shows both, and either wins by choice alone."""
    person = guarded.person("zoe")
    page = open_page(f"{guarded.url}/admin/users", state=guarded.ada.state)

    def both_change(mine: str, theirs: str) -> None:
        page.get_by_role("button", name="zoe", exact=True).click()
        page.get_by_label("Display name").fill(mine)
        person.ask("PATCH", "/api/v1/profile", {"display_name": theirs})
        page.get_by_role("button", name="Save").click()
        versions = rows(page, "Both versions")
        expect(versions).to_contain_text([re.compile(f"{theirs}.*{mine}")])

    both_change("Mine", "Theirs")
    page.get_by_role("button", name="Take the present one").click()
    expect(page.get_by_label("Display name")).to_have_value("Theirs")
    page.get_by_role("button", name="Cancel").click()
    both_change("Mine", "Other")
    page.get_by_role("button", name="Overwrite with yours").click()
    expect(rows(page, "Users").filter(has_text="zoe")).to_contain_text("Mine")


def test_role_is_made_with_a_selector_that_is_checked(guarded: Guarded, open_page: OpenPage) -> None:
    """What is no selector is said where it is typed; a good one tells how many series it selects."""
    page = open_page(f"{guarded.url}/admin/roles", state=guarded.ada.state)
    page.get_by_role("button", name="New role").click()
    page.get_by_label("Name", exact=True).fill("team-b")
    sees = page.get_by_label("Sees only")
    sees.fill('{team="b')
    expect(page.get_by_text("Matchers in braces")).to_be_visible()
    sees.fill('{team=~"("}')
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("button", name="Make role")).to_be_disabled()
    sees.fill('{team="b"}')
    expect(page.get_by_text("Selects 1 series of project default now.")).to_be_visible()
    page.get_by_role("button", name="Make role").click()
    row = rows(page, "Roles").filter(has_text="team-b")
    expect(row).to_contain_text('{team="b"}')
    row.get_by_role("button", name="Delete role team-b").click()
    confirm(page, "Delete role")
    expect(row).to_have_count(0)


def test_project_gets_members_and_limits_and_comes_back_after_deletion(guarded: Guarded, open_page: OpenPage) -> None:
    """From making it to restoring it, with a member and a limit."""
    guarded.person("kim")
    page = open_page(f"{guarded.url}/admin/projects", state=guarded.ada.state)
    page.get_by_role("button", name="New project").click()
    page.get_by_label("Name", exact=True).fill("shop")
    page.get_by_role("button", name="Make project").click()
    page.get_by_role("button", name="Add member").click()
    page.get_by_label("User").fill("kim")
    page.get_by_role("dialog").get_by_role("button", name="Add member").click()
    page.get_by_label("Role of kim").select_option("editor")
    page.get_by_role("tab", name="Settings").click()
    page.get_by_label("Active series").fill("1000")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("tab", name="Usage").click()
    expect(page.get_by_text(re.compile("of 1.000"))).to_be_visible()
    page.get_by_role("tab", name="Members").click()
    expect(page.get_by_label("Role of kim")).to_have_value("editor")
    page.get_by_role("tab", name="Settings").click()
    page.get_by_role("button", name="Delete project").click()
    page.get_by_label("Type shop to go on").fill("shop")
    confirm(page, "Delete project")
    deleted = rows(page, "Deleted projects").filter(has_text="shop")
    expect(deleted).to_be_visible()
    deleted.get_by_role("button", name="Restore").click()
    expect(rows(page, "Projects").filter(has_text="shop")).to_be_visible()


def test_audit_log_is_filtered_by_its_address_and_proved_whole(guarded: Guarded, open_page: OpenPage) -> None:
    """A filter is part of the address; a line opens; the log can be exported and verified."""
    page = open_page(f"{guarded.url}/admin/audit", state=guarded.ada.state)
    expect(rows(page, "Audit log").first).to_be_visible()
    page.get_by_label("What", exact=True).fill("role.")
    page.get_by_label("What", exact=True).press("Enter")
    expect(page).to_have_url(re.compile(r"action=role\."))
    expect(rows(page, "Audit log").filter(has_text="team-a")).not_to_have_count(0)
    expect(rows(page, "Audit log").filter(has_text="Signed in")).to_have_count(0)
    page.reload()
    expect(page.get_by_label("What", exact=True)).to_have_value("role.")
    rows(page, "Audit log").filter(has_text="team-a").get_by_role("button").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Hash before")
    page.keyboard.press("Escape")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Export").click()
        page.get_by_role("menuitem", name="CSV").click()
    assert Path(saved.value.path()).read_text().startswith("seq,time_ms")
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_role("dialog", name="The log is whole")).to_be_visible()


def test_a_long_audit_log_is_read_in_pages(guarded: Guarded, open_page: OpenPage) -> None:
    """The next lines are added below when they are asked for, each once, until there are no more."""
    for index in range(55):
        guarded.ada.ask("POST", "/api/v1/roles", {"name": f"paged-{index}", "permissions": ["metrics:read"]})
        guarded.ada.ask("DELETE", f"/api/v1/roles/paged-{index}")
    total = len(guarded.ada.ask("GET", "/api/v1/audit?action=role.&limit=1000"))
    assert 100 < total <= 200
    page = open_page(f"{guarded.url}/admin/audit?action=role.", state=guarded.ada.state)
    lines = rows(page, "Audit log")
    expect(lines).to_have_count(100)
    newest = lines.first.inner_text()
    more = page.get_by_role("button", name="Load more")
    more.click()
    expect(lines).to_have_count(total)
    expect(more).to_have_count(0)
    assert lines.first.inner_text() == newest
    assert len({text for text in lines.all_inner_texts() if "paged-" in text}) == 110


def test_privacy_rule_is_tried_made_and_masks(guarded: Guarded, open_page: OpenPage) -> None:
    """A rule shows what it would find in its masked form alone, and holds for the next new series."""
    guarded.push(guarded.key, 'seen_total{who="ticket 4711"} 1\n')
    page = open_page(f"{guarded.url}/admin/privacy", state=guarded.ada.state)
    page.get_by_role("button", name="New rule").click()
    page.get_by_label("Name", exact=True).fill("ticket")
    page.get_by_label("Pattern", exact=True).last.fill("ticket [0-9]+")
    page.get_by_role("button", name="Try it").click()
    result = page.get_by_role("status", name="What would be found")
    expect(result).to_contain_text('who="[ticket]"')
    expect(result).not_to_contain_text("4711")
    page.get_by_role("button", name="Make rule").click()
    row = rows(page, "Privacy rules").filter(has_text="ticket [0-9]+")
    expect(row.get_by_role("switch")).to_be_checked()
    guarded.push(guarded.key, 'seen_total{who="ticket 4712"} 1\n')
    assert "ticket 4712" not in guarded.ada.ask("GET", "/api/v1/label/who/values")
    row.get_by_role("switch").click()
    expect(row.get_by_role("switch")).not_to_be_checked()
    row.get_by_role("button", name="Delete rule ticket").click()
    confirm(page, "Delete rule")
    expect(row).to_have_count(0)


def _opened(button: str, dialog: str = "dialog") -> Callable[[Page], None]:
    def step(page: Page) -> None:
        page.get_by_role("button", name=button, exact=True).first.click()
        expect(page.get_by_role("dialog" if dialog == "dialog" else "alertdialog")).to_be_visible()

    return step


def _stands(name: str) -> Callable[[Page], None]:
    def step(page: Page) -> None:
        expect(page.get_by_role("table", name=name).locator("tbody td:not([colspan])").first).to_be_visible()

    return step


def _says(text: str) -> Callable[[Page], None]:
    def step(page: Page) -> None:
        expect(page.get_by_text(text).first).to_be_visible()

    return step


STATES: list[tuple[str, str, Callable[[Page], None]]] = [
    ("ada", "/profile", _stands("Sessions")),
    ("ada", "/profile", _opened("New key")),
    ("ada", "/profile", _opened("Set up")),
    ("ada", "/admin/users", _stands("Users")),
    ("ada", "/admin/users", _opened("New user")),
    ("ada", "/admin/users", _opened("vera")),
    ("ada", "/admin/roles", _stands("Roles")),
    ("ada", "/admin/roles", _opened("New role")),
    ("ada", "/admin/roles", _opened("viewer")),
    ("ada", "/admin/projects", _stands("Projects")),
    ("ada", "/admin/projects/default", _stands("Members")),
    ("ada", "/admin/projects/billing", _says("No members yet")),
    ("ada", "/admin/projects/default?tab=keys", _stands("API keys")),
    ("ada", "/admin/projects/default?tab=usage", _says("Active series")),
    ("ada", "/admin/projects/billing?tab=settings", _says("Title and limits")),
    ("ada", "/admin/projects/billing?tab=settings", _opened("Delete project", "alertdialog")),
    ("ada", "/admin/audit", _stands("Audit log")),
    ("ada", "/admin/audit?actor=nobody-at-all", _says("No line matches")),
    ("ada", "/admin/privacy", _stands("Privacy rules")),
    ("ada", "/admin/privacy", _opened("New rule")),
    ("ada", "/admin/privacy", _opened("Try")),
    ("vera", "/admin", _says("Not permitted")),
    ("vera", "/?project=nowhere", _says("No access to project")),
    ("", "/login?next=/explore", _says("Sign in to go on")),
    ("", "/login?problem=oidc_refused", _says("identity provider")),
    ("", "/setup", _says("This server is set up")),
    ("", "/setup#link.x", _says("Choose a password")),
    ("", "/setup#x", _says("Welcome to Vedette")),
]
SMALL = """() => [...document.querySelectorAll('button, a, input, [role=tab], [role=radio]')]
  .filter(e => !e.closest('[aria-hidden=true]') && e.type !== 'hidden')
  .map(e => [e, (e.closest('.toggle, .input-box') ?? e).getBoundingClientRect()])
  .filter(([, r]) => r.width > 0 && (r.height < 43.5 || r.width < 43.5))
  .map(([e, r]) => `${e.getAttribute('aria-label') ?? e.textContent} ${r.width}x${r.height}`)"""


@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_in_any_state(guarded: Guarded, open_page: OpenPage, width: int) -> None:
    """Pages, dialogs, empty tables and refusals: WCAG 2.2 AA and axe's best practice; on a phone one column."""
    people = {"ada": guarded.ada.state, "vera": guarded.vera.state, "": None}
    pages: dict[str, Page] = {}
    found: list[str] = []
    for who, path, reach in STATES:
        if who not in pages:
            pages[who] = open_page("about:blank", width=width, height=844, state=people[who])
        page = pages[who]
        page.emulate_media(color_scheme="dark")
        move(page, guarded.url, path)
        reach(page)
        found += [f"{path}: {one}" for one in violations(page)]
        # colours are all that differ between the themes
        page.emulate_media(color_scheme="light")
        expect(page.locator("html")).to_have_attribute("data-theme", "light")
        found += [f"{path} (light): {one}" for one in violations(page, ["color-contrast"])]
        if width == 390:
            if page.evaluate("document.documentElement.scrollWidth") != 390:
                found.append(f"{path}: wider than the screen")
            found += [f"{path}: {one}" for one in page.evaluate(SMALL)]
    assert found == []


def move(page: Page, url: str, path: str) -> None:
    """Go to a path as links do, which takes a fifth of loading it; pages for strangers are loaded each time."""
    if path.startswith(("/login", "/setup")) or page.url == "about:blank":
        page.goto("about:blank")
        page.goto(url + path)
        return
    page.keyboard.press("Escape")
    expect(page.locator("[role=dialog], [role=alertdialog]")).to_have_count(0)
    page.evaluate("path => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')); }", path)
