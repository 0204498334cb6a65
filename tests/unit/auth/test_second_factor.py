"""The second factor: added by proof, used once a code, and replaceable by recovery codes."""

from __future__ import annotations

from xml.etree import ElementTree

import pyotp
import pytest
from tests.unit.auth.world import PASSWORD, World

from vedette.auth.actor import CLI, Actor
from vedette.auth.totp import RECOVERY_CODES, STEP_S
from vedette.errors import BadData, Conflict, Forbidden, TooBusy, Unauthenticated


def code_of(world: World, secret: str, steps: int = 0) -> str:
    """What the app shows, some steps from now."""
    return pyotp.TOTP(secret).generate_otp(world.clock.now_ms() // 1000 // STEP_S + steps)


def enrol(world: World) -> tuple[Actor, str, list[str]]:
    """(somebody with a second factor, the secret of the app, the recovery codes)."""
    world.user("ann")
    actor = world.actor_of(world.sign_in("ann"))
    enrolment = world.service.begin_second_factor(actor, PASSWORD)
    codes = world.service.second_factor.confirm(actor, actor.principal.id, code_of(world, enrolment.secret))
    world.clock.advance_ms(10 * STEP_S * 1000)
    return actor, enrolment.secret, codes


def test_it_is_on_only_when_the_app_has_proved_to_know_the_secret(world: World) -> None:
    """Until then, and after a wrong code, the password alone does."""
    world.user("ann")
    actor = world.actor_of(world.sign_in("ann"))
    with pytest.raises(BadData, match="begin again"):
        world.service.second_factor.confirm(actor, actor.principal.id, "123456")
    enrolment = world.service.begin_second_factor(actor, PASSWORD)
    assert enrolment.uri.startswith("otpauth://totp/Vedette:ann?secret=" + enrolment.secret)
    picture = ElementTree.fromstring(enrolment.qr_svg)
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    assert "script" not in enrolment.qr_svg
    for wrong in ("", "000000x", code_of(world, enrolment.secret, 5), code_of(world, pyotp.random_base32())):
        with pytest.raises(BadData):
            world.service.second_factor.confirm(actor, actor.principal.id, wrong)
    assert world.sign_in("ann")
    codes = world.service.second_factor.confirm(actor, actor.principal.id, code_of(world, enrolment.secret))
    assert len(set(codes)) == RECOVERY_CODES
    with pytest.raises(Unauthenticated) as caught:
        world.sign_in("ann")
    assert caught.value.reason == "second_factor"
    with pytest.raises(Conflict):
        world.service.begin_second_factor(actor, PASSWORD)


def test_it_is_added_and_removed_only_with_the_password(world: World) -> None:
    """A session alone, as of a browser left open, does not do."""
    world.user("ann")
    actor = world.actor_of(world.sign_in("ann"))
    with pytest.raises(Unauthenticated):
        world.service.begin_second_factor(actor, "wrong")
    enrolment = world.service.begin_second_factor(actor, PASSWORD)
    world.service.second_factor.confirm(actor, actor.principal.id, code_of(world, enrolment.secret))
    with pytest.raises(Unauthenticated):
        world.service.remove_second_factor(actor, "")
    world.service.remove_second_factor(actor, PASSWORD)
    assert world.sign_in("ann").session.method == "password"


def test_nothing_of_it_is_stored_in_the_clear(world: World) -> None:
    """A stolen catalog is of no use without the instance's key; neither are recovery codes in it."""
    _, secret, codes = enrol(world)
    with world.catalog.read() as connection:
        dump = str([list(connection.exec_driver_sql(f"SELECT * FROM {name}")) for name in ("users", "audit_log")])
    for text in (secret, *codes, *(code.replace("-", "") for code in codes)):
        assert text not in dump


def test_a_code_works_once(world: World) -> None:
    """Also within its half minute, and no earlier code after it."""
    _, secret, _ = enrol(world)
    before, now = code_of(world, secret, -1), code_of(world, secret)
    assert world.sign_in("ann", code=now).session.method == "password+totp"
    for used in (now, before):
        with pytest.raises(Unauthenticated) as caught:
            world.sign_in("ann", code=used)
        assert caught.value.reason == "second_factor"
    world.clock.advance_ms(STEP_S * 1000)
    assert world.sign_in("ann", code=code_of(world, secret))


def test_the_code_that_switched_it_on_is_used_up(quick_world: World) -> None:
    """Whoever looked over the shoulder cannot sign in with it."""
    quick_world.user("ann")
    actor = quick_world.actor_of(quick_world.sign_in("ann"))
    secret = quick_world.service.begin_second_factor(actor, PASSWORD).secret
    code = code_of(quick_world, secret)
    quick_world.service.second_factor.confirm(actor, actor.principal.id, code)
    with pytest.raises(Unauthenticated):
        quick_world.sign_in("ann", code=code)


@pytest.mark.parametrize(("steps", "works"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off(quick_world: World, steps: int, works: bool) -> None:
    """One step either way."""
    _, secret, _ = enrol(quick_world)
    code = code_of(quick_world, secret, steps)
    if works:
        assert quick_world.sign_in("ann", code=f"{code[:3]} {code[3:]}")
    else:
        with pytest.raises(Unauthenticated):
            quick_world.sign_in("ann", code=code)


@pytest.mark.parametrize("code", ["000000", "12345", "1234567", "١٢٣٤٥٦", "abcde-fghjk", "-", " ", "\ud800", "x" * 999])
def test_wrong_codes_are_refused(quick_world: World, code: str) -> None:
    """Whatever they look like; and the log says that it was the second factor."""
    _, secret, _ = enrol(quick_world)
    while code in {code_of(quick_world, secret, steps) for steps in (-1, 0, 1)}:
        quick_world.clock.advance_ms(90_000)
    with pytest.raises(Unauthenticated) as caught:
        quick_world.sign_in("ann", code=code)
    assert caught.value.reason == "second_factor"
    assert quick_world.log("login")[0].detail == {"name": "ann", "why": "second factor"}


def test_codes_cannot_be_guessed_through(quick_world: World) -> None:
    """Wrong codes count as wrong passwords; asking for the code in between does not reset that."""
    enrol(quick_world)
    refused = []
    while "TooBusy" not in refused:
        for code in ("", "000000"):
            with pytest.raises((Unauthenticated, TooBusy)) as caught:
                quick_world.sign_in("ann", code=code)
            refused.append(caught.type.__name__)
    assert len(refused) <= 12


def test_a_recovery_code_works_once(world: World) -> None:
    """Typed with or without the dash, in capitals; the others stay."""
    _, _, codes = enrol(world)
    assert world.sign_in("ann", code=codes[0]).session.method == "password+recovery"
    with pytest.raises(Unauthenticated):
        world.sign_in("ann", code=codes[0])
    assert world.sign_in("ann", code=codes[1].replace("-", "").upper())


def test_recovery_codes_are_of_one_person(quick_world: World) -> None:
    """Somebody else's is nothing."""
    _, _, codes = enrol(quick_world)
    quick_world.user("bob")
    actor = quick_world.actor_of(quick_world.sign_in("bob"))
    secret = quick_world.service.begin_second_factor(actor, PASSWORD).secret
    quick_world.service.second_factor.confirm(actor, actor.principal.id, code_of(quick_world, secret))
    with pytest.raises(Unauthenticated):
        quick_world.sign_in("bob", code=codes[0])


def test_an_administrator_can_take_it_away_for_somebody_who_lost_it(quick_world: World) -> None:
    """Nobody else can."""
    ann, _, _ = enrol(quick_world)
    bob = quick_world.member("bob", "admin")
    with pytest.raises(Forbidden):
        quick_world.service.second_factor.remove(quick_world.actor(bob), ann.principal.id)
    with pytest.raises(Forbidden):
        quick_world.service.second_factor.confirm(quick_world.actor(bob), ann.principal.id, "000000")
    quick_world.service.second_factor.remove(CLI, ann.principal.id)
    assert quick_world.sign_in("ann").session.method == "password"


def test_beginning_takes_too_long(quick_world: World) -> None:
    """A secret on a screen that was left is worth nothing after ten minutes."""
    quick_world.user("ann")
    actor = quick_world.actor_of(quick_world.sign_in("ann"))
    secret = quick_world.service.begin_second_factor(actor, PASSWORD).secret
    quick_world.clock.advance_ms(600_000)
    with pytest.raises(BadData, match="begin again"):
        quick_world.service.second_factor.confirm(actor, actor.principal.id, code_of(quick_world, secret))
