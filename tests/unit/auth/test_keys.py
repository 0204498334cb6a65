"""API keys: shown once, limited by scopes, by a project, by their owner and by time."""

from __future__ import annotations

import pytest
from tests.unit.auth.world import HOUR_MS, NOW_MS, World

from vedette.auth.actor import CLI, Actor, anonymous
from vedette.auth.keys import NewKey
from vedette.auth.permission import SCOPES, Permission
from vedette.auth.principal import ANYONE, Principal
from vedette.errors import BadData, Forbidden, NotFound
from vedette.model.matcher import Matcher, MatchOp


def principal_of(world: World, made: NewKey) -> Principal:
    """Whom the key leads to."""
    found = world.service.by_key(made.secret)
    assert found is not None
    return found.principal


def test_a_key_is_shown_once_and_kept_as_a_hash(world: World) -> None:
    """Neither the catalog nor the log has the secret; the prefix is there to recognise it by."""
    made = world.service.keys.create(CLI, "default", "agent", ["ingest"])
    assert made.secret.startswith(made.key.prefix + "_")
    assert made.key.prefix == f"vdt_{made.key.id}"
    assert len(made.secret.removeprefix(made.key.prefix + "_")) == 43
    with world.catalog.read() as connection:
        dump = str([list(connection.exec_driver_sql(f"SELECT * FROM {name}")) for name in ("api_keys", "audit_log")])
    assert made.secret not in dump
    assert made.secret.removeprefix(made.key.prefix + "_") not in dump


@pytest.mark.parametrize("scope", sorted(SCOPES))
def test_a_key_may_what_its_scope_says_in_its_project_alone(quick_world: World, scope: str) -> None:
    """And never anything over the whole instance, whoever owns it."""
    quick_world.service.projects.create(CLI, "other")
    root = quick_world.user("root", admin=True, password=None)
    made = quick_world.service.keys.create(quick_world.actor(root), "default", "k", [scope])
    principal = principal_of(quick_world, made)
    assert {permission for permission in Permission if principal.may(permission, "default")} == SCOPES[scope]
    assert not any(principal.may(permission, "other") for permission in Permission)
    assert (principal.kind, principal.id, principal.user_id) == ("key", made.key.id, root.id)
    assert principal.home == "default"


def test_a_key_never_may_more_than_its_owner_may_now(world: World) -> None:
    """A smaller role makes the key smaller at once; without a role the key is none."""
    world.user("root", admin=True, password=None)
    ann = world.member("ann", "admin")
    made = world.service.keys.create(world.actor(ann), "default", "k", ["admin"])
    assert principal_of(world, made).may(Permission.PROJECT_ADMIN, "default")
    world.service.members.assign(CLI, "default", "ann", "viewer")
    principal = principal_of(world, made)
    assert not principal.may(Permission.DOCUMENTS_WRITE, "default")
    assert principal.may(Permission.METRICS_READ, "default")
    world.service.members.remove(CLI, "default", "ann")
    assert world.service.by_key(made.secret) is None


def test_the_narrowing_of_the_owners_role_holds_for_the_key(world: World) -> None:
    """Whoever may see one team's series cannot see others by a key."""
    world.service.roles.create(CLI, "team-a", ["metrics:read", "status:read"], selector='{team="a"}')
    ann = world.member("ann", "team-a")
    made = world.service.keys.create(world.actor(ann), "default", "k", ["read"])
    principal = principal_of(world, made)
    assert principal.narrowing("default") == (Matcher("team", MatchOp.EQUAL, "a"),)
    assert not principal.may(Permission.STATUS_READ, "default")


def test_an_expired_key_is_none(quick_world: World) -> None:
    """From its millisecond on."""
    made = quick_world.service.keys.create(CLI, "default", "k", ["read"], expires_ms=NOW_MS + HOUR_MS)
    quick_world.clock.advance_ms(HOUR_MS - 1)
    assert quick_world.service.by_key(made.secret) is not None
    quick_world.clock.advance_ms(1)
    assert quick_world.service.by_key(made.secret) is None


