"""Who may do what, asked of random instances, agrees with a model that is simple enough to be read."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.auth.permission import BUILT_IN_ROLES, IN_PROJECT, SCOPES, Permission
from vedette.auth.state import Rows, State, build_state
from vedette.catalog.records import ApiKey, Membership, Project, ProjectLimits, Role, User
from vedette.model.matcher import Matcher, MatchOp

PROJECTS = ("default", "shop", "lab")
CUSTOM = ("team-a", "team-b", "keeper", "viewer")
USERS = ("u0", "u1", "u2")
SELECTORS = {
    "": (),
    '{team="a"}': (Matcher("team", MatchOp.EQUAL, "a"),),
    '{team!="b",env=~"p.*"}': (Matcher("team", MatchOp.NOT_EQUAL, "b"), Matcher("env", MatchOp.REGEX, "p.*")),
    "{team=": None,
}
"""What a selector means; None: nobody can read it, so that the role gives nothing."""


@dataclass(frozen=True)
class Model:
    """The rules, asked one by one of the rows, without any table."""

    rows: Rows

    def role(self, name: str) -> tuple[frozenset[Permission], tuple[Matcher, ...]]:
        """What a role gives."""
        if name in BUILT_IN_ROLES:
            return BUILT_IN_ROLES[name], ()
        for role in self.rows.roles:
            if role.name == name and SELECTORS[role.selector] is not None:
                known = frozenset(p for p in IN_PROJECT if p.value in role.permissions)
                return known, SELECTORS[role.selector] or ()
        return frozenset(), ()

    def user_has(self, user_id: str, project: str) -> tuple[frozenset[Permission], tuple[Matcher, ...]]:
        """What a user has in a project."""
        user = next((user for user in self.rows.users if user.id == user_id), None)
        if user is None or user.disabled_ms:
            return frozenset(), ()
        if user.is_instance_admin:
            return frozenset(Permission), ()
        if not self.is_live(project):
            return frozenset(), ()
        for membership in self.rows.memberships:
            if membership.user_id == user_id and membership.project == project:
                return self.role(membership.role)
        return frozenset(), ()

    def key_has(self, key: ApiKey, project: str) -> tuple[frozenset[Permission], tuple[Matcher, ...]]:
        """What a key has: its scopes, in its project alone, and never more than its owner."""
        if key.project != project or not self.is_live(project):
            return frozenset(), ()
        scopes = frozenset(permission for scope in key.scopes for permission in SCOPES[scope])
        if not key.owner_id:
            return scopes, ()
        owned, matchers = self.user_has(key.owner_id, project)
        return scopes & owned, matchers

    def is_live(self, project: str) -> bool:
        """Whether it is there."""
        return any(row.name == project and not row.deleted_ms for row in self.rows.projects)


def may(held: tuple[frozenset[Permission], tuple[Matcher, ...]], permission: Permission, *, admin: bool) -> bool:
    """Facts about a whole project are not for who sees a part of it; the instance is for its administrators."""
    permissions, matchers = held
    if permission is Permission.INSTANCE_ADMIN:
        return admin
    if permission is Permission.STATUS_READ and matchers:
        return False
    return permission in permissions


flags = st.sampled_from((0, 0, 0, 1))
users = st.builds(
    lambda disabled, admin: (disabled, admin),
    flags,
    st.sampled_from((False, False, True)),
)
roles = st.builds(
    lambda name, permissions, selector: Role(name=name, permissions=tuple(permissions), selector=selector),
    st.sampled_from(CUSTOM),
    st.lists(st.sampled_from([*(p.value for p in Permission), "unknown:right"]), max_size=5),
    st.sampled_from(sorted(SELECTORS)),
)
keys = st.builds(
    lambda project, scopes, owner: (project, tuple(scopes), owner),
    st.sampled_from(PROJECTS),
    st.lists(st.sampled_from(sorted(SCOPES)), max_size=3),
    st.sampled_from(("", *USERS, "removed")),
)


@st.composite
def instances(draw: st.DrawFn) -> Rows:
    """Any instance that the catalog could hold, those with leftovers and damage among them."""
    limits = ProjectLimits()
    held = draw(
        st.dictionaries(
            st.tuples(st.sampled_from(USERS), st.sampled_from(PROJECTS)),
            st.sampled_from((*BUILT_IN_ROLES, *CUSTOM, "removed")),
        )
    )
    made = draw(st.lists(keys, max_size=5))
    return Rows(
        epoch=1,
        users=[
            User(id=name, name=name, created_ms=1, disabled_ms=disabled, is_instance_admin=admin)
            for name, (disabled, admin) in zip(USERS, draw(st.lists(users, min_size=3, max_size=3)), strict=True)
        ],
        roles=list({role.name: role for role in draw(st.lists(roles, max_size=4))}.values()),
        memberships=[Membership(user_id=user, project=project, role=role) for (user, project), role in held.items()],
        projects=[Project(name=name, limits=limits, created_ms=1, deleted_ms=draw(flags)) for name in PROJECTS],
        keys=[
            ApiKey(
                id=f"k{number}",
                name="k",
                prefix="",
                secret_hash=f"h{number}",
                project=project,
                scopes=scopes,
                owner_id=owner,
                created_ms=1,
            )
            for number, (project, scopes, owner) in enumerate(made)
        ],
    )


@settings(max_examples=150, deadline=None)
@given(instances())
def test_users_may_what_the_model_says(rows: Rows) -> None:
    """Every user, every right, every project, one that does not exist among them."""
    state, model = build_state(rows), Model(rows)
    for user in rows.users:
        principal = state.user(user.id)
        if user.disabled_ms:
            assert principal is None
            continue
        assert principal is not None
        for project in (*PROJECTS, "nowhere"):
            held = model.user_has(user.id, project)
            assert principal.narrowing(project) == held[1]
            for permission in Permission:
                expected = may(held, permission, admin=user.is_instance_admin)
                assert principal.may(permission, project) == expected, (user, permission, project)


@settings(max_examples=150, deadline=None)
@given(instances())
def test_keys_may_what_the_model_says(rows: Rows) -> None:
    """And a key never has anything that its owner has not, nor sees what its owner does not see."""
    state, model = build_state(rows), Model(rows)
    for key in rows.keys:
        principal = state.key(key)
        for project in (*PROJECTS, "nowhere"):
            held = model.key_has(key, project)
            for permission in Permission:
                expected = may(held, permission, admin=False)
                given_now = principal is not None and principal.may(permission, project)
                assert given_now == expected, (key, permission, project)
            if principal is not None and held[0]:
                assert principal.narrowing(project) == held[1]
        _check_bounded(state, key)


def _check_bounded(state: State, key: ApiKey) -> None:
    principal = state.key(key)
    if principal is None or not key.owner_id:
        return
    owner = state.user(key.owner_id)
    assert owner is not None
    assert not principal.is_instance_admin
    for project in PROJECTS:
        for permission in Permission:
            assert not principal.may(permission, project) or owner.may(permission, project)
        if principal.grant(project) is not None:
            assert principal.narrowing(project) == owner.narrowing(project)
