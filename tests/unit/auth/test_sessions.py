"""Sessions: how they begin, how long they last, and everything that ends them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.auth.world import HOUR_MS, PASSWORD, World

from vedette.auth.actor import CLI, Actor, anonymous
from vedette.auth.users import UserChange
from vedette.catalog.database import Catalog
from vedette.errors import BadData, NotFound, TooBusy, Unauthenticated, Unavailable

MINUTE_MS = 60_000
DAY_MS = 24 * HOUR_MS


def test_signing_in_leads_to_whoever_it_is(world: World) -> None:
    """The name in any case; the token is not what is stored; a text to repeat against forged requests is there."""
    ann = world.user("ann")
    signed_in = world.sign_in(" Ann ")
    found = world.who(signed_in.token)
    assert found is not None
    assert (found.principal.id, found.principal.kind, found.key) == (ann.id, "user", None)
    assert len(found.csrf) >= 43
    assert found.csrf != signed_in.token
    with world.catalog.read() as connection:
        dump = str(list(connection.exec_driver_sql("SELECT * FROM sessions")))
    assert signed_in.token not in dump
    assert (signed_in.session.address, signed_in.session.user_agent) == ("192.0.2.1", "a browser")


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ann", ""),
        ("ann", "wrong"),
        ("ann", PASSWORD.upper()),
        ("ann", PASSWORD + " "),
        ("nobody", PASSWORD),
        ("", ""),
        ("", PASSWORD),
        ("without", ""),
        ("without", PASSWORD),
        ("ann\x00", PASSWORD),
        ("\ud800", "\ud800"),
        ("x" * 10_000, "x" * 10_000),
    ],
)
def test_every_wrong_way_is_answered_alike(quick_world: World, name: str, password: str) -> None:
    """Empty, odd, unknown, without a password: one answer that does not tell which, and a line in the log."""
    quick_world.user("ann")
    quick_world.user("without", password=None)
    with pytest.raises(Unauthenticated, match="the name or the password is wrong") as caught:
        quick_world.sign_in(name, password)
    assert caught.value.reason == "invalid"
    line = quick_world.log("login")[0]
    assert (line.result, line.address, line.request_id) == ("refused", "192.0.2.1", "req-1")


@pytest.mark.parametrize("token", ["", "x", "None", "0", "\ud800", "x" * 100_000, "' OR 1=1 --"])
def test_nothing_else_is_a_session_or_key(quick_world: World, token: str) -> None:
    """Odd texts lead to nobody, and are no error."""
    for found in (quick_world.service.by_session, quick_world.service.by_key, quick_world.service.by_ticket):
        assert found(token) is None
        assert found("vdt_" + token) is None


def test_it_ends_when_nothing_is_asked_for_long(world: World) -> None:
    """Each use puts the end off; what was used is known after a restart as well."""
    world.user("ann")
    token = world.sign_in("ann").token
    for _ in range(3):
        world.clock.advance_ms(11 * HOUR_MS)
        assert world.who(token) is not None
    world.service.close()
    world.service = world.other()
    world.clock.advance_ms(12 * HOUR_MS - 1)
    assert world.who(token) is not None
    world.clock.advance_ms(12 * HOUR_MS)
    assert world.who(token) is None


def test_it_ends_after_its_longest_time(world: World) -> None:
    """However busy it is."""
    world.user("ann")
    token = world.sign_in("ann").token
    for _ in range(30 * 3 - 1):
        world.clock.advance_ms(8 * HOUR_MS)
        assert world.who(token) is not None
    world.clock.advance_ms(8 * HOUR_MS)
    assert world.who(token) is None
    assert world.service.sessions.sweep() == 1
    with world.catalog.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sessions").scalar() == 0


def test_use_on_another_server_keeps_it_alive_here(world: World) -> None:
    """A balancer may send a browser elsewhere for half a day."""
    world.user("ann")
    token = world.sign_in("ann").token
    elsewhere = world.other()
    for _ in range(3):
        world.clock.advance_ms(6 * HOUR_MS)
        assert elsewhere.by_session(token) is not None
        elsewhere.tick()
        world.service.tick()
    assert world.who(token) is not None


def test_what_could_not_be_written_is_written_later(quick_world: World) -> None:
    """A catalog that is away loses no moment of use."""
    quick_world.user("ann")
    token = quick_world.sign_in("ann").token
    secret = quick_world.service.keys.create(CLI, "default", "agent", ["read"]).secret
    quick_world.clock.advance_ms(5_000)
    quick_world.who(token)
    quick_world.service.by_key(secret)
    directory = quick_world.service._directory
    real, directory._catalog = directory._catalog, Catalog("postgresql+psycopg://nobody@127.0.0.1:1/x", Path())
    for part in (quick_world.service.sessions, quick_world.service.keys):
        with pytest.raises(Unavailable):
            part.write_back()
    directory._catalog = real
    quick_world.service.close()
    with quick_world.catalog.read() as connection:
        seen = connection.exec_driver_sql("SELECT last_seen_ms FROM sessions").scalar()
        used = connection.exec_driver_sql("SELECT last_used_ms FROM api_keys").scalar()
    assert seen == used == quick_world.clock.now_ms()


def test_how_long_is_a_setting(quick_world: World) -> None:
    """`auth.session_idle` and `auth.session_lifetime`."""
    quick_world.again(session_idle_ms=10 * MINUTE_MS, session_lifetime_ms=HOUR_MS)
    quick_world.user("ann")
    idle, busy = quick_world.sign_in("ann").token, quick_world.sign_in("ann").token
    for _ in range(6):
        assert quick_world.who(busy) is not None
        quick_world.clock.advance_ms(10 * MINUTE_MS - 1)
    assert quick_world.who(idle) is None
    assert quick_world.who(busy) is not None
    quick_world.clock.advance_ms(6)
    assert quick_world.who(busy) is None


def test_the_token_is_replaced_every_hour(world: World) -> None:
    """The old one works a minute longer, for what was under way; two who ask at one time get one new token."""
    world.user("ann")
    signed_in = world.sign_in("ann")
    old = signed_in.token
    world.clock.advance_ms(HOUR_MS - 1)
    found = world.who(old)
    assert found is not None
    assert not found.rotation_due
    assert world.service.sessions.rotate(signed_in.session.id) is None
    world.clock.advance_ms(1)
    found = world.who(old)
    assert found is not None
    assert found.rotation_due
    new = world.service.sessions.rotate(signed_in.session.id)
    assert new is not None
    assert world.service.sessions.rotate(signed_in.session.id) is None
    for token in (old, new):
        found = world.who(token)
        assert found is not None
        assert found.session is not None
        assert (found.session.id, found.rotation_due) == (signed_in.session.id, False)
    world.clock.advance_ms(MINUTE_MS)
    assert world.who(old) is None
    assert world.who(new) is not None
    world.clock.advance_ms(HOUR_MS)
    found = world.who(new)
    assert found is not None
    assert found.rotation_due


def test_other_servers_know_the_replaced_token_for_a_while_too(world: World) -> None:
    """The grace holds for a request that the balancer sends elsewhere."""
    world.user("ann")
    signed_in = world.sign_in("ann")
    elsewhere = world.other()
    world.clock.advance_ms(HOUR_MS)
    new = world.service.sessions.rotate(signed_in.session.id)
    elsewhere.tick()
    assert new is not None
    assert elsewhere.by_session(new) is not None
    assert elsewhere.by_session(signed_in.token) is not None
    world.clock.advance_ms(MINUTE_MS)
    assert elsewhere.by_session(signed_in.token) is None


def test_rotation_is_a_setting(quick_world: World) -> None:
    """`auth.session_rotation` and `auth.session_rotation_grace`."""
    quick_world.again(session_rotation_ms=5 * MINUTE_MS, session_rotation_grace_ms=1_000)
    quick_world.user("ann")
    signed_in = quick_world.sign_in("ann")
    quick_world.clock.advance_ms(5 * MINUTE_MS)
    assert quick_world.service.sessions.rotate(signed_in.session.id) is not None
    quick_world.clock.advance_ms(999)
    assert quick_world.who(signed_in.token) is not None
    quick_world.clock.advance_ms(1)
    assert quick_world.who(signed_in.token) is None


def test_signing_in_again_replaces_the_session_of_the_browser(quick_world: World) -> None:
    """A token that somebody planted before is worth nothing afterwards."""
    quick_world.user("ann")
    first = quick_world.sign_in("ann")
    again = quick_world.service.sign_in("ann", PASSWORD, "", quick_world.actor_of(first))
    assert quick_world.who(first.token) is None
    assert quick_world.who(again.token) is not None


def test_a_revoked_token_has_no_grace(quick_world: World) -> None:
    """Signing out ends the replaced token along with the new one."""
    quick_world.user("ann")
    signed_in = quick_world.sign_in("ann")
    quick_world.clock.advance_ms(HOUR_MS)
    new = quick_world.service.sessions.rotate(signed_in.session.id)
    assert new is not None
    quick_world.service.sign_out(quick_world.actor_of(signed_in))
    assert quick_world.who(signed_in.token) is None
    assert quick_world.who(new) is None


def test_changing_the_password_ends_all_sessions_and_begins_one(world: World) -> None:
    """Whoever stole a session or the password is out at once."""
    world.user("ann")
    thief, own = world.sign_in("ann"), world.sign_in("ann")
    changed = world.service.change_password(world.actor_of(own), PASSWORD, "another quiet evening")
    assert [world.who(token) is not None for token in (thief.token, own.token, changed.token)] == [False, False, True]
    with pytest.raises(Unauthenticated):
        world.sign_in("ann")
    assert world.sign_in("ann", "another quiet evening")


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("wrong", "another quiet evening", Unauthenticated),
        ("", "another quiet evening", Unauthenticated),
        (PASSWORD, "short", BadData),
        (PASSWORD, PASSWORD, BadData),
        (PASSWORD, "password123", BadData),
    ],
)
def test_a_password_is_changed_only_by_whoever_knows_it(
    quick_world: World, old: str, new: str, error: type[Exception]
) -> None:
    """A session alone does not do; the new one has to be acceptable and new."""
    quick_world.user("ann")
    own = quick_world.sign_in("ann")
    with pytest.raises(error):
        quick_world.service.change_password(quick_world.actor_of(own), old, new)
    assert quick_world.who(own.token) is not None


def test_guessing_through_the_profile_is_slowed_down_as_well(quick_world: World) -> None:
    """A stolen session cannot be used to find the password."""
    quick_world.user("ann")
    actor = quick_world.actor_of(quick_world.sign_in("ann"))
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            quick_world.service.change_password(actor, "wrong", "another quiet evening")
    with pytest.raises(TooBusy):
        quick_world.service.change_password(actor, PASSWORD, "another quiet evening")


def test_delays_of_signing_in_are_settings(quick_world: World) -> None:
    """`auth.login_free_attempts`, `auth.login_delay`, `auth.login_delay_max`: and even the right password waits."""
    quick_world.again(login_free_attempts=2, login_delay_ms=3_000, login_delay_max_ms=4_000)
    quick_world.user("ann")
    delays = []
    for _ in range(4):
        try:
            with pytest.raises(Unauthenticated):
                quick_world.sign_in("ann", "wrong")
        except TooBusy as error:
            delays.append(error.retry_after_s)
            quick_world.clock.advance_ms(round(error.retry_after_s * 1000))
            with pytest.raises(Unauthenticated):
                quick_world.sign_in("ann", "wrong")
    assert delays == [3.0, 4.0]
    with pytest.raises(TooBusy):
        quick_world.sign_in("ann")
    assert quick_world.log("login.delayed")[0].detail == {"name": "ann"}
    quick_world.clock.advance_ms(4_000)
    assert quick_world.sign_in("ann")
    assert quick_world.sign_in("ann")


def test_unknown_names_are_slowed_down_alike(quick_world: World) -> None:
    """Delays do not tell who exists."""
    quick_world.again(login_free_attempts=2)
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            quick_world.sign_in("nobody", "wrong")
    with pytest.raises(TooBusy):
        quick_world.sign_in("nobody", "wrong")


def test_attempts_are_counted_by_their_result(quick_world: World) -> None:
    """A dashboard can show that somebody is guessing."""
    quick_world.again(login_free_attempts=2)
    quick_world.user("ann")
    quick_world.sign_in("ann")
    for _ in range(3):
        with pytest.raises((Unauthenticated, TooBusy)):
            quick_world.sign_in("ann", "wrong")
    counted = [
        quick_world.registry.get_sample_value("vedette_auth_logins_total", {"result": result})
        for result in ("ok", "refused", "delayed")
    ]
    assert counted == [1, 2, 1]


def test_spaces_and_capitals_are_not_another_name(quick_world: World) -> None:
    """Each way of writing a name counts on the same counter, so that none gives further tries."""
    quick_world.again(login_free_attempts=3)
    quick_world.user("ann")
    for name in ("ann", " ANN", "aNn \t"):
        with pytest.raises(Unauthenticated):
            quick_world.sign_in(name, "wrong")
    for name in ("Ann", "ann  ", "\u2003ann"):
        with pytest.raises(TooBusy):
            quick_world.sign_in(name, PASSWORD)


def test_what_is_typed_for_an_unknown_name_is_not_noted(quick_world: World) -> None:
    """It may be a password in the wrong field."""
    quick_world.again(login_free_attempts=1)
    for _ in range(2):
        with pytest.raises((Unauthenticated, TooBusy)):
            quick_world.sign_in("my secret password", "")
    quick_world.service.audit.flush()
    with quick_world.catalog.read() as connection:
        assert "my secret password" not in str(list(connection.exec_driver_sql("SELECT * FROM audit_log")))
    assert [line.action for line in quick_world.log("login.")] == ["login.delayed"]


def test_own_sessions_are_listed_and_ended(world: World) -> None:
    """One by one or all others; never those of somebody else, whose ids look like none."""
    world.user("ann")
    world.user("bob")
    first, second, third = (world.sign_in("ann") for _ in range(3))
    bobs = world.sign_in("bob")
    world.clock.advance_ms(1_000)
    world.who(second.token)
    ann = world.actor_of(third)
    listed = world.service.sessions.of_user(ann.principal.id)
    assert {session.id for session in listed} == {first.session.id, second.session.id, third.session.id}
    assert listed[0].last_seen_ms == world.clock.now_ms()
    for session_id in (bobs.session.id, "nothing", ""):
        with pytest.raises(NotFound):
            world.service.sessions.revoke(ann, session_id)
    world.service.sessions.revoke(ann, first.session.id)
    assert [world.who(item.token) is not None for item in (first, second, third)] == [False, True, True]
    assert world.service.sessions.revoke_others(ann) == 1
    assert [world.who(item.token) is not None for item in (second, third, bobs)] == [False, True, True]


def test_somebody_without_a_session_of_their_own_ends_none(quick_world: World) -> None:
    """A key, or nobody, is not the owner of sessions without one."""
    quick_world.user("ann")
    signed_in = quick_world.sign_in("ann")
    made = quick_world.service.keys.create(
        CLI, "default", "k", ["read"], owner_id=quick_world.member("bob", "viewer").id
    )
    key = quick_world.service.by_key(made.secret)
    assert key is not None
    for actor in (anonymous(), CLI, Actor(principal=key.principal)):
        with pytest.raises(NotFound):
            quick_world.service.sessions.revoke(actor, signed_in.session.id)
        with pytest.raises(NotFound):
            quick_world.service.sessions.revoke_others(actor)
    assert quick_world.who(signed_in.token) is not None


def test_there_are_only_so_many_sessions_of_a_user(quick_world: World) -> None:
    """`auth.max_sessions_per_user`: the one used least recently goes."""
    quick_world.again(max_sessions_per_user=2)
    quick_world.user("ann")
    first, second = quick_world.sign_in("ann"), quick_world.sign_in("ann")
    quick_world.clock.advance_ms(1_000)
    quick_world.who(first.token)
    third = quick_world.sign_in("ann")
    assert [quick_world.who(item.token) is not None for item in (first, second, third)] == [True, False, True]


def test_disabling_takes_effect_at_once_and_everywhere(world: World) -> None:
    """Sessions and keys of the user end, with another server within its next look."""
    world.user("root", admin=True)
    ann = world.member("ann", "admin")
    world.service.users.set_password(CLI, ann.id, PASSWORD)
    signed_in = world.sign_in("ann")
    key = world.service.keys.create(world.actor_of(signed_in), "default", "agent", ["read"])
    elsewhere = world.other()
    assert elsewhere.by_session(signed_in.token) is not None
    world.service.users.update(CLI, ann.id, UserChange(disabled=True))
    assert world.who(signed_in.token) is None
    assert world.service.by_key(key.secret) is None
    elsewhere.tick()
    assert elsewhere.by_session(signed_in.token) is None
    assert elsewhere.by_key(key.secret) is None
    with pytest.raises(Unauthenticated, match="the name or the password is wrong"):
        world.sign_in("ann")
    world.service.users.update(CLI, ann.id, UserChange(disabled=False))
    assert world.who(signed_in.token) is None
    assert world.service.by_key(key.secret) is not None


def test_looking_up_touches_nothing_but_memory(quick_world: World) -> None:
    """A request is answered while the catalog is away; what was used is written when it is back."""
    quick_world.user("ann")
    token = quick_world.sign_in("ann").token
    secret = quick_world.service.keys.create(CLI, "default", "agent", ["read"]).secret
    quick_world.catalog.close()
    quick_world.clock.advance_ms(1_000)
    assert quick_world.service.by_session(token) is not None
    assert quick_world.service.by_key(secret) is not None


def test_last_use_is_written_back_in_one_go(world: World) -> None:
    """At most every half minute, and that wakes nobody else up."""
    world.user("ann")
    token = world.sign_in("ann").token
    secret = world.service.keys.create(CLI, "default", "agent", ["read"]).secret
    epoch = world.catalog.epoch()
    world.clock.advance_ms(5_000)
    world.who(token)
    world.service.by_key(secret)
    world.service.tick()
    with world.catalog.read() as connection:
        seen = connection.exec_driver_sql("SELECT last_seen_ms FROM sessions").scalar()
    assert seen == world.clock.now_ms() - 5_000
    world.clock.advance_ms(25_000)
    world.service.tick()
    with world.catalog.read() as connection:
        seen = connection.exec_driver_sql("SELECT last_seen_ms FROM sessions").scalar()
        used = connection.exec_driver_sql("SELECT last_used_ms FROM api_keys").scalar()
    assert seen == used == world.clock.now_ms() - 25_000
    assert world.catalog.epoch() == epoch
