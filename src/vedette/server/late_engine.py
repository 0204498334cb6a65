"""The PromQL engine, imported and made right after the server is ready, or for the first query if that is sooner."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from vedette.model.frame import QueryResult
from vedette.promql import ast, lexer
from vedette.promql.context import QueryContext

if TYPE_CHECKING:
    from vedette.promql.engine import Engine
    from vedette.promql.explain import Explained


class LateEngine:
    """Implements `query.service.Evaluator`. Importing the engine is a tenth of a start, which need not wait for it."""

    def __init__(self, make: Callable[[], Engine]) -> None:
        self._make = make
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    def get(self) -> Engine:
        """The engine; made now if need be."""
        if self._engine is None:
            with self._lock:
                if self._engine is None:
                    lexer.prepare()
                    importlib.import_module("numpy.ma")  # as the first `np.unique` would
                    self._engine = self._make()
        return self._engine

    def instant(self, expr: ast.Expr, time_ms: int, ctx: QueryContext) -> QueryResult:
        return self.get().instant(expr, time_ms, ctx)

    def range(self, expr: ast.Expr, start_ms: int, end_ms: int, step_ms: int, ctx: QueryContext) -> QueryResult:
        return self.get().range(expr, start_ms, end_ms, step_ms, ctx)

    def explain(self, expr: ast.Expr, start_ms: int, end_ms: int, step_ms: int, ctx: QueryContext) -> Explained:
        return self.get().explain(expr, start_ms, end_ms, step_ms, ctx)
