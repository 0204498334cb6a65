"""The routes of a project in the words of Alertmanager's configuration file, for its tools; without any secrets."""

from __future__ import annotations

from typing import Any

from vedette.alerting.config import ProjectConfig
from vedette.alerting.matching import written_one
from vedette.alerting.routing import Leaf, Node
from vedette.model.duration import print_duration_ms


def routing_text(config: ProjectConfig) -> str:
    """YAML that Alertmanager's own tools read. Of several trees the first is written, for they know one only."""
    import yaml  # noqa: PLC0415 - a start needs none

    tree = config.trees[0]
    content = {
        "route": _route(tree.root),
        "receivers": [{"name": name} for name in config.contact_points],
        "time_intervals": [{"name": name, "time_intervals": []} for name in config.timings],
    }
    text: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    return text


def _route(node: Node) -> dict[str, Any]:
    leaf: Leaf = node.leaf
    found: dict[str, Any] = {
        "receiver": leaf.receiver,
        "group_by": ["..."] if leaf.by_all else list(leaf.group_by),
        "group_wait": print_duration_ms(leaf.group_wait_ms),
        "group_interval": print_duration_ms(leaf.group_interval_ms),
        "repeat_interval": print_duration_ms(leaf.repeat_interval_ms),
        "matchers": [written_one(test.matcher) for test in node.passes.tests],
        "mute_time_intervals": list(leaf.mute_timings),
        "active_time_intervals": list(leaf.active_timings),
        "continue": node.goes_on,
        "routes": [_route(child) for child in node.children],
    }
    return {name: value for name, value in found.items() if value or name in ("receiver", "group_by")}
