"""Users, roles, projects, members, sessions, keys and leases keep what they are given, on both back ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from vedette.catalog import keys, leases, projects, roles, sessions, users
from vedette.catalog.database import Catalog
from vedette.catalog.records import ApiKey, Membership, Project, ProjectLimits, Role, Session, User
from vedette.errors import Conflict, NotFound, VedetteError

ODD = "Zoë \u2028 \"'; DROP TABLE users; -- %s :x {} \U0001f642"


def user(name: str = "bob", **fields: object) -> User:
    """A user with the id `u-<name>`."""
    return User(id=f"u-{name}", name=name, created_ms=1_700_000_000_000, **fields)  # type: ignore[arg-type]


def session(number: int, of: str = "u-bob", **fields: object) -> Session:
    """A session with the id `s<number>`."""
    values: dict[str, object] = {"created_ms": 1000, "last_seen_ms": 1000, "expires_ms": 90_000, **fields}
    return Session(
        id=f"s{number}",
        token_hash=f"hash{number}",
        csrf_token="c",
        user_id=of,
        method="password",
        **values,  # type: ignore[arg-type]
    )


def key(number: int, **fields: object) -> ApiKey:
    """A key with the id `k<number>`."""
    return ApiKey(
        id=f"k{number}",
        name="n",
        prefix="vdt_",
        secret_hash=f"hash{number}",
        scopes=("read", "ingest"),
        created_ms=number,
        **{"project": "default", **fields},  # type: ignore[arg-type]
    )


FULL_USER = user(
    email="b@example.org",
    display_name=ODD,
    password_hash="$argon2id$",
    password_changed_ms=2**53,
    is_instance_admin=True,
    totp_secret="sealed",
    totp_last_step=56_000_000,
    recovery_hashes=("a", "b"),
    oidc_issuer="https://id.example",
    oidc_subject="42",
    last_login_ms=7,
    disabled_ms=8,
)
FULL_PROJECT = Project(
    name="web",
    title=ODD,
    limits=ProjectLimits(max_active_series=0, max_query_series=2**60, query_timeout_s=0.25),
    created_ms=5,
    deleted_ms=6,
)
FULL_ROLE = Role(name="few", description=ODD, permissions=("metrics:read",), selector='{team="a"}')


def test_records_come_back_as_they_were(catalog: Catalog) -> None:
    """All fields survive, with any text, numbers beyond 32 bits, and zero apart from nothing."""
    stored = session(1, address="::1", user_agent=ODD)
    with catalog.begin() as connection:
        users.add(connection, FULL_USER)
        projects.add(connection, FULL_PROJECT)
        roles.add(connection, FULL_ROLE)
        sessions.add(connection, stored)
        keys.add(connection, key(1, owner_id="u-bob", expires_ms=3, last_used_ms=4))
    with catalog.read() as connection:
        assert users.every(connection) == [FULL_USER]
        assert projects.get(connection, "web") == FULL_PROJECT
        assert roles.every(connection) == [FULL_ROLE]
        assert sessions.every(connection) == [stored]
        assert keys.every(connection) == [key(1, owner_id="u-bob", expires_ms=3, last_used_ms=4)]


def test_the_project_default_is_there_from_the_beginning(catalog: Catalog) -> None:
    """A new catalog has one project, without limits, made when the catalog was."""
    with catalog.read() as connection:
        (project,) = projects.every(connection)
    assert (project.name, project.limits, project.version) == ("default", ProjectLimits(), 1)
    assert project.created_ms > 1_700_000_000_000


def test_text_that_no_database_takes_is_stored_with_a_sign_in_its_place(catalog: Catalog) -> None:
    """The character 0 and halves of a surrogate pair neither fail nor end the text."""
    with catalog.begin() as connection:
        users.add(connection, user(display_name="a\0b\ud800c"))
        assert users.by_name(connection, "no\0body") is None
        assert users.get(connection, "u-bob").display_name == "a\ufffdb?c"


def test_users_are_found_by_name_in_any_case_and_by_identity(catalog: Catalog) -> None:
    """Names are in lower case; users without an identity at a provider are found by none."""
    with catalog.begin() as connection:
        users.add(connection, FULL_USER)
        users.add(connection, user("eve"))
        users.add(connection, user("zoë"))
        found = users.by_name(connection, "BOB")
        assert found == FULL_USER
        assert users.by_name(connection, "ZOË") == user("zoë")
        assert users.by_oidc(connection, "https://id.example", "42") == FULL_USER
        assert users.by_oidc(connection, "https://other.example", "42") is None
        assert users.by_oidc(connection, "", "") is None
        assert [it.name for it in users.every(connection)] == ["bob", "eve", "zoë"]


def test_names_and_identities_are_unique(catalog: Catalog) -> None:
    """A second user cannot take them, neither new nor by being renamed; saving oneself is no conflict."""
    with catalog.begin() as connection:
        users.add(connection, FULL_USER)
        users.add(connection, user("eve"))
        with pytest.raises(Conflict, match="'bob' already"):
            users.add(connection, User(id="other", name="bob", created_ms=1))
        with pytest.raises(Conflict, match="belongs to user 'bob'"):
            users.add(connection, user("max", oidc_issuer="https://id.example", oidc_subject="42"))
        with pytest.raises(Conflict):
            users.replace(connection, User(id="u-eve", name="bob", created_ms=1))
        users.replace(connection, FULL_USER)


def test_a_removed_user_takes_sessions_and_memberships_along(catalog: Catalog) -> None:
    """What belonged to nobody could be taken over by whoever gets the id."""
    with catalog.begin() as connection:
        for name in ("bob", "eve"):
            users.add(connection, user(name))
            projects.set_member(connection, Membership(user_id=f"u-{name}", project="default", role="viewer"))
        sessions.add(connection, session(1))
        sessions.add(connection, session(2, "u-eve"))
    with catalog.begin() as connection:
        users.remove(connection, "u-bob")
        assert [it.id for it in sessions.every(connection)] == ["s2"]
        assert [it.user_id for it in projects.members(connection, "default")] == ["u-eve"]


@pytest.mark.parametrize(
    "act",
    [
        lambda connection: users.get(connection, "x"),
        lambda connection: users.replace(connection, user("x")),
        lambda connection: users.remove(connection, "x"),
        lambda connection: roles.get(connection, "x"),
        lambda connection: roles.replace(connection, Role(name="x", permissions=()), 1),
        lambda connection: roles.remove(connection, "x"),
        lambda connection: projects.get(connection, "x"),
        lambda connection: projects.remove_member(connection, "default", "x"),
        lambda connection: keys.get(connection, "x"),
        lambda connection: keys.revoke(connection, "x", 1),
    ],
)
def test_what_is_not_there_is_not_found(catalog: Catalog, act: Callable[[Connection], object]) -> None:
    """Each door says so by NotFound."""
    with pytest.raises(NotFound), catalog.begin() as connection:
        act(connection)


@pytest.mark.parametrize(
    "act",
    [
        lambda connection: sessions.add(connection, session(1, "nobody")),
        lambda connection: keys.add(connection, key(1, project="nowhere")),
        lambda connection: projects.set_member(connection, Membership(user_id="nobody", project="default", role="a")),
        lambda connection: [sessions.add(connection, session(1)) for _ in range(2)],
    ],
)
def test_the_database_itself_refuses_contradictions(catalog: Catalog, act: Callable[[Connection], object]) -> None:
    """Rows of users or projects that do not exist, and doubled ones, never get in; nothing of the transaction does."""
    with catalog.begin() as connection:
        users.add(connection, user())

    def change() -> None:
        with catalog.begin() as connection:
            users.add(connection, user("eve"))
            act(connection)

    with pytest.raises(VedetteError):
        change()
    with catalog.read() as connection:
        assert [it.name for it in users.every(connection)] == ["bob"]


def test_projects_and_roles_are_saved_only_upon_their_version(catalog: Catalog) -> None:
    """Who changes what another one has changed meanwhile gets both versions."""
    with catalog.begin() as connection:
        projects.add(connection, FULL_PROJECT)
        roles.add(connection, FULL_ROLE)
        assert projects.replace(connection, FULL_PROJECT, 1).version == 2
        assert roles.replace(connection, FULL_ROLE, 1).version == 2
        for replace in (
            lambda: projects.replace(connection, FULL_PROJECT, 1),
            lambda: roles.replace(connection, FULL_ROLE, 1),
        ):
            with pytest.raises(Conflict, match="it has version 2, not 1") as caught:
                replace()
            assert caught.value.current["version"] == 2  # type: ignore[index]
            assert caught.value.yours["version"] == 1  # type: ignore[index]
        with pytest.raises(Conflict, match="already"):
            projects.add(connection, FULL_PROJECT)
        with pytest.raises(Conflict, match="already"):
            roles.add(connection, FULL_ROLE)


def test_a_role_that_somebody_has_is_not_removed(catalog: Catalog) -> None:
    """Members would otherwise have a role that says nothing."""
    with catalog.begin() as connection:
        users.add(connection, user())
        roles.add(connection, FULL_ROLE)
        projects.set_member(connection, Membership(user_id="u-bob", project="default", role="few"))
        with pytest.raises(Conflict, match="held by 1 members"):
            roles.remove(connection, "few")
        projects.set_member(connection, Membership(user_id="u-bob", project="default", role="viewer"))
        assert projects.memberships_of_all(connection) == [
            Membership(user_id="u-bob", project="default", role="viewer")
        ]
        roles.remove(connection, "few")
        assert roles.every(connection) == []


def test_sessions_end_one_by_one_by_user_and_by_age(catalog: Catalog) -> None:
    """Each way ends those that it says and no others."""
    with catalog.begin() as connection:
        for name in ("bob", "eve"):
            users.add(connection, user(name))
        for number in (1, 2, 3):
            sessions.add(connection, session(number))
        sessions.add(connection, session(4, "u-eve", expires_ms=50_000))
        sessions.add(connection, session(5, "u-eve", last_seen_ms=0))
        assert sessions.remove_expired(connection, 50_000, 50_000) == 2
        assert sessions.remove(connection, ["s1", "unknown"]) == 1
        assert sessions.remove(connection, []) == 0
        assert sessions.remove_of_user(connection, "u-bob", but="s3") == 1
        assert [it.id for it in sessions.every(connection)] == ["s3"]


def test_a_revoked_key_stays_revoked_since_then(catalog: Catalog) -> None:
    """Keys are listed for ever, by project; revoking one again does not change when it ended."""
    with catalog.begin() as connection:
        projects.add(connection, FULL_PROJECT)
        for number in (2, 1):
            keys.add(connection, key(number))
        keys.add(connection, key(3, project="web"))
        keys.revoke(connection, "k1", 77)
        keys.revoke(connection, "k1", 88)
        assert [(it.id, it.revoked_ms) for it in keys.every(connection, "default")] == [("k1", 77), ("k2", 0)]
        assert len(keys.every(connection)) == 3


def test_only_what_decides_who_may_do_what_raises_the_epoch(catalog: Catalog) -> None:
    """Every change to identities is heard of; moments of use, which are noted often, are not."""
    changes: list[Callable[[Connection], object]] = [
        lambda connection: users.add(connection, user()),
        lambda connection: users.replace(connection, user(disabled_ms=1)),
        lambda connection: projects.add(connection, FULL_PROJECT),
        lambda connection: projects.replace(connection, FULL_PROJECT, 1),
        lambda connection: roles.add(connection, FULL_ROLE),
        lambda connection: roles.replace(connection, FULL_ROLE, 1),
        lambda connection: projects.set_member(connection, Membership(user_id="u-bob", project="web", role="few")),
        lambda connection: projects.remove_member(connection, "web", "u-bob"),
        lambda connection: roles.remove(connection, "few"),
        lambda connection: keys.add(connection, key(1)),
        lambda connection: keys.revoke(connection, "k1", 5),
        lambda connection: sessions.add(connection, session(1)),
        lambda connection: sessions.remove_of_user(connection, "u-bob"),
        lambda connection: users.remove(connection, "u-bob"),
    ]
    for number, change in enumerate(changes):
        before = catalog.epoch()
        with catalog.begin() as connection:
            change(connection)
        assert catalog.epoch() > before, number
    with catalog.begin() as connection:
        users.add(connection, user())
        sessions.add(connection, session(1))
    before = catalog.epoch()
    with catalog.begin() as connection:
        users.note_logins(connection, {"u-bob": 11})
        sessions.note_seen(connection, {"s1": 12, "gone": 1})
        keys.note_used(connection, {"k1": 13})
        users.note_logins(connection, {})
        sessions.note_seen(connection, {})
        keys.note_used(connection, {})
        assert sessions.remove(connection, ["gone"]) == 0
    assert catalog.epoch() == before
    with catalog.read() as connection:
        assert users.get(connection, "u-bob").last_login_ms == 11
        assert sessions.every(connection)[0].last_seen_ms == 12
        assert keys.get(connection, "k1").last_used_ms == 13


def test_a_change_that_is_taken_back_raises_no_epoch(catalog: Catalog) -> None:
    """The number belongs to the transaction."""
    before = catalog.epoch()

    def change() -> None:
        with catalog.begin() as connection:
            users.add(connection, user())
            users.get(connection, "x")

    with pytest.raises(NotFound):
        change()
    assert catalog.epoch() == before


def test_a_lease_has_one_holder_at_a_time(catalog: Catalog) -> None:
    """It is had by the first, until released or expired; who let it expire does not have it any more."""
    with catalog.begin() as connection:
        assert leases.acquire(connection, "rules", "a", 1000, 100)
        assert leases.acquire(connection, "rules", "a", 1010, 100)
        assert not leases.acquire(connection, "rules", "b", 1109, 100)
        assert leases.renew(connection, "rules", "a", 1109, 100)
        assert leases.holder_of(connection, "rules", 1208) == "a"
        assert leases.holder_of(connection, "rules", 1209) is None
        assert not leases.renew(connection, "rules", "a", 1209, 100)
        assert leases.acquire(connection, "rules", "b", 1209, 100)
        assert not leases.renew(connection, "rules", "a", 1210, 100)
        leases.release(connection, "rules", "a")
        assert not leases.acquire(connection, "rules", "a", 1211, 100)
        leases.release(connection, "rules", "b")
        assert leases.acquire(connection, "rules", "a", 1211, 100)
        assert leases.acquire(connection, "reports", "b", 1211, 100)
