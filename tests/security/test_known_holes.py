"""Holes that other servers of this kind had, each tried on a whole server."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import cramjam
import numpy as np
import pytest
from tests.http.access_world import NOW_MS, ORIGIN, PASSWORD, WITHOUT_LIMITS, AccessWorld, Somebody, access_world

from vedette.auth.actor import CLI, NOBODY, Actor
from vedette.cli.answers import Answer, Format, Row, print_answer
from vedette.cli.export_tables import open_table
from vedette.exposition.cells import from_plain_cell
from vedette.model.grid import Grid
from vedette.model.labels import Labels

DECODED_BYTES = 4 * 1024 * 1024


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[AccessWorld]:
    """A server with an administrator and two projects."""
    async with access_world(tmp_path, **WITHOUT_LIMITS, ingest__max_body_decoded=f"{DECODED_BYTES}B") as it:
        it.user("root", is_instance_admin=True)
        it.service.projects.create(CLI, "other")
        yield it


def staff(world: AccessWorld) -> list[str]:
    """Names of somebody with each role in the first project."""
    roles = ("viewer", "editor", "admin")
    for role in roles:
        world.user(f"a-{role}", default=role)
    return [f"a-{role}" for role in roles]


ESCAPES = (
    "/../../../../etc/passwd",
    "/..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/assets/../../secrets/setup.token",
    "/assets/..%2f..%2fsecrets%2finstance.key",
    "/assets/....//....//etc/passwd",
    "/..\\..\\..\\etc\\passwd",
    "/public/plugins/x/../../../../../../etc/passwd",
    "//etc/passwd",
    "/%00/etc/passwd",
    "/secrets/instance.key",
    "/catalog.sqlite",
)


async def test_no_path_becomes_the_path_of_a_file(world: AccessWorld) -> None:
    """CVE-2021-43798, CVE-2021-43813: only files of an index that was made at the start are given out."""
    for path in ESCAPES:
        for accept in ("*/*", "text/html"):
            answer = await world.ask(None, "GET", path, headers={"accept": accept})
            assert "root:" not in answer.text, path
            assert answer.status_code == 404 or answer.headers["content-type"].startswith("text/html"), path
            if answer.status_code == 200:
                assert "<html" in answer.text, path


REDIRECTS = (
    "//evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "/%5cevil.example",
    "\\\\evil.example",
    "/..//evil.example",
    "javascript:alert(1)",
    "/%09/evil.example",
    "/public/..%2F%5coastify.com%2F%3f%2F..%2F..",
)


async def test_nobody_is_sent_elsewhere(world: AccessWorld) -> None:
    """CVE-2025-4123, CVE-2021-29622: no path and no parameter makes an answer that leads to another host."""
    for path in REDIRECTS:
        await leads_nowhere(world, path)


async def leads_nowhere(world: AccessWorld, path: str) -> None:
    """As a path, and as a parameter."""
    tried = [f"/{path}", path if path.startswith("/") else f"/{path}", f"/login?next={path}", f"/?redirect={path}"]
    tried += [f"/api/v1/oidc/nobody/start?next={path}", f"/api/v1/oidc/nobody/callback?next={path}"]
    for one in tried:
        request = world.client.build_request("GET", ORIGIN + "/", headers={"accept": "text/html"})
        request.url = request.url.copy_with(raw_path=one.encode())
        answer = await world.client.send(request, follow_redirects=False)
        location = answer.headers.get("location", "/")
        assert location.startswith("/"), one
        assert not location.startswith(("//", "/\\")), one


async def test_there_is_no_secret_that_others_know(tmp_path: Path) -> None:
    """CVE-2023-27524, CVE-2019-20933: two servers have different keys and links, of full length, for their eyes."""
    keys, links = set(), set()
    for name in ("one", "two"):
        async with access_world(tmp_path / name) as world:
            links.add(world.service.setup.begin())
            world.user("ada")
            await world.ask(None, "GET", "/api/v1/session")
        secrets = tmp_path / name / "data" / "secrets"
        assert secrets.stat().st_mode & 0o077 == 0
        for file in secrets.iterdir():
            assert file.stat().st_mode & 0o077 == 0, file
        keys.add((secrets / "instance.key").read_bytes())
    assert len(keys) == len(links) == 2
    assert all(len(key) >= 32 for key in keys)
    assert all(len(link) >= 43 for link in links)


def guesses() -> list[tuple[str, str]]:
    """Names and passwords that opened other servers."""
    return [
        ("admin", "admin"),
        ("root", ""),
        ("", ""),
        ("root", "root"),
        ("admin", ""),
        ("root", "\0"),
        ("a-admin", " "),
    ]


async def test_default_and_empty_passwords_open_nothing(world: AccessWorld) -> None:
    """CVE-2026-126065, CVE-2022-46146: neither a usual password nor none, also for who has none set."""
    world.service.users.create(CLI, "linked")
    for name, password in [*guesses(), ("linked", ""), ("linked", "x")]:
        answer = await world.ask(None, "POST", "/api/v1/session", json={"name": name, "password": password})
        assert answer.status_code in (400, 401), (name, password)
        basic = base64.b64encode(f"{name}:{password}".encode()).decode()
        answer = await world.ask(Somebody("b", {"authorization": f"Basic {basic}"}), "GET", "/api/v1/labels")
        assert answer.status_code == 401, (name, password)


async def test_a_verdict_is_not_kept(world: AccessWorld) -> None:
    """CVE-2022-46146: what was refused a moment ago opens nothing, and what was let in does not open for others."""
    key = world.key("read")
    right = key.headers["authorization"]
    for header in (right, right[:-1], right + "x", right.upper(), right[:-1] + "%00", right):
        answer = await world.ask(Somebody("k", {"authorization": header}), "GET", "/api/v1/labels")
        assert (answer.status_code == 200) == (header == right), header


async def test_nobody_promotes_themselves_or_others(world: AccessWorld) -> None:
    """CVE-2024-24830, CVE-2024-25106: users, roles and members are changed by whoever has strictly the right to."""
    names = staff(world)
    users = {name: world.service.users.named(name).id for name in ("root", *names)}
    for name in names:
        who = await world.browser(name)
        me = users[name]
        attempts = [
            ("PATCH", f"/api/v1/users/{me}", {"is_instance_admin": True}),
            ("PATCH", f"/api/v1/users/{users['root']}", {"disabled": True}),
            ("DELETE", f"/api/v1/users/{users['root']}", None),
            ("POST", f"/api/v1/users/{users['root']}/link", None),
            ("DELETE", f"/api/v1/users/{users['root']}/totp", None),
            ("POST", "/api/v1/users", {"name": "x", "password": PASSWORD, "is_instance_admin": True}),
            ("POST", "/api/v1/roles", {"name": "x", "permissions": ["instance:admin"]}),
            ("PUT", f"/api/v1/projects/other/members/{me}", {"role": "viewer"}),
            ("PATCH", "/api/v1/profile", {"is_instance_admin": True}),
            ("PATCH", "/api/v1/profile", {"roles": {"default": "admin"}}),
            ("POST", "/api/v1/profile/keys", {"name": "k", "scopes": ["read"], "project": "other"}),
            ("POST", "/api/v1/profile/keys", {"name": "k", "scopes": ["instance"]}),
            ("POST", "/api/v1/profile/keys", {"name": "k", "scopes": ["read"], "owner_id": users["root"]}),
        ]
        if name != "a-admin":
            attempts.append(("PUT", f"/api/v1/projects/default/members/{me}", {"role": "admin"}))
            attempts.append(("POST", "/api/v1/profile/keys", {"name": "k", "scopes": ["admin"]}))
        for method, path, body in attempts:
            answer = await world.ask(who, method, path, json=body, headers={"if-match": '"1"'})
            assert answer.status_code in (400, 403, 404), (name, method, path, answer.text)
        assert not world.service.users.get(me).is_instance_admin
    by_key = world.key("admin")
    answer = await world.ask(by_key, "POST", "/api/v1/projects/default/keys", json={"name": "k", "scopes": ["read"]})
    assert answer.status_code == 403


async def test_ids_of_others_open_nothing(world: AccessWorld) -> None:
    """CVE-2026-28374, CVE-2021-39226, CVE-2024-1313: a known id of another project or person is as good as none."""
    staff(world)
    root, admin = await world.browser("root"), await world.browser("a-admin")
    folder = {"name": "f", "spec": {}}
    made = await world.ask(root, "POST", "/api/v1/documents/folder?project=other", json=folder)
    document = made.json()["data"]["id"]
    key = world.service.keys.create(CLI, "other", "theirs", ["read"]).key.id
    session = world.service.sessions.of_user(world.service.users.named("root").id)[0].id
    tries = [
        ("GET", f"/api/v1/documents/folder/{document}"),
        ("PUT", f"/api/v1/documents/folder/{document}"),
        ("DELETE", f"/api/v1/documents/folder/{document}"),
        ("GET", f"/api/v1/documents/folder/{document}/versions"),
        ("GET", f"/api/v1/documents/folder/{document}/versions/1"),
        ("DELETE", f"/api/v1/profile/sessions/{session}"),
        ("DELETE", f"/api/v1/profile/keys/{key}"),
        ("DELETE", f"/api/v1/projects/default/keys/{key}"),
    ]
    for method, path in tries:
        answer = await world.ask(admin, method, path, json=folder, headers={"if-match": '"1"'})
        assert answer.status_code == 404, (method, path, answer.text)
        nothing = await world.ask(
            admin, method, path.replace(document, "nothing"), json=folder, headers={"if-match": '"1"'}
        )
        assert nothing.status_code == 404
    back = f"/api/v1/documents/folder/{document}/restore"
    assert (await world.ask(admin, "POST", back)).status_code == 404
    # The pattern of a route is no id, as `:key` was one of a snapshot.
    for literal in (":id", "{id}", "%7Bid%7D", "*", "%"):
        assert (await world.ask(admin, "GET", f"/api/v1/documents/folder/{literal}")).status_code == 404
    assert (await world.ask(root, "GET", f"/api/v1/documents/folder/{document}?project=other")).status_code == 200


async def test_nothing_is_made_without_signing_in(world: AccessWorld) -> None:
    """CVE-2019-15043, CVE-2021-27358, CVE-2026-83602: no write is open to somebody unknown."""
    for method, path in (
        ("POST", "/api/v1/documents/dashboard"),
        ("POST", "/api/v1/import/prometheus"),
        ("POST", "/api/v1/write"),
        ("POST", "/-/reload"),
        ("POST", "/api/v1/projects"),
        ("POST", "/api/v1/admin/tsdb/delete_series"),
        ("POST", "/api/v1/tickets"),
        ("PUT", "/metrics/job/x"),
    ):
        assert (await world.ask(None, method, path, content=b"x 1")).status_code == 401, path
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert (await world.ask(await world.browser("root"), method, "/api/v1/settings")).status_code in (404, 405)


async def test_a_page_of_another_origin_changes_nothing(world: AccessWorld) -> None:
    """CVE-2022-21703, CVE-2023-42502: the cookie alone is not enough, and a foreign Origin is refused before it."""
    root = await world.browser("root")
    cookie = root.headers["cookie"]
    body = {"name": "evil"}
    forged = [
        {"cookie": cookie},
        {"cookie": cookie, "origin": "https://evil.example", "x-csrf-token": root.headers["x-csrf-token"]},
        {"cookie": cookie, "origin": "null"},
        {"cookie": cookie, "x-csrf-token": ""},
        {"cookie": cookie, "x-csrf-token": "x" * 43},
    ]
    for headers in forged:
        for more in ({"json": body}, {"content": json.dumps(body), "headers": {"content-type": "text/plain"}}):
            answer = await world.ask(Somebody("forged", headers), "POST", "/api/v1/projects", **more)
            assert answer.status_code == 403, headers
    set_cookie = (
        await world.ask(None, "POST", "/api/v1/session", json={"name": "root", "password": PASSWORD})
    ).headers["set-cookie"]
    assert "HttpOnly" in set_cookie
    assert "samesite=lax" in set_cookie.lower()


async def test_guessing_is_slowed_down_and_floods_are_refused(tmp_path: Path) -> None:
    """CVE-2023-42504: passwords, keys and questions are limited; 429 says when to come again."""
    async with access_world(tmp_path, http__rates__query_per_s=2.0) as world:
        world.user("root", is_instance_admin=True)
        wrong = {"name": "root", "password": "wrong password"}
        codes = [(await world.ask(None, "POST", "/api/v1/session", json=wrong)).status_code for _ in range(8)]
        assert codes[0] == 401
        assert codes[-1] == 429
        for who in (Somebody("guess", {"x-api-key": "vdt_guess_1"}), world.key("read")):
            answers = [await world.ask(who, "GET", "/api/v1/labels") for _ in range(30)]
            assert answers[-1].status_code == 429
            assert int(answers[-1].headers["retry-after"]) >= 1


async def test_errors_tell_nothing_of_the_inside(world: AccessWorld) -> None:
    """CVE-2023-39264: no stack trace, no file, no query of the database, whatever is sent."""
    root = await world.browser("root")
    asked = [
        ("GET", "/api/v1/query?query=%00", None),
        ("GET", "/api/v1/users/'%20OR%201=1--", None),
        ("POST", "/api/v1/users", {"name": ["x"], "password": 1}),
        ("GET", "/api/v1/documents/dashboard?name=%27%25_\\%00", None),
        ("GET", "/api/v1/audit?actor=%27;DROP%20TABLE%20users", None),
        ("GET", "/api/v1/audit?before=99999999999999999999", None),
        ("GET", "/api/v1/label/%ff/values", None),
    ]
    for method, path, body in asked:
        answer = await world.ask(root, method, path, json=body)
        assert answer.status_code < 500, (path, answer.text)
        for inside in ("Traceback", ".py", "sqlite", "SELECT", "site-packages", str(Path.cwd())):
            assert inside not in answer.text, (path, inside)


def bombs() -> list[tuple[str, str, bytes]]:
    """(path, Content-Encoding, body): small on the wire, large when unpacked."""
    zeros = b"\0" * (DECODED_BYTES + 1)
    huge_claim = b"\xff\xff\xff\xff\x7f" + b"\0" * 16
    return [
        ("/api/v1/write", "snappy", bytes(cramjam.snappy.compress_raw(zeros))),
        ("/api/v1/write", "snappy", huge_claim),
        ("/api/v1/write", "zstd", bytes(cramjam.zstd.compress(zeros))),
        ("/api/v1/import/prometheus", "gzip", gzip.compress(zeros)),
        ("/write", "gzip", gzip.compress(zeros)),
        ("/api/v1/samples", "deflate", zlib.compress(zeros)),
        ("/api/v1/import/prometheus", "gzip", gzip.compress(gzip.compress(zeros))),
    ]


async def test_small_bodies_do_not_become_large(world: AccessWorld) -> None:
    """CVE-2026-42154, CVE-2023-46104: the declared and the real size are bounded, before and while unpacking."""
    key = world.key("ingest")
    for path, encoding, body in bombs():
        headers = {"content-encoding": encoding, "content-type": "application/x-protobuf"}
        answer = await world.ask(key, "POST", path, content=body, headers=headers)
        assert answer.status_code in (400, 413, 422), (path, encoding, answer.text)


FORMULAS = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1+1", "\uff1dcmd", "'=1")


async def test_tables_hold_no_formulas(world: AccessWorld) -> None:
    """kibana #91994, ASVS 1.2.10: texts of strangers in the audit log's CSV are texts for a spreadsheet, too."""
    for formula in FORMULAS:
        actor = Actor(principal=NOBODY, address=formula)
        world.service.audit.note(actor, "login", object_kind="user", object_id=formula)
    world.service.audit.flush()
    root = await world.browser("root")
    answer = await world.ask(root, "GET", "/api/v1/audit/export?format=csv", headers={"user-agent": "=1+1"})
    cells = [cell for row in csv.reader(io.StringIO(answer.text)) for cell in row]
    assert formulas_in(cells) == []
    assert "attachment" in answer.headers["content-disposition"]


