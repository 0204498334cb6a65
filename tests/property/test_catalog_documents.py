"""Documents answer any sequence of requests as a naive model does, which keeps lists in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.postgres import PostgresServer

from vedette.catalog import projects
from vedette.catalog.database import Catalog
from vedette.catalog.documents import Documents
from vedette.catalog.records import Project, ProjectLimits
from vedette.catalog.settings import CatalogSettings
from vedette.clock import FakeClock
from vedette.errors import VedetteError

IDS = ("a", "b", "c")
NAMES = ("Über", "uber", "x", "X y")
PROJECTS = ("default", "web")
KINDS = ("dashboard", "rule")
LIMITS = CatalogSettings(max_documents=3, max_document_versions=2)


@dataclass
class Kept:
    """A document of the model; `states` are (version, name, spec)."""

    states: list[tuple[int, str, dict[str, Any]]]
    deleted: bool = False

    @property
    def version(self) -> int:
        return self.states[-1][0]

    @property
    def name(self) -> str:
        return self.states[-1][1]


@dataclass
class Model:
    """What documents are meant to be: every method returns the expected answer, or the code of the error."""

    kept: dict[tuple[str, str, str], Kept] = field(default_factory=dict)

    def full(self, project: str) -> bool:
        return sum(key[1] == project and not it.deleted for key, it in self.kept.items()) >= LIMITS.max_documents

    def taken(self, kind: str, project: str, document_id: str, name: str) -> bool:
        return any(
            key[:2] == (kind, project) and key[2] != document_id and it.name == name and not it.deleted
            for key, it in self.kept.items()
        )

    def create(self, kind: str, project: str, document_id: str, name: str, spec: dict[str, Any]) -> object:
        if self.full(project):
            return "limit_exceeded"
        if (kind, project, document_id) in self.kept or self.taken(kind, project, document_id, name):
            return "conflict"
        self.kept[kind, project, document_id] = Kept([(1, name, spec)])
        return (1, name, spec)

    def change(self, kind: str, project: str, document_id: str, version: int, what: Callable[[Kept], object]) -> object:
        it = self.kept.get((kind, project, document_id))
        if it is None or it.deleted:
            return "not_found"
        return "conflict" if it.version != version else what(it)

    def update(
        self, kind: str, project: str, document_id: str, name: str, spec: dict[str, Any], version: int
    ) -> object:
        def save(it: Kept) -> object:
            if self.taken(kind, project, document_id, name):
                return "conflict"
            it.states = [*it.states, (it.version + 1, name, spec)][-LIMITS.max_document_versions :]
            return it.states[-1]

        return self.change(kind, project, document_id, version, save)

    def restore_version(self, kind: str, project: str, document_id: str, former: int, version: int) -> object:
        it = self.kept.get((kind, project, document_id))
        state = next((state for state in it.states if state[0] == former), None) if it and not it.deleted else None
        if state is None:
            return "not_found"
        return self.update(kind, project, document_id, state[1], state[2], version)

    def delete(self, kind: str, project: str, document_id: str, version: int) -> object:
        def drop(it: Kept) -> object:
            it.deleted = True
            return it.states[-1]

        return self.change(kind, project, document_id, version, drop)

    def restore(self, kind: str, project: str, document_id: str) -> object:
        it = self.kept.get((kind, project, document_id))
        if it is None:
            return "not_found"
        if not it.deleted:
            return "conflict"
        if self.full(project):
            return "limit_exceeded"
        if self.taken(kind, project, document_id, it.name):
            return "conflict"
        it.deleted = False
        return it.states[-1]


spec = st.fixed_dictionaries(
    {}, optional={"tags": st.lists(st.sampled_from(["t", "u"]), max_size=2), "n": st.integers()}
)
place = st.tuples(st.sampled_from(KINDS), st.sampled_from(PROJECTS), st.sampled_from(IDS))
name, version = st.sampled_from(NAMES), st.integers(1, 4)
step = st.one_of(
    st.tuples(st.just("create"), place, name, spec),
    st.tuples(st.just("update"), place, name, spec, version),
    st.tuples(st.just("restore_version"), place, version, version),
    st.tuples(st.just("delete"), place, version),
    st.tuples(st.just("restore"), place),
)


def ask(documents: Documents, verb: str, where: tuple[str, str, str], *rest: Any) -> object:
    """The answer in the terms of the model."""
    kind, project, document_id = where
    try:
        if verb == "create":
            found = documents.create(kind, project, rest[0], rest[1], "by", document_id=document_id)
        elif verb == "update":
            found = documents.update(*where, name=rest[0], spec=rest[1], by="by", expected_version=rest[2])
        elif verb == "restore_version":
            found = documents.restore_version(*where, rest[0], by="by", expected_version=rest[1])
        elif verb == "delete":
            found = documents.delete(*where, by="by", expected_version=rest[0])
        else:
            found = documents.restore(*where, by="by")
    except VedetteError as error:
        return error.code
    return (found.version, found.name, found.spec)


def check(documents: Documents, model: Model) -> None:
    """Lists, contents and histories are those of the model."""
    for kind in KINDS:
        for project in PROJECTS:
            there = {key[2]: it for key, it in model.kept.items() if key[:2] == (kind, project)}
            order = sorted(there, key=lambda it: (there[it].name.casefold(), it))
            listed = documents.list(kind, project, include_deleted=True).documents
            assert [(it.id, it.name, bool(it.deleted_ms)) for it in listed] == [
                (it, there[it].name, there[it].deleted) for it in order
            ]
            tagged = documents.list(kind, project, tag="t", limit=1000).documents
            assert {it.id for it in tagged} == {
                key for key, it in there.items() if not it.deleted and "t" in it.states[-1][2].get("tags", [])
            }
            contents = {it.id: (it.version, it.name, it.spec) for it in documents.every(kind, project)}
            assert contents == {key: it.states[-1] for key, it in there.items() if not it.deleted}
            for key, it in there.items():
                kept = [documents.version(kind, project, key, number) for number, _, _ in it.states]
                assert [(state.version, state.name, state.spec) for state in kept] == it.states
                heads = documents.versions(kind, project, key)
                assert [head.version for head in heads] == [number for number, _, _ in reversed(it.states)]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def catalog(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    """One for all examples."""
    url = ""
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.database("migrated")
    catalog = Catalog(url, Path(tmp_path_factory.mktemp("catalog")))
    with catalog.begin() as connection:
        projects.add(connection, Project(name="web", limits=ProjectLimits(), created_ms=1))
    yield catalog
    catalog.close()


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(step, min_size=5, max_size=25))
def test_documents_do_as_the_model(catalog: Catalog, steps: list[tuple[Any, ...]]) -> None:
    """Every answer and everything that can be seen afterwards is as expected."""
    with catalog.begin() as connection:
        connection.exec_driver_sql("DELETE FROM documents")
    documents, model = Documents(catalog, FakeClock(1_700_000_000_000), LIMITS), Model()
    for verb, where, *rest in steps:
        assert ask(documents, verb, where, *rest) == getattr(model, verb)(*where, *rest), (verb, where, rest)
    check(documents, model)
