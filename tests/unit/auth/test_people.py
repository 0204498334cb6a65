"""Users, roles, members and projects: who may change what of whom."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.unit.auth.world import PASSWORD, World

from vedette.auth.actor import CLI, Actor
from vedette.auth.permission import Permission
from vedette.auth.users import UserChange, tag_of
from vedette.catalog.records import ProjectLimits
from vedette.errors import BadData, Conflict, Forbidden, NotFound, QuerySyntax
from vedette.model.matcher import Matcher, MatchOp

Deed = Callable[[World, Actor, str], object]


def promote(world: World, actor: Actor, user_id: str) -> object:
    """Make somebody administrator of the instance."""
    return world.service.users.update(actor, user_id, UserChange(is_instance_admin=True))


DEEDS: dict[str, Deed] = {
    "users.all": lambda w, a, _: w.service.users.all(a),
    "users.create": lambda w, a, _: w.service.users.create(a, "new", password=PASSWORD),
    "users.create admin": lambda w, a, _: w.service.users.create(a, "new", is_instance_admin=True),
    "users.rename": lambda w, a, u: w.service.users.update(a, u, UserChange(name="newname")),
    "users.promote": promote,
    "users.disable": lambda w, a, u: w.service.users.update(a, u, UserChange(disabled=True)),
    "users.remove": lambda w, a, u: w.service.users.remove(a, u),
    "users.set_password": lambda w, a, u: w.service.users.set_password(a, u, "another quiet evening"),
    "users.set_identity": lambda w, a, u: w.service.users.set_identity(a, u, "https://x.example", "1"),
    "users.end_sessions": lambda w, a, u: w.service.users.end_sessions(a, u),
    "setup.link": lambda w, a, u: w.service.setup.link(a, u),
    "roles.create": lambda w, a, _: w.service.roles.create(a, "r", ["metrics:read"]),
    "roles.update": lambda w, a, _: w.service.roles.update(a, "given", ["metrics:read"], expected_version=1),
    "roles.remove": lambda w, a, _: w.service.roles.remove(a, "given"),
    "projects.create": lambda w, a, _: w.service.projects.create(a, "new"),
    "projects.limits": lambda w, a, _: w.service.projects.update(
        a, "default", limits=ProjectLimits(max_bytes=1), expected_version=1
    ),
    "projects.remove": lambda w, a, _: w.service.projects.remove(a, "shop"),
    "projects.restore": lambda w, a, _: w.service.projects.restore(a, "gone"),
    "projects.deleted": lambda w, a, _: w.service.projects.deleted(a),
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_only_the_instances_administrator_may(quick_world: World, deed: Deed) -> None:
    """OpenObserve's holes: neither the admin of a project, nor a key of the administrator, nor the person."""
    service = quick_world.service
    for name in ("shop", "gone"):
        service.projects.create(CLI, name)
    service.projects.remove(CLI, "gone")
    service.roles.create(CLI, "given", ["metrics:read"])
    root = quick_world.user("root", admin=True, password=None)
    ann = quick_world.member("ann", "admin")
    target = quick_world.member("target", "viewer")
    made = service.keys.create(quick_world.actor(root), "default", "k", ["admin"])
    found = service.by_key(made.secret)
    assert found is not None
    for actor in (quick_world.actor(ann), quick_world.actor(target), Actor(principal=found.principal)):
        with pytest.raises(Forbidden):
            deed(quick_world, actor, target.id)
    deed(quick_world, quick_world.actor(root), target.id)


@pytest.mark.parametrize(
    "name", ["", " ", "-x", "ünal", "a b", "a/b", "x" * 128, "a\nb", "<b>", "a:b", "\ud800", "a\x00"]
)
def test_odd_names_of_users_are_refused(quick_world: World, name: str) -> None:
    """A name is shown in many places and typed in others."""
    with pytest.raises(BadData):
        quick_world.service.users.create(CLI, name)


def test_a_name_is_taken_in_any_case(world: World) -> None:
    """Ann and ann are one person to everybody who reads the log."""
    world.user("Ann@Example.org", password=None)
    with pytest.raises(Conflict):
        world.user("ann@example.ORG", password=None)
    assert world.service.users.named(" ANN@example.org").name == "ann@example.org"


