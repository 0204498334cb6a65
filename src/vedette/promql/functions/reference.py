"""The reference page of PromQL functions and aggregations, made from the table."""

from __future__ import annotations

from typing import Final

from vedette.promql.ast import ValueType
from vedette.promql.functions.signature import Signature
from vedette.promql.functions.table import SIGNATURES

AGGREGATIONS: Final = {
    "avg": "The average.",
    "bottomk": "The k smallest elements of each group, with their own labels.",
    "count": "The number of elements.",
    "count_values": "The number of elements for each value, which becomes a label.",
    "group": "1 for every group.",
    "limit_ratio": "A share of the elements, always the same ones; a negative share is what the positive one leaves.",
    "limitk": "Any k elements of each group, with their own labels.",
    "max": "The largest value.",
    "min": "The smallest value.",
    "quantile": "A quantile (0 to 1) over the elements.",
    "stddev": "The population standard deviation.",
    "stdvar": "The population variance.",
    "sum": "The sum.",
    "topk": "The k largest elements of each group, with their own labels.",
}
_PARAMETERS: Final = {
    **dict.fromkeys(("topk", "bottomk", "limitk"), "k"),
    "count_values": "label",
    "quantile": "q",
    "limit_ratio": "ratio",
}


def functions_page() -> str:
    """Markdown; one table of functions, one of aggregations."""
    lines = [
        "# PromQL functions and aggregations",
        "",
        "Generated from `src/vedette/promql/functions`; do not edit. All of them are always on, also those that",
        "Prometheus hides behind a feature flag (marked *new*).",
        "",
        "| function | result | what it is |",
        "|---|---|---|",
        *(_row(signature) for signature in SIGNATURES.values()),
        "",
        "| aggregation | what it is |",
        "|---|---|",
        *(f"| `{_aggregation(name)}` | {doc} |" for name, doc in AGGREGATIONS.items()),
        "",
    ]
    return "\n".join(lines)


def _row(signature: Signature) -> str:
    args = [kind.value for kind in signature.args]
    if signature.variadic > 0:
        optional = args[-1] if signature.variadic == 1 else args[-1] + ", ..."
        args[-1] = f"[{optional}]"
    elif signature.variadic < 0:
        args[-1] += " ..."
    result = "scalar" if signature.returns is ValueType.SCALAR else "instant vector"
    mark = " *new*" if signature.experimental else ""
    return f"| `{signature.name}({', '.join(args)})`{mark} | {result} | {signature.doc} |"


def _aggregation(name: str) -> str:
    takes = [_PARAMETERS[name]] if name in _PARAMETERS else []
    # A bar would end the table's cell.
    return f"{name} by (labels) ({', '.join([*takes, 'instant vector'])})"
