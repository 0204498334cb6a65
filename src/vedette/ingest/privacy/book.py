"""The privacy rules of every project as they are in force: read from the catalog, kept in memory, never absent."""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec
import structlog

from vedette.errors import BadData, Conflict, VedetteError
from vedette.ingest.privacy.detectors import DETECTORS, Detector
from vedette.ingest.privacy.dry_run import DryRun, dry_run
from vedette.ingest.privacy.filter import RuleSet
from vedette.ingest.privacy.last_known import LastKnown
from vedette.ingest.privacy.rule import Action, PrivacyRule
from vedette.ingest.privacy.rules import DEFAULT_RULES, CompiledRule, compile_rules
from vedette.model.labels import Labels

if TYPE_CHECKING:
    from vedette.catalog.documents import Also, Documents

_log = structlog.get_logger(__name__)
KIND: Final = "privacy_rule"
"""Of the documents; the API keeps no generic ones of this kind."""
BUILT_IN: Final[Mapping[str, PrivacyRule]] = {rule.detector: rule for rule in DEFAULT_RULES}
"""Rules that every project has, by id; a document with that id takes the place of one."""
WAIT_S: Final = 5.0
"""How long new series wait for a catalog that neither opens nor fails."""
POLL_S: Final = 2.0
_KEY_BYTES: Final = 32


class StoredRule(msgspec.Struct, frozen=True):
    """A rule with its place in the catalog; version 0: a built-in one that nobody has changed."""

    id: str
    version: int
    rule: PrivacyRule

    @property
    def is_built_in(self) -> bool:
        """Whether every project has it."""
        return self.id in BUILT_IN


Rules = Mapping[str, tuple[StoredRule, ...]]
"""By project: what is stored, by name."""