def test_a_name_is_never_somebodys_id(quick_world: World) -> None:
    """Grafana CVE-2025-41115: where both are taken, a name chosen to be another's id leads to its own user or none."""
    victim = quick_world.member("victim", "viewer")
    with pytest.raises(NotFound):
        quick_world.service.users.named(victim.id)
    mallory = quick_world.user(victim.id, password=None)
    assert mallory.name != victim.id
    assert mallory.name not in {user.id for user in quick_world.service.users.all(CLI)}
    assert quick_world.service.members.assign(CLI, "default", mallory.name, "viewer").user_id == mallory.id
    assert quick_world.service.members.assign(CLI, "default", victim.id, "editor").user_id == victim.id


def test_the_last_administrator_stays(world: World) -> None:
    """Neither removed nor disabled nor demoted, by themselves or the command line; with a second one they can go."""
    root = world.user("root", admin=True, password=None)
    for deed in (
        lambda: world.service.users.remove(CLI, root.id),
        lambda: world.service.users.update(CLI, root.id, UserChange(disabled=True)),
        lambda: world.service.users.update(CLI, root.id, UserChange(is_instance_admin=False)),
        lambda: world.service.users.update(world.actor(root), root.id, UserChange(is_instance_admin=False)),
    ):
        with pytest.raises(Conflict, match="last administrator"):
            deed()
    second = world.user("second", admin=True, password=None)
    world.service.users.update(CLI, second.id, UserChange(disabled=True))
    with pytest.raises(Conflict, match="last administrator"):
        world.service.users.remove(CLI, root.id)
    world.service.users.update(CLI, second.id, UserChange(disabled=False))
    world.service.users.remove(CLI, root.id)


def test_everybody_changes_their_own_texts_and_nothing_else(quick_world: World) -> None:
    """Display name and e-mail, not name or rights; and not of others."""
    ann, bob = quick_world.member("ann", "viewer"), quick_world.member("bob", "viewer")
    actor = quick_world.actor(ann)
    users = quick_world.service.users
    assert users.update(actor, ann.id, UserChange(display_name=" Ann ", email="a@b.example")).display_name == "Ann"
    for change in (UserChange(display_name="x"), UserChange(email="x")):
        with pytest.raises(Forbidden):
            users.update(actor, bob.id, change)
    for change in (UserChange(name="x"), UserChange(is_instance_admin=False), UserChange(disabled=False)):
        with pytest.raises(Forbidden):
            users.update(actor, ann.id, change)
    for text in ("x" * 201, "a\x07b"):
        with pytest.raises(BadData):
            users.update(actor, ann.id, UserChange(display_name=text))


def test_two_who_change_a_user_at_one_time_hear_of_each_other(quick_world: World) -> None:
    """The tag is of what is seen; the conflict shows both, without anything secret."""
    ann = quick_world.user("ann")
    users = quick_world.service.users
    tag = tag_of(users.get(ann.id))
    users.update(CLI, ann.id, UserChange(display_name="first"), expected=tag)
    with pytest.raises(Conflict) as caught:
        users.update(CLI, ann.id, UserChange(display_name="second"), expected=tag)
    assert isinstance(caught.value.current, dict)
    assert isinstance(caught.value.yours, dict)
    assert (caught.value.current["display_name"], caught.value.yours["display_name"]) == ("first", "second")
    assert "argon2" not in str(caught.value.current) + str(caught.value.yours)


def test_a_removed_user_leaves_nothing_that_works(world: World) -> None:
    """Sessions and keys are gone; a new user of the same name is somebody else."""
    ann = world.member("ann", "admin")
    world.service.users.set_password(CLI, ann.id, PASSWORD)
    signed_in = world.sign_in("ann")
    key = world.service.keys.create(world.actor(ann), "default", "k", ["read"])
    world.service.users.remove(CLI, ann.id)
    again = world.member("ann", "admin")
    assert again.id != ann.id
    assert world.who(signed_in.token) is None
    assert world.service.by_key(key.secret) is None
    assert world.service.keys.of_owner(again.id) == []


def test_roles_narrow_and_take_effect_at_once(world: World) -> None:
    """A change of the role changes what its holders may and see, also on other servers."""
    service = world.service
    service.roles.create(CLI, "team-a", ["metrics:read", "status:read"], selector='{team="a",env!="dev"}')
    ann = world.member("ann", "team-a")
    principal = world.actor(ann).principal
    assert principal.narrowing("default") == (
        Matcher("team", MatchOp.EQUAL, "a"),
        Matcher("env", MatchOp.NOT_EQUAL, "dev"),
    )
    assert principal.may(Permission.METRICS_READ, "default")
    assert not principal.may(Permission.STATUS_READ, "default")
    elsewhere = world.other()
    saved = service.roles.update(CLI, "team-a", ["documents:read"], expected_version=1)
    assert saved.version == 2
    elsewhere.tick()
    for state in (service._directory.state, elsewhere._directory.state):
        changed = state.user(ann.id)
        assert changed is not None
        assert not changed.may(Permission.METRICS_READ, "default")
        assert changed.narrowing("default") == ()
    with pytest.raises(Conflict):
        service.roles.update(CLI, "team-a", ["metrics:read"], expected_version=1)


