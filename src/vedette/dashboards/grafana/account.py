"""The account of an import: what became of each part, and why."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

Result = Literal["taken", "changed", "left"]
_MAX_NOTES: Final = 5_000
_MAX_TEXT: Final = 300


class Note(Struct, frozen=True):
    """One part that did not become exactly what it was."""

    panel: str
    """The panel's title; empty: the dashboard."""
    what: str
    result: Result
    why: str


class PanelCounts(Struct):
    """Panels without rows: as they were, with something changed, and not shown."""

    taken: int = 0
    changed: int = 0
    left: int = 0


class Report(Struct):
    """What became of a Grafana dashboard."""

    panels: PanelCounts
    queries: PanelCounts
    notes: list[Note]


class Account:
    """Collects the notes while a dashboard is read."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.panels = PanelCounts()
        self.queries = PanelCounts()
        self._panel = ""
        self._seen: set[Note] = set()
        self._worst: Result = "taken"

    def begin_panel(self, title: str) -> None:
        """What is noted from now on is about this panel."""
        self._panel = title or "(without a title)"
        self._worst = "taken"

    def end_panel(self) -> None:
        """Count the panel by the worst that was noted about it, where it could be shown at all."""
        self._count(self.panels, self._worst)
        self._panel = ""

    def changed(self, what: str, why: str) -> None:
        """A part works in another way than before."""
        self._note(what, "changed", why)
        if self._worst == "taken":
            self._worst = "changed"

    def left(self, what: str, why: str) -> None:
        """A part is not there any more."""
        self._note(what, "left", why)
        if self._worst == "taken":
            self._worst = "changed"

    def left_panel(self, why: str) -> None:
        """Nothing of the panel is shown."""
        self._note("the panel", "left", why)
        self._worst = "left"

    def query(self, result: Result) -> None:
        """Count one query."""
        self._count(self.queries, result)

    def report(self) -> Report:
        """All that was noted."""
        return Report(panels=self.panels, queries=self.queries, notes=self.notes)

    def _note(self, what: str, result: Result, why: str) -> None:
        note = Note(self._panel[:_MAX_TEXT], what[:_MAX_TEXT], result, why[:_MAX_TEXT])
        if note not in self._seen and len(self.notes) < _MAX_NOTES:
            self._seen.add(note)
            self.notes.append(note)

    def _count(self, counts: PanelCounts, result: Result) -> None:
        setattr(counts, result, getattr(counts, result) + 1)
