"""The first day, and links to set a password: each token once, for a day, for one thing."""

from __future__ import annotations

import stat

import pytest
from tests.unit.auth.world import HOUR_MS, PASSWORD, World

from vedette.auth.actor import CLI, anonymous
from vedette.auth.users import UserChange
from vedette.errors import BadData, Conflict, Forbidden, NotFound, Unauthenticated

DAY_MS = 24 * HOUR_MS
SOMEBODY = anonymous("192.0.2.1")


def test_there_is_no_way_in_before_the_set_up(quick_world: World) -> None:
    """No default user, password or key."""
    assert not quick_world.service.is_set_up
    for name, password in (("admin", "admin"), ("root", ""), ("", "")):
        with pytest.raises(Unauthenticated):
            quick_world.sign_in(name, password)


def test_the_printed_token_makes_the_first_administrator_once(world: World) -> None:
    """Whoever has it chooses name and password and is signed in; afterwards it is nothing, on any server."""
    token = world.service.setup.begin()
    path = world.data / "secrets" / "setup.token"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    elsewhere = world.other()
    signed_in = world.service.set_up(token, "Root", PASSWORD, SOMEBODY)
    assert signed_in is not None
    found = world.who(signed_in.token)
    assert found is not None
    assert found.principal.is_instance_admin
    assert world.service.is_set_up
    assert not path.exists()
    for service in (world.service, elsewhere):
        with pytest.raises(Unauthenticated):
            service.set_up(token, "second", PASSWORD, SOMEBODY)
    assert world.service.setup.begin() == ""


@pytest.mark.parametrize(
    "token", ["", " ", "x", "\ud800", "link.", "link.x", "link." + "A" * 5000, "None", "x" * 100_000]
)
def test_other_tokens_are_refused(quick_world: World, token: str) -> None:
    """Also the empty one while no token is there at all; the refusal is in the log, the token is not."""
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            quick_world.service.set_up(token, "root", PASSWORD, SOMEBODY)
        quick_world.service.setup.begin()
    assert not quick_world.service.is_set_up
    assert {line.result for line in quick_world.log() if line.action in ("setup", "user.link.use")} == {"refused"}


def test_a_weak_password_does_not_use_the_token_up(quick_world: World) -> None:
    """One may try again, with a better one or a better name."""
    token = quick_world.service.setup.begin()
    for name, password in (("root", "short"), ("no name!", PASSWORD)):
        with pytest.raises(BadData):
            quick_world.service.set_up(token, name, password, SOMEBODY)
    assert quick_world.service.set_up(token, "root", PASSWORD, SOMEBODY)


def test_the_token_ends_after_a_day_and_with_the_next_start(quick_world: World) -> None:
    """Each start prints a new one."""
    first = quick_world.service.setup.begin()
    second = quick_world.service.setup.begin()
    with pytest.raises(Unauthenticated):
        quick_world.service.set_up(first, "root", PASSWORD, SOMEBODY)
    quick_world.clock.advance_ms(DAY_MS)
    with pytest.raises(Unauthenticated):
        quick_world.service.set_up(second, "root", PASSWORD, SOMEBODY)


def test_the_command_line_makes_the_token_worthless(quick_world: World) -> None:
    """Once somebody can administer, nobody becomes administrator by a link that lay around."""
    token = quick_world.service.setup.begin()
    quick_world.user("root", admin=True)
    with pytest.raises(Unauthenticated):
        quick_world.service.set_up(token, "mallory", PASSWORD, SOMEBODY)


def test_an_administrator_without_a_password_is_no_way_in_yet(quick_world: World) -> None:
    """Set-up stays open until somebody can sign in, and may take that very name over."""
    made = quick_world.user("root", admin=True, password=None)
    token = quick_world.service.setup.begin()
    signed_in = quick_world.service.set_up(token, "root", PASSWORD, SOMEBODY)
    assert signed_in is not None
    assert signed_in.user.id == made.id


def test_a_link_sets_a_password_once(world: World) -> None:
    """Of its user alone, on any server of the instance; all their sessions end; the used link is nothing."""
    ann = world.user("ann")
    before = world.sign_in("ann")
    token = world.service.setup.link(CLI, ann.id)
    signed_in = world.other().set_up(token, "ignored", "another quiet evening", SOMEBODY)
    assert signed_in is not None
    assert signed_in.user.id == ann.id
    world.service.tick()
    assert world.who(before.token) is None
    assert world.who(signed_in.token) is not None
    assert world.sign_in("ann", "another quiet evening")
    with pytest.raises(Unauthenticated):
        world.service.set_up(token, "", "a third quiet evening", SOMEBODY)


def test_a_link_ends_with_time_or_another_change(quick_world: World) -> None:
    """After `auth.setup_lifetime`, with a password set otherwise, and with the user's being disabled."""
    quick_world.again(setup_lifetime_ms=HOUR_MS)
    ann = quick_world.user("ann")
    setup = quick_world.service.setup
    late = setup.link(CLI, ann.id)
    quick_world.clock.advance_ms(HOUR_MS)
    changed = setup.link(CLI, ann.id)
    quick_world.service.users.set_password(CLI, ann.id, PASSWORD)
    disabled = setup.link(CLI, ann.id)
    quick_world.service.users.update(CLI, ann.id, UserChange(disabled=True))
    for token in (late, changed, disabled):
        with pytest.raises(Unauthenticated):
            quick_world.service.set_up(token, "", "another quiet evening", SOMEBODY)
    with pytest.raises(Conflict):
        setup.link(CLI, ann.id)
    with pytest.raises(NotFound):
        setup.link(CLI, "nobody")


def test_a_link_cannot_be_made_up(quick_world: World) -> None:
    """Another user, a later end, another instance: the mark does not fit."""
    import base64

    ann, root = quick_world.user("ann"), quick_world.user("root", admin=True)
    with pytest.raises(Forbidden):
        quick_world.service.setup.link(quick_world.actor(ann), root.id)
    text = base64.urlsafe_b64decode(quick_world.service.setup.link(CLI, ann.id).removeprefix("link.") + "==").decode()
    user_id, ends_ms, mark = text.split(".")
    for forged in (f"{root.id}.{ends_ms}.{mark}", f"{user_id}.{int(ends_ms) + 1}.{mark}", f"{user_id}.{ends_ms}."):
        token = "link." + base64.urlsafe_b64encode(forged.encode()).decode().rstrip("=")
        with pytest.raises(Unauthenticated):
            quick_world.service.set_up(token, "", "another quiet evening", SOMEBODY)


def test_the_shortest_password_is_a_setting(quick_world: World) -> None:
    """`auth.password_min_length`; `auth.password_workers` bounds how many are checked at a time."""
    quick_world.again(password_min_length=14, password_workers=1)
    with pytest.raises(BadData, match="at least 14"):
        quick_world.user("ann", password="only 13 chars")
    quick_world.user("ann", password="now 14 of them")
    assert quick_world.sign_in("ann", "now 14 of them")
