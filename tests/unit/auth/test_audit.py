"""The audit log: everything that is done is in it, nothing secret is, and it cannot be rewritten unnoticed."""

from __future__ import annotations

import pyotp
import pytest
from tests.unit.auth.world import PASSWORD, World

from vedette.auth import audit as module
from vedette.auth.actor import CLI, anonymous
from vedette.auth.audit import REFUSED
from vedette.auth.totp import STEP_S
from vedette.auth.users import UserChange
from vedette.catalog.audit_log import AuditFilter
from vedette.errors import Unauthenticated, Unavailable

SECOND_PASSWORD = "another quiet evening"


def do_everything(world: World) -> list[str]:
    """Take every action once; all secrets that went through hands."""
    service = world.service
    token = service.setup.begin()
    root = service.set_up(token, "root", PASSWORD, anonymous("192.0.2.1"))
    assert root is not None
    actor = world.actor_of(root)
    secrets = [token, root.token, root.session.csrf_token, PASSWORD, SECOND_PASSWORD, "a wrong password"]
    service.projects.create(actor, "shop")
    service.projects.update(actor, "shop", title="Shop", expected_version=1)
    service.projects.remove(actor, "shop")
    service.projects.restore(actor, "shop")
    service.roles.create(actor, "team", ["metrics:read"])
    service.roles.update(actor, "team", ["documents:read"], expected_version=1)
    ann = service.users.create(actor, "ann", password=PASSWORD)
    service.members.assign(actor, "shop", "ann", "team")
    service.members.remove(actor, "shop", "ann")
    service.roles.remove(actor, "team")
    link = service.setup.link(actor, ann.id)
    by_link = service.set_up(link, "", SECOND_PASSWORD, anonymous())
    assert by_link is not None
    anns = world.actor_of(by_link)
    secrets += [link, link.removeprefix("link."), by_link.token]
    enrolment = service.begin_second_factor(anns, SECOND_PASSWORD)
    code = pyotp.TOTP(enrolment.secret).generate_otp(world.clock.now_ms() // 1000 // STEP_S)
    codes = service.second_factor.confirm(anns, ann.id, code)
    secrets += [enrolment.secret, code, *codes]
    for wrong in ("a wrong password", SECOND_PASSWORD):
        with pytest.raises(Unauthenticated):
            world.sign_in("ann", wrong, code)
    again = world.sign_in("ann", SECOND_PASSWORD, codes[0])
    service.remove_second_factor(world.actor_of(again), SECOND_PASSWORD)
    changed = service.change_password(world.actor_of(again), SECOND_PASSWORD, PASSWORD)
    secrets += [again.token, changed.token]
    other = world.sign_in("ann")
    service.sessions.revoke(world.actor_of(changed), other.session.id)
    service.sessions.revoke_others(world.actor_of(changed))
    service.sign_out(world.actor_of(changed))
    made = service.keys.create(actor, "shop", "agent", ["ingest"])
    secrets += [made.secret, made.secret.removeprefix(made.key.prefix)]
    found = service.by_key(made.secret)
    assert found is not None
    service.keys.note_use(world.actor(ann), "ingest", "shop")
    service.keys.revoke(actor, made.key.id)
    service.users.set_identity(actor, ann.id, "https://sso.example", "subject-1")
    service.users.update(actor, ann.id, UserChange(disabled=True))
    service.users.end_sessions(actor, ann.id)
    service.users.remove(actor, ann.id)
    return secrets


def test_everything_is_noted_and_nothing_secret_is(world: World) -> None:
    """Each action has its line with who and from where; no password, token, code or key is in any of them."""
    secrets = do_everything(world)
    with world.catalog.read() as connection:
        dump = str(list(connection.exec_driver_sql("SELECT * FROM audit_log")))
    assert [secret for secret in secrets if secret in dump] == []
    assert "argon2" not in dump
    lines = world.log()
    assert {line.action for line in lines} >= {
        *("setup", "login", "logout"),
        *("project.create", "project.update", "project.delete", "project.restore"),
        *("role.create", "role.update", "role.delete", "member.assign", "member.remove"),
        *("user.create", "user.update", "user.delete", "user.link", "user.password", "user.identity"),
        *("user.totp.add", "user.totp.remove", "user.end_sessions"),
        *("session.revoke", "session.revoke_others", "key.create", "key.use", "key.revoke"),
    }
    assert world.service.audit.verify() == []
    refused = [line for line in lines if line.result == "refused"]
    assert [(line.action, line.detail["why"]) for line in reversed(refused)] == [
        ("login", "password"),
        ("login", "second factor"),
    ]


def test_what_fails_leaves_no_line_and_what_is_noted_happened(world: World) -> None:
    """Change and line are one transaction."""
    world.user("ann", password=None)
    before = len(world.log())
    with pytest.raises(Exception, match="already"):
        world.user("ann", password=None)
    assert len(world.log()) == before


def test_a_changed_line_is_found(quick_world: World) -> None:
    """Whoever edits the file is noticed."""
    quick_world.user("ann", password=None)
    quick_world.user("bob", password=None)
    assert quick_world.service.audit.verify() == []
    with quick_world.catalog.begin() as connection:
        for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("UPDATE audit_log SET actor = 'somebody' WHERE seq = 1")
    assert any("line 1" in problem for problem in quick_world.service.audit.verify())


def test_lines_that_wait_are_written_in_order_and_survive_a_failure(world: World) -> None:
    """`later` does no I/O; the same within a minute is one line; an unreachable catalog delays lines only."""
    audit = world.service.audit
    before = world.catalog.epoch("audit")
    for _ in range(100):
        audit.later(CLI, "denied", object_kind="route", object_id="GET /x", result=REFUSED)
    audit.later(CLI, "denied", object_kind="route", object_id="GET /y", result=REFUSED)
    assert world.catalog.epoch("audit") == before
    real, audit._catalog = audit._catalog, Broken()  # type: ignore[assignment]
    with pytest.raises(Unavailable):
        audit.flush()
    audit._catalog = real
    world.service.tick()
    assert [line.object_id for line in world.log("denied")] == ["GET /y", "GET /x"]
    world.clock.advance_ms(60_000)
    audit.later(CLI, "denied", object_kind="route", object_id="GET /x", result=REFUSED)
    assert len(world.log("denied")) == 3


class Broken:
    """A catalog that cannot be reached."""

    def begin(self) -> object:
        raise Unavailable("away")


def test_a_flood_is_counted_not_kept(quick_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded, and the log says how much is missing."""
    monkeypatch.setattr(module, "MAX_WAITING", 10)
    audit = quick_world.service.audit
    for number in range(25):
        audit.later(CLI, "denied", object_id=str(number), result=REFUSED)
    audit.flush()
    assert len(quick_world.log("denied")) == 10
    (lost,) = quick_world.log("audit.lost")
    assert (lost.detail, lost.result) == ({"lines": 15}, "failed")


def test_hostile_texts_are_kept_as_harmless_ones(world: World) -> None:
    """NUL, line breaks and halves of characters neither break the database nor forge a second line."""
    text = "a\x00b\nc\ud800d\x1b[31m" + "x" * 1000
    world.service.audit.note(
        anonymous(text, text, text), "login", object_id=text, project=text, detail={text: [text, {"n": 1, "ok": True}]}
    )
    (line,) = world.log("login")
    assert line.object_id.startswith("a b c d [31m")
    assert len(line.object_id) < 600
    assert world.service.audit.verify() == []


def test_pages_and_export_give_every_line_once(quick_world: World) -> None:
    """Newest first by pages, oldest first for the export."""
    for number in range(7):
        quick_world.user(f"user{number}", password=None)
    audit, wanted = quick_world.service.audit, AuditFilter(action="user.")
    pages, before = [], 0
    while found := audit.search(wanted, 3, before):
        pages.append([line.detail["name"] for line in found])
        before = found[-1].seq
    assert pages == [["user6", "user5", "user4"], ["user3", "user2", "user1"], ["user0"]]
    first = audit.export(wanted, limit=5)
    rest = audit.export(wanted, after_seq=first[-1].seq, limit=5)
    assert [line.detail["name"] for line in [*first, *rest]] == [f"user{number}" for number in range(7)]
