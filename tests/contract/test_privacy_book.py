"""The rule book over catalogs of both back ends: what is in force, from when on, and what holds without a catalog."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import structlog.testing
from prometheus_client import CollectorRegistry, Counter
from tests.catalogs import CatalogPlace

from vedette.catalog import projects
from vedette.catalog.database import Catalog
from vedette.catalog.documents import Documents
from vedette.catalog.records import Project, ProjectLimits
from vedette.clock import FakeClock
from vedette.errors import BadData, Conflict, NotFound, Unavailable
from vedette.ingest.pipeline import Pipeline
from vedette.ingest.privacy.book import BUILT_IN, KIND, RuleBook
from vedette.ingest.privacy.filter import PrivacyFilter
from vedette.ingest.privacy.last_known import FILE_NAME, LastKnown
from vedette.ingest.privacy.rule import Action, PrivacyRule
from vedette.ingest.settings import IngestSettings
from vedette.model.labels import Labels
from vedette.model.timerange import ALL_TIME
from vedette.storage.memory import MemoryStorage

MAIL = PrivacyRule(name="E-mail", detector="email", enabled=True)
TOKEN = "Bearer abcdefghijklmnopqrstuvwxyz"


def key() -> bytes:
    return b"k" * 32


class Shelf:
    """Rule books over one catalog; each `open` is like that of another process."""

    def __init__(self, place: CatalogPlace, folder: Path) -> None:
        self.place = place
        self.folder = folder
        self.books: list[RuleBook] = []
        with place.open().begin() as connection:
            projects.add(connection, Project(name="web", limits=ProjectLimits(), created_ms=1))

    def open(self, on_change: Callable[[str], None] = lambda _project: None) -> RuleBook:
        """A book with its own connection that looks for changes all the time."""
        documents = Documents(self.place.open(), FakeClock(1_700_000_000_000))
        book = RuleBook(lambda: documents, key, LastKnown(self.folder), on_change, poll_s=0.02)
        self.books.append(book)
        return book


@pytest.fixture
def shelf(catalog_place: CatalogPlace, tmp_path: Path) -> Iterator[Shelf]:
    """A catalog with two projects."""
    it = Shelf(catalog_place, tmp_path)
    yield it
    for book in it.books:
        book.close()


def masked(book: RuleBook, text: str, project: str = "default") -> str:
    """What becomes of a label's value."""
    labels = book.rules_of(project).judge(Labels.of(a=text)).labels
    return labels.get("a") if labels is not None else "refused"


def eventually(truth: Callable[[], bool]) -> None:
    """Wait for what another thread does."""
    for _ in range(500):
        if truth():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come")


def test_a_project_begins_with_the_built_in_rules(shelf: Shelf) -> None:
    """All of them, secrets switched on, and nothing is stored for it."""
    book = shelf.open()
    rules = book.every("default")
    assert [it.id for it in rules] == list(BUILT_IN)
    assert {it.version for it in rules} == {0}
    assert masked(book, TOKEN) == "[bearer]"
    assert masked(book, "a@example.com") == "a@example.com"
    assert not (shelf.folder / FILE_NAME).exists()


def test_changes_are_in_force_when_they_return(shelf: Shelf) -> None:
    """Made, changed, switched off and deleted; of one project alone; a built-in rule gets its first version."""
    changed: list[str] = []
    book = shelf.open(changed.append)
    assert masked(book, "emp-17 a@example.com") == "emp-17 a@example.com"
    own = book.create("default", PrivacyRule(name="staff", pattern="emp-[0-9]+"), "ann")
    assert masked(book, "emp-17 a@example.com") == "[staff] a@example.com"
    assert book.update("default", "email", MAIL, "ann", 0).version == 1
    assert masked(book, "emp-17 a@example.com") == "[staff] [email]"
    off = PrivacyRule(name="staff", pattern="emp-[0-9]+", enabled=False)
    assert book.update("default", own.id, off, "ann", 1).version == 2
    assert masked(book, "emp-17 a@example.com") == "emp-17 [email]"
    hidden = PrivacyRule(name="staff", pattern="emp-[0-9]+", action=Action.HASH)
    book.update("default", own.id, hidden, "ann", 2)
    assert masked(book, "emp-17").startswith("staff:")
    book.delete("default", own.id, "ann", 3)
    assert masked(book, "emp-17 a@example.com") == "emp-17 [email]"
    assert masked(book, "emp-17 a@example.com", "web") == "emp-17 a@example.com"
    assert changed == ["default"] * 5


