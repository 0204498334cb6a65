"""Dashboards from a folder of files, read at the start and when one changes; a bad one does not stop the others."""

from __future__ import annotations

import hashlib
import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import structlog
from msgspec import Struct

from vedette.catalog.document_spec import check_id, checked_name
from vedette.dashboards.check import check_dashboard
from vedette.dashboards.settings import DashboardSettings
from vedette.errors import BadData, Conflict, Forbidden, NotFound, VedetteError

if TYPE_CHECKING:
    from collections.abc import Callable

    from vedette.catalog.documents import Documents
    from vedette.catalog.records import Document

_log = structlog.get_logger(__name__)
KIND: Final = "dashboard"
BY: Final = "provisioning"
_MAX_FILES: Final = 1_000
_LOOK_BACK: Final = 200
_MAX_BYTES: Final = 8 * 2**20
_NOT_IN_IDS: Final = re.compile(r"[^A-Za-z0-9_-]+")


class ProvisionedFile(Struct, frozen=True):
    """One file; `error` says why it is not used, or not anew."""

    path: str
    """Within the folder."""
    id: str = ""
    """Of the document."""
    name: str = ""
    error: str = ""


class _Content(Struct, forbid_unknown_fields=True):
    """What a file may have; templates and exports have more than is needed."""

    spec: dict[str, Any]
    name: str = ""
    title: str = ""
    id: str = ""
    category: str = ""
    description: str = ""
    needs: list[str] = []


