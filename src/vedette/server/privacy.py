"""The privacy step of the pipeline, made when the first new series comes: its expressions take a while to compile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter

from vedette.ingest.steps import Candidates
from vedette.server.late import Late

if TYPE_CHECKING:
    from vedette.catalog.documents import Documents
    from vedette.ingest.privacy.book import RuleBook
    from vedette.ingest.privacy.filter import PrivacyFilter, RuleSet


class LatePrivacy:
    """Implements `ingest.pipeline.Privacy` over the rules in a catalog. Thread-safe."""

    def __init__(
        self,
        documents: Callable[[], Documents],
        data: Path,
        registry: CollectorRegistry,
        *,
        exists: Callable[[], bool],
    ) -> None:
        """`documents` opens the catalog, `exists` tells whether there is one; the last rules are kept in `data`."""
        self._documents = documents
        self._data = data
        self._exists = exists
        self._findings = Counter(
            "vedette_ingest_privacy_findings",
            "What privacy rules found in labels of new series, by action.",
            ["action"],
            registry=registry,
        )
        self._observers: list[Callable[[str], None]] = []
        self.book = Late(self._make_book)
        self._filter = Late(self._make_filter)

    def __call__(self, candidates: Candidates) -> None:
        self._filter()(candidates)

    def describe(self, project: str, text: str) -> str:
        return self._filter().describe(project, text) if text else text

    def conceal(self, project: str, text: str) -> str:
        return self._filter().conceal(project, text)

    def rules_of(self, project: str) -> RuleSet:
        """Those in force."""
        return self.book().rules_of(project)

    def on_change(self, observer: Callable[[str], None]) -> None:
        """Call it with each project whose rules have changed."""
        self._observers.append(observer)

    def start(self) -> None:
        """Read the rules before somebody waits for them."""
        self.book().start()

    def close(self) -> None:
        """Stop watching for changes."""
        book = self.book.made
        if book is not None:
            book.close()

    def _make_book(self) -> RuleBook:
        from vedette.auth.instance_key import InstanceKey  # noqa: PLC0415 - only rules that hash need it
        from vedette.ingest.privacy.book import RuleBook  # noqa: PLC0415 - RE2 and the detectors: 20 ms of a start
        from vedette.ingest.privacy.last_known import LastKnown  # noqa: PLC0415 - as said above

        return RuleBook(
            self._documents,
            lambda: InstanceKey.of(self._data).derive("privacy hash"),
            LastKnown(self._data),
            self._tell,
            exists=self._exists,
        )

    def _make_filter(self) -> PrivacyFilter:
        from vedette.ingest.privacy.filter import PrivacyFilter  # noqa: PLC0415 - as said above

        return PrivacyFilter(self.book().rules_of, self._findings)

    def _tell(self, project: str) -> None:
        for observer in self._observers:
            observer(project)
