"""Annotations of a project: who may reach one of them is asked about the project that it is in, and nothing else."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from vedette.catalog.document_spec import MAX_TAG, MAX_TAGS
from vedette.catalog.records import Annotation
from vedette.clock import Clock
from vedette.errors import BadData, Conflict, LimitExceeded, NotFound

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from vedette.catalog.database import Catalog

MAX_LIMIT: Final = 5_000
_MAX_MS: Final = 2**53
_ID_BYTES: Final = 12
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
Moment = Annotated[int, Meta(ge=-_MAX_MS, le=_MAX_MS)]
Title = Annotated[str, Meta(min_length=1, max_length=200)]
Words = Annotated[str, Meta(max_length=10_000)]
Tags = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=MAX_TAG)], ...], Meta(max_length=MAX_TAGS)]
OtherId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{0,64}$")]
Also = Callable[["Connection", Annotation], None]


class NewAnnotation(Struct, forbid_unknown_fields=True):
    """Without `end_ms` it is a moment; without `dashboard` it is one of all dashboards of the project."""

    time_ms: Moment
    title: Title
    end_ms: Moment | None = None
    text: Words = ""
    tags: Tags = ()
    dashboard: OtherId = ""
    widget: OtherId = ""


class ChangedAnnotation(Struct, forbid_unknown_fields=True):
    """What is not there stays as it is."""

    time_ms: Moment | UnsetType = UNSET
    title: Title | UnsetType = UNSET
    end_ms: Moment | UnsetType | None = UNSET
    text: Words | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    dashboard: OtherId | UnsetType = UNSET
    widget: OtherId | UnsetType = UNSET


class Annotations:
    """All annotations of a catalog; every question names the project."""

    def __init__(self, catalog: Catalog, clock: Clock, max_annotations: int) -> None:
        self._catalog = catalog
        self._clock = clock
        self._max_annotations = max_annotations

    def create(self, project: str, new: NewAnnotation, by: str, also: Also) -> Annotation:
        """Raises BadData, NotFound for a dashboard that is not there, LimitExceeded."""
        from vedette.catalog import annotation_rows, document_rows  # noqa: PLC0415 - SQLAlchemy must not delay the start

        now_ms = self._clock.now_ms()
        made = Annotation(
            id=secrets.token_hex(_ID_BYTES),
            project=project,
            time_ms=new.time_ms,
            end_ms=new.time_ms if new.end_ms is None else new.end_ms,
            title=new.title,
            text=new.text,
            tags=new.tags,
            dashboard=new.dashboard,
            widget=new.widget,
            created_ms=now_ms,
            created_by=by,
            updated_ms=now_ms,
            updated_by=by,
        )
        _check(made)
        with self._catalog.begin() as connection:
            document_rows.check_project(connection, project)
            _check_dashboard(connection, made)
            if annotation_rows.count(connection, project) >= self._max_annotations:
                raise LimitExceeded(
                    f"project {project!r} has {self._max_annotations} annotations, as many as "
                    "dashboards.max_annotations allows",
                    limit="dashboards.max_annotations",
                    value=self._max_annotations,
                )
            annotation_rows.add(connection, made)
            also(connection, made)
        return made

    def get(self, project: str, annotation_id: str) -> Annotation:
        """Raises NotFound, also for one of another project."""
        with self._catalog.read() as connection:
            return _get(connection, project, annotation_id)

    def within(self, project: str, start_ms: int, end_ms: int, dashboard: str, limit: int) -> list[Annotation]:
        """Those that touch a time, newest first; with a dashboard its own and those of all dashboards."""
        from vedette.catalog import annotation_rows  # noqa: PLC0415 - as above

        if not 1 <= limit <= MAX_LIMIT:
            raise BadData(f"limit: expected 1 to {MAX_LIMIT}")
        if end_ms < start_ms:
            raise BadData("end_ms: it must not be before start_ms")
        wanted = ("", dashboard) if dashboard else None
        with self._catalog.read() as connection:
            return annotation_rows.within(connection, project, start_ms, end_ms, wanted, limit)

    def change(
        self, project: str, annotation_id: str, changed: ChangedAnnotation, by: str, expected_version: int, also: Also
    ) -> Annotation:
        """Raises NotFound, also for a dashboard of another project; Conflict with both versions; BadData."""
        from vedette.catalog import annotation_rows  # noqa: PLC0415 - as above

        fields = {name: value for name in changed.__struct_fields__ if (value := getattr(changed, name)) is not UNSET}
        with self._catalog.begin() as connection:
            now = _get(connection, project, annotation_id)
            if "time_ms" in fields and "end_ms" not in fields and now.end_ms == now.time_ms:
                fields["end_ms"] = None
            if fields.get("end_ms", 0) is None:
                fields["end_ms"] = fields.get("time_ms", now.time_ms)
            saved = msgspec.structs.replace(
                now, **fields, version=now.version + 1, updated_ms=self._clock.now_ms(), updated_by=by
            )
            _check(saved)
            _check_version(now, expected_version, saved)
            _check_dashboard(connection, saved)
            annotation_rows.save(connection, saved)
            also(connection, saved)
        return saved

    def delete(self, project: str, annotation_id: str, expected_version: int, also: Also) -> Annotation:
        """For good. Raises as `change`."""
        from vedette.catalog import annotation_rows  # noqa: PLC0415 - as above

        with self._catalog.begin() as connection:
            now = _get(connection, project, annotation_id)
            _check_version(now, expected_version, now)
            annotation_rows.remove(connection, project, annotation_id)
            also(connection, now)
        return now


def _get(connection: Connection, project: str, annotation_id: str) -> Annotation:
    from vedette.catalog import annotation_rows  # noqa: PLC0415 - as above

    found = annotation_rows.find(connection, project, annotation_id)
    if found is None:
        raise NotFound(f"there is no annotation {annotation_id[:100]!r}")
    return found


def _check(annotation: Annotation) -> None:
    if annotation.end_ms < annotation.time_ms:
        raise BadData("end_ms: it must not be before time_ms")
    for name, words in (
        ("title", annotation.title),
        ("text", annotation.text),
        *(("tags", tag) for tag in annotation.tags),
    ):
        if _CONTROL.search(words):
            raise BadData(f"{name}: control characters are not allowed")
    if not annotation.title.strip():
        raise BadData("title: it must not be empty")
    if annotation.widget and not annotation.dashboard:
        raise BadData("widget: it is one of a dashboard, which must be named, too")


def _check_version(now: Annotation, expected: int, yours: Annotation) -> None:
    if now.version != expected:
        raise Conflict(
            f"the annotation has version {now.version}, the change was made to version {expected}",
            current=msgspec.to_builtins(now),
            yours=msgspec.to_builtins(yours),
        )


def _check_dashboard(connection: Connection, annotation: Annotation) -> None:
    """What is about a dashboard is about one of the same project."""
    from vedette.catalog import document_rows  # noqa: PLC0415 - as above

    if not annotation.dashboard:
        return
    found = document_rows.find(connection, "dashboard", annotation.project, annotation.dashboard)
    if found is None or found.deleted_ms:
        raise NotFound(f"dashboard: there is none with id {annotation.dashboard!r}")
