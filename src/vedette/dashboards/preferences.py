"""What people like to find first: stars, what they looked at last, where they begin; of each person and project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from vedette.catalog.records import Preferences
from vedette.clock import Clock

if TYPE_CHECKING:
    from vedette.catalog.database import Catalog

DocumentId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Ids = Annotated[tuple[DocumentId, ...], Meta(max_length=1_000)]


class ChangedPreferences(Struct, forbid_unknown_fields=True):
    """What is not there stays as it is."""

    star: Ids = ()
    unstar: Ids = ()
    visited: DocumentId | UnsetType = UNSET
    """A dashboard that is being looked at."""
    home: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{0,64}$")] | UnsetType = UNSET
    """`host`, `list` or the id of a dashboard; empty: as for everybody who has chosen nothing."""


class PreferenceBook:
    """All preferences of a catalog."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        self._catalog = catalog
        self._clock = clock

    def of(self, user_id: str, project: str) -> Preferences:
        """What somebody has chosen."""
        # SQLAlchemy must not delay the start of a server.
        from vedette.catalog import preferences as rows  # noqa: PLC0415 - as said above

        with self._catalog.read() as connection:
            return rows.of(connection, user_id, project)

    def change(self, user_id: str, project: str, change: ChangedPreferences) -> Preferences:
        """Take a change over; the preferences as they are then. Raises NotFound without the project."""
        from vedette.catalog import document_rows  # noqa: PLC0415 - as above
        from vedette.catalog import preferences as rows  # noqa: PLC0415 - as above

        now_ms = self._clock.now_ms()
        with self._catalog.begin() as connection:
            document_rows.check_project(connection, project)
            for value in change.star:
                rows.note(connection, user_id, project, "star", value, now_ms)
            for value in change.unstar:
                rows.forget(connection, user_id, project, "star", value)
            if change.visited is not UNSET:
                rows.note(connection, user_id, project, "recent", change.visited, now_ms)
            if change.home is not UNSET:
                rows.forget(connection, user_id, project, "home")
                if change.home:
                    rows.note(connection, user_id, project, "home", change.home, now_ms)
            return rows.of(connection, user_id, project)
