"""One provider of identities as a peer: its addresses, its keys, its tokens, and what makes a token believable."""

from __future__ import annotations

import base64
import hmac
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urlsplit

from vedette.auth.settings import OidcProvider
from vedette.clock import Clock
from vedette.errors import BadData, LimitExceeded, Timeout, Unauthenticated, Unavailable
from vedette.outbound.client import Answer
from vedette.outbound.settings import Purpose

if TYPE_CHECKING:
    from joserfc.jwk import KeySet
    from joserfc.jwt import Token

Ask = Callable[..., Answer]
"""`Outbound.request`."""

ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
"""Only signatures with a key pair: neither `none` nor those that our own client secret could make."""
_LEEWAY_S: Final = 60
_KEEP_S: Final = 3600.0
_REFETCH_S: Final = 10.0
"""A token with a key that is not known makes us ask for the keys again, but not more often than this."""
_PAUSE_S: Final = 5.0
"""After a failure it is not asked again for so long: whoever waited for the same answer fails with it at once."""
_MAX_BODY_BYTES: Final = 512 * 1024


class Provider:
    """Thread-safe. All that comes from the network is checked; what fails raises Unauthenticated or Unavailable."""

    def __init__(self, settings: OidcProvider, ask: Ask, clock: Clock) -> None:
        self.settings = settings
        self._ask = ask
        self._clock = clock
        self._lock = threading.Lock()
        self._metadata: tuple[dict[str, Any], float] | None = None
        self._keys: tuple[KeySet, float] | None = None
        self._failures: dict[str, tuple[str, float]] = {}
        """Addresses that gave no answer: why, and until when they are not asked again."""

    def authorization_url(self, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        """Where to send the browser. Raises Unavailable, BadData."""
        from authlib.oauth2.rfc7636 import create_s256_code_challenge  # noqa: PLC0415 - not on the way to ready

        endpoint = self._endpoint("authorization_endpoint")
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(dict.fromkeys(("openid", *self.settings.scopes))),
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        return endpoint + ("&" if urlsplit(endpoint).query else "?") + urlencode(asked, quote_via=quote)

    def claims(self, code: str, redirect_uri: str, nonce: str, verifier: str) -> dict[str, Any]:
        """Exchange a code for what the provider says about somebody. Raises Unauthenticated, Unavailable, BadData."""
        tokens = self._exchange(code, redirect_uri, verifier)
        id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(id_token, str):
            raise Unauthenticated("the provider of identities gave no identity", reason="invalid")
        access = access_token if isinstance(access_token, str) else ""
        claims = self._verified(self._decoded(id_token), nonce, access)
        return claims if self._has_all(claims) or not access else {**self._user_info(access, claims["sub"]), **claims}

    def _exchange(self, code: str, redirect_uri: str, verifier: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        secret = self._client_secret()
        methods = self._known().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if not secret:
            form["client_id"] = self.settings.client_id
        elif "client_secret_basic" in methods:
            headers["Authorization"] = _basic(self.settings.client_id, secret)
        else:
            form |= {"client_id": self.settings.client_id, "client_secret": secret}
        answer = self._asked("POST", self._endpoint("token_endpoint"), headers=headers, body=urlencode(form).encode())
        if answer.status != 200:
            # What went wrong is between the provider and us; the text could hold the code.
            raise Unauthenticated(f"the provider of identities answered {answer.status} to the code", reason="invalid")
        return _object(answer)

    def _decoded(self, id_token: str) -> Token:
        """The token, its signature verified; asks for the keys again where they may have been replaced."""
        from joserfc import jwt  # noqa: PLC0415 - not on the way to ready
        from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError  # noqa: PLC0415 - as above

        for is_last in (False, True):
            try:
                return jwt.decode(id_token, self._key_set(again=is_last), algorithms=list(ALGORITHMS))
            except (InvalidKeyIdError, BadSignatureError) as error:
                if is_last:
                    raise Unauthenticated("the identity is not signed by its provider", reason="invalid") from error
            except (JoseError, ValueError, TypeError, KeyError) as error:
                raise Unauthenticated("the identity cannot be read or is not signed", reason="invalid") from error
        raise AssertionError("BUG: the loop returns or raises")

    def _verified(self, token: Token, nonce: str, access_token: str) -> dict[str, Any]:
        """Its claims, if it is of this provider, for us, of now and the answer to our question."""
        from authlib.oidc.core import CodeIDToken  # noqa: PLC0415 - not on the way to ready
        from joserfc.errors import JoseError  # noqa: PLC0415 - as above

        claims = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"essential": True, "value": self.settings.issuer},
                "aud": {"essential": True, "value": self.settings.client_id},
                "sub": {"essential": True},
            },
            {"nonce": nonce, "client_id": self.settings.client_id, "access_token": access_token},
        )
        try:
            claims.validate(now=self._clock.now_ms() // 1000, leeway=_LEEWAY_S)
        except (JoseError, ValueError, TypeError) as error:
            raise Unauthenticated(f"the identity is not valid: {error}", reason="invalid") from error
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise Unauthenticated("the identity answers another question", reason="invalid")
        return dict(claims)

    def _has_all(self, claims: Mapping[str, Any]) -> bool:
        """Whether nothing that we want may be missing."""
        wants_email = bool(self.settings.allowed_domains) or self.settings.auto_create
        wants_role = self.settings.role_claim and claim_of(claims, self.settings.role_claim) is None
        return not wants_role and not (wants_email and "email" not in claims)

    def _user_info(self, access_token: str, subject: str) -> dict[str, Any]:
        """More claims about the same person; empty where the provider has no such address."""
        if not self._known().get("userinfo_endpoint"):
            return {}
        headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
        answer = self._asked("GET", self._endpoint("userinfo_endpoint"), headers=headers)
        if answer.status != 200:
            return {}
        found = _object(answer)
        if found.get("sub") != subject:
            raise Unauthenticated("the provider of identities speaks of somebody else", reason="invalid")
        return found

    def _known(self) -> dict[str, Any]:
        """What the provider says about itself."""
        with self._lock:
            now_s = self._clock.monotonic_s()
            if self._metadata is None or now_s - self._metadata[1] > _KEEP_S:
                url = self.settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
                found = self._fetched(url)
                if found.get("issuer") != self.settings.issuer:
                    raise Unavailable("the provider of identities says that it is another one; check auth.oidc issuer")
                self._metadata = found, now_s
            return self._metadata[0]

    def _key_set(self, *, again: bool) -> KeySet:
        """Its keys; `again`: not from memory, unless they were asked for just now."""
        from joserfc.jwk import KeySet  # noqa: PLC0415 - not on the way to ready

        url = self._endpoint("jwks_uri")
        with self._lock:
            now_s = self._clock.monotonic_s()
            keep_s = _REFETCH_S if again else _KEEP_S
            if self._keys is None or now_s - self._keys[1] >= keep_s:
                found = self._fetched(url)
                try:
                    keys = [key for key in found.get("keys", []) if key.get("kty") in ("RSA", "EC", "OKP")]
                    self._keys = KeySet.import_key_set({"keys": keys}), now_s
                except Exception as error:  # the library has no one error for keys that it cannot read
                    raise Unavailable("the keys of the provider of identities cannot be read") from error
            return self._keys[0]

    def _fetched(self, url: str) -> dict[str, Any]:
        """What is there; after a failure the same failure for a while. Raises Unavailable. The lock must be held."""
        why, until_s = self._failures.get(url, ("", float("-inf")))
        if self._clock.monotonic_s() < until_s:
            raise Unavailable(why)
        try:
            found = _told(self._asked("GET", url))
        except Unavailable as error:
            self._failures = {url: (error.message, self._clock.monotonic_s() + _PAUSE_S)}
            raise
        self._failures.pop(url, None)
        return found

    def _endpoint(self, name: str) -> str:
        url = self._known().get(name)
        if not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise Unavailable(f"the provider of identities names no {name}")
        if urlsplit(self.settings.issuer).scheme == "https" and urlsplit(url).scheme != "https":
            raise Unavailable(f"the provider of identities names a {name} that is not encrypted")
        return url

    def _asked(self, method: str, url: str, **rest: Any) -> Answer:
        """Whatever keeps us from an answer is one thing to whoever wants to sign in. Raises Unavailable."""
        try:
            return self._ask(method, url, Purpose.OIDC, max_body_bytes=_MAX_BODY_BYTES, **rest)
        except (BadData, LimitExceeded, Timeout) as error:
            raise Unavailable(f"the provider of identities: {error.message}") from error

    def _client_secret(self) -> str:
        """Read each time, so that it can be replaced. Raises Unavailable."""
        path = self.settings.client_secret_file
        if path is None:
            return ""
        try:
            secret = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Unavailable(f"{path}, the client's secret, cannot be read") from error
        if not secret:
            raise Unavailable(f"{path}, the client's secret, is empty")
        return secret


def claim_of(claims: Mapping[str, Any], dotted: str) -> Any:
    """A claim by its name, or inside of others by a dotted one; None: not there."""
    if dotted in claims:
        return claims[dotted]
    found: Any = claims
    for name in dotted.split("."):
        if not isinstance(found, Mapping) or name not in found:
            return None
        found = found[name]
    return found


def _told(answer: Answer) -> dict[str, Any]:
    if answer.status != 200:
        raise Unavailable(f"the provider of identities answered {answer.status}")
    return _object(answer)


def _object(answer: Answer) -> dict[str, Any]:
    try:
        found = answer.json()
    except BadData as error:
        raise Unavailable(f"the provider of identities: {error.message}") from None
    if not isinstance(found, dict):
        raise Unavailable("the provider of identities answered with something unexpected")
    return found


def _basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{quote(client_id, safe='')}:{quote(secret, safe='')}".encode()).decode()
