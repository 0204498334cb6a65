"""Sign-in by OpenID Connect against a real provider, honest and lying."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from prometheus_client import CollectorRegistry
from tests import oidc_provider as peer
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, OpenIdProvider, Person
from tests.unit.auth.world import NOW_MS, PASSWORD, World

from vedette.auth.actor import CLI, anonymous
from vedette.auth.oidc import Arrival, mapped_roles, own_path
from vedette.auth.settings import AuthSettings, OidcProvider
from vedette.auth.users import UserChange
from vedette.catalog.database import Catalog
from vedette.clock import FakeClock
from vedette.config.load import load
from vedette.errors import BadData, Conflict, Forbidden, NotFound, Unauthenticated, Unavailable
from vedette.outbound.client import Outbound
from vedette.outbound.guard import Guard
from vedette.outbound.settings import OutboundSettings
from vedette.server.settings import Settings

CALLBACK = "http://127.0.0.1:9000/api/v1/oidc/sso/callback"


class Sso:
    """An instance beside its provider."""

    def __init__(self, tmp_path: Path, provider: OpenIdProvider, clock: FakeClock) -> None:
        self.provider = provider
        self.clock = clock
        self.path = tmp_path
        secret_file = tmp_path / "client.secret"
        secret_file.write_text(CLIENT_SECRET + "\n")
        self.base = OidcProvider(
            issuer=provider.issuer, client_id=CLIENT_ID, client_secret_file=secret_file, auto_create=True
        )
        self.configure()

    def configure(self, *, allow_private: bool = True, **settings: Any) -> World:
        """Start the server anew with these settings of the provider."""
        outbound = OutboundSettings(allow_private=("oidc",) if allow_private else ())
        ask = Outbound(outbound, Guard(outbound), CollectorRegistry()).request
        configured = msgspec.structs.replace(self.base, **settings)
        catalog = Catalog(None, self.path / "catalog")
        self.world = World(catalog, self.path, AuthSettings(oidc={"sso": configured}), ask)
        self.world.clock = self.clock
        self.world.service = self.world.other()
        return self.world

    def round_trip(self, **changed: str) -> Arrival:
        """What a browser does; `changed` are parameters of the callback that it brings otherwise."""
        oidc = self.world.service.oidc
        departure = oidc.start("sso", CALLBACK, "/explore?x=1")
        brought = self.provider.agree(departure.url) | changed
        return oidc.finish("sso", brought, departure.cookie, anonymous("192.0.2.1"))


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIdProvider]:
    """One for the file; each test finds it honest."""
    running = OpenIdProvider(lambda: NOW_MS)
    yield running
    running.stop()


@pytest.fixture
def sso(tmp_path: Path, provider: OpenIdProvider) -> Sso:
    """An instance beside an honest provider."""
    clock = FakeClock(NOW_MS)
    provider.now_ms = clock.now_ms
    provider.person, provider.lies, provider.asked = Person(), peer.Lies(), []
    return Sso(tmp_path, provider, clock)


def test_whoever_the_provider_vouches_for_is_signed_in(sso: Sso) -> None:
    """A user is made of who comes for the first time and found again later; the page goes where they wanted."""
    sso.provider.person = Person("s-1", {"preferred_username": "Ann S", "name": "Ann", "email": "ann@example.org"})
    first = sso.round_trip()
    found = sso.world.who(first.signed_in.token)
    assert found is not None
    assert (found.principal.name, first.return_to, first.signed_in.session.method) == ("ann-s", "/explore?x=1", "oidc")
    user = sso.world.service.users.get(found.principal.id)
    assert (user.oidc_issuer, user.oidc_subject, user.display_name) == (sso.provider.issuer, "s-1", "Ann")
    assert (user.email, user.password_hash, found.principal.grants) == ("", "", {})
    assert sso.round_trip().signed_in.user.id == user.id
    assert sso.world.log("login")[0].detail == {"name": "ann-s", "method": "oidc"}


def test_an_address_or_name_is_nobody(sso: Sso) -> None:
    """Grafana CVE-2023-3128: whoever claims another's e-mail or name is somebody new with nothing."""
    victim = sso.world.service.users.create(
        CLI, "ann@example.org", password=PASSWORD, email="ann@example.org", is_instance_admin=True
    )
    claims = {"email": "ann@example.org", "email_verified": True, "preferred_username": "ann@example.org"}
    sso.provider.person = Person("mallory", claims)
    user = sso.round_trip().signed_in.user
    assert (user.id != victim.id, user.name, user.is_instance_admin) == (True, "ann@example.org-2", False)