def test_what_cannot_be_is_refused_and_changes_nothing(shelf: Shelf) -> None:
    """Wrong rules, taken names, old versions, rules that are not there or must stay."""
    book = shelf.open()
    own = book.create("default", PrivacyRule(name="staff", pattern="emp-[0-9]+"), "ann")
    with pytest.raises(BadData):
        book.create("default", PrivacyRule(name="x", pattern="("), "ann")
    for name in ("staff", "IBAN"):
        with pytest.raises(Conflict, match="already"):
            book.create("default", PrivacyRule(name=name, pattern="x"), "ann")
    with pytest.raises(Conflict):
        book.update("default", own.id, own.rule, "ann", 7)
    book.update("default", "email", MAIL, "ann", 0)
    with pytest.raises(Conflict) as caught:
        book.update("default", "email", MAIL, "bob", 0)
    assert caught.value.current is not None
    with pytest.raises(Conflict, match="version 0"):
        book.update("default", "jwt", PrivacyRule(name="J", detector="jwt"), "bob", 3)
    with pytest.raises(NotFound):
        book.update("default", "nothing", PrivacyRule(name="J", detector="jwt"), "bob", 3)
    with pytest.raises(NotFound):
        book.delete("web", own.id, "ann", 1)
    with pytest.raises(BadData, match="switched off"):
        book.delete("default", "email", "ann", 1)
    with pytest.raises(NotFound):
        book.create("nowhere", PrivacyRule(name="x", pattern="x"), "ann")
    assert masked(book, "emp-17 a@example.com") == "[staff] [email]"


def test_another_processes_changes_come_by_themselves(shelf: Shelf) -> None:
    """Within a look at the catalog, and the observer hears of the project."""
    changed: list[str] = []
    here, there = shelf.open(changed.append), shelf.open()
    assert masked(here, "a@example.com") == "a@example.com"
    there.update("default", "email", MAIL, "ann", 0)
    eventually(lambda: masked(here, "a@example.com") == "[email]")
    eventually(lambda: changed == ["default"])


def test_counts_go_on_when_rules_change(shelf: Shelf) -> None:
    """What was found stays counted as long as the rule keeps its name."""
    book = shelf.open()
    rules = book.rules_of("default")
    rules.count(rules.judge(Labels.of(a=TOKEN)))
    book.update("default", "email", MAIL, "ann", 0)
    assert book.rules_of("default") is not rules
    counts = book.counts("default")
    assert (counts["Bearer token"], counts["E-mail"]) == (1, 0)


def away() -> Documents:
    """A catalog that cannot be opened."""
    raise Unavailable("the catalog is away")


@contextmanager
def book_of(documents: Callable[[], Documents], folder: Path, **options: float) -> Iterator[RuleBook]:
    """A book that is closed at the end."""
    book = RuleBook(documents, key, LastKnown(folder), poll_s=0.02, **options)  # type: ignore[arg-type]
    try:
        yield book
    finally:
        book.close()


def test_without_a_catalog_the_last_rules_hold(shelf: Shelf) -> None:
    """From a file that only its owner may read; said in the log; the catalog's own as soon as it can be read."""
    first = shelf.open()
    first.update("default", "email", MAIL, "ann", 0)
    assert (shelf.folder / FILE_NAME).stat().st_mode & 0o777 == 0o600
    catalog = shelf.place.open()
    is_away = [True]

    def documents() -> Documents:
        return away() if is_away[0] else Documents(catalog, FakeClock(1))

    with structlog.testing.capture_logs() as log, book_of(documents, shelf.folder) as book:
        assert masked(book, f"a@example.com {TOKEN}") == "[email] [bearer]"
        assert [line["event"] for line in log[:2]] == ["privacy_rules_not_read", "privacy_rules_last_known"]
        first.create("default", PrivacyRule(name="staff", pattern="emp-[0-9]+"), "ann")
        is_away[0] = False
        eventually(lambda: masked(book, "emp-17") == "[staff]")


@pytest.mark.parametrize("content", [None, "", "{", '{"default": [["email", {}]]}', "[]"])
def test_without_catalog_and_file_secrets_are_masked(tmp_path: Path, content: str | None) -> None:
    """Also when the file is damaged: what is built in holds."""
    if content is not None:
        (tmp_path / FILE_NAME).write_text(content)
    with book_of(away, tmp_path) as book:
        assert masked(book, f"a@example.com {TOKEN}") == "a@example.com [bearer]"


