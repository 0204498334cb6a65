"""Dashboards that come with the server, `packs/<domain>/dashboards/*.json`, each with the series it is made for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from vedette.dashboards.check import check_dashboard
from vedette.dashboards.document import Id
from vedette.errors import Corruption, NotFound, VedetteError
from vedette.promql.parser import parse_selector

PACKS: Final = Path(__file__).parents[1] / "packs"


class Template(Struct, forbid_unknown_fields=True, frozen=True):
    """One of them, as its file has it."""

    id: Id
    title: Annotated[str, Meta(min_length=1, max_length=200)]
    category: str
    description: str
    needs: Annotated[tuple[str, ...], Meta(min_length=1)]
    """Selectors; it shows something where each has data."""
    spec: dict[str, Any]


def load_templates(folder: Path = PACKS) -> dict[str, Template]:
    """All of them by id, in the order of their categories and titles. Raises Corruption with the file that is wrong."""
    found: list[Template] = []
    for path in folder.glob("*/dashboards/*.json"):
        try:
            template = msgspec.json.decode(path.read_bytes(), type=Template)
            check_dashboard(template.spec)
            for selector in template.needs:
                parse_selector(selector)
        except (OSError, msgspec.MsgspecError, VedetteError) as error:
            raise Corruption(f"{path}: {error}") from None
        found.append(template)
    found.sort(key=lambda template: (template.category, template.title))
    return {template.id: template for template in found}


def template_of(templates: dict[str, Template], template_id: str) -> Template:
    """Raises NotFound."""
    found = templates.get(template_id)
    if found is None:
        raise NotFound(f"there is no template {template_id[:100]!r}; there are {', '.join(templates)}")
    return found
