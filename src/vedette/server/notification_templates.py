"""Templates of notifications: the language of the rules' annotations, handed to the room that tells of alerts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from vedette.rules.templates.expand import Template


class NotificationTemplates:
    """Implements `alerting.templates.Templates`."""

    def check(self, text: str) -> None:
        """Raises BadData for what is no template."""
        _parsed(text)

    def fill(self, text: str, data: Mapping[str, Any]) -> str:
        """Raises BadData."""
        return _parsed(text).fill(data)


@lru_cache(maxsize=256)
def _parsed(text: str) -> Template:
    return Template(text)