def test_a_revoked_key_is_none_here_and_elsewhere(world: World) -> None:
    """At once, and on other servers at their next look."""
    made = world.service.keys.create(CLI, "default", "k", ["read"])
    elsewhere = world.other()
    assert elsewhere.by_key(made.secret) is not None
    world.service.keys.revoke(CLI, made.key.id)
    assert world.service.by_key(made.secret) is None
    elsewhere.tick()
    assert elsewhere.by_key(made.secret) is None
    with pytest.raises(NotFound):
        world.service.keys.revoke(CLI, made.key.id)


def test_keys_of_a_deleted_project_are_none_until_it_is_back(world: World) -> None:
    """Nothing more is taken in for it or read out of it."""
    world.service.projects.create(CLI, "shop")
    made = world.service.keys.create(CLI, "shop", "k", ["ingest"])
    world.service.projects.remove(CLI, "shop")
    assert world.service.by_key(made.secret) is None
    world.service.projects.restore(CLI, "shop")
    assert world.service.by_key(made.secret) is not None


@pytest.mark.parametrize(
    ("name", "scopes", "expires_ms"),
    [
        ("", ["read"], 0),
        ("  ", ["read"], 0),
        ("x" * 101, ["read"], 0),
        ("a\nb", ["read"], 0),
        ("k", [], 0),
        ("k", ["write"], 0),
        ("k", ["read", "instance"], 0),
        ("k", ["read"], -1),
        ("k", ["read"], NOW_MS),
    ],
)
def test_what_makes_no_sense_is_refused(quick_world: World, name: str, scopes: list[str], expires_ms: int) -> None:
    """A name, known scopes, an end in the future."""
    with pytest.raises(BadData):
        quick_world.service.keys.create(CLI, "default", name, scopes, expires_ms=expires_ms)


def test_nobody_makes_a_key_that_may_more_than_they(quick_world: World) -> None:
    """A viewer gets read only; a project that they are not in does not exist for them; a key makes no keys."""
    quick_world.service.projects.create(CLI, "other")
    viewer = quick_world.actor(quick_world.member("ann", "viewer"))
    keys = quick_world.service.keys
    for scope in ("ingest", "edit", "admin"):
        with pytest.raises(Forbidden):
            keys.create(viewer, "default", "k", ["read", scope])
    made = keys.create(viewer, "default", "k", ["read"])
    for project in ("other", "nowhere"):
        with pytest.raises(NotFound):
            keys.create(viewer, project, "k", ["read"])
    admin_key = keys.create(CLI, "default", "k", ["admin"])
    for secret in (made.secret, admin_key.secret):
        found = quick_world.service.by_key(secret)
        assert found is not None
        with pytest.raises(Forbidden):
            keys.create(Actor(principal=found.principal), "default", "more", ["read"])


def test_only_the_instances_admin_makes_keys_of_others(quick_world: World) -> None:
    """Neither in somebody's name nor in nobody's, which would not be bounded by any user."""
    ann, bob = quick_world.member("ann", "admin"), quick_world.member("bob", "viewer")
    keys = quick_world.service.keys
    for owner in (bob.id, ""):
        with pytest.raises(Forbidden):
            keys.create(quick_world.actor(ann), "default", "k", ["read"], owner_id=owner)
    assert keys.create(CLI, "default", "k", ["read"], owner_id=bob.id).key.owner_id == bob.id
    with pytest.raises(Forbidden):
        keys.create(CLI, "default", "k", ["admin"], owner_id=bob.id)
    with pytest.raises(NotFound):
        keys.create(CLI, "default", "k", ["read"], owner_id="nobody")


def test_where_nobody_signs_in_keys_are_nobodys(quick_world: World) -> None:
    """With --no-auth a key can be made all the same, for the day on which that ends."""
    made = quick_world.service.keys.create(Actor(principal=ANYONE), "default", "k", ["ingest"])
    assert made.key.owner_id == ""
    assert principal_of(quick_world, made).may(Permission.SAMPLES_WRITE, "default")