class Provisioning:
    """Keeps documents as the files say. `look` runs in one thread; all else may be called from any."""

    def __init__(self, settings: DashboardSettings, project: str, documents: Callable[[], Documents]) -> None:
        self.settings = settings
        self.project = project
        self._documents = documents
        self._is_first = True
        self._lock = threading.Lock()
        self._files: dict[str, ProvisionedFile] = {}
        self._digests: dict[str, bytes] = {}

    def files(self) -> list[ProvisionedFile]:
        """All of them in the order of their paths."""
        with self._lock:
            return [self._files[path] for path in sorted(self._files)]

    def file_of(self, kind: str, project: str, document_id: str) -> ProvisionedFile | None:
        """The file that a document comes from."""
        if kind != KIND or project != self.project:
            return None
        with self._lock:
            return next((file for file in self._files.values() if file.id == document_id), None)

    def check_change(self, kind: str, project: str, document_id: str) -> None:
        """Raises Forbidden for what may be changed only in its file."""
        file = self.file_of(kind, project, document_id)
        if file is not None and not self.settings.allow_edits:
            raise Forbidden(
                f"this dashboard comes from the file {file.path}: change that, make a copy, "
                "or set dashboards.allow_edits"
            )

    def look(self) -> None:
        """Take over what has changed since the last time."""
        folder = self.settings.provisioning_folder
        if folder is None:
            return
        seen: set[str] = set()
        used: set[str] = set()
        for path in sorted(folder.rglob("*.json"))[:_MAX_FILES]:
            name = path.relative_to(folder).as_posix()
            seen.add(name)
            self._note(self._read(path, name, used))
        with self._lock:
            gone = [file for name, file in self._files.items() if name not in seen]
            for file in gone:
                del self._files[file.path]
                self._digests.pop(file.path, None)
        for file in gone:
            if file.id and file.id not in used:
                self._remove(file.id, file.path)
        if self._is_first and all(file.id or not file.error for file in self.files()):
            self._is_first = False
            self._remove_gone_before(used)

    def write_back(self, project: str, document_id: str) -> ProvisionedFile:
        """Write a document's present state into its file. Raises NotFound; Conflict where that cannot be done."""
        file = self.file_of(KIND, project, document_id)
        folder = self.settings.provisioning_folder
        if file is None or folder is None:
            raise NotFound(f"no dashboard {document_id[:100]!r} comes from a file")
        document = self._documents().get(KIND, self.project, document_id)
        content = {"id": document.id, "name": document.name, "spec": document.spec}
        data = msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"
        target = folder / file.path
        try:
            part = target.with_suffix(".json.part")
            part.write_bytes(data)
            part.replace(target)
        except OSError as error:
            raise Conflict(f"{file.path} cannot be written: {error.strerror or error}") from None
        written = ProvisionedFile(file.path, document.id, document.name)
        with self._lock:
            self._digests[file.path] = _digest(data)
            self._files[file.path] = written
        return written

    def _read(self, path: Path, name: str, used: set[str]) -> ProvisionedFile:
        with self._lock:
            before = self._files.get(name, ProvisionedFile(name))
            digest_before = self._digests.get(name)
        try:
            data = _bytes_of(path)
            digest = _digest(data)
            if digest == digest_before:
                used.add(before.id)
                return before
            content, document_id = _content_of(data, name)
            if document_id in used:
                raise BadData(f"another file has the id {document_id!r}")
            # Known before it is there: in between nobody may change it.
            self._note(ProvisionedFile(name, document_id, content.name))
            # What is broken stays as it was until the file is right again.
            self._keep(document_id, content, f"file {name}, {digest.hex()}")
        except VedetteError as error:
            if before.error != error.message:
                _log.warning("provisioning_failed", file=name, error=error.message)
            used.add(before.id)
            return ProvisionedFile(name, before.id, before.name, error.message)
        used.add(document_id)
        with self._lock:
            self._digests[name] = digest
        return ProvisionedFile(name, document_id, content.name)

    def _keep(self, document_id: str, content: _Content, message: str) -> None:
        documents = self._documents()
        try:
            now = documents.get(KIND, self.project, document_id, include_deleted=True)
        except NotFound:
            documents.create(
                KIND, self.project, content.name, content.spec, BY, document_id=document_id, message=message
            )
            return
        if now.created_by != BY:
            raise Conflict(f"there is a dashboard with id {document_id!r} that somebody has made in the page")
        if now.deleted_ms:
            now = documents.restore(KIND, self.project, document_id, by=BY)
        if (now.name, now.spec) == (content.name, content.spec):
            return
        if self.settings.allow_edits and now.updated_by != BY and _last_message(documents, now) == message:
            # Changed in the page since, and the file is still what it was: after a restart of the server.
            return
        _update(documents, now, content, message)

    def _remove(self, document_id: str, path: str) -> None:
        """A document whose file is gone can be restored for some time, as any that is deleted."""
        documents = self._documents()
        try:
            now = documents.get(KIND, self.project, document_id)
            documents.delete(KIND, self.project, document_id, by=BY, expected_version=now.version)
        except VedetteError as error:
            _log.warning("provisioning_failed", file=path, error=error.message)

    def _remove_gone_before(self, used: set[str]) -> None:
        """Documents whose files have gone while the server was not running."""
        for document in self._documents().every(KIND, self.project):
            if document.created_by == BY and document.id not in used:
                self._remove(document.id, "")

    def _note(self, file: ProvisionedFile) -> None:
        with self._lock:
            self._files[file.path] = file


def _last_message(documents: Documents, now: Document) -> str:
    """What was noted when a file was taken over last."""
    versions = documents.versions(now.kind, now.project, now.id, limit=_LOOK_BACK)
    return next((version.message for version in versions if version.saved_by == BY), "")


def _update(documents: Documents, now: Document, content: _Content, message: str) -> None:
    documents.update(
        now.kind,
        now.project,
        now.id,
        name=content.name,
        spec=content.spec,
        by=BY,
        expected_version=now.version,
        message=message,
    )


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise BadData(f"the file is larger than {_MAX_BYTES} bytes")
        return path.read_bytes()
    except OSError as error:
        raise BadData(f"the file cannot be read: {error.strerror or error}") from None


def _content_of(data: bytes, name: str) -> tuple[_Content, str]:
    try:
        content = msgspec.json.decode(data, type=_Content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadData(f"the file: {error}") from None
    check_dashboard(content.spec)
    content.name = checked_name(content.name or content.title)
    document_id = content.id or _NOT_IN_IDS.sub("-", name.removesuffix(".json")).strip("-")[:64]
    check_id(document_id)
    return content, document_id


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()
