"""What may be asked and for what: addresses, however they are written or wrapped, names, lists and URLs."""

from __future__ import annotations

import socket
from collections.abc import Sequence

import pytest

from vedette.config.load import load
from vedette.errors import BadData, Unavailable
from vedette.outbound.guard import Guard
from vedette.outbound.resolver import Resolved, look_up
from vedette.outbound.settings import OutboundSettings, Purpose
from vedette.outbound.url import read_url
from vedette.server.settings import Settings

NEVER = [
    "169.254.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "168.63.129.16",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "198.51.100.7",
    "[::]",
    "[fe80::1]",
    "[fe80::1%1]",
    "[ff02::1]",
    "[fd00:ec2::254]",
    "[2001:db8::1]",
    "[4000::1]",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[::169.254.169.254]",
    "[64:ff9b::169.254.169.254]",
    "[64:ff9b:1::a9fe:a9fe]",
    "[2002:a9fe:a9fe::1]",
]
NEAR = ["127.0.0.1", "127.1.2.3", "10.0.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "[::1]", "[fd12::1]"]
NEAR += ["[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[64:ff9b::10.0.0.1]", "[2002:7f00:1::]"]
PUBLIC = ["93.184.216.34", "172.32.0.1", "[2606:2800:220:1::1]", "[64:ff9b::93.184.216.34]"]
METADATA = "169.254.169.254"


def named(*addresses: str) -> Guard:
    """A guard with default settings for which every name leads to these addresses."""
    return guard_of(OutboundSettings(), *addresses)


def guard_of(settings: OutboundSettings, *addresses: str) -> Guard:
    def answer(_host: str) -> Sequence[Resolved]:
        return [(socket.AF_INET6 if ":" in address else socket.AF_INET, address) for address in addresses]

    return Guard(settings, answer)


def may(settings: OutboundSettings, host: str, purpose: Purpose = Purpose.WEBHOOK) -> bool:
    """Whether a literal address may be asked."""
    try:
        Guard(settings).check(f"http://{host}:9/", purpose)
    except BadData:
        return False
    return True


@pytest.mark.parametrize("purpose", Purpose)
def test_special_addresses_are_for_nobody(purpose: Purpose) -> None:
    """Link-local, metadata, multicast and reserved addresses are refused for every purpose, whatever wraps them."""
    assert [host for host in NEVER if may(OutboundSettings(), host, purpose)] == []


@pytest.mark.parametrize("purpose", Purpose)
def test_near_addresses_are_for_scraping(purpose: Purpose) -> None:
    """This machine and private networks may be scraped, and not be asked for OIDC and webhooks; public ones may."""
    wanted = NEAR if purpose in (Purpose.SCRAPE, Purpose.DISCOVERY) else []
    assert [host for host in NEAR if may(OutboundSettings(), host, purpose)] == wanted
    assert [host for host in PUBLIC if may(OutboundSettings(), host, purpose)] == PUBLIC


def test_allow_private_says_for_what() -> None:
    """The purposes of the setting, and no others."""
    settings = OutboundSettings(allow_private=("webhook",))
    assert may(settings, "10.0.0.1", Purpose.WEBHOOK)
    assert not may(settings, "10.0.0.1", Purpose.SCRAPE)


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.1", "017700000001"])
def test_odd_notations_are_judged_by_what_they_lead_to(host: str) -> None:
    """Decimal, octal, hexadecimal and shortened addresses are the address that a connection would go to."""
    with pytest.raises(BadData, match=r"127\.0\.0\.1, this machine itself"):
        Guard(OutboundSettings()).check(f"http://{host}/", Purpose.OIDC)
    with pytest.raises(BadData, match="this machine itself"):
        Guard(OutboundSettings()).admit_through_proxy(host, Purpose.OIDC)


def test_names_are_judged_by_their_addresses() -> None:
    """A name is refused when all it leads to is; else only the addresses that may be asked are handed on."""
    with pytest.raises(BadData, match=r"metadata\.test leads to 169\.254\.169\.254, the metadata service of a cloud"):
        named(METADATA).check("http://metadata.test/", Purpose.SCRAPE)
    checked = named("127.0.0.1", "93.184.216.34", "::1").check("http://both.test/", Purpose.WEBHOOK)
    assert checked.addresses == ((socket.AF_INET, "93.184.216.34"),)


def test_listed_networks_may_be_asked() -> None:
    """A network opens what is in it, in any notation, for the purpose it names or for all."""
    settings = OutboundSettings(allow_networks=("10.1.0.0/16", "oidc=fd00::/8", "webhook=127.0.0.1"))
    assert may(settings, "10.1.2.3")
    assert may(settings, "[::ffff:10.1.2.3]")
    assert not may(settings, "10.2.0.1")
    assert (may(settings, "[fd00::1]", Purpose.OIDC), may(settings, "[fd00::1]", Purpose.WEBHOOK)) == (True, False)
    assert (may(settings, "127.0.0.1", Purpose.WEBHOOK), may(settings, "127.0.0.1", Purpose.OIDC)) == (True, False)


@pytest.mark.parametrize("wide", ["0.0.0.0/0", "128.0.0.0/1", "169.0.0.0/8", "::/0", "::ffff:0:0/96"])
def test_wide_networks_do_not_mean_what_lies_in_them(wide: str) -> None:
    """Who lists everything has not said that the metadata service may be asked."""
    settings = OutboundSettings(allow_networks=(wide,))
    assert [host for host in NEVER if may(settings, host)] == []


def test_special_addresses_may_be_listed_as_such() -> None:
    """A link-local network opens its addresses but for the metadata service, which needs its own."""
    settings = OutboundSettings(allow_networks=("169.254.0.0/16",))
    assert (may(settings, "169.254.20.10"), may(settings, METADATA)) == (True, False)
    assert may(OutboundSettings(allow_networks=(f"{METADATA}/32",)), METADATA)


def test_listed_hosts_may_be_near() -> None:
    """A listed name may lead to private addresses, not to special ones; `*.` stands for names below, not beside."""
    settings = OutboundSettings(allow_hosts=("sso.internal", "oidc=*.corp.test"))

    def leads(host: str, address: str, purpose: Purpose = Purpose.OIDC) -> bool:
        try:
            guard_of(settings, address).check(f"https://{host}/", purpose)
        except BadData:
            return False
        return True

    assert leads("sso.internal", "10.0.0.1")
    assert leads("SSO.Internal.", "127.0.0.1")
    assert not leads("sso.internal", METADATA)
    assert not leads("evil-sso.internal", "10.0.0.1")
    assert leads("a.b.corp.test", "10.0.0.1")
    assert not leads("corp.test", "10.0.0.1")
    assert not leads("evilcorp.test", "10.0.0.1")
    assert not leads("a.corp.test", "10.0.0.1", Purpose.WEBHOOK)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://host/",
        "file:///etc/passwd",
        "gopher://host/",
        "//host/",
        "host",
        "",
        "http://",
        "http:///x",
        "http://user@host/",
        "http://user:pw@host/",
        "http://:pw@host/",
        "http://93.184.216.34@169.254.169.254/",
        "http://host\\@169.254.169.254/",
        "http://ho st/",
        "http://host/\r\nX: y",
        "http://host\t.test/",
        "http://host:99999/",
        "http://host:x/",
        "http://[::1/",
        "http://h\u00f6st/",
        "http://169.254.169.254\u3002test/",
        "http://host\x00.test/",
    ],
)
def test_other_urls_are_refused(url: str) -> None:
    """Only http and https, a host, no user, and nothing that two readers could read differently."""
    with pytest.raises(BadData) as refused:
        named("93.184.216.34").check(url, Purpose.SCRAPE)
    assert "pw" not in refused.value.message


