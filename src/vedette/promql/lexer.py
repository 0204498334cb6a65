"""PromQL text to tokens, in linear time. What a character means depends on whether it stands in braces or brackets."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, Literal, NamedTuple

from vedette.errors import QuerySyntax

Kind = Literal[
    "number",
    "duration",
    "string",
    "identifier",
    "metric identifier",
    "keyword",
    "aggregator",
    "operator",
    "preprocessor",
    "punctuation",
    "end of input",
    "error",
]

AGGREGATORS: Final = frozenset(
    (
        *("sum", "avg", "count", "min", "max", "group", "stddev", "stdvar", "topk", "bottomk"),
        *("count_values", "quantile", "limitk", "limit_ratio"),
    )
)
SET_OPERATORS: Final = frozenset(("and", "or", "unless"))
COMPARISONS: Final = frozenset(("==", "!=", "<=", "<", ">=", ">"))

WORDS: Final[dict[str, Kind]] = {
    **dict.fromkeys(("and", "or", "unless", "atan2"), "operator"),
    **dict.fromkeys(AGGREGATORS, "aggregator"),
    **dict.fromkeys(
        (
            *("offset", "smoothed", "anchored", "by", "without", "on", "ignoring", "group_left", "group_right"),
            *("fill", "fill_left", "fill_right", "bool"),
        ),
        "keyword",
    ),
    **dict.fromkeys(("start", "end", "step", "range", "max_of", "min_of"), "preprocessor"),
    **dict.fromkeys(("inf", "nan"), "number"),
}
"""Words with a meaning of their own, in lower case; most may still name a metric or a label."""
_OPERATORS: Final = frozenset(
    ("==", "!=", "<=", ">=", "<", ">", "</", ">/", "+", "-", "*", "/", "%", "^", "@", "=~", "!~")
)

# Possessive quantifiers keep hostile input linear: a failed look-ahead never tries shorter digits.
_NUMBER = (
    r"(?P<number>(?:0[xX]_?+[0-9a-fA-F]++(?:_[0-9a-fA-F]++)*+"
    r"|(?:[0-9]++(?:_[0-9]++)*+\.?+(?:[0-9]++(?:_[0-9]++)*+)?+|\.[0-9]++(?:_[0-9]++)*+)"
    r"(?:[eE][+-]?+[0-9]++(?:_[0-9]++)*+)?+)(?![A-Za-z0-9_.]))"
)
_DURATION = r"(?P<duration>[0-9]++(?:ms|[smhdwy])(?:[0-9]++(?:ms|[smhdw]))*+(?![A-Za-z0-9_]))"
_STRING = r"""(?P<string>"(?:[^"\\\n]++|\\[^\n])*+"|'(?:[^'\\\n]++|\\[^\n])*+'|`[^`]*+`)"""
_BLANK = r"(?P<blank>[ \t\r\n]++|\#[^\r\n]*+)"
# What may stand where; compiled with the first query, or by `prepare`: a start need not wait for it.
_OUTSIDE = "|".join(
    (
        *(_BLANK, _NUMBER, _DURATION, _STRING, r"(?P<word>[A-Za-z_:][A-Za-z0-9_:]*+)", r"(?P<bad>=~)"),
        r"(?P<sign>==|!=|<=|>=|</|>/|[-+*/%^<>@,=(){}\[\]])",
    )
)
_IN_BRACES = "|".join((_BLANK, _STRING, r"(?P<word>[A-Za-z_][A-Za-z0-9_]*+)", r"(?P<sign>=~|!~|!=|[=,}])"))
_IN_BRACKETS = "|".join(
    (_BLANK, _NUMBER, _DURATION, r"(?P<word>[A-Za-z_]++)", r"(?P<sign>[-+*/%^,():\]])", r"(?P<bad>\[)")
)
_compiled = cache(re.compile)
_NUMBER_TAIL = re.compile(r"[A-Za-z0-9_.]++")


