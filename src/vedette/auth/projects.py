"""Projects: made, changed, deleted and brought back by whoever administers the instance."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from vedette.auth.actor import Actor
from vedette.auth.audit import Audit
from vedette.auth.directory import Directory
from vedette.auth.permission import Permission
from vedette.auth.principal import Principal
from vedette.auth.state import DEFAULT_PROJECT
from vedette.catalog import projects as stored
from vedette.catalog.records import Project, ProjectLimits
from vedette.clock import Clock
from vedette.errors import BadData, Conflict, NotFound

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_MAX_TITLE: Final = 200


class Projects:
    """Look-ups touch memory only; changes write and belong in a thread."""

    def __init__(self, directory: Directory, audit: Audit, clock: Clock) -> None:
        self._directory = directory
        self._audit = audit
        self._clock = clock

    def get(self, name: str) -> Project:
        """A project that is not deleted; O(1). Raises NotFound."""
        found = self._directory.state.projects.get(name)
        if found is None or found.deleted_ms:
            raise NotFound(f"there is no project {name!r}")
        return found

    def limits(self, name: str) -> ProjectLimits | None:
        """What a project may use; None where there is no such project. O(1)."""
        found = self._directory.state.projects.get(name)
        return found.limits if found is not None else None

    def seen_by(self, principal: Principal) -> list[Project]:
        """Projects in which somebody may do anything, by name."""
        return [project for project in self._directory.state.live_projects() if principal.grant(project.name)]

    def deleted(self, actor: Actor) -> list[Project]:
        """Those that can be brought back. Raises Forbidden."""
        actor.require(Permission.INSTANCE_ADMIN)
        projects = self._directory.state.projects
        return [projects[name] for name in sorted(projects) if projects[name].deleted_ms]

    def create(self, actor: Actor, name: str, *, title: str = "", limits: ProjectLimits | None = None) -> Project:
        """A new project. Raises Forbidden, BadData, Conflict when the name is taken, also by a deleted one."""
        actor.require(Permission.INSTANCE_ADMIN)
        if not _NAME.fullmatch(name):
            raise BadData("the name of a project has 1 to 63 of a-z, 0-9 and -, and begins with a letter or digit")
        project = Project(
            name=name,
            title=_title(title),
            limits=_checked(limits or ProjectLimits()),
            created_ms=self._clock.now_ms(),
        )
        with self._directory.change() as connection:
            stored.add(connection, project)
            self._audit.note_in(
                connection, actor, "project.create", object_kind="project", object_id=name, project=name
            )
        return project

    def update(
        self,
        actor: Actor,
        name: str,
        *,
        title: str | None = None,
        limits: ProjectLimits | None = None,
        expected_version: int,
    ) -> Project:
        """Change title or limits; the title also whoever administers the project.

        Raises Forbidden, NotFound, BadData, Conflict.
        """
        actor.require(Permission.INSTANCE_ADMIN if limits is not None else Permission.PROJECT_ADMIN, name)
        with self._directory.change() as connection:
            before = self._live(stored.get(connection, name))
            after = msgspec.structs.replace(
                before,
                title=before.title if title is None else _title(title),
                limits=before.limits if limits is None else _checked(limits),
            )
            saved = stored.replace(connection, after, expected_version)
            detail = {"title": saved.title, "limits": msgspec.to_builtins(saved.limits)}
            self._audit.note_in(
                connection, actor, "project.update", object_kind="project", object_id=name, project=name, detail=detail
            )
        return saved

    def remove(self, actor: Actor, name: str) -> Project:
        """Delete a project; nobody reaches it any more, its data stay until `restore`. Raises Forbidden, NotFound."""
        actor.require(Permission.INSTANCE_ADMIN)
        if name == DEFAULT_PROJECT:
            raise Conflict("the default project cannot be deleted")
        with self._directory.change() as connection:
            before = self._live(stored.get(connection, name))
            after = msgspec.structs.replace(before, deleted_ms=self._clock.now_ms())
            saved = stored.replace(connection, after, before.version)
            self._audit.note_in(
                connection, actor, "project.delete", object_kind="project", object_id=name, project=name
            )
        return saved

    def restore(self, actor: Actor, name: str) -> Project:
        """Bring a deleted project back with its members and keys. Raises Forbidden, NotFound."""
        actor.require(Permission.INSTANCE_ADMIN)
        with self._directory.change() as connection:
            before = stored.get(connection, name)
            if not before.deleted_ms:
                raise NotFound(f"there is no deleted project {name!r}")
            saved = stored.replace(connection, msgspec.structs.replace(before, deleted_ms=0), before.version)
            self._audit.note_in(
                connection, actor, "project.restore", object_kind="project", object_id=name, project=name
            )
        return saved

    def _live(self, project: Project) -> Project:
        if project.deleted_ms:
            raise NotFound(f"there is no project {project.name!r}")
        return project


def _title(text: str) -> str:
    if len(text) > _MAX_TITLE or not text.isprintable():
        raise BadData(f"the title of a project may have at most {_MAX_TITLE} printable characters")
    return text.strip()


def _checked(limits: ProjectLimits) -> ProjectLimits:
    for name, value in msgspec.structs.asdict(limits).items():
        if value is not None and not 0 < value < 2**53:
            raise BadData(f"{name} must be more than 0, or null for the server's setting")
    return limits