def formulas_in(cells: list[str]) -> list[str]:
    """What a spreadsheet might run of these; numbers are none."""
    risky = [
        cell for cell in cells if cell.lstrip().startswith(tuple("=+-@\uff1d")) or cell.startswith(tuple("\t\r\n\0"))
    ]
    return [cell for cell in risky if not re.fullmatch(r"-[0-9.e+-]+|[+-]Inf", cell)]


def test_tables_of_the_command_line_hold_no_formulas(tmp_path: Path) -> None:
    """The same for answers and exports: names and values of labels, and texts; whoever loads them has them back."""
    series = [
        Row({"v": text, f"name{index}": "x"}, [(NOW_MS, "-1.5"), (NOW_MS, "-Inf")])
        for index, text in enumerate(FORMULAS)
    ]
    printed = [print_answer(Answer("matrix", [*series, Row({"=1+1": "x"}, [(NOW_MS, "1")])]), Format.CSV)]
    printed += [print_answer(Answer("string", [Row({}, [(NOW_MS, text)])]), Format.CSV) for text in FORMULAS]
    count = len(FORMULAS)
    grid = Grid(
        labels=[Labels.of({"v": text, "=1+1": "x"}) for text in FORMULAS],
        values=np.full(count, -1.0),
        starts=np.arange(count + 1),
        timestamps_ms=np.array([NOW_MS]),
        vector_starts=np.array([0, 1]),
        row_vector=np.zeros(count, np.int64),
    )
    exported = tmp_path / "out.csv"
    with open_table(exported, "csv", ["v", "=1+1"]) as table:
        assert table.write(grid) == count
    printed.append(exported.read_bytes().decode())
    for text in printed:
        rows = list(csv.reader(io.StringIO(text, newline="")))
        assert formulas_in([cell for row in rows for cell in row]) == []
    found = [from_plain_cell(row[0]) for row in list(csv.reader(io.StringIO(printed[-1], newline="")))[1:]]
    assert sorted(found) == sorted(FORMULAS)


