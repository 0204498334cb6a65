"""The token cursor, number literals and duration expressions (`[5m + step()]`, `offset -(1h / 2)`)."""

from __future__ import annotations

import re
from typing import Final, Literal, cast

from vedette.errors import BadData, QuerySyntax
from vedette.model.duration import parse_duration_ms
from vedette.promql import ast
from vedette.promql.durations import literal_ms
from vedette.promql.lexer import Token, go_quote

_PRECEDENCE: Final = {"+": 1, "-": 1, "*": 2, "/": 2, "%": 2, "^": 3}
_UNARY_PRECEDENCE: Final = 2
_MAX_SECONDS: Final = 2**63 / 1e9
_MAX_NESTING: Final = 100
_EXTREMES: Final = {"min": "min", "min_of": "min", "max": "max", "max_of": "max"}
_OCTAL = re.compile(r"0[0-7_]+")


class DurationParser:
    """A cursor over tokens that can read numbers and durations."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self._text = text
        self._tokens = tokens
        self._index = 0
        self.current = tokens[0]
        self.previous = tokens[0]
        self._duration_nesting = 0
        self._refuse_error_token()

    @property
    def ahead(self) -> Token:
        """The token after the current one."""
        return self._tokens[min(self._index + 1, len(self._tokens) - 1)]

    def advance(self) -> Token:
        """Step to the next token; returns the one just left."""
        left = self.current
        self.previous = left
        if self._index + 1 < len(self._tokens):
            self._index += 1
            self.current = self._tokens[self._index]
            self._refuse_error_token()
        return left

    def _refuse_error_token(self) -> None:
        token = self.current
        if token.kind == "error":
            raise self.error(token.text, token.start, token.end)

    def error(self, message: str, start: int, end: int) -> QuerySyntax:
        """A syntax error over a part of the text."""
        return QuerySyntax(message, start=start, end=end)

    def unexpected(self, context: str = "", expected: str = "") -> QuerySyntax:
        """The complaint about the current token."""
        token = self.current
        message = f"unexpected {token.describe()}"
        message += f" in {context}" if context else ""
        message += f", expected {expected}" if expected else ""
        return self.error(message, token.start, token.end)

    def take_sign(self, sign: str) -> Token:
        """Step over one sign or complain."""
        if self.current.value != sign or self.current.kind not in ("punctuation", "operator"):
            raise self.unexpected()
        return self.advance()

    def take_keyword(self, keyword: str) -> bool:
        """Step over a keyword if it is there."""
        if self.current.kind == "keyword" and self.current.value == keyword:
            self.advance()
            return True
        return False

    def number_literal(self) -> ast.NumberLiteral:
        """The current number or duration token as a literal."""
        token = self.advance()
        span = ast.Span(token.start, token.end)
        if token.kind == "number":
            return ast.NumberLiteral(self._number(token), span)
        try:
            return ast.NumberLiteral(parse_duration_ms(token.text) / 1000, span, is_duration=True)
        except BadData:
            raise self.error(f"not a valid duration string: {go_quote(token.text)}", token.start, token.end) from None

    def _number(self, token: Token) -> float:
        text = token.text
        try:
            if text[:2] in ("0x", "0X"):
                return float(int(text, 16))
            if _OCTAL.fullmatch(text):
                return float(int(text, 8))
            value = float(text)
        except (ValueError, OverflowError):
            raise self.error(f"error parsing number: {go_quote(text)}", token.start, token.end) from None
        if value in (float("inf"), float("-inf")) and token.value != "inf":
            raise self.error(
                f"error parsing number: parsing {go_quote(text)}: value out of range", token.start, token.end
            )
        return value

    def positive_duration(self, context: str, expected: str) -> ast.DurationMs:
        """A range or step: literals must be greater than 0."""
        duration = self._duration(0, context, expected)
        if isinstance(duration, ast.NumberLiteral):
            if not duration.value > 0:
                raise self.error("duration must be greater than 0", duration.span.start, duration.span.end)
            return literal_ms(duration.value)
        return duration

    def offset_duration(self) -> ast.DurationMs:
        """What follows `offset`: a literal, or a duration expression that starts with a parenthesis.

        `x offset 5m + 2` is `(x offset 5m) + 2`, and `x offset -2 ^ 2` is `(x offset -2) ^ 2`.
        """
        context, expected = "offset", "number, duration, step(), or range()"
        if self.current.value == "(":
            duration = self._duration(0, context, expected)
        elif self.current.value in ("+", "-"):
            sign = self.advance()
            duration = self._signed(sign, self._duration_atom(context, expected))
        else:
            duration = self._duration_atom(context, expected)
        return literal_ms(duration.value) if isinstance(duration, ast.NumberLiteral) else duration

    def _duration(self, minimum: int, context: str, expected: str) -> ast.DurationExpr:
        self._duration_nesting += 1
        if self._duration_nesting > _MAX_NESTING:
            token = self.current
            raise self.error(f"durations are nested deeper than {_MAX_NESTING}", token.start, token.end)
        if self.current.value in ("+", "-") and self.current.kind == "operator":
            sign = self.advance()
            left = self._signed(sign, self._duration(_UNARY_PRECEDENCE + 1, context, expected))
        else:
            left = self._duration_atom(context, expected)
        operators = 0
        while self.current.kind == "operator" and self.current.value in _PRECEDENCE:
            token = self.current
            precedence = _PRECEDENCE[token.value]
            if precedence < minimum:
                break
            operators += 1
            if operators > _MAX_NESTING:
                raise self.error(f"durations have more than {_MAX_NESTING} operators", token.start, token.end)
            self.advance()
            right = self._duration(precedence if token.value == "^" else precedence + 1, context, expected)
            left = self._duration_op(left, token, right)
        self._duration_nesting -= 1
        return left

    def _duration_op(self, left: ast.DurationExpr, operator: Token, right: ast.DurationExpr) -> ast.DurationExpr:
        if operator.value in ("/", "%") and isinstance(right, ast.NumberLiteral) and right.value == 0:
            what = "division" if operator.value == "/" else "modulo"
            raise self.error(f"{what} by zero", operator.start, operator.end)
        op = cast("Literal['+', '-', '*', '/', '%', '^']", operator.value)
        return ast.DurationOp(op, left, right, ast.Span(left.span.start, right.span.end))

    def _signed(self, sign: Token, operand: ast.DurationExpr) -> ast.DurationExpr:
        span = ast.Span(sign.start, operand.span.end)
        if isinstance(operand, ast.NumberLiteral):
            value = -operand.value if sign.value == "-" else operand.value
            return ast.NumberLiteral(value, span, operand.is_duration)
        return ast.DurationOp("-", None, operand, span) if sign.value == "-" else operand

    def _duration_atom(self, context: str, expected: str) -> ast.DurationExpr:
        token = self.current
        if token.kind in ("number", "duration"):
            literal = self.number_literal()
            if not -_MAX_SECONDS <= literal.value <= _MAX_SECONDS:
                raise self.error("duration out of range", token.start, token.end)
            return literal
        if token.value == "(" and token.kind == "punctuation":
            return self._parenthesized(context, expected)
        word = token.text.lower() if token.kind in ("preprocessor", "aggregator", "identifier") else ""
        if word in ("step", "range"):
            self.advance()
            self.take_sign("(")
            end = self.take_sign(")").end
            return ast.StepDuration("step" if word == "step" else "range", ast.Span(token.start, end))
        if word in _EXTREMES:
            self.advance()
            self.take_sign("(")
            left = self._duration(0, context, expected)
            self.take_sign(",")
            right = self._duration(0, context, expected)
            end = self.take_sign(")").end
            op = cast("Literal['min', 'max']", _EXTREMES[word])
            return ast.DurationOp(op, left, right, ast.Span(token.start, end))
        raise self.unexpected(context, expected)

    def _parenthesized(self, context: str, expected: str) -> ast.DurationExpr:
        opening = self.advance()
        inner = self._duration(0, context, expected)
        closing = self.take_sign(")")
        span = ast.Span(opening.start, closing.end)
        if isinstance(inner, ast.DurationOp) and not inner.parenthesized:
            return ast.DurationOp(inner.op, inner.left, inner.right, span, parenthesized=True)
        # A unary plus carries the parentheses of what is no operation by itself.
        return ast.DurationOp("+", None, inner, span, parenthesized=True)