def test_rules_of_another_version_do_not_take_the_others_down(shelf: Shelf) -> None:
    """A document that is no rule, or one that no longer compiles, is passed over and logged."""
    documents = Documents(shelf.place.open(), FakeClock(1))
    documents.create(KIND, "default", "odd", {"name": "odd", "shape": "new"}, "ann")
    documents.create(KIND, "default", "gone", {"name": "gone", "detector": "shoe_size"}, "ann")
    documents.create(KIND, "default", "staff", {"name": "staff", "pattern": "emp-[0-9]+"}, "ann")
    with structlog.testing.capture_logs() as log:
        assert masked(shelf.open(), f"emp-17 {TOKEN}") == "[staff] [bearer]"
    assert {"privacy_rule_not_readable", "privacy_rule_not_usable"} <= {line["event"] for line in log}


def test_new_series_wait_for_a_catalog_that_is_slow_to_open(tmp_path: Path) -> None:
    """Nothing passes by other rules than its project's in the first moments; known series never wait."""
    catalog, opened = Catalog(None, tmp_path), threading.Event()
    documents = Documents(catalog, FakeClock(1))
    documents.create(KIND, "default", "staff", {"name": "staff", "pattern": "emp-[0-9]+"}, "ann")

    def slow() -> Documents:
        assert opened.wait(10)
        return documents

    with book_of(slow, tmp_path / "elsewhere", wait_s=30) as book:
        clock, registry = FakeClock(1_700_000_000_000), CollectorRegistry()
        storage = MemoryStorage(clock)
        findings = Counter("findings", "Findings.", ["action"], registry=registry)
        privacy = PrivacyFilter(book.rules_of, findings)
        source = Pipeline(storage, clock, IngestSettings(), registry, privacy).push_source("default", "test")
        series = [Labels.of(__name__="m", who="emp-17")]
        writing = threading.Thread(target=lambda: source.write_samples(series, 1_700_000_000_000, np.ones(1)))
        writing.start()
        writing.join(0.2)
        assert writing.is_alive()
        assert storage.series("default", [()], ALL_TIME) == []
        opened.set()
        writing.join(10)
        assert [str(one) for one in storage.series("default", [()], ALL_TIME)] == ['m{who="[staff]"}']
    catalog.close()


def test_nothing_waits_for_ever(tmp_path: Path) -> None:
    """A catalog that neither opens nor fails: after a moment what is known holds."""
    never = threading.Event()

    def stuck() -> Documents:
        never.wait(20)
        return away()

    with structlog.testing.capture_logs() as log:
        book = RuleBook(stuck, key, LastKnown(tmp_path), wait_s=0.05)
        assert masked(book, TOKEN) == "[bearer]"
        assert [line["event"] for line in log] == ["privacy_rules_not_known"]
        never.set()
        book.close()


def test_a_key_that_cannot_be_read_hides_all_the_same(shelf: Shelf) -> None:
    """Hashes are others then, which is said in the log, but nothing passes as it is."""

    def no_key() -> bytes:
        raise Unavailable("no key")

    documents = Documents(shelf.place.open(), FakeClock(1))
    documents.create(KIND, "default", "staff", {"name": "staff", "pattern": "emp-[0-9]+", "action": "hash"}, "ann")
    with structlog.testing.capture_logs() as log:
        book = RuleBook(lambda: documents, no_key, LastKnown(shelf.folder))
        shelf.books.append(book)
        text = masked(book, "emp-17")
    assert text.startswith("staff:")
    assert "privacy_hash_key_not_read" in {line["event"] for line in log}


def test_the_file_holds_what_is_in_force(shelf: Shelf) -> None:
    """After each change, and after the last rule has gone, too."""
    book, path = shelf.open(), shelf.folder / FILE_NAME
    own = book.create("web", PrivacyRule(name="staff", pattern="emp-[0-9]+"), "ann")
    assert json.loads(path.read_text())["web"][0][1]["pattern"] == "emp-[0-9]+"
    book.delete("web", own.id, "ann", 1)
    assert json.loads(path.read_text()) == {}
    assert [it.name for it in shelf.folder.iterdir() if it.name.endswith(".tmp")] == []