async def test_patterns_of_others_take_linear_time(world: AccessWorld) -> None:
    """ASVS 1.3.12: patterns that take for ever elsewhere are answered or refused, in every place that takes one."""
    text = "\n".join(f'x{{v="{"a" * 5000}{index}!"}} 1' for index in range(20))
    await world.ask(world.key("ingest"), "POST", "/api/v1/import/prometheus", content=text)
    key = world.key("read")
    for pattern in ("(a+)+$", "(a|aa)+$", "(a|a?)+$", "(.*a){25}", "([a-z]+)*[0-9]+$"):
        quoted = pattern.replace("$", "%24").replace("+", "%2B")
        for path in (
            f'/api/v1/query?query=x{{v=~"{quoted}"}}',
            f'/api/v1/query?query=label_replace(x,"d","%241","v","{quoted}")',
            f'/api/v1/series?match[]={{v!~"{quoted}",__name__="x"}}',
            f'/api/v1/label/v/values?match[]={{v=~"{quoted}"}}',
        ):
            answer = await world.ask(key, "GET", path)
            assert answer.status_code in (200, 400), (path, answer.text[:200])
    for broken in ("(?=a)b", "(a)\\1", "(?<!x)y"):
        answer = await world.ask(key, "GET", f'/api/v1/query?query=x{{v=~"{broken}"}}')
        assert answer.status_code == 400, broken


