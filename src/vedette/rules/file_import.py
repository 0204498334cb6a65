"""Prometheus' rule files become documents: each group one, which people change in the page from then on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from vedette.catalog.document_spec import checked_name
from vedette.errors import BadData
from vedette.rules.book import KIND
from vedette.rules.check import check_group
from vedette.rules.compiled import CompiledGroup, Defaults

if TYPE_CHECKING:
    from vedette.catalog.documents import Also, Documents
    from vedette.catalog.records import Document

_IMPORTED: Final = "imported from a rule file"


class ImportedGroup(Struct, frozen=True):
    """A group of an import; `result` is `created`, `updated`, `unchanged`, or empty where nothing was written."""

    name: str
    rules: int
    result: str
    document: str
    """Id of the document; empty where there is none yet."""
    spec: dict[str, Any]


class RuleImport(Struct, frozen=True):
    """What a file became; with `errors` nothing was written. `notes` tell what to look after."""

    groups: tuple[ImportedGroup, ...]
    errors: tuple[str, ...]
    notes: tuple[str, ...]


class ReadGroups(Struct, frozen=True):
    """Groups of a file as documents, by name; with `errors` they are not to be used."""

    specs: dict[str, dict[str, Any]]
    errors: tuple[str, ...]
    notes: tuple[str, ...]


def read_groups(text: str) -> ReadGroups:
    """The groups of a rule file. What is no YAML is an error, too."""
    from vedette.rules.file import parse_rules  # noqa: PLC0415 - YAML is for those who have files

    try:
        read = parse_rules(text, Defaults())
    except BadData as error:
        return ReadGroups({}, (error.message,), ())
    errors = [str(finding) for finding in read.findings]
    specs: dict[str, dict[str, Any]] = {}
    for group in read.groups if not errors else ():
        spec = msgspec.json.decode(msgspec.json.encode(group.source), type=dict[str, Any])
        try:
            checked_name(group.name)
            check_group(spec)
        except BadData as error:
            errors.append(f"group {group.name[:100]!r}: {error.message}")
        specs[group.name] = spec
    return ReadGroups(specs, tuple(errors), tuple(f"{it} is there more than once" for it in read.duplicates))


class RuleImporter:
    """Takes files over; for threads."""

    def __init__(self, documents: Callable[[], Documents]) -> None:
        self._documents = documents

    def take(
        self,
        project: str,
        text: str,
        in_force: Sequence[CompiledGroup],
        by: str,
        also: Also | None,
        *,
        dry_run: bool,
    ) -> RuleImport:
        """Make documents of a rule file; those of the same name get a new version, if they are not as the file says.

        `in_force` are the project's groups. Raises LimitExceeded, Conflict, Unavailable.
        """
        read = read_groups(text)
        known = {document.name: document for document in self._documents().every(KIND, project)}
        groups = []
        for name, spec in read.specs.items():
            before = known.get(name)
            result, document_id = "", before.id if before is not None else ""
            if not dry_run and not read.errors:
                result, document_id = self._save(project, name, spec, before, by, also)
            groups.append(ImportedGroup(name, len(spec.get("rules", ())), result, document_id, spec))
        twice = [
            f"group {group.name!r} is in force from {group.file}, too: each of its alerts is told by both"
            for group in in_force
            if group.file and group.name in read.specs
        ]
        return RuleImport(tuple(groups), read.errors, (*read.notes, *twice))

    def _save(
        self, project: str, name: str, spec: dict[str, Any], before: Document | None, by: str, also: Also | None
    ) -> tuple[str, str]:
        documents = self._documents()
        if before is None:
            return "created", documents.create(KIND, project, name, spec, by, message=_IMPORTED, also=also).id
        if before.spec == spec:
            return "unchanged", before.id
        documents.update(
            KIND,
            project,
            before.id,
            name=name,
            spec=spec,
            by=by,
            expected_version=before.version,
            message=_IMPORTED,
            also=also,
        )
        return "updated", before.id