class Token(NamedTuple):
    """One token; `value` is the lower-case keyword or the sign, `text` the source."""

    kind: Kind
    value: str
    text: str
    start: int
    end: int

    def describe(self) -> str:
        """As error messages name it."""
        match self.kind:
            case "end of input":
                return "end of input"
            case "keyword":
                return f"<{self.text}>"
            case "operator":
                return f"<op:{self.text}>"
            case "aggregator":
                return f"<aggr:{self.text}>"
            case "punctuation" | "preprocessor":
                return go_quote(self.text)
            case "identifier" | "metric identifier":
                return f"{self.kind} {go_quote(self.text)}"
            case _:
                shown = go_quote(self.text) if len(self.text) <= 10 else go_quote(self.text[:10]) + "..."
                return f"{self.kind} {shown}"


def prepare() -> None:
    """Do what the first query would otherwise wait for."""
    for table in (_OUTSIDE, _IN_BRACES, _IN_BRACKETS):
        _compiled(table)


def lex(text: str) -> list[Token]:
    """All tokens; the last one is `end of input` or `error` (its `text` is the message)."""
    return _Lexer(text).run()


class _Lexer:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[Token] = []
        self._depth = 0

    def run(self) -> list[Token]:
        text, position, table = self._text, 0, _OUTSIDE
        while position < len(text):
            match = _compiled(table).match(text, position)
            if match is None or match.lastgroup == "bad":
                return self._fail(position, self._complaint(table, position))
            position = match.end()
            if match.lastgroup == "blank":
                continue
            token = self._token(match.lastgroup or "", match.group(), match.start(), position, table)
            self._tokens.append(token)
            if token.kind in ("punctuation", "operator"):
                if token.value == ")" and self._depth < 0:
                    self._tokens.pop()
                    return self._fail(token.start, "unexpected right parenthesis ')'")
                if token.value == "]" and table is _OUTSIDE:
                    self._tokens.pop()
                    return self._fail(token.start, "unexpected right bracket ']'")
                if token.value == "}" and table is _OUTSIDE:
                    self._tokens.pop()
                    return self._fail(token.start, "unexpected character: '}'")
                table = _next_table(token.value, table)
        return self._finish(table)

    def _token(self, group: str, text: str, start: int, end: int, table: str) -> Token:
        if group == "sign":
            self._depth += (text == "(") - (text == ")")
            operator = text in _OPERATORS and not (table is _IN_BRACES and text == "=")
            return Token("operator" if operator else "punctuation", text, text, start, end)
        if group != "word":
            return Token(group, text, text, start, end)  # type: ignore[arg-type] # group names are kinds
        if table is _IN_BRACES:
            return Token("identifier", text, text, start, end)
        value = text.lower()
        kind = WORDS.get(value)
        if kind is None or (value.startswith("fill") and not self._paren_follows(end)):
            return Token("metric identifier" if ":" in text else "identifier", text, text, start, end)
        return Token(kind, value, text, start, end)

    def _paren_follows(self, position: int) -> bool:
        # `fill` came late to the language: it is a keyword only where a metric of that name makes no sense.
        return self._text[position : position + 64].lstrip(" \t\r\n").startswith("(")

    def _fail(self, position: int, message: str) -> list[Token]:
        self._tokens.append(Token("error", "", message, position, len(self._text)))
        return self._tokens

    def _finish(self, table: str) -> list[Token]:
        end = len(self._text)
        if table is _IN_BRACES:
            return self._fail(end, "unexpected end of input inside braces")
        if table is _IN_BRACKETS:
            last = self._tokens[-1]
            empty = last.value == "["
            return self._fail(
                end, "unexpected end of input in duration expression" if empty else "unclosed left bracket"
            )
        if self._depth > 0:
            return self._fail(end, "unclosed left parenthesis")
        self._tokens.append(Token("end of input", "", "", end, end))
        return self._tokens

    def _complaint(self, table: str, position: int) -> str:
        text = self._text
        char = text[position]
        following = text[position + 1 : position + 2]
        shown = go_quote_char(following)
        if char in "\"'`" and table is not _IN_BRACKETS:
            return "unterminated raw string" if char == "`" else "unterminated quoted string"
        if table is _IN_BRACES:
            if char == "{":
                return "unexpected left brace '{'"
            if char == "!":
                return f"unexpected character after '!' inside braces: {shown}"
            return f"unexpected character inside braces: {go_quote_char(char)}"
        if char in "0123456789" or (char == "." and following in "0123456789" and following):
            tail = _NUMBER_TAIL.match(text, position)
            return f"bad number or duration syntax: {go_quote(tail.group()[:40] if tail else char)}"
        if table is _IN_BRACKETS:
            if char == "[":
                return "unexpected left bracket '['"
            return f"unexpected character in duration expression: {go_quote_char(char)}"
        if char == "!":
            return f"unexpected character after '!': {shown}"
        if char == "=":
            return "unexpected character after '=': '~'"
        return f"unexpected character: {go_quote_char(char)}"


