"""The file with type, unit and help of a project's metric families; changes since its last writing are in the log."""

from __future__ import annotations

import msgspec

from vedette.errors import Corruption, Unavailable
from vedette.model.metadata import MetricMetadata
from vedette.tsdb.files import ProjectFiles, replace_file


def read_metadata(files: ProjectFiles) -> dict[str, MetricMetadata]:
    """Metadata by metric family; empty when there is no file. Raises Corruption."""
    try:
        content = files.metadata.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise Unavailable(f"{files.metadata} cannot be read: {error.strerror}") from error
    try:
        return msgspec.json.decode(content, type=dict[str, MetricMetadata])
    except msgspec.DecodeError as error:
        raise Corruption(f"{files.metadata} is damaged: {error}") from error


def write_metadata(files: ProjectFiles, metadata: dict[str, MetricMetadata]) -> None:
    """Replace the file durably. Raises OSError."""
    replace_file(files.metadata, msgspec.json.encode(metadata))
