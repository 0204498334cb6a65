"""Documents keep every state that was saved and lose nobody's change, on both back ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from tests.catalogs import CatalogPlace

from vedette.catalog import audit_log, document_rows, projects
from vedette.catalog.database import IDENTITY, Catalog
from vedette.catalog.documents import Documents
from vedette.catalog.epochs import all_epochs
from vedette.catalog.records import AuditEntry, Document, Project, ProjectLimits
from vedette.catalog.settings import CatalogSettings
from vedette.clock import FakeClock
from vedette.errors import BadData, Conflict, LimitExceeded, NotFound

NOW_MS = 1_700_000_000_000
DAY_MS = 86_400_000


@pytest.fixture
def clock() -> FakeClock:
    """Moves only when told."""
    return FakeClock(NOW_MS)


@pytest.fixture
def documents(catalog: Catalog, clock: FakeClock) -> Documents:
    """In a catalog with a second project, `web`."""
    with catalog.begin() as connection:
        projects.add(connection, Project(name="web", limits=ProjectLimits(), created_ms=1))
    return Documents(catalog, clock)


def create(documents: Documents, name: str = "a", spec: dict[str, Any] | None = None, **more: Any) -> Document:
    """A dashboard."""
    return documents.create("dashboard", more.pop("project", "default"), name, spec or {}, "bob", **more)


def update(documents: Documents, document: Document, **more: Any) -> Document:
    """A change of a dashboard, based on what one has."""
    values = {"name": document.name, "spec": document.spec, "by": "eve", "expected_version": document.version, **more}
    return documents.update("dashboard", document.project, document.id, **values)


def delete(documents: Documents, document: Document) -> Document:
    """Delete what one has."""
    return documents.delete("dashboard", document.project, document.id, by="eve", expected_version=document.version)


def names(documents: Documents, **filters: Any) -> list[str]:
    """Names of dashboards, as listed."""
    return [head.name for head in documents.list("dashboard", filters.pop("project", "default"), **filters).documents]


def test_a_document_is_as_it_was_saved(documents: Documents, clock: FakeClock) -> None:
    """Any JSON comes back the same, with who and when."""
    spec = {"big": 2**70, "small": -1.5e-300, "text": 'é\u0000\u2028"\\', "deep": [[{"a": None}], True], "": {}}
    made = create(documents, " Überblick ", spec, message="first")
    assert (made.name, made.version, made.created_ms, made.created_by) == ("Überblick", 1, NOW_MS, "bob")
    assert documents.get("dashboard", "default", made.id) == made
    assert documents.get("dashboard", "default", made.id).spec == spec
    clock.advance_ms(5)
    changed = update(documents, made, name="b", spec={"x": 1})
    assert documents.get("dashboard", "default", made.id) == changed
    assert (changed.version, changed.updated_ms, changed.updated_by) == (2, NOW_MS + 5, "eve")
    assert (changed.created_ms, changed.created_by) == (NOW_MS, "bob")


def test_ids_are_given_or_made_up(documents: Documents) -> None:
    """An id that is given is kept, one that is made up cannot be guessed; each is there once in a project and kind."""
    assert create(documents, "a", document_id="my-id_1").id == "my-id_1"
    made_up = {create(documents, f"n{number}").id for number in range(5)}
    assert len(made_up) == 5
    assert all(len(it) == 24 for it in made_up)
    with pytest.raises(Conflict, match="id 'my-id_1' already"):
        create(documents, "c", document_id="my-id_1")
    create(documents, "c", project="web", document_id="my-id_1")
    documents.create("rule", "default", "c", {}, "bob", document_id="my-id_1")
    for bad in ("a/b", "..", "x" * 65, "é", "a b"):
        with pytest.raises(BadData, match="id of a document"):
            create(documents, "d", document_id=bad)


def test_a_document_is_found_only_by_its_own_project_and_kind(documents: Documents) -> None:
    """To all others it is not there, whatever they try, and a made-up id neither."""
    made = create(documents)
    for kind, project, document_id in (
        ("dashboard", "web", made.id),
        ("rule", "default", made.id),
        ("dashboard", "default", "nope"),
        ("dashboard", "default", made.id + "\0"),
        ("dashboard", "nowhere", made.id),
    ):
        values: dict[str, Any] = {"by": "eve", "expected_version": 1}
        for attempt in (
            lambda: documents.get(kind, project, document_id),  # noqa: B023
            lambda: documents.update(kind, project, document_id, name="x", spec={}, **values),  # noqa: B023
            lambda: documents.delete(kind, project, document_id, **values),  # noqa: B023
            lambda: documents.restore(kind, project, document_id, by="eve"),  # noqa: B023
            lambda: documents.restore_version(kind, project, document_id, 1, **values),  # noqa: B023
            lambda: documents.versions(kind, project, document_id),  # noqa: B023
            lambda: documents.version(kind, project, document_id, 1),  # noqa: B023
        ):
            with pytest.raises(NotFound):
                attempt()
    assert documents.get("dashboard", "default", made.id) == made


def test_a_change_needs_the_present_version(documents: Documents) -> None:
    """Who has an older one gets both, and nothing is changed; deleting and going back are changes too."""
    first = create(documents, spec={"by": "bob"})
    second = update(documents, first, spec={"by": "eve"})
    with pytest.raises(Conflict, match="it has version 2, not 1") as caught:
        update(documents, first, name="mine", spec={"by": "me"})
    current: Any = caught.value.current
    yours: Any = caught.value.yours
    assert (current["version"], current["spec"]) == (2, {"by": "eve"})
    assert (yours["version"], yours["name"], yours["spec"]) == (1, "mine", {"by": "me"})
    with pytest.raises(Conflict):
        delete(documents, first)
    with pytest.raises(Conflict):
        documents.restore_version("dashboard", "default", first.id, 1, by="me", expected_version=1)
    assert documents.get("dashboard", "default", first.id) == second
    assert len(documents.versions("dashboard", "default", first.id)) == 2


def test_the_history_has_every_state(documents: Documents, clock: FakeClock) -> None:
    """With who, when and why; in pages, newest first; each state can be the newest again."""
    document = create(documents, "v1", {"n": 1, "tags": ["old"]}, message="begin")
    for number in (2, 3):
        clock.advance_ms(10)
        document = update(documents, document, name=f"v{number}", spec={"n": number}, message=f"m{number}")
    heads = documents.versions("dashboard", "default", document.id)
    assert [(it.version, it.name, it.message, it.saved_by) for it in heads] == [
        (3, "v3", "m3", "eve"),
        (2, "v2", "m2", "eve"),
        (1, "v1", "begin", "bob"),
    ]
    assert [it.version for it in documents.versions("dashboard", "default", document.id, limit=1, before=3)] == [2]
    former = documents.version("dashboard", "default", document.id, 1)
    assert (former.name, former.spec, former.saved_ms) == ("v1", {"n": 1, "tags": ["old"]}, NOW_MS)
    again = documents.restore_version("dashboard", "default", document.id, 1, by="max", expected_version=3)
    assert (again.version, again.name, again.spec, again.updated_by) == (4, "v1", former.spec, "max")
    assert documents.versions("dashboard", "default", document.id)[0].message == "version 1 again"
    assert names(documents, tag="old") == ["v1"]
    with pytest.raises(NotFound, match="version 9 of dashboard"):
        documents.version("dashboard", "default", document.id, 9)


def test_a_name_is_there_once(documents: Documents) -> None:
    """In one kind and project, among what is not deleted, also after renaming and going back."""
    first, second = create(documents, "a"), create(documents, "b")
    create(documents, "A")
    create(documents, "a", project="web")
    documents.create("rule", "default", "a", {}, "bob")
    with pytest.raises(Conflict, match=f"named 'a' already: its id is {first.id}"):
        create(documents, " a ")
    with pytest.raises(Conflict, match="named 'a' already"):
        update(documents, second, name="a")
    renamed = update(documents, first, name="c")
    second = update(documents, second, name="a")
    with pytest.raises(Conflict, match="named 'a' already"):
        documents.restore_version("dashboard", "default", first.id, 1, by="x", expected_version=renamed.version)
    delete(documents, second)
    documents.restore_version("dashboard", "default", first.id, 1, by="x", expected_version=renamed.version)
    with pytest.raises(Conflict, match="named 'a' already"):
        documents.restore("dashboard", "default", second.id, by="x")


def test_what_is_deleted_can_come_back(documents: Documents, clock: FakeClock) -> None:
    """Until then it is seen only by who asks for what is deleted; it comes back with its history."""
    made = update(documents, create(documents, "a", {"tags": ["t"]}), spec={"tags": ["t"], "n": 2})
    clock.advance_ms(7)
    deleted = delete(documents, made)
    assert deleted.deleted_ms == NOW_MS + 7
    assert names(documents) == []
    assert names(documents, include_deleted=True, tag="t") == ["a"]
    assert documents.every("dashboard") == ()
    with pytest.raises(NotFound):
        documents.get("dashboard", "default", made.id)
    with pytest.raises(NotFound):
        update(documents, made)
    with pytest.raises(NotFound):
        delete(documents, made)
    assert documents.get("dashboard", "default", made.id, include_deleted=True) == deleted
    assert len(documents.versions("dashboard", "default", made.id)) == 2
    back = documents.restore("dashboard", "default", made.id, by="max")
    assert (back.deleted_ms, back.version, back.spec, back.updated_by) == (0, 2, made.spec, "max")
    assert names(documents, tag="t") == ["a"]
    with pytest.raises(Conflict, match="is not deleted"):
        documents.restore("dashboard", "default", made.id, by="max")


def test_deleted_documents_are_kept_for_their_time(catalog: Catalog, clock: FakeClock) -> None:
    """`catalog.deleted_retention` after being deleted they go for ever, with the next change of their project."""
    documents = Documents(catalog, clock, CatalogSettings(deleted_retention_ms=DAY_MS))
    gone, kept = create(documents, "gone"), create(documents, "kept")
    delete(documents, gone)
    clock.advance_ms(DAY_MS - 1)
    delete(documents, kept)
    assert names(documents, include_deleted=True) == ["gone", "kept"]
    clock.advance_ms(1)
    with pytest.raises(NotFound):
        documents.restore("dashboard", "default", gone.id, by="x")
    create(documents, "new", document_id=gone.id)
    assert names(documents, include_deleted=True) == ["kept", "new"]


def test_limits_hold(catalog: Catalog, clock: FakeClock) -> None:
    """Size, number of documents, of states and of deleted ones are bounded, each by its setting."""
    limits = CatalogSettings(max_document_bytes=100, max_documents=2, max_document_versions=3)
    documents = Documents(catalog, clock, limits)
    fitting = {"x": "y" * 92}
    first, second = create(documents, "1", fitting), create(documents, "2")
    with pytest.raises(LimitExceeded, match=r"has 101 bytes, more than catalog\.max_document = 100") as caught:
        update(documents, first, spec={"x": "y" * 93})
    assert (caught.value.limit, caught.value.value) == ("catalog.max_document", 100)
    with pytest.raises(LimitExceeded, match=r"catalog\.max_documents"):
        documents.create("rule", "default", "3", {}, "bob")
    for _ in range(4):
        first = update(documents, first)
    assert [it.version for it in documents.versions("dashboard", "default", first.id)] == [5, 4, 3]
    with pytest.raises(NotFound, match="not kept"):
        documents.restore_version("dashboard", "default", first.id, 2, by="x", expected_version=5)
    delete(documents, second)
    create(documents, "3")
    with pytest.raises(LimitExceeded):
        documents.restore("dashboard", "default", second.id, by="x")
    for number in range(4):
        clock.advance_ms(1)
        delete(documents, documents.get("dashboard", "default", documents.list("dashboard", "default").documents[0].id))
        create(documents, f"again{number}")
    assert len(documents.list("dashboard", "default", include_deleted=True).documents) == 4


@pytest.mark.parametrize(
    ("name", "spec", "problem"),
    [
        ("", {}, "needs a name"),
        (" \t ", {}, "needs a name"),
        ("x" * 201, {}, "201 characters are more than 200"),
        ("a\0b", {}, "control characters"),
        ("a\ud800", {}, "control characters"),
        ("a", {"x": float("nan")}, "nan is no number"),
        ("a", {"x": [float("-inf")]}, "-inf is no number"),
        ("a", {"x": {1: 2}}, "names must be texts"),
        ("a", {"x": "\ud800"}, "no JSON"),
        ("a", {"x": {1, 2}.__iter__()}, "no JSON"),
        ("a", {"tags": "x"}, "list of at most 50 texts"),
        ("a", {"tags": [1]}, "list of at most 50 texts"),
        ("a", {"tags": [""]}, "list of at most 50 texts"),
        ("a", {"tags": ["t"] * 51}, "list of at most 50 texts"),
        ("a", {"tags": ["t" * 101]}, "101 characters are more than 100"),
        ("a", {"tags": ["\n"]}, "control characters"),
    ],
)
def test_what_is_no_document_is_refused_in_words(
    documents: Documents, name: str, spec: dict[str, Any], problem: str
) -> None:
    """When made and when changed alike; nothing of it is stored."""
    with pytest.raises(BadData, match=problem):
        create(documents, name, spec)
    made = create(documents, "fine")
    with pytest.raises(BadData, match=problem):
        update(documents, made, name=name, spec=spec)
    assert documents.every("dashboard") == (made,)


def test_depth_is_bounded(documents: Documents) -> None:
    """What is nested too deeply to be looked through is refused; a hundred levels are not."""
    for levels, fits in ((99, True), (100, False), (100_000, False)):
        spec: dict[str, Any] = {}
        for _ in range(levels):
            spec = {"a": spec}
        if fits:
            create(documents, spec=spec)
        else:
            with pytest.raises(BadData, match="deeper than 100 levels"):
                create(documents, "b", spec)


def test_lists_are_ordered_filtered_and_paged(documents: Documents) -> None:
    """By name in any case; a name is matched anywhere and literally, a tag wholly."""
    tags = {"beta": ["x"], "Alpha": ["x", "y"], "älpha": [], "100%_done": ["xy"], "gamma": ["y"]}
    for name, of_it in tags.items():
        create(documents, name, {"tags": of_it})
    create(documents, "elsewhere", project="web")
    assert names(documents) == ["100%_done", "Alpha", "beta", "gamma", "älpha"]
    assert names(documents, name="ALPH") == ["Alpha"]
    assert names(documents, name="ÄLP") == ["älpha"]
    assert names(documents, name="0%_") == ["100%_done"]
    assert names(documents, name="%") == ["100%_done"]
    assert names(documents, name="a_pha") == []
    assert names(documents, tag="x") == ["Alpha", "beta"]
    assert names(documents, tag="y", name="a") == ["Alpha", "gamma"]
    assert names(documents, name="\0") == names(documents, tag="\0") == []
    assert names(documents, project="web") == ["elsewhere"]
    assert documents.list("dashboard", "default", name="alpha").documents[0].tags == ("x", "y")
    seen, after = [], ""
    while True:
        page = documents.list("dashboard", "default", limit=2, after=after)
        seen.append([head.name for head in page.documents])
        after = page.next
        if not after:
            break
    assert seen == [["100%_done", "Alpha"], ["beta", "gamma"], ["älpha"]]


@pytest.mark.parametrize(
    "filters", [{"limit": 0}, {"limit": 1001}, {"after": "x"}, {"after": "é"}, {"after": "WzEsMl0="}]
)
def test_a_list_that_cannot_be_is_refused(documents: Documents, filters: dict[str, Any]) -> None:
    """A limit out of range, and a place that no page gave."""
    with pytest.raises(BadData):
        documents.list("dashboard", "default", **filters)
    made = create(documents)
    for limit in (0, 1001):
        with pytest.raises(BadData, match="limit must be 1 to 1000"):
            documents.versions("dashboard", "default", made.id, limit=limit)


def test_documents_need_a_project_that_is_there(documents: Documents, catalog: Catalog) -> None:
    """Neither in a project that never was nor in one that is deleted is anything made."""
    with pytest.raises(NotFound, match="no project 'nowhere'"):
        create(documents, project="nowhere")
    made = create(documents, project="web")
    delete(documents, made)
    with catalog.begin() as connection:
        project = projects.get(connection, "web")
        projects.replace(connection, Project(name="web", limits=project.limits, created_ms=1, deleted_ms=2), 1)
    with pytest.raises(NotFound, match="no project 'web'"):
        create(documents, project="web")
    with pytest.raises(NotFound, match="no project 'web'"):
        documents.restore("dashboard", "web", made.id, by="x")


def test_all_epochs_are_told_at_once(catalog: Catalog, documents: Documents) -> None:
    """What one question says of every family is what each says by itself; what never changed is not there."""
    create(documents)
    with catalog.read() as connection:
        found = all_epochs(connection)
    assert found == {family: catalog.epoch(family) for family in found}
    assert {document_rows.family("dashboard"), IDENTITY} <= found.keys()
    assert document_rows.family("rule") not in found


def test_rooms_hear_of_changes_of_their_kind(documents: Documents) -> None:
    """Each change raises the epoch of its kind and of no other; failures do not."""
    assert documents.epoch("dashboard") == 0
    made = create(documents)
    steps = [documents.epoch("dashboard")]
    for change in (
        lambda: update(documents, made),
        lambda: documents.delete("dashboard", "default", made.id, by="x", expected_version=2),
        lambda: documents.restore("dashboard", "default", made.id, by="x"),
        lambda: documents.restore_version("dashboard", "default", made.id, 1, by="x", expected_version=2),
    ):
        change()
        steps.append(documents.epoch("dashboard"))
    with pytest.raises(Conflict):
        update(documents, made)
    assert steps == sorted(set(steps))
    assert documents.epoch("dashboard") == steps[-1]
    assert documents.epoch("rule") == 0
    create(documents, "b", project="web")
    assert [(it.project, it.name) for it in documents.every("dashboard")] == [("default", "a"), ("web", "b")]
    assert [it.name for it in documents.every("dashboard", "web")] == ["b"]


def test_rooms_do_not_act_for_projects_that_are_deleted(documents: Documents, catalog: Catalog) -> None:
    """Rules of a deleted project are kept for its return, and are not among all rules until then."""
    made = create(documents, project="web")
    for deleted_ms, version, expected in ((5, 1, ()), (0, 2, (made,))):
        with catalog.begin() as connection:
            project = Project(name="web", limits=ProjectLimits(), created_ms=1, deleted_ms=deleted_ms)
            projects.replace(connection, project, version)
        assert documents.every("dashboard") == documents.every("dashboard", "web") == expected


def test_what_is_done_along_with_a_change_is_part_of_it(documents: Documents, catalog: Catalog) -> None:
    """A line of the audit log is written with the change, or neither is."""

    def also(connection: Connection, document: Document) -> None:
        line = AuditEntry(
            seq=0,
            time_ms=1,
            actor_kind="user",
            actor_id="",
            actor="",
            action=document.name,
            result="ok",
            previous_hash="",
            hash="",
        )
        audit_log.append(connection, [line])
        if document.name == "refused":
            raise BadData("not like this")

    made = create(documents, "one", also=also)
    made = update(documents, made, name="two", also=also)
    with pytest.raises(BadData):
        update(documents, made, name="refused", also=also)
    with pytest.raises(BadData):
        create(documents, "refused", also=also)
    documents.delete("dashboard", "default", made.id, by="x", expected_version=2, also=also)
    documents.restore("dashboard", "default", made.id, by="x", also=also)
    documents.restore_version("dashboard", "default", made.id, 1, by="x", expected_version=2, also=also)
    with catalog.read() as connection:
        lines = audit_log.search(connection, audit_log.AuditFilter(), 10)
    assert [line.action for line in reversed(lines)] == ["one", "two", "two", "two", "one"]
    assert names(documents) == ["one"]


EDITOR = """
import sys, pathlib
from vedette.catalog.database import Catalog
from vedette.catalog.documents import Documents
from vedette.clock import SystemClock
from vedette.errors import Conflict
documents = Documents(Catalog(sys.argv[1], pathlib.Path(sys.argv[2])), SystemClock())
me, version, wins = sys.argv[3], 1, []
while version < 60:
    try:
        version = documents.update(
            "dashboard", "default", "d", name="d", spec={}, by=me, expected_version=version
        ).version
        wins.append(version)
    except Conflict as error:
        assert error.current["version"] > version
        version = error.current["version"]
print(*wins)
"""


def test_of_two_processes_with_one_version_exactly_one_wins(catalog_place: CatalogPlace) -> None:
    """Each version is made by one of them, and the history says by whom."""
    documents = Documents(catalog_place.open(), FakeClock(NOW_MS))
    create(documents, "d", document_id="d")
    started = {
        name: subprocess.Popen(
            [sys.executable, "-c", EDITOR, catalog_place.url, str(catalog_place.folder), name],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for name in ("one", "two")
    }
    wins = {name: [int(it) for it in process.communicate(timeout=100)[0].split()] for name, process in started.items()}
    assert all(process.returncode == 0 for process in started.values())
    assert sorted(version for of_one in wins.values() for version in of_one) == list(range(2, 61))
    assert documents.get("dashboard", "default", "d").version == 60
    history = documents.versions("dashboard", "default", "d", limit=1000)
    by_whom = {it.version: it.saved_by for it in history if it.version > 1}
    assert by_whom == {version: name for name, of_one in wins.items() for version in of_one}