def _next_table(sign: str, table: str) -> str:
    if table is _OUTSIDE:
        return _IN_BRACES if sign == "{" else _IN_BRACKETS if sign == "[" else table
    return _OUTSIDE if sign in "}]" else table


_ESCAPES: Final = {"\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v"}
_SIMPLE_ESCAPES: Final = {escaped[1]: char for char, escaped in _ESCAPES.items()} | {"\\": "\\"}
_PLAIN = re.compile(r"[ !#-\[\]-~]*+")


def go_quote(text: str) -> str:
    """A double-quoted string that PromQL reads back as `text`."""
    if _PLAIN.fullmatch(text):
        return f'"{text}"'
    return '"' + "".join(_escape(char, '"') for char in text) + '"'


def go_quote_char(char: str) -> str:
    """One character in single quotes, for messages; nothing is the end of the input."""
    return "'" + _escape(char, "'") + "'" if char else "end of input"


def _escape(char: str, quote: str) -> str:
    if char in (quote, "\\"):
        return "\\" + char
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_ESCAPE = re.compile(r"\\(?:([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)


def unquote(text: str, start: int, errors: str = "replace") -> str:
    """The value of a string token that begins at `start` in the query. Raises QuerySyntax on bad escapes.

    `errors` says, as for bytes.decode, what becomes of escaped bytes that are no UTF-8.
    """
    quote, body = text[0], text[1:-1]
    if quote == "`" or "\\" not in body:
        return body
    parts = bytearray()
    position = 0
    for match in _ESCAPE.finditer(body):
        parts += body[position : match.start()].encode()
        parts += _unescape(match, quote, start + 1 + match.start())
        position = match.end()
    parts += body[position:].encode()
    return parts.decode("utf-8", errors)


def _unescape(match: re.Match[str], quote: str, at: int) -> bytes:
    octal, byte, short, long, plain = match.groups()
    end = at + len(match.group())
    if octal or byte:
        code = int(octal, 8) if octal else int(byte, 16)
        if code > 255:
            raise QuerySyntax("escape sequence is an invalid Unicode code point", start=at, end=end)
        return bytes((code,))
    if short or long:
        code = int(short or long, 16)
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            raise QuerySyntax("escape sequence is an invalid Unicode code point", start=at, end=end)
        return chr(code).encode()
    if plain == quote:
        return plain.encode()
    if plain in _SIMPLE_ESCAPES:
        return _SIMPLE_ESCAPES[plain].encode()
    if plain in "01234567xuU":
        raise QuerySyntax("illegal character in escape sequence", start=at, end=end)
    raise QuerySyntax(f"unknown escape sequence U+{ord(plain):04X} {go_quote_char(plain)}", start=at, end=end)
