"""Several dashboards with their folders as one JSON file, and what becomes of each when such a file is taken over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from vedette.catalog.document_spec import MAX_NAME, checked_name, folder_of
from vedette.catalog.records import Document
from vedette.dashboards.check import check_dashboard
from vedette.dashboards.folder import KIND as FOLDER
from vedette.dashboards.folder import check_folder
from vedette.dashboards.provisioning import KIND
from vedette.errors import BadData, Conflict, NotFound, VedetteError

if TYPE_CHECKING:
    from vedette.catalog.documents import Also, Documents

MAX_DASHBOARDS: Final = 1_000
FORMAT: Final = "vedette/bundle"
_MOST_OF_ONE_NAME: Final = 100
Name = Annotated[str, Meta(max_length=MAX_NAME)]
Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{0,64}$")]


class BundleDocument(Struct, forbid_unknown_fields=True):
    """A dashboard or a folder."""

    name: Name
    spec: dict[str, Any]
    id: Id = ""


class Bundle(Struct, forbid_unknown_fields=True):
    """What is in such a file."""

    kind: Literal["vedette/bundle"] = "vedette/bundle"
    folders: Annotated[list[BundleDocument], Meta(max_length=MAX_DASHBOARDS)] = []
    dashboards: Annotated[list[BundleDocument], Meta(max_length=MAX_DASHBOARDS)] = []


class Outcome(Struct, frozen=True):
    """What became, or would become, of one dashboard of a bundle."""

    name: str
    """As it is named then."""
    action: Literal["create", "replace", "refuse"]
    id: str = ""
    """Of the document; empty where it was refused, or nothing was done."""
    error: str = ""


def bundle_of(documents: Sequence[Document], folders: Sequence[Document]) -> Bundle:
    """Dashboards and those of the folders that they are in."""
    used = {folder_of(document.spec) for document in documents}
    return Bundle(
        folders=[_entry(folder) for folder in folders if folder.id in used],
        dashboards=[_entry(document) for document in documents],
    )


def _entry(document: Document) -> BundleDocument:
    return BundleDocument(name=document.name, spec=document.spec, id=document.id)


class Taking:
    """Takes a bundle over into a project, one dashboard after the other: one that is refused does not stop the rest."""

    def __init__(
        self,
        documents: Documents,
        project: str,
        by: str,
        also: Callable[[str], Also],
        check_change: Callable[[str, str, str], None],
        *,
        into: str | None,
        replace: bool,
        dry_run: bool,
    ) -> None:
        """`into` is the folder that all of them go to, None: those of the bundle, by name; `also` is given the verb.

        With `replace` a dashboard that has the id of one in the bundle is replaced, else there are two then.
        """
        self._documents = documents
        self._project = project
        self._by = by
        self._also = also
        self._check_change = check_change
        self._into = into
        self._replace = replace
        self._dry_run = dry_run
        self._folders: dict[str, str] = {}
        self._names: set[str] = set()

    def take(self, bundle: Bundle) -> list[Outcome]:
        """In the order of the bundle's dashboards. Raises BadData for folders that are none."""
        self._names = {document.name for document in self._documents.every(KIND, self._project)}
        if self._into:
            self._documents.get(FOLDER, self._project, self._into)
        if self._into is None:
            self._find_folders(bundle.folders)
        return [self._one(given) for given in bundle.dashboards]

    def _find_folders(self, folders: Sequence[BundleDocument]) -> None:
        """One of the same name is the same folder."""
        there = {folder.name: folder.id for folder in self._documents.every(FOLDER, self._project)}
        for folder in folders:
            check_folder(folder.spec)
            name = checked_name(folder.name)
            if name not in there:
                there[name] = "" if self._dry_run else self._create(FOLDER, name, folder).id
            self._folders[folder.id] = there[name]

    def _one(self, given: BundleDocument) -> Outcome:
        try:
            check_dashboard(given.spec)
            name = checked_name(given.name)
            folder = self._into if self._into is not None else self._folders.get(folder_of(given.spec), "")
            spec = {key: value for key, value in given.spec.items() if key != "folder"}
            placed = BundleDocument(name=name, spec=spec | ({"folder": folder} if folder else {}), id=given.id)
            now = self._there(given.id) if self._replace else None
            return self._create_one(placed) if now is None else self._replace_one(now, placed)
        except VedetteError as error:
            return Outcome(name=given.name, action="refuse", error=error.message)

    def _there(self, document_id: str) -> Document | None:
        try:
            return self._documents.get(KIND, self._project, document_id) if document_id else None
        except NotFound:
            return None

    def _replace_one(self, now: Document, given: BundleDocument) -> Outcome:
        self._check_change(KIND, self._project, now.id)
        if given.name != now.name and given.name in self._names:
            raise Conflict(f"there is another dashboard named {given.name!r}")
        if not self._dry_run:
            self._documents.update(
                KIND,
                self._project,
                now.id,
                name=given.name,
                spec=given.spec,
                by=self._by,
                expected_version=now.version,
                message="from a file",
                also=self._also("update"),
            )
        self._names = self._names - {now.name} | {given.name}
        return Outcome(name=given.name, action="replace", id=now.id)

    def _create_one(self, given: BundleDocument) -> Outcome:
        name = self._free(given.name)
        self._names.add(name)
        if self._dry_run:
            return Outcome(name=name, action="create")
        return Outcome(name=name, action="create", id=self._create(KIND, name, given).id)

    def _free(self, name: str) -> str:
        for number in range(1, _MOST_OF_ONE_NAME):
            ending = "" if number == 1 else f" ({number})"
            free = name[: MAX_NAME - len(ending)] + ending
            if free not in self._names:
                return free
        raise BadData(f"there are too many dashboards named {name!r}")

    def _create(self, kind: str, name: str, given: BundleDocument) -> Document:
        def create(document_id: str) -> Document:
            return self._documents.create(
                kind,
                self._project,
                name,
                given.spec,
                self._by,
                document_id=document_id,
                message="from a file",
                also=self._also("create"),
            )

        try:
            # Links that name the dashboard by its id go on working.
            return create(given.id)
        except Conflict:
            if not given.id:
                raise
            return create("")