async def test_headers_of_clients_are_not_believed(world: AccessWorld) -> None:
    """ASVS 4.1.3: without a trusted proxy, X-Forwarded-* and their like change neither address, scheme nor host."""
    made_up = {
        "x-forwarded-for": "127.0.0.1, 10.9.8.7",
        "x-real-ip": "10.9.8.7",
        "forwarded": "for=10.9.8.7;host=evil.example;proto=https",
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "https",
        "x-original-url": "/api/v1/users",
        "x-rewrite-url": "/api/v1/users",
        "x-http-method-override": "DELETE",
        "x-vedette-user": "root",
        "x-webauth-user": "root",
    }
    refused = await world.ask(None, "GET", "/api/v1/labels", headers=made_up)
    assert refused.status_code == 401
    wrong = {"name": "root", "password": "wrong password"}
    answer = await world.ask(None, "POST", "/api/v1/session", json=wrong, headers=made_up)
    assert "strict-transport-security" not in answer.headers
    root = await world.browser("root")
    lines = (await world.ask(root, "GET", "/api/v1/audit?action=login&result=refused")).json()["data"]
    assert lines
    assert "10.9.8.7" not in json.dumps(lines)


async def test_a_socket_of_another_page_is_not_opened(world: AccessWorld) -> None:
    """ASVS 4.4.1-4.4.4: a cookie needs our Origin; programs take a ticket, once; a key in the URL is nothing."""
    staff(world)
    who = await world.browser("a-viewer")
    key = world.key("read")
    secret = key.headers["authorization"].removeprefix("Bearer ")
    cookie = who.headers["cookie"]
    ticket = (await world.ask(key, "POST", "/api/v1/tickets")).json()["data"]["ticket"]
    opened = {
        "cookie and our origin": await opens(world, {"cookie": cookie, "origin": ORIGIN}),
        "cookie and another origin": await opens(world, {"cookie": cookie, "origin": "https://evil.example"}),
        "cookie and no origin": await opens(world, {"cookie": cookie}),
        "nothing": await opens(world, {"origin": ORIGIN}),
        "ticket": await opens(world, {}, f"ticket={ticket}"),
        "ticket again": await opens(world, {}, f"ticket={ticket}"),
        "key in the URL": await opens(world, {}, f"ticket={secret}"),
        "key in the URL as such": await opens(world, {}, f"key={secret}&token={secret}&access_token={secret}"),
        "key in a header": await opens(world, {"authorization": f"Bearer {secret}"}),
    }
    assert [name for name, is_open in opened.items() if is_open] == [
        "cookie and our origin",
        "ticket",
        "key in a header",
    ]