@pytest.mark.parametrize(
    ("name", "permissions", "selector"),
    [
        ("viewer", ["metrics:read"], ""),
        ("Team", ["metrics:read"], ""),
        ("", ["metrics:read"], ""),
        ("team", [], ""),
        ("team", ["instance:admin"], ""),
        ("team", ["metrics:*"], ""),
        ("team", ["metrics:read"], "{team="),
        ("team", ["metrics:read"], "up or vector(1)"),
        ("team", ["metrics:read"], "{}"),
        ("team", ["metrics:read"], '{team=~"("}'),
        ("team", ["metrics:read"], '{a="' + "x" * 2000 + '"}'),
    ],
)
def test_roles_that_make_no_sense_are_refused(
    quick_world: World, name: str, permissions: list[str], selector: str
) -> None:
    """Built-in names, rights over the instance, selectors that cannot be read: a slip must not widen anything."""
    with pytest.raises(BadData):
        quick_world.service.roles.create(CLI, name, permissions, selector=selector)


def test_a_role_that_somebody_has_cannot_be_removed(quick_world: World) -> None:
    """Nor a built-in one; afterwards it can."""
    service = quick_world.service
    service.roles.create(CLI, "team", ["metrics:read"])
    quick_world.member("ann", "team")
    with pytest.raises(Conflict):
        service.roles.remove(CLI, "team")
    for name, error in (("viewer", BadData), ("nothing", NotFound)):
        with pytest.raises(error):
            service.roles.remove(CLI, name)
    service.members.remove(CLI, "default", "ann")
    service.roles.remove(CLI, "team")
    assert [role.name for role in service.roles.all()] == ["viewer", "editor", "admin"]


def test_a_role_that_cannot_be_read_gives_nothing(quick_world: World) -> None:
    """A damaged selector in the catalog closes; it does not open."""
    service = quick_world.service
    service.roles.create(CLI, "team", ["metrics:read"], selector='{team="a"}')
    ann = quick_world.member("ann", "team")
    with quick_world.catalog.begin() as connection:
        connection.exec_driver_sql("UPDATE roles SET selector = '{team='")
        connection.exec_driver_sql("UPDATE epochs SET epoch = epoch + 1")
    service.tick()
    assert not any(quick_world.actor(ann).principal.may(permission, "default") for permission in Permission)


def test_nobody_gives_more_than_they_have(quick_world: World) -> None:
    """A custom admin without a right cannot hand it out; a narrowed one only what is narrowed as much."""
    service = quick_world.service
    service.roles.create(CLI, "keeper", ["project:admin", "metrics:read"], selector='{team="a"}')
    service.roles.create(CLI, "narrow", ["metrics:read"], selector='{env="x",team="a"}')
    service.roles.create(CLI, "other", ["metrics:read"], selector='{team="b"}')
    service.roles.create(CLI, "wide", ["metrics:read"])
    keeper = quick_world.actor(quick_world.member("keeper", "keeper"))
    bob = quick_world.member("bob", "narrow")
    for role in ("viewer", "editor", "admin", "other", "wide"):
        with pytest.raises(Forbidden):
            service.members.assign(keeper, "default", bob.id, role)
    service.members.assign(keeper, "default", "bob", "keeper")
    service.members.assign(keeper, "default", bob.id, "narrow")


def test_nobody_takes_from_whoever_has_more(quick_world: World) -> None:
    """A lesser administrator neither lowers nor removes a greater one."""
    service = quick_world.service
    service.roles.create(CLI, "keeper", ["project:admin", "metrics:read"])
    keeper = quick_world.actor(quick_world.member("keeper", "keeper"))
    quick_world.member("boss", "admin")
    with pytest.raises(Forbidden):
        service.members.assign(keeper, "default", "boss", "keeper")
    with pytest.raises(Forbidden):
        service.members.remove(keeper, "default", "boss")


