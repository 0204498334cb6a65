"""A small OpenID provider on loopback: discovery, authorization code with PKCE, tokens, keys, user info.

It does what the specification says unless a test asks it to lie.
"""

from __future__ import annotations

import hashlib
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT_ID = "vedette-test"
CLIENT_SECRET = "a client's secret / with : odd % letters"


@dataclass
class Person:
    """Whoever signs in at the provider."""

    subject: str = "subject-1"
    claims: dict[str, Any] = field(default_factory=dict)


@dataclass
class Lies:
    """How the provider departs from the specification; by default it does not."""

    claims: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    header: dict[str, str] = field(default_factory=dict)
    sign: Callable[[OpenIdProvider, dict[str, Any]], str] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    user_info: dict[str, Any] | None = None
    token_status: int = 200


class OpenIdProvider:
    """Runs until `stop`. `now_ms` is its clock."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self.now_ms = now_ms
        self.person = Person()
        self.lies = Lies()
        self.keys = [RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256", "kid": "first"})]
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}
        routes = [
            Route("/.well-known/openid-configuration", self._discovery),
            Route("/authorize", self._authorize),
            Route("/token", self._token, methods=["POST"]),
            Route("/jwks", self._jwks),
            Route("/userinfo", self._user_info),
        ]
        config = uvicorn.Config(Starlette(routes=routes), host="127.0.0.1", port=0, log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.issuer = f"http://127.0.0.1:{port}"

    def stop(self) -> None:
        """End it."""
        self._server.should_exit = True
        self._thread.join()

    def rotate(self) -> None:
        """A new key, of another kind; the old one is gone."""
        self.keys = [ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256", "kid": f"key{len(self.asked)}"})]

    def agree(self, url: str) -> dict[str, str]:
        """What the browser of a person who agrees brings back to the callback."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    async def _discovery(self, _request: Request) -> Response:
        self.asked.append("discovery")
        found = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        }
        return JSONResponse(found | self.lies.metadata)

    async def _authorize(self, request: Request) -> Response:
        brought = self.agree(str(request.url))
        return RedirectResponse(f"{request.query_params['redirect_uri']}?{urlencode(brought)}")

    async def _jwks(self, _request: Request) -> Response:
        self.asked.append("jwks")
        return JSONResponse(KeySet(list(self.keys)).as_dict(private=False))

    async def _token(self, request: Request) -> Response:
        self.asked.append("token")
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self._codes.pop(form.get("code", ""), None)
        kind, _, basic = request.headers.get("authorization", "").partition(" ")
        name, _, secret = b64decode(basic).decode().partition(":") if kind == "Basic" else ("", "", "")
        if (unquote(name), unquote(secret)) != (CLIENT_ID, CLIENT_SECRET):
            return JSONResponse({"error": "invalid_client"}, 401)
        digest = urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        if asked is None or asked["redirect_uri"] != form["redirect_uri"] or asked["code_challenge"] != digest:
            return JSONResponse({"error": "invalid_grant"}, 400)
        if self.lies.token_status != 200:
            return JSONResponse({"error": "server_error"}, self.lies.token_status)
        now_s = self.now_ms() // 1000
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": self.person.subject,
            "iat": now_s,
            "exp": now_s + 300,
            "nonce": asked["nonce"],
            **self.person.claims,
        }
        claims = self.lies.claims(claims)
        signed = self.lies.sign(self, claims) if self.lies.sign else self.sign(claims)
        return JSONResponse({"access_token": "access-1", "token_type": "Bearer", "id_token": signed})

    async def _user_info(self, request: Request) -> Response:
        self.asked.append("userinfo")
        assert request.headers["authorization"] == "Bearer access-1"
        found = self.lies.user_info
        return JSONResponse({"sub": self.person.subject} if found is None else found)

    def sign(self, claims: dict[str, Any]) -> str:
        """A token of this provider."""
        key = self.keys[0]
        header = {"alg": str(key.alg), "kid": str(key.kid), **self.lies.header}
        return jwt.encode(header, claims, key)


def unsigned(_provider: OpenIdProvider, claims: dict[str, Any]) -> str:
    """With the algorithm `none`."""
    return jwt.encode({"alg": "none"}, claims, OctKey.generate_key(), algorithms=["none"])


def signed_with_the_client_secret(_provider: OpenIdProvider, claims: dict[str, Any]) -> str:
    """With a key that a client knows."""
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(CLIENT_SECRET), algorithms=["HS256"])


def signed_with_the_public_key(provider: OpenIdProvider, claims: dict[str, Any]) -> str:
    """The public key taken for a shared secret: the classic confusion of algorithms."""
    secret = OctKey.import_key(provider.keys[0].as_pem(private=False))
    return jwt.encode({"alg": "HS256", "kid": "first"}, claims, secret, algorithms=["HS256"])


def signed_by_somebody_else(_provider: OpenIdProvider, claims: dict[str, Any]) -> str:
    """With another key of the same name."""
    other = RSAKey.generate_key(2048, {"kid": "first"})
    return jwt.encode({"alg": "RS256", "kid": "first"}, claims, other)


def with_its_own_key(_provider: OpenIdProvider, claims: dict[str, Any]) -> str:
    """A token that brings the key to check it with."""
    other = RSAKey.generate_key(2048)
    return jwt.encode({"alg": "RS256", "jwk": other.as_dict(private=False)}, claims, other)