def test_the_same_subject_of_another_issuer_is_somebody_else(sso: Sso) -> None:
    """Subjects are unique at their issuer only."""
    ann = sso.world.service.users.create(CLI, "ann")
    sso.world.service.users.set_identity(CLI, ann.id, "https://other.example", "s-1")
    sso.provider.person = Person("s-1")
    assert sso.round_trip().signed_in.user.id != ann.id


def test_without_auto_create_an_administrator_links(sso: Sso) -> None:
    """Until then nobody; the log says which subject it was. An identity is one user's."""
    world = sso.configure(auto_create=False)
    sso.provider.person = Person("s-1", {"preferred_username": "ann"})
    ann = world.service.users.create(CLI, "ann")
    with pytest.raises(Forbidden, match="s-1"):
        sso.round_trip()
    assert "s-1" in world.log("login")[0].detail["why"]
    world.service.users.set_identity(CLI, ann.id, sso.provider.issuer, "s-1")
    assert sso.round_trip().signed_in.user.id == ann.id
    bob = world.service.users.create(CLI, "bob")
    with pytest.raises(Conflict):
        world.service.users.set_identity(CLI, bob.id, sso.provider.issuer, "s-1")
    world.service.users.update(CLI, ann.id, UserChange(disabled=True))
    with pytest.raises(Unauthenticated):
        sso.round_trip()


def changing(**claims: Any) -> peer.Lies:
    """A provider that claims something else; None leaves a claim out."""

    def changed(honest: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in (honest | claims).items() if value is not None}

    return peer.Lies(claims=changed)


LIES = {
    "wrong nonce": changing(nonce="another"),
    "no nonce": changing(nonce=None),
    "empty nonce": changing(nonce=""),
    "wrong audience": changing(aud="somebody-else"),
    "empty audience": changing(aud=[]),
    "no audience": changing(aud=None),
    "two audiences without party": changing(aud=[CLIENT_ID, "other"], azp="other"),
    "wrong issuer": changing(iss="https://evil.example"),
    "no issuer": changing(iss=None),
    "expired": changing(exp=NOW_MS // 1000 - 61),
    "no end": changing(exp=None),
    "end is text": changing(exp="never"),
    "not yet": changing(nbf=NOW_MS // 1000 + 3600),
    "no subject": changing(sub=None),
    "empty subject": changing(sub=""),
    "subject is a list": changing(sub=["s-1"]),
    "very long subject": changing(sub="x" * 300),
    "unsigned": peer.Lies(sign=peer.unsigned),
    "signed with the client secret": peer.Lies(sign=peer.signed_with_the_client_secret),
    "signed with the public key": peer.Lies(sign=peer.signed_with_the_public_key),
    "signed by somebody else": peer.Lies(sign=peer.signed_by_somebody_else),
    "brings its own key": peer.Lies(sign=peer.with_its_own_key),
    "no token": peer.Lies(sign=lambda _p, _c: ""),
    "not a token": peer.Lies(sign=lambda _p, _c: "a.b.c"),
    "null token": peer.Lies(sign=lambda _p, _c: None),  # type: ignore[arg-type,return-value]
    "refuses the code": peer.Lies(token_status=500),
}


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("lies", LIES.values(), ids=LIES)
def test_a_lying_provider_signs_nobody_in(sso: Sso, lies: peer.Lies) -> None:
    """Each departure is refused, noted, and leaves no user behind."""
    sso.provider.lies = lies
    with pytest.raises((Unauthenticated, Unavailable)):
        sso.round_trip()
    assert sso.world.service.users.all(CLI) == []
    assert sso.world.log("login")[0].result == "refused"


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
        {"authorization_endpoint": ["https://x.example"]},
    ],
)
def test_a_provider_that_describes_itself_wrongly_is_not_gone_to(sso: Sso, metadata: dict[str, Any]) -> None:
    """The browser is not sent anywhere."""
    sso.provider.lies = peer.Lies(metadata=metadata)
    with pytest.raises(Unavailable):
        sso.world.service.oidc.start("sso", CALLBACK)


@pytest.mark.parametrize(
    "changed",
    [{"state": "another"}, {"state": ""}, {"iss": "https://evil.example"}, {"code": ""}, {"code": "made-up"}],
)
def test_an_answer_to_another_question_is_refused(sso: Sso, changed: dict[str, str]) -> None:
    """State, issuer (RFC 9207) and code have to be those of this browser's question."""
    with pytest.raises(Unauthenticated):
        sso.round_trip(**changed)