def test_members_are_changed_by_whoever_administers_that_project(world: World) -> None:
    """Not by those of another one, not by viewers, not by keys; unknown users, roles and projects are refused."""
    service = world.service
    service.projects.create(CLI, "shop")
    admin = world.actor(world.member("ann", "admin"))
    viewer = world.actor(world.member("bob", "viewer"))
    stranger = world.actor(world.member("eve", "admin", "shop"))
    found = service.by_key(service.keys.create(admin, "default", "k", ["admin"]).secret)
    assert found is not None
    for actor in (viewer, stranger, Actor(principal=found.principal)):
        with pytest.raises(Forbidden):
            service.members.assign(actor, "default", "bob", "viewer")
    for actor in (viewer, stranger):
        with pytest.raises(Forbidden):
            service.members.of_project(actor, "default")
    service.members.assign(admin, "default", "eve", "editor")
    assert [(member.name, member.role) for member in service.members.of_project(admin, "default")] == [
        ("ann", "admin"),
        ("bob", "viewer"),
        ("eve", "editor"),
    ]
    for user, role, error in (("nobody", "viewer", NotFound), ("bob", "owner", BadData)):
        with pytest.raises(error):
            service.members.assign(admin, "default", user, role)
    with pytest.raises(NotFound):
        service.members.assign(CLI, "nowhere", "bob", "viewer")
    service.members.remove(admin, "default", "eve")
    with pytest.raises(NotFound):
        service.members.remove(admin, "default", "eve")


@pytest.mark.parametrize("name", ["", "-a", "A", "a_b", "a.b", "../x", "a/b", "x" * 64, "ä", "a\n"])
def test_names_of_projects_are_names_of_folders_everywhere(quick_world: World, name: str) -> None:
    """Lower-case letters, digits and dashes, at most 63."""
    with pytest.raises(BadData):
        quick_world.service.projects.create(CLI, name)


def test_a_deleted_project_is_gone_for_everybody_until_it_is_back(world: World) -> None:
    """Its name stays taken, its members have their roles again afterwards; the default one cannot go."""
    service = world.service
    service.projects.create(CLI, "shop", title="Shop", limits=ProjectLimits(max_active_series=10))
    ann = world.member("ann", "viewer", "shop")
    assert world.actor(ann).principal.home == "shop"
    service.projects.remove(CLI, "shop")
    assert world.actor(ann).principal.grants == {}
    assert not service.has_project("shop")
    assert [project.name for project in service.projects.seen_by(CLI.principal)] == ["default"]
    assert [project.name for project in service.projects.deleted(CLI)] == ["shop"]
    for deed in (
        lambda: service.projects.get("shop"),
        lambda: service.projects.remove(CLI, "shop"),
        lambda: service.projects.update(CLI, "shop", title="x", expected_version=2),
        lambda: service.members.assign(CLI, "shop", "ann", "viewer"),
    ):
        with pytest.raises(NotFound):
            deed()
    with pytest.raises(Conflict):
        service.projects.create(CLI, "shop")
    restored = service.projects.restore(CLI, "shop")
    assert (restored.title, restored.limits.max_active_series) == ("Shop", 10)
    assert world.actor(ann).principal.may(Permission.METRICS_READ, "shop")
    with pytest.raises(Conflict):
        service.projects.remove(CLI, "default")


def test_a_projects_own_administrator_changes_its_title_only(quick_world: World) -> None:
    """Limits are set by whoever runs the instance; versions are looked at; nonsense is refused."""
    service = quick_world.service
    ann = quick_world.actor(quick_world.member("ann", "admin"))
    assert service.projects.update(ann, "default", title="Ours", expected_version=1).version == 2
    with pytest.raises(Conflict):
        service.projects.update(ann, "default", title="Mine", expected_version=1)
    with pytest.raises(Forbidden):
        service.projects.update(ann, "default", limits=ProjectLimits(), expected_version=2)
    for limits in (ProjectLimits(max_bytes=0), ProjectLimits(max_samples_per_s=-1), ProjectLimits(max_bytes=2**60)):
        with pytest.raises(BadData):
            service.projects.update(CLI, "default", limits=limits, expected_version=2)


def test_a_second_server_finds_the_default_project(world: World) -> None:
    """Nobody has to make it."""
    assert world.service.has_project("default")
    assert world.other().has_project("default")


def test_selectors_are_read_with_their_position(quick_world: World) -> None:
    """Whoever types a role's selector sees where it is wrong."""
    with pytest.raises(QuerySyntax) as caught:
        quick_world.service.roles.create(CLI, "team", ["metrics:read"], selector='{team="a" env="b"}')
    assert caught.value.start > 0