def test_who_sees_and_revokes_which_keys(quick_world: World) -> None:
    """One's own; all of a project one administers; for all others there is no such key."""
    service = quick_world.service
    service.projects.create(CLI, "other")
    ann, bob = (
        quick_world.actor(quick_world.member("ann", "viewer")),
        quick_world.actor(quick_world.member("bob", "admin")),
    )
    eve = quick_world.actor(quick_world.member("eve", "admin", "other"))
    made = service.keys.create(ann, "default", "anns", ["read"])
    assert [key.id for key in service.keys.of_owner(ann.principal.id)] == [made.key.id]
    assert service.keys.of_owner(bob.principal.id) == service.keys.of_owner("") == []
    assert [key.id for key in service.keys.of_project(bob, "default")] == [made.key.id]
    with pytest.raises(Forbidden):
        service.keys.of_project(ann, "default")
    for actor, project in ((eve, None), (eve, "other"), (bob, "other")):
        with pytest.raises(NotFound):
            service.keys.revoke(actor, made.key.id, project)
    service.keys.revoke(bob, made.key.id, "default")
    again = service.keys.create(ann, "default", "anns", ["read"])
    service.keys.revoke(ann, again.key.id)
    assert service.keys.of_owner(ann.principal.id) == []


def test_a_key_cannot_revoke_by_being_its_owners(quick_world: World) -> None:
    """A read key of somebody does not end that person's other keys."""
    ann = quick_world.member("ann", "viewer")
    first, second = (
        quick_world.service.keys.create(quick_world.actor(ann), "default", "k", ["read"]) for _ in range(2)
    )
    with pytest.raises(NotFound):
        quick_world.service.keys.revoke(Actor(principal=principal_of(quick_world, first)), second.key.id)


def test_what_a_key_is_used_for_is_noted_once_an_hour(world: World) -> None:
    """A line for each class of use, however many requests there are."""
    made = world.service.keys.create(CLI, "default", "k", ["ingest", "read"])
    actor = Actor(principal=principal_of(world, made), address="192.0.2.7")
    for _ in range(100):
        world.service.keys.note_use(actor, "ingest", "default")
        world.service.keys.note_use(actor, "query", "default")
    world.clock.advance_ms(HOUR_MS)
    world.service.keys.note_use(actor, "ingest", "default")
    lines = world.log("key.use")
    assert [line.detail["use"] for line in lines] == ["ingest", "query", "ingest"]
    assert (lines[0].actor_kind, lines[0].object_id, lines[0].address) == ("key", made.key.id, "192.0.2.7")


def test_last_use_is_shown_before_it_is_written(quick_world: World) -> None:
    """The list is as new as the last request."""
    made = quick_world.service.keys.create(CLI, "default", "k", ["read"])
    quick_world.clock.advance_ms(1_000)
    quick_world.service.by_key(made.secret)
    (shown,) = quick_world.service.keys.of_project(CLI, "default")
    assert shown.last_used_ms == NOW_MS + 1_000


def test_a_key_that_opens_nothing_is_noted_without_its_text(world: World) -> None:
    """Once an hour and address: which key it was and why, or that it is none of ours, which may be a password."""
    keys = world.service.keys
    revoked = keys.create(CLI, "default", "old", ["read"])
    expired = keys.create(CLI, "default", "short", ["read"], expires_ms=NOW_MS + 1_000)
    keys.revoke(CLI, revoked.key.id)
    world.clock.advance_ms(1_000)
    for secret in (revoked.secret, expired.secret, expired.secret + "x", "vdt_my_password", "hunter2", revoked.secret):
        keys.note_refused(anonymous("192.0.2.7"), "key", secret)
    keys.note_refused(anonymous("192.0.2.8"), "key", revoked.secret)
    keys.note_refused(anonymous("192.0.2.8"), "ticket", "")
    lines = [(it.object_id, it.detail["why"], it.address, it.result) for it in reversed(world.log("key.use"))]
    assert lines == [
        (revoked.key.id, "revoked", "192.0.2.7", "refused"),
        (expired.key.id, "expired", "192.0.2.7", "refused"),
        ("", "unknown", "192.0.2.7", "refused"),
        (revoked.key.id, "revoked", "192.0.2.8", "refused"),
    ]
    assert [line.object_kind for line in world.log("ticket.use")] == ["ticket"]
    world.clock.advance_ms(HOUR_MS)
    keys.note_refused(anonymous("192.0.2.7"), "key", revoked.secret)
    assert len(world.log("key.use")) == 5
    with world.catalog.read() as connection:
        dump = str(list(connection.exec_driver_sql("SELECT detail, object_id FROM audit_log")))
    assert "my_password" not in dump
    assert "hunter2" not in dump
