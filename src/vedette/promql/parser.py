"""Tokens to tree: a Pratt parser for PromQL as Prometheus 3 writes it, with its error texts and exact positions."""

from __future__ import annotations

import math
import re
from typing import Final, Literal, cast

from msgspec.structs import replace

from vedette.errors import BadData, QuerySyntax
from vedette.model.labels import METRIC_NAME
from vedette.model.matcher import Matcher, MatchOp
from vedette.promql import ast
from vedette.promql.check import check, span_of, value_type
from vedette.promql.functions.table import SIGNATURES
from vedette.promql.lexer import SET_OPERATORS, Token, go_quote, lex, unquote
from vedette.promql.parser_durations import DurationParser
from vedette.promql.parser_modifiers import set_at, set_extension, set_offset, set_range

MAX_LENGTH: Final = 64 * 1024
"""Characters of a query."""
MAX_NESTING: Final = 100
"""Parentheses, calls and unary signs inside each other; keeps recursion far from Python's limit."""
MAX_DEPTH: Final = 250
"""Levels of the tree; a chain of a + b + c has one for each operator."""

_PRECEDENCE: Final = {
    "or": 1,
    **dict.fromkeys(("and", "unless"), 2),
    **dict.fromkeys(("==", "!=", "<=", "<", ">=", ">", "</", ">/"), 3),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/", "%", "atan2"), 5),
    "^": 6,
}
_UNARY_PRECEDENCE: Final = 5
_WITH_PARAM: Final = frozenset(("topk", "bottomk", "count_values", "quantile", "limitk", "limit_ratio"))
_NOT_METRICS: Final = frozenset(("bool", "on", "ignoring", "group_left", "group_right"))
_MATCH_OPS: Final = {"=": MatchOp.EQUAL, "!=": MatchOp.NOT_EQUAL, "=~": MatchOp.REGEX, "!~": MatchOp.NOT_REGEX}
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def parse(text: str) -> ast.Expr:
    """The checked tree of a query. Raises QuerySyntax with a span."""
    try:
        parser = _Parser(text)
        if parser.current.kind == "end of input":
            raise parser.error("no expression found in input", 0, len(text))
        expr = parser.expression(0)
        parser.expect_end()
        _check_depth(expr)
        check(expr, text)
    except QuerySyntax as error:
        raise _located(error, text) from None
    return expr


def parse_selector(text: str, *, may_match_empty: bool = False) -> tuple[Matcher, ...]:
    """The matchers of a selector by itself; `may_match_empty` takes also `{team!="b"}` alone. Raises QuerySyntax."""
    try:
        parser = _Parser(text)
        if parser.current.kind in ("number", "string", "duration", "operator"):
            raise parser.unexpected()
        selector = parser.vector_selector()
        parser.expect_end()
        check(selector, text, label_selector_only=may_match_empty)
    except QuerySyntax as error:
        raise _located(error, text) from None
    return selector.matchers


def _located(error: QuerySyntax, text: str) -> QuerySyntax:
    before = text[: error.start]
    line = before.count("\n") + 1
    column = error.start - before.rfind("\n")
    where = f"{line}:{column}" if text else "unknown position"
    return QuerySyntax(f"{where}: parse error: {error.message}", start=error.start, end=error.end)


def _check_depth(expr: ast.Expr) -> None:
    level = [expr]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in ast.children(node)]
        if not level:
            return
    span = span_of(level[0])
    raise QuerySyntax(f"the query is deeper than {MAX_DEPTH} levels", start=span.start, end=span.end)