class RuleBook:
    """Opens by itself when first asked, in a thread of its own that then watches for changes. Thread-safe."""

    def __init__(
        self,
        documents: Callable[[], Documents],
        key: Callable[[], bytes],
        last_known: LastKnown,
        on_change: Callable[[str], None] = lambda _project: None,
        *,
        exists: Callable[[], bool] = lambda: True,
        wait_s: float = WAIT_S,
        poll_s: float = POLL_S,
    ) -> None:
        """`documents` opens the catalog; `key` is what hashes are made with, asked for when a rule makes some.

        `on_change` gets each project whose rules have changed, after the new ones are in force. While the catalog does
        not `exist` nothing is read, so that nothing makes one.
        """
        self._documents = documents
        self._make_key = key
        self._key: bytes | None = None
        self._last_known = last_known
        self._on_change = on_change
        self._exists = exists
        self._wait_s = wait_s
        self._poll_s = poll_s
        self._stored: Rules = {}
        self._epoch = -1
        self._sets: dict[str, RuleSet] = {}
        self._counts: dict[str, dict[str, int]] = {}
        self._lock = threading.RLock()
        self._refreshing = threading.Lock()
        self._known = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    # What is in force.

    def rules_of(self, project: str) -> RuleSet:
        """The rules in force; waits a moment until they are known, and for no longer than `wait_s`."""
        found = self._sets.get(project)
        if found is None:
            self._wait()
            with self._lock:
                found = self._sets.get(project)
                if found is None:
                    found = self._sets[project] = self._compiled(project)
        return found

    def counts(self, project: str) -> dict[str, int]:
        """Findings by name of the rule since the server started."""
        return dict(self.rules_of(project).counts)

    @property
    def detectors(self) -> Iterable[Detector]:
        """What is built in to look for."""
        return DETECTORS.values()

    def dry_run(
        self, rules: Sequence[PrivacyRule], series: Iterable[Labels], check: Callable[[], None]
    ) -> tuple[DryRun, Callable[[str], str]]:
        """What rules would do to series, and a function that masks a text by them. Raises BadData for a wrong rule."""
        compiled = self._compile(rules)
        return dry_run(compiled, series, check), RuleSet(compiled).mask

    def start(self) -> None:
        """Begin to read, which goes on behind."""
        with self._lock:
            if self._thread is None and not self._stopping.is_set():
                self._thread = threading.Thread(target=self._run, name="privacy rules", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop watching."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(self._wait_s)

    # The catalog; in a thread.

    def every(self, project: str) -> list[StoredRule]:
        """All rules of a project in the order they apply in: the built-in ones, then its own by name."""
        self.refresh()
        return self._all(project)

    def create(self, project: str, rule: PrivacyRule, by: str, also: Also | None = None) -> StoredRule:
        """Add a rule of a project's own. Raises BadData, Conflict when its name is taken, NotFound, LimitExceeded."""
        self._check(project, rule)
        made = self._documents().create(KIND, project, rule.name, _spec(rule), by, also=also)
        self.refresh()
        return StoredRule(made.id, made.version, rule)

    def update(
        self, project: str, rule_id: str, rule: PrivacyRule, by: str, expected_version: int, also: Also | None = None
    ) -> StoredRule:
        """Change a rule. Raises as `create`, and Conflict when its version is not the expected one."""
        self._check(project, rule, rule_id)
        documents, spec = self._documents(), _spec(rule)
        if rule_id in BUILT_IN and self._version(project, rule_id) == 0:
            if expected_version:
                raise Conflict(f"the privacy rule {rule_id!r} has version 0: nobody has changed it yet")
            saved = documents.create(KIND, project, rule.name, spec, by, document_id=rule_id, also=also)
        else:
            saved = documents.update(
                KIND, project, rule_id, name=rule.name, spec=spec, by=by, expected_version=expected_version, also=also
            )
        self.refresh()
        return StoredRule(saved.id, saved.version, rule)

    def delete(self, project: str, rule_id: str, by: str, expected_version: int, also: Also | None = None) -> None:
        """Remove a rule of a project's own. Raises NotFound, Conflict, BadData for one that is built in."""
        if rule_id in BUILT_IN:
            raise BadData("a built-in privacy rule can be switched off, but not deleted")
        self._documents().delete(KIND, project, rule_id, by=by, expected_version=expected_version, also=also)
        self.refresh()

    def refresh(self) -> None:
        """Take over what has changed, whichever process changed it. Raises VedetteError."""
        with self._refreshing:
            documents = self._documents()
            epoch = documents.epoch(KIND)
            if epoch == self._epoch:
                return
            found: dict[str, list[StoredRule]] = {}
            for document in documents.every(KIND):
                with contextlib.suppress(BadData):
                    rule = StoredRule(document.id, document.version, _rule_of(document.spec))
                    found.setdefault(document.project, []).append(rule)
            stored = {project: tuple(rules) for project, rules in found.items()}
            self._put_in_force(stored)
            self._epoch = epoch
            self._last_known.write({project: [(it.id, it.rule) for it in rules] for project, rules in stored.items()})

    # Behind.

    def _run(self) -> None:
        is_away = False
        while True:
            try:
                if self._exists():
                    self.refresh()
                else:
                    self._use_last_known()
                is_away = False
            except VedetteError as error:
                if self._stopping.is_set():
                    return
                if not is_away:
                    _log.warning("privacy_rules_not_read", error=error.message, code=error.code)
                is_away = True
                self._use_last_known()
            except Exception:  # noqa: BLE001 - the thread has to outlive whatever goes wrong in one round
                _log.exception("privacy_rules_broke")
                self._use_last_known()
            if self._stopping.wait(self._poll_s):
                return

    def _wait(self) -> None:
        if self._known.is_set():
            return
        self.start()
        if not self._known.wait(self._wait_s):
            _log.warning("privacy_rules_not_known", waited_s=self._wait_s)
            self._use_last_known()

    def _use_last_known(self) -> None:
        """Until the catalog can be read: what it said last, else only what is built in."""
        with self._lock:
            if self._known.is_set():
                return
            rules = self._last_known.read()
            if rules:
                _log.warning("privacy_rules_last_known", projects=sorted(rules))
            stored = {
                project: tuple(StoredRule(rule_id, 1, rule) for rule_id, rule in pairs)
                for project, pairs in rules.items()
            }
            self._put_in_force(stored)

    def _put_in_force(self, stored: Rules) -> None:
        with self._lock:
            before, self._stored = self._stored, stored
            changed = [project for project in {*before, *stored} if before.get(project) != stored.get(project)]
            for project in changed:
                former = self._sets.pop(project, None)
                if former is not None:
                    self._counts[project] = former.counts
            was_known = self._known.is_set()
            self._known.set()
        if was_known:
            for project in changed:
                self._on_change(project)

    def _compiled(self, project: str) -> RuleSet:
        rules = [it.rule for it in self._all(project)]
        key = self._key_for(rules)
        compiled = []
        for rule in rules:
            try:
                compiled += compile_rules([rule], key)
            except BadData as error:
                # Made by another version: the others hold all the same.
                _log.error("privacy_rule_not_usable", project=project, rule=rule.name, error=error.message)
        return RuleSet(compiled, self._counts.get(project))

    def _all(self, project: str) -> list[StoredRule]:
        stored = {it.id: it for it in self._stored.get(project, ())}
        built_in = [stored.pop(rule_id, StoredRule(rule_id, 0, rule)) for rule_id, rule in BUILT_IN.items()]
        return [*built_in, *stored.values()]

    def _version(self, project: str, rule_id: str) -> int:
        return next((it.version for it in self.every(project) if it.id == rule_id), 0)

    def _check(self, project: str, rule: PrivacyRule, rule_id: str = "") -> None:
        """The rule among those that are there."""
        others = [it for it in self.every(project) if it.id != rule_id]
        self._compile([*(it.rule for it in others), rule])
        for other in others:
            if other.rule.name == rule.name:
                raise Conflict(f"there is a privacy rule named {rule.name!r} already: its id is {other.id}")

    def _compile(self, rules: Sequence[PrivacyRule]) -> list[CompiledRule]:
        return compile_rules(rules, self._key_for(rules))

    def _key_for(self, rules: Sequence[PrivacyRule]) -> bytes:
        if all(rule.action is not Action.HASH for rule in rules):
            return b""
        if self._key is None:
            try:
                self._key = self._make_key()
            except (VedetteError, OSError) as error:
                # Hashes differ from those before, but nothing passes as it is.
                _log.error("privacy_hash_key_not_read", error=str(error))
                self._key = secrets.token_bytes(_KEY_BYTES)
        return self._key


def _spec(rule: PrivacyRule) -> dict[str, Any]:
    spec: dict[str, Any] = msgspec.to_builtins(rule)
    return spec


def _rule_of(spec: dict[str, Any]) -> PrivacyRule:
    try:
        return msgspec.convert(spec, PrivacyRule)
    except msgspec.ValidationError as error:
        _log.error("privacy_rule_not_readable", error=str(error))
        raise BadData(f"not a privacy rule: {error}") from None