def test_the_answer_is_bound_to_the_browser_that_asked(sso: Sso) -> None:
    """Nobody can be signed in as somebody else by a link: without the cookie, or with another's, it is refused."""
    oidc = sso.world.service.oidc
    mine, theirs = (oidc.start("sso", CALLBACK) for _ in range(2))
    for cookie in ("", "x", theirs.cookie, mine.cookie[:-4] + "AAAA"):
        brought = sso.provider.agree(mine.url)
        with pytest.raises(Unauthenticated):
            oidc.finish("sso", brought, cookie, anonymous())
    for secret in ("nonce", "verifier", "state"):
        assert secret not in mine.cookie


def test_an_answer_comes_in_time_and_once(sso: Sso) -> None:
    """Ten minutes; a code that was used is refused by the provider."""
    oidc = sso.world.service.oidc
    departure = oidc.start("sso", CALLBACK)
    brought = sso.provider.agree(departure.url)
    assert oidc.finish("sso", brought, departure.cookie, anonymous())
    with pytest.raises(Unauthenticated):
        oidc.finish("sso", brought, departure.cookie, anonymous())
    late = oidc.start("sso", CALLBACK)
    brought = sso.provider.agree(late.url)
    sso.clock.advance_ms(600_000)
    with pytest.raises(Unauthenticated):
        oidc.finish("sso", brought, late.cookie, anonymous())


def test_new_keys_of_the_provider_are_learnt(sso: Sso) -> None:
    """The keys are asked for once, and again when a token has an unknown one; the old key opens nothing then."""
    sso.round_trip()
    sso.round_trip()
    assert sso.provider.asked.count("jwks") == sso.provider.asked.count("discovery") == 1
    old = list(sso.provider.keys)
    sso.provider.rotate()
    sso.clock.advance_ms(11_000)
    sso.round_trip()
    assert sso.provider.asked.count("jwks") == 2
    new, sso.provider.keys = sso.provider.keys, old
    sso.provider.lies = peer.Lies(sign=lambda p, claims: _signed_by(p, claims, old[0]))
    sso.provider.keys = new
    with pytest.raises(Unauthenticated):
        sso.round_trip()
    sso.provider.keys = old


def _signed_by(_provider: OpenIdProvider, claims: dict[str, Any], key: Any) -> str:
    from joserfc import jwt

    return jwt.encode({"alg": "RS256", "kid": str(key.kid)}, claims, key)


def test_unknown_keys_do_not_make_us_ask_all_the_time(sso: Sso) -> None:
    """Whoever sends forged tokens does not make this server flood the provider."""
    sso.round_trip()
    sso.clock.advance_ms(11_000)
    sso.provider.lies = peer.Lies(sign=peer.signed_by_somebody_else)
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            sso.round_trip()
    assert sso.provider.asked.count("jwks") <= 2


def test_roles_follow_the_claim_at_each_sign_in(sso: Sso) -> None:
    """Projects of the map are the provider's, all others stay; the first of the map wins; what is gone is taken."""
    role_map = {"ops": "default:admin", "dev": "default:editor", "shop": "shop:viewer", "root": "instance:admin"}
    world = sso.configure(role_claim="realm.roles", role_map=role_map)
    for name in ("shop", "own"):
        world.service.projects.create(CLI, name)
    world.service.users.create(CLI, "keeper", password=PASSWORD, is_instance_admin=True)

    def sign_in(*groups: str) -> tuple[dict[str, str], bool]:
        sso.provider.person = Person("s-1", {"realm": {"roles": list(groups)}})
        user = sso.round_trip().signed_in.user
        roles = world.service.members.of_user(user.id)
        return roles, world.service.users.get(user.id).is_instance_admin

    assert sign_in("dev", "ops", "unheard-of") == ({"default": "admin"}, False)
    user = world.service.users.named("s-1")
    world.service.members.assign(CLI, "own", user.id, "editor")
    assert sign_in("dev", "shop") == ({"default": "editor", "own": "editor", "shop": "viewer"}, False)
    assert sign_in("root") == ({"own": "editor"}, True)
    assert sign_in() == ({"own": "editor"}, False)


def test_the_provider_cannot_lock_everybody_out(sso: Sso) -> None:
    """The last administrator stays one even when the claim is gone."""
    sso.configure(role_claim="groups", role_map={"root": "instance:admin"})
    sso.provider.person = Person("s-1", {"groups": "root"})
    assert sso.round_trip().signed_in.user.is_instance_admin
    sso.provider.person = Person("s-1", {"groups": []})
    assert sso.round_trip().signed_in.user.is_instance_admin