def test_urls_are_read_once() -> None:
    """Host, port and an escaped target; messages show the place without path and query."""
    url = read_url("https://Example.test:8443/a b".replace(" ", "%20") + "?q=\u00e4&s=secret#part")
    assert (url.scheme, url.host, url.port, url.target) == ("https", "example.test", 8443, "/a%20b?q=%C3%A4&s=secret")
    assert url.place == "https://example.test:8443"
    assert read_url("http://[2001:db8::1]/").authority == "[2001:db8::1]"


def test_unknown_names_are_told() -> None:
    """A name without an address is no refusal: it may have one later."""

    def nothing(_host: str) -> Sequence[Resolved]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(Unavailable, match=r"no address for host 'gone\.test': Name or service not known"):
        Guard(OutboundSettings(), nothing).check("http://gone.test/", Purpose.SCRAPE)
    assert look_up("127.0.0.1") == [(socket.AF_INET, "127.0.0.1")]


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("allow_networks", "10.0.0.1/8", "has host bits set"),
        ("allow_networks", "email=10.0.0.0/8", "must be one of scrape, discovery, oidc, webhook"),
        ("allow_hosts", "*", "is no host name"),
        ("allow_hosts", "a.*.test", "is no host name"),
        ("allow_hosts", "http://a.test", "is no host name"),
        ("allow_private", "mail", "Invalid enum value 'mail'"),
        ("proxy_url", "socks5://host", "must be like http://host:port"),
    ],
)
def test_wrong_settings_are_told(setting: str, value: str, words: str) -> None:
    """A list that could not mean what was meant is refused at start."""
    problems = load(Settings, None, {}, {f"outbound.{setting}": value}).problems
    assert len(problems) == 1
    assert words in problems[0].message.replace("invalid", "Invalid")
