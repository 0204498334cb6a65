"""Addresses and discovered labels as people may see them: operators put tokens into parameters."""

from __future__ import annotations

import re
from typing import Final

from vedette.model.labels import Labels

_SECRET_NAME: Final = re.compile(
    r"token|secret|passw|pwd|credential|api[-_]?key|access[-_]?key|auth|signature", re.IGNORECASE
)
_PARAMETER: Final = re.compile(r"(?<=[?&])([^=&#]+)=([^&#]*)")
_HIDDEN: Final = "<secret>"


def shown_url(url: str) -> str:
    """An address without the values of parameters whose names say that they are secret."""
    return _PARAMETER.sub(lambda found: f"{found[1]}={_HIDDEN}" if _SECRET_NAME.search(found[1]) else found[0], url)


def shown_labels(labels: Labels) -> dict[str, str]:
    """Labels before relabelling, in which parameters and the addresses of discoveries are."""
    shown = {}
    for name, value in labels:
        is_hidden = name.startswith("__param_") and _SECRET_NAME.search(name)
        shown[name] = _HIDDEN if is_hidden else shown_url(value) if "://" in value else value
    return shown