async def opens(world: AccessWorld, headers: dict[str, str], query: str = "") -> bool:
    """Whether a live socket with these headers is accepted."""
    heard = await world.socket(Somebody("socket", headers), f"/ws/metrics/stream?{query}")
    return heard[0]["type"] == "websocket.accept"


async def test_roles_tell_nothing_of_what_is_hidden(world: AccessWorld) -> None:
    """A selector is about series: who may not give a role sees neither it nor that it exists."""
    world.service.roles.create(CLI, "team-a", ["metrics:read"], selector='{team="a"}')
    world.service.roles.create(CLI, "hidden", ["metrics:read"], selector='{team="secret"}')
    world.service.roles.create(CLI, "all-but", ["metrics:read"], selector='{team!="b"}')
    world.user("ann", default="team-a")
    staff(world)
    expected = {"ann": {"team-a"}, "a-viewer": set[str](), "a-admin": {"team-a", "hidden", "all-but"}}
    for name, custom in expected.items():
        who = await world.browser(name)
        answer = await world.ask(who, "GET", "/api/v1/roles")
        seen = {role["name"] for role in answer.json()["data"] if not role["is_built_in"]}
        assert seen == custom, name
        status = (await world.ask(who, "GET", "/api/v1/roles/hidden")).status_code
        assert status == (200 if "hidden" in custom else 404), name
    for selector in ("{}", "{team=}", "x[5m]", "sum(x)"):
        root = await world.browser("root")
        body = {"name": "odd", "permissions": ["metrics:read"], "selector": selector}
        assert (await world.ask(root, "POST", "/api/v1/roles", json=body)).status_code == 400, selector


async def test_a_narrowed_role_deletes_only_what_it_sees(world: AccessWorld) -> None:
    """The narrowing holds for what changes samples, too."""
    world.service.roles.create(CLI, "keeper", ["series:delete", "metrics:read"], selector='{team="a"}')
    world.user("kim", default="keeper")
    await world.ask(world.key("ingest"), "POST", "/api/v1/import/prometheus", content='x{team="a"} 1\nx{team="b"} 2\n')
    kim = await world.browser("kim")
    answer = await world.ask(
        kim, "POST", "/api/v1/admin/tsdb/delete_series", data={"match[]": ['{__name__=~".+"}', '{team="b"}']}
    )
    assert answer.status_code == 204, answer.text
    left = await world.ask(await world.browser("root"), "GET", f"/api/v1/query?query=x&time={NOW_MS / 1000}")
    assert [one["metric"]["team"] for one in left.json()["data"]["result"]] == ["b"]