def test_what_the_token_leaves_out_is_asked_for(sso: Sso) -> None:
    """Groups from the user info, which has to be about the same person and changes no identity."""
    world = sso.configure(role_claim="groups", role_map={"ops": "default:viewer"})
    sso.provider.lies = peer.Lies(user_info={"sub": "subject-1", "groups": ["ops"], "iss": "https://evil.example"})
    user = sso.round_trip().signed_in.user
    assert world.service.members.of_user(user.id) == {"default": "viewer"}
    assert user.oidc_issuer == sso.provider.issuer
    sso.provider.lies = peer.Lies(user_info={"sub": "somebody-else", "groups": ["ops"]})
    with pytest.raises(Unauthenticated):
        sso.round_trip()


@pytest.mark.parametrize(
    ("claims", "works"),
    [
        ({"email": "ann@Example.org", "email_verified": True}, True),
        ({"email": "ann@example.org", "email_verified": False}, False),
        ({"email": "ann@example.org"}, False),
        ({"email": "ann@example.org.evil.example", "email_verified": True}, False),
        ({"email": "ann@evil.example@example.org", "email_verified": True}, False),
        ({"email": "@example.org@", "email_verified": True}, False),
        ({"email": ["ann@example.org"], "email_verified": True}, False),
        ({}, False),
    ],
)
def test_only_verified_addresses_of_a_domain(sso: Sso, claims: dict[str, Any], works: bool) -> None:
    """`allowed_domains` looks at what the provider vouches for, whole."""
    sso.configure(allowed_domains=("example.org",))
    sso.provider.person = Person("s-1", claims)
    if works:
        assert sso.round_trip().signed_in.user.email == "ann@example.org"
    else:
        with pytest.raises(Forbidden):
            sso.round_trip()


def test_the_way_out_is_guarded(sso: Sso) -> None:
    """A provider on a private address is asked only where the operator allows it."""
    sso.configure(allow_private=False)
    with pytest.raises(Unavailable):
        sso.world.service.oidc.start("sso", CALLBACK)
    assert sso.provider.asked == []


@pytest.mark.parametrize("secret", ["", " \n", None])
def test_an_empty_client_secret_is_refused(sso: Sso, secret: str | None) -> None:
    """A file that is there but empty, or not there, is a mistake and no public client."""
    file = sso.path / "client.secret"
    file.unlink() if secret is None else file.write_text(secret)
    with pytest.raises(Unavailable, match=r"client\.secret"):
        sso.round_trip()


def test_unknown_providers_are_not_there(sso: Sso) -> None:
    """And the known ones are offered by their title."""
    with pytest.raises(NotFound):
        sso.world.service.oidc.start("other", CALLBACK)
    assert sso.world.service.oidc_providers() == [{"name": "sso", "title": "sso"}]
    sso.configure(title="Our own")
    assert sso.world.service.oidc_providers() == [{"name": "sso", "title": "Our own"}]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/", "/"),
        ("/explore?q=up#x", "/explore?q=up#x"),
        ("", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/x\ny", "/"),
        ("/" + "x" * 5000, "/"),
        ("explore", "/"),
    ],
)
def test_nobody_is_sent_to_other_servers(text: str, path: str) -> None:
    """Open redirects: only a path of this server comes through."""
    assert own_path(text) == path


def test_settings_of_providers_are_read_and_checked(tmp_path: Path) -> None:
    """A section for each; unknown names in it are errors with their place."""
    file = tmp_path / "vedette.toml"
    text = '[auth.oidc.sso]\nissuer = "https://sso.example"\nclient_id = "v"\nrole_map = { ops = "default:admin" }\n'
    text += 'role_claim = "groups"\n'
    file.write_text(text)
    settings = load(Settings, file).require()
    assert settings.auth.oidc["sso"].role_map == {"ops": "default:admin"}
    assert mapped_roles(settings.auth.oidc["sso"], {}) == {}
    wrong = [text + more for more in ('isuer = "x"\n', "auto_create = 1\n", 'scopes = "openid"\n')]
    for right, slip in (
        ("https://sso.example", "sso.example"),
        ("https://sso.example", "ftp://sso.example"),
        ('client_id = "v"', 'client_id = ""'),
        ("default:admin", "admin"),
        ("default:admin", "instance:viewer"),
        ('role_claim = "groups"', 'role_claim = ""'),
    ):
        wrong.append(text.replace(right, slip))
    for bad in wrong:
        file.write_text(bad)
        with pytest.raises(BadData, match=r"auth\.oidc"):
            load(Settings, file).require()
