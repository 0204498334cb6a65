"""Silences as documents: made, changed and ended as Alertmanager does it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import msgspec

from vedette.alerting.check import as_spec, read
from vedette.alerting.config import Configs, compile_silence
from vedette.alerting.document import SILENCE, Silence
from vedette.alerting.silences import CompiledSilence, SilenceState
from vedette.clock import Clock
from vedette.errors import BadData

if TYPE_CHECKING:
    from vedette.catalog.documents import Also, Documents

KEPT_MS: Final = 5 * 86_400_000
"""How long silences that have ended can be looked at."""


class SilenceBook:
    """All silences of all projects."""

    def __init__(self, documents: Callable[[], Documents], configs: Configs, clock: Clock) -> None:
        self._documents = documents
        self._configs = configs
        self._clock = clock

    def every(self, project: str) -> list[CompiledSilence]:
        """Those of a project: active ones first, then those to come, then those that ended, newest first."""
        now_ms = self._clock.now_ms()
        order = (SilenceState.ACTIVE, SilenceState.PENDING, SilenceState.EXPIRED)
        self._configs.refresh()
        return sorted(
            self._configs.of(project).silences,
            key=lambda it: (order.index(it.state(now_ms)), -it.silence.ends_ms, it.id),
        )

    def get(self, project: str, silence_id: str) -> CompiledSilence:
        """Raises NotFound."""
        return compile_silence(self._documents().get(SILENCE, project, silence_id))

    def put(self, project: str, silence_id: str, silence: Silence, by: str, also: Also | None = None) -> str:
        """Make one, or change the one with an id; its id then.

        What already hides something cannot come to hide something else: then the former ends and a new one begins.
        Raises BadData, NotFound for an id that is not there.
        """
        now_ms = self._clock.now_ms()
        if silence.ends_ms <= now_ms:
            raise BadData("ends_ms: a silence must end in the future")
        silence = msgspec.structs.replace(silence, starts_ms=max(silence.starts_ms, 0))
        CompiledSilence("", silence)
        if silence_id:
            document = self._documents().get(SILENCE, project, silence_id)
            former = compile_silence(document)
            if self._can_become(former, silence, now_ms):
                self._documents().update(
                    SILENCE,
                    project,
                    silence_id,
                    name=document.name,
                    spec=as_spec(silence),
                    by=by,
                    expected_version=document.version,
                    also=also,
                )
                return silence_id
            self.expire(project, silence_id, by, also)
        silence = msgspec.structs.replace(silence, starts_ms=max(silence.starts_ms, now_ms))
        made = str(uuid.uuid4())
        self._documents().create(SILENCE, project, made, as_spec(silence), by, document_id=made, also=also)
        return made

    def expire(self, project: str, silence_id: str, by: str, also: Also | None = None) -> None:
        """End it now. Raises NotFound, BadData when it has ended already."""
        now_ms = self._clock.now_ms()
        document = self._documents().get(SILENCE, project, silence_id)
        silence = read(document.spec, Silence)
        if silence.ends_ms <= now_ms:
            raise BadData(f"silence {silence_id} has ended already")
        ended = msgspec.structs.replace(silence, starts_ms=min(silence.starts_ms, now_ms), ends_ms=now_ms)
        self._documents().update(
            SILENCE,
            project,
            silence_id,
            name=document.name,
            spec=as_spec(ended),
            by=by,
            expected_version=document.version,
            also=also,
        )

    def forget_old(self) -> None:
        """Delete what ended long ago."""
        before_ms = self._clock.now_ms() - KEPT_MS
        documents = self._documents()
        for document in documents.every(SILENCE):
            if read(document.spec, Silence).ends_ms < before_ms:
                documents.delete(SILENCE, document.project, document.id, by="system", expected_version=document.version)

    @staticmethod
    def _can_become(former: CompiledSilence, silence: Silence, now_ms: int) -> bool:
        if former.silence.matchers != silence.matchers or former.silence.recurring != silence.recurring:
            return False
        match former.state(now_ms):
            case SilenceState.ACTIVE:
                return silence.starts_ms == former.silence.starts_ms
            case SilenceState.PENDING:
                return silence.starts_ms >= now_ms
            case _:
                return False