class _Parser(DurationParser):
    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            message = f"the query has {len(text)} characters, more than {MAX_LENGTH}"
            raise QuerySyntax(message, start=MAX_LENGTH, end=len(text))
        if not text.isascii() and (bad := _LONE_SURROGATE.search(text)):
            raise QuerySyntax("invalid UTF-8 rune", start=bad.start(), end=bad.end())
        super().__init__(text, lex(text))
        self._nesting = 0

    def expect_end(self) -> None:
        if self.current.kind != "end of input":
            raise self.unexpected()

    def expression(self, minimum: int) -> ast.Expr:
        """Everything that binds at least as tightly as `minimum`."""
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            token = self.current
            raise self.error(f"expressions are nested deeper than {MAX_NESTING}", token.start, token.end)
        left = self._postfix(self._prefix())
        for _ in range(MAX_DEPTH):
            token = self.current
            precedence = _PRECEDENCE.get(token.value, 0) if token.kind == "operator" else 0
            if precedence == 0 or precedence < minimum:
                break
            self.advance()
            left = self._binary(left, token, precedence)
        else:
            raise self.error(f"a chain of more than {MAX_DEPTH} operators", self.current.start, self.current.end)
        self._nesting -= 1
        return left

    def _prefix(self) -> ast.Expr:
        token = self.current
        match token.kind:
            case "number" | "duration":
                return self.number_literal()
            case "string":
                self.advance()
                return ast.StringLiteral(
                    unquote(token.text, token.start, "surrogateescape"), ast.Span(token.start, token.end)
                )
            case "operator" if token.value in "+-":
                return self._unary()
            case "punctuation" if token.value == "(":
                self.advance()
                inner = self.expression(0)
                closing = self.take_sign(")")
                return ast.Paren(inner, ast.Span(token.start, closing.end))
            case "punctuation" if token.value == "{":
                return self.vector_selector()
            case "identifier" | "preprocessor" if self.ahead.value == "(":
                return self._call()
            case "aggregator" if self.ahead.value in ("(", "by", "without"):
                return self._aggregate()
            case "identifier" | "metric identifier" | "keyword" | "aggregator" | "preprocessor" | "operator":
                return self.vector_selector()
            case _:
                raise self.unexpected()

    def _unary(self) -> ast.Expr:
        sign = self.advance()
        operand = self.expression(_UNARY_PRECEDENCE + 1)
        if isinstance(operand, ast.NumberLiteral):
            value = -operand.value if sign.value == "-" else operand.value
            return ast.NumberLiteral(value, ast.Span(sign.start, operand.span.end), operand.is_duration)
        op: Literal["+", "-"] = "-" if sign.value == "-" else "+"
        return ast.Unary(op, operand, ast.Span(sign.start, span_of(operand).end))

    def _binary(self, left: ast.Expr, operator: Token, precedence: int) -> ast.Expr:
        return_bool = self.take_keyword("bool")
        matching = self._matching()
        # ^ is right-associative, everything else left-associative.
        right = self.expression(precedence if operator.value == "^" else precedence + 1)
        if operator.value in ("</", ">/"):
            raise self.error(
                f"operator {operator.value} trims native histograms, which are not supported yet",
                operator.start,
                operator.end,
            )
        if operator.value in SET_OPERATORS and matching.card == "one-to-one":
            matching = replace(matching, card="many-to-many")
        scalar = ast.ValueType.SCALAR in (value_type(left), value_type(right))
        plain = not matching.labels and matching.fill_left is None and matching.fill_right is None
        span = ast.Span(span_of(left).start, span_of(right).end)
        return ast.Binary(operator.value, left, right, None if scalar and plain else matching, return_bool, span)

    def _matching(self) -> ast.VectorMatching:
        on, written = False, False
        labels: tuple[str, ...] = ()
        include: tuple[str, ...] = ()
        card: Literal["one-to-one", "many-to-one", "one-to-many"] = "one-to-one"
        if self.current.value in ("on", "ignoring") and self.current.kind == "keyword":
            on, written = self.advance().value == "on", True
            labels = self._grouping_labels()
            if self.current.value in ("group_left", "group_right"):
                card = "many-to-one" if self.advance().value == "group_left" else "one-to-many"
                include = self._grouping_labels() if self.current.value == "(" else ()
        fill_left, fill_right = self._fills()
        return ast.VectorMatching(on, labels, card, include, written, fill_left, fill_right)

    def _fills(self) -> tuple[float | None, float | None]:
        left: float | None = None
        right: float | None = None
        if self.take_keyword("fill"):
            left = right = self._fill_value()
        elif self.take_keyword("fill_left"):
            left = self._fill_value()
            right = self._fill_value() if self.take_keyword("fill_right") else None
        elif self.take_keyword("fill_right"):
            right = self._fill_value()
            left = self._fill_value() if self.take_keyword("fill_left") else None
        return left, right

    def _fill_value(self) -> float:
        self.take_sign("(")
        negative = self.current.value == "-"
        if self.current.value in ("-", "+"):
            self.advance()
        if self.current.kind not in ("number", "duration"):
            raise self.unexpected()
        value = self.number_literal().value
        self.take_sign(")")
        return -value if negative else value

    def _grouping_labels(self) -> tuple[str, ...]:
        if self.current.value != "(" or self.current.kind != "punctuation":
            raise self.unexpected("grouping opts", '"("')
        self.advance()
        labels: list[str] = []
        while self.current.value != ")":
            labels.append(self._grouping_label())
            if self.current.value == ",":
                self.advance()
            elif self.current.value != ")":
                raise self.unexpected("grouping opts", '"," or ")"')
        self.advance()
        return tuple(labels)

    def _grouping_label(self) -> str:
        token = self.current
        if token.kind == "string":
            self.advance()
            name = unquote(token.text, token.start)
            if not name:
                raise self.error('invalid label name for grouping: ""', token.start, token.end)
            return name
        worded = token.kind in ("identifier", "metric identifier", "keyword", "aggregator", "preprocessor", "operator")
        if not worded or not (token.text[0].isalpha() or token.text[0] in "_:") or token.value == "without":
            raise self.unexpected("grouping opts", "label")
        self.advance()
        return token.text

    def _call(self) -> ast.Expr:
        name = self.advance()
        args, end = self._arguments()
        if name.text not in SIGNATURES:
            raise self.error(f"unknown function with name {go_quote(name.text)}", name.start, name.end)
        return ast.Call(name.text, tuple(args), ast.Span(name.start, end))

    def _arguments(self) -> tuple[list[ast.Expr], int]:
        self.take_sign("(")
        args: list[ast.Expr] = []
        while self.current.value != ")" or self.current.kind != "punctuation":
            args.append(self.expression(0))
            if self.current.value == ",":
                comma = self.advance()
                if self.current.value == ")":
                    raise self.error("trailing commas not allowed in function call args", comma.start, comma.end)
            elif self.current.value != ")":
                raise self.unexpected()
        return args, self.advance().end

    def _aggregate(self) -> ast.Expr:
        op = self.advance()
        grouping: tuple[str, ...] = ()
        modifier = ""
        if self.current.value in ("by", "without"):
            modifier = self.advance().value
            grouping = self._grouping_labels()
        if self.current.value != "(":
            raise self.unexpected()
        args, end = self._arguments()
        if not modifier and self.current.value in ("by", "without"):
            modifier = self.advance().value
            grouping = self._grouping_labels()
            end = self.previous.end
        span = ast.Span(op.start, end)
        wanted = 2 if op.value in _WITH_PARAM else 1
        if not args:
            raise self.error("no arguments for aggregate expression provided", span.start, span.end)
        if len(args) != wanted:
            raise self.error(
                f"wrong number of arguments for aggregate expression provided, expected {wanted}, got {len(args)}",
                span.start,
                span.end,
            )
        param = args[0] if wanted == 2 else None
        return ast.Aggregate(op.value, args[-1], param, grouping, modifier == "without", span, bool(modifier))

    def vector_selector(self) -> ast.VectorSelector:
        """`name`, `name{..}` or `{..}`."""
        first = self.current
        name = ""
        matchers: list[Matcher] = []
        if first.value != "{":
            word = first.kind in ("identifier", "metric identifier", "keyword", "aggregator", "preprocessor")
            word = word or (first.kind == "operator" and first.value in ("and", "or", "unless"))
            if not word or (first.kind == "keyword" and first.value in _NOT_METRICS):
                raise self.unexpected()
            name = self.advance().text
        if self.current.value == "{":
            matchers = self._matchers()
        if name:
            matchers.append(Matcher(METRIC_NAME, MatchOp.EQUAL, name))
        return ast.VectorSelector(name, tuple(matchers), ast.Span(first.start, self.previous.end))

    def _matchers(self) -> list[Matcher]:
        self.advance()
        matchers: list[Matcher] = []
        while self.current.value != "}":
            matchers.append(self._matcher())
            if self.current.value == ",":
                self.advance()
            elif self.current.value != "}":
                raise self.unexpected("label matching", '"," or "}"')
        self.advance()
        return matchers

    def _matcher(self) -> Matcher:
        label = self.current
        if label.kind not in ("identifier", "string"):
            raise self.unexpected("label matching", 'identifier or "}"')
        self.advance()
        name = unquote(label.text, label.start) if label.kind == "string" else label.text
        op = _MATCH_OPS.get(self.current.value)
        if op is None:
            if label.kind == "string":
                return Matcher(METRIC_NAME, MatchOp.EQUAL, name)
            raise self.unexpected("label matching", "label matching operator")
        self.advance()
        value = self.current
        if value.kind != "string":
            raise self.unexpected("label matching", "string")
        self.advance()
        try:
            return Matcher(name, op, unquote(value.text, value.start))
        except QuerySyntax:
            raise
        except BadData as error:
            raise self.error(error.message, label.start, value.end) from error

    def _postfix(self, expr: ast.Expr) -> ast.Expr:
        for _ in range(MAX_NESTING):
            token = self.current
            if token.value == "[" and token.kind == "punctuation":
                expr = self._range(expr)
            elif token.value == "@" and token.kind == "operator":
                expr = self._at(expr)
            elif token.kind == "keyword" and token.value == "offset":
                self.advance()
                expr = set_offset(expr, self.offset_duration(), self.previous.end)
            elif token.kind == "keyword" and token.value in ("anchored", "smoothed"):
                self.advance()
                expr = set_extension(expr, token.value, token.end)
            else:
                return expr
        raise self.error(f"more than {MAX_NESTING} modifiers", self.current.start, self.current.end)

    def _range(self, expr: ast.Expr) -> ast.Expr:
        opening = self.advance()
        expected = "number, duration, step(), or range()"
        duration = self.positive_duration("subquery or range selector", expected)
        if self.current.value == "]":
            closing = self.advance()
            return set_range(expr, duration, opening.start, closing.end)
        if self.current.value != ":":
            raise self.unexpected("subquery or range", '":" or "]"')
        self.advance()
        step: ast.DurationMs | None = None
        if self.current.value != "]":
            step = self.positive_duration("subquery selector", 'number, duration, step(), range(), or "]"')
        if self.current.value != "]":
            raise self.unexpected("subquery selector", '"]"')
        closing = self.advance()
        return ast.Subquery(expr, duration, step, ast.Span(span_of(expr).start, closing.end))

    def _at(self, expr: ast.Expr) -> ast.Expr:
        self.advance()
        token = self.current
        if token.value in ("start", "end") and token.kind == "preprocessor":
            self.advance()
            self.take_sign("(")
            self.take_sign(")")
            kind = cast("Literal['start', 'end']", token.value)
            return set_at(expr, ast.At(kind), self.previous.end)
        negative = token.value == "-"
        if token.value in ("-", "+"):
            self.advance()
        if self.current.kind not in ("number", "duration"):
            raise self.unexpected("@", "timestamp")
        seconds = self.number_literal().value * (-1 if negative else 1)
        if not math.isfinite(seconds) or abs(seconds) >= 2**63 / 1000:
            span = span_of(expr)
            raise self.error(f"timestamp out of bounds for @ modifier: {seconds:f}", span.start, span.end)
        # Half away from zero, as Go rounds.
        time_ms = int(math.copysign(math.floor(abs(seconds) * 1000 + 0.5), seconds))
        return set_at(expr, ast.At("time", time_ms), self.previous.end)
