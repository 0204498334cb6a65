"""Text to tree, with Go's rules: undefined functions and variables are errors here, before anything is expanded."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Final

from vedette.errors import BadData
from vedette.rules.templates.tree import (
    Command,
    Define,
    Dot,
    Field,
    Function,
    If,
    Leave,
    Literal,
    Node,
    Operand,
    Pipeline,
    Print,
    Range,
    Text,
    Use,
    Variable,
    With,
)

MAX_DEPTH: Final = 50
_BLOCK: Final = re.compile(r"\{\{(?P<left>-[ \t\r\n])?")
_TOKEN: Final = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    | (?P<number>[+-]?(?:0[xX][0-9a-fA-F_]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?))
    | (?P<string>"(?:[^"\\\n]|\\.)*")
    | (?P<raw>`[^`]*`)
    | (?P<char>'(?:[^'\\\n]|\\.)+')
    | (?P<variable>\$[A-Za-z0-9_]*)
    | (?P<field>\.[A-Za-z_][A-Za-z0-9_]*)
    | (?P<dot>\.)
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<sign>:=|=|\||\(|\)|,)""",
    re.VERBOSE,
)
_ESCAPE: Final = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)", re.DOTALL)
_SIMPLE: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_KEYWORDS: Final = frozenset(("if", "else", "end", "range", "with", "define", "template", "block", "break", "continue"))


class Token:
    """One word of an action."""

    __slots__ = ("after_space", "kind", "text")

    def __init__(self, kind: str, text: str, *, after_space: bool) -> None:
        self.kind = kind
        self.text = text
        self.after_space = after_space


def parse_template(text: str, functions: Collection[str], variables: Collection[str]) -> tuple[Node, ...]:
    """The nodes of a template. Raises BadData with the line."""
    return _Parser(text, functions, variables).whole()


def _unquote(text: str, line: int) -> str:
    def one(match: re.Match[str]) -> str:
        code = match[1]
        if code[0] in "xuU" and len(code) > 1:
            return chr(min(int(code[1:], 16), 0x10FFFF))
        if code[0] in "01234567" and len(code) == 3:
            return chr(int(code, 8))
        if code in _SIMPLE:
            return _SIMPLE[code]
        if code in "\\'\"":
            return code
        raise BadData(f"line {line}: unknown escape {json.dumps(match[0])}")

    return _ESCAPE.sub(one, text[1:-1])


class _Parser:
    """One pass over the text; blocks nest by recursion."""

    def __init__(self, text: str, functions: Collection[str], variables: Collection[str]) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._functions = functions
        self._variables = [*variables]
        self._tokens: list[Token] = []
        self._next = 0
        self._trim_left = False
        self._at_action = False
        self._depth = 0
        self._ranges = 0

    def whole(self) -> tuple[Node, ...]:
        body, ended_by = self._body()
        if ended_by:
            raise self._wrong(f"unexpected {{{{{ended_by}}}}}")
        return body

    # Text and actions.

    def _body(self) -> tuple[tuple[Node, ...], str]:
        """Nodes up to `end`, `else` or the end of the text, and which of these it was."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._wrong(f"blocks are nested deeper than {MAX_DEPTH}")
        nodes: list[Node] = []
        declared = len(self._variables)
        ended_by = ""
        while not ended_by:
            text = self._literal_text()
            if text:
                nodes.append(Text(text))
            if self._at >= len(self._text) and not self._at_action:
                break
            if not self._read_action():
                continue
            first = self._peek()
            if first is not None and first.kind == "word" and first.text in ("end", "else"):
                ended_by = first.text
                self._next += 1
            else:
                nodes.append(self._action())
                self._expect_end()
        del self._variables[declared:]
        self._depth -= 1
        return tuple(nodes), ended_by

    def _literal_text(self) -> str:
        """The text up to the next action, trimmed as its neighbours say."""
        match = _BLOCK.search(self._text, self._at)
        end = match.start() if match else len(self._text)
        text = self._text[self._at : end]
        self._line += text.count("\n")
        if self._trim_left:
            text = text.lstrip(" \t\r\n")
            self._trim_left = False
        self._at = len(self._text) if match is None else match.end()
        if match is not None and match["left"]:
            text = text.rstrip(" \t\r\n")
        if match is None:
            return text
        self._at_action = True
        return text

    def _read_action(self) -> bool:
        """The tokens up to `}}`; False for a comment."""
        text = self._text
        if not self._at_action:
            return False
        self._at_action = False
        if text.startswith("/*", self._at):
            end = text.find("*/", self._at)
            rest = re.compile(r"([ \t\r\n]-)?\}\}").match(text, end + 2) if end >= 0 else None
            if rest is None:
                raise self._wrong("unclosed comment")
            self._line += text.count("\n", self._at, rest.end())
            self._trim_left = bool(rest[1])
            self._at = rest.end()
            return False
        self._tokens, self._next = [], 0
        after_space = True
        while True:
            if text.startswith("}}", self._at):
                self._at += 2
                return True
            if text.startswith("-}}", self._at) and after_space:
                self._at += 3
                self._trim_left = True
                return True
            match = _TOKEN.match(text, self._at)
            if match is None:
                if self._at >= len(text):
                    raise self._wrong("unclosed action")
                raise self._wrong(f"unexpected {json.dumps(text[self._at])} in action")
            self._at = match.end()
            kind = match.lastgroup or ""
            if kind == "space":
                self._line += match[0].count("\n")
                after_space = True
                continue
            self._tokens.append(Token(kind, match[0], after_space=after_space))
            after_space = False

    def _action(self) -> Node:
        first = self._peek()
        if first is None:
            raise self._wrong("missing value for command")
        if first.kind == "word" and first.text in _KEYWORDS:
            self._next += 1
            match first.text:
                case "if" | "with" | "range":
                    return self._block(first.text)
                case "define":
                    return self._define()
                case "template":
                    name = self._name("template")
                    return Use(name, self._pipeline() if self._peek() else None)
                case "block":
                    raise self._wrong("block is not supported, use define and template")
                case _:
                    if not self._ranges:
                        raise self._wrong(f"{{{{{first.text}}}}} outside {{{{range}}}}")
                    return Leave(first.text == "break")
        return Print(self._pipeline(declares=True))

    def _block(self, kind: str) -> Node:
        declared = len(self._variables)
        pipeline = self._pipeline(declares=True, two=kind == "range")
        self._expect_end()
        self._ranges += kind == "range"
        body, ended_by = self._body()
        self._ranges -= kind == "range"
        otherwise: tuple[Node, ...] = ()
        if ended_by == "else":
            following = self._peek()
            if following is not None and following.kind == "word" and following.text in ("if", "with"):
                # The block of an else if ends with the one that it belongs to.
                self._next += 1
                otherwise = (self._block(following.text),)
                ended_by = "end"
            else:
                self._expect_end()
                otherwise, ended_by = self._body()
        if ended_by != "end":
            raise self._wrong(f"unexpected {ended_by or 'EOF'}: {kind} has no end")
        del self._variables[declared:]
        match kind:
            case "if":
                return If(pipeline, body, otherwise)
            case "with":
                return With(pipeline, body, otherwise)
            case _:
                return Range(pipeline, body, otherwise)

    def _define(self) -> Node:
        name = self._name("define")
        self._expect_end()
        kept, self._variables = self._variables, ["$"]
        body, ended_by = self._body()
        self._variables = kept
        if ended_by != "end":
            raise self._wrong("unexpected EOF: define has no end")
        return Define(name, body)

    def _name(self, what: str) -> str:
        token = self._peek()
        if token is None or token.kind not in ("string", "raw"):
            raise self._wrong(f"{what}: expected a name in quotes")
        self._next += 1
        return _unquote(token.text, self._line) if token.kind == "string" else token.text[1:-1]

    # Pipelines.

    def _pipeline(self, *, declares: bool = False, two: bool = False, closing: bool = False) -> Pipeline:
        names, is_new = self._names(two=two) if declares else ((), False)
        commands: list[Command] = []
        while True:
            operands: list[Operand] = []
            while True:
                token = self._peek()
                if token is None or token.text in ("|", ")"):
                    break
                if operands and not token.after_space:
                    raise self._wrong(f"unexpected {json.dumps(token.text)} in operand")
                operands.append(self._operand())
            if not operands:
                raise self._wrong("missing value for command")
            if commands and isinstance(operands[0], Literal | Dot) and not isinstance(operands[0], Function):
                raise self._wrong("a value cannot be piped into something that is no function")
            if len(operands) > 1 and isinstance(operands[0], Literal | Dot):
                raise self._wrong("something that is no function is given arguments")
            commands.append(Command(tuple(operands)))
            token = self._peek()
            if token is None or token.text == ")":
                break
            self._next += 1
        if closing and self._peek() is None:
            raise self._wrong("unclosed left paren")
        if not closing and self._peek() is not None:
            raise self._wrong("unexpected right paren")
        if is_new:
            self._variables += names
        return Pipeline(tuple(commands), names, is_new)

    def _names(self, *, two: bool) -> tuple[tuple[str, ...], bool]:
        """`$x :=`, `$x =` or, in range, `$i, $x :=`; nothing where a pipeline begins with a variable."""
        tokens, at = self._tokens, self._next
        signs = [token.text for token in tokens[at : at + 4]]
        if at < len(tokens) and tokens[at].kind == "variable":
            if len(signs) > 1 and signs[1] in (":=", "="):
                self._next += 2
                names: tuple[str, ...] = (signs[0],)
                sign = signs[1]
            elif two and len(signs) > 3 and signs[1] == "," and tokens[at + 2].kind == "variable":
                self._next += 4
                names, sign = (signs[0], signs[2]), signs[3]
            else:
                return (), False
            if sign not in (":=", "="):
                raise self._wrong("expected := behind the names")
            if sign == "=":
                for name in names:
                    self._check_variable(name)
            return names, sign == ":="
        return (), False

    def _operand(self) -> Operand:
        token = self._tokens[self._next]
        self._next += 1
        operand: Operand
        match token.kind:
            case "number":
                operand = Literal(_number(token.text, self._line))
            case "string":
                operand = Literal(_unquote(token.text, self._line))
            case "raw":
                operand = Literal(token.text[1:-1])
            case "char":
                operand = Literal(ord(_unquote(token.text, self._line)[0]))
            case "variable":
                self._check_variable(token.text)
                operand = Variable(token.text)
            case "field":
                operand = Field(Dot(), token.text[1:])
            case "dot":
                operand = Dot()
            case "word":
                operand = self._word(token.text)
            case _:
                if token.text != "(":
                    raise self._wrong(f"unexpected {json.dumps(token.text)} in operand")
                operand = self._pipeline(closing=True)
                self._next += 1
        return self._fields(operand)

    def _fields(self, operand: Operand) -> Operand:
        while True:
            token = self._peek()
            if token is None or token.kind != "field" or token.after_space:
                return operand
            if isinstance(operand, Literal | Function):
                raise self._wrong(f"unexpected {json.dumps(token.text)} behind a literal or function")
            self._next += 1
            operand = Field(operand, token.text[1:])

    def _word(self, word: str) -> Operand:
        if word in ("true", "false"):
            return Literal(word == "true")
        if word == "nil":
            return Literal(None)
        if word in _KEYWORDS:
            raise self._wrong(f"unexpected {{{{{word}}}}}")
        if word not in self._functions:
            raise self._wrong(f"function {json.dumps(word)} not defined")
        return Function(word)

    def _check_variable(self, name: str) -> None:
        if name not in self._variables:
            raise self._wrong(f"undefined variable {json.dumps(name)}")

    def _peek(self) -> Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _expect_end(self) -> None:
        token = self._peek()
        if token is not None:
            raise self._wrong(f"unexpected {json.dumps(token.text)} in action")

    def _wrong(self, message: str) -> BadData:
        return BadData(f"line {self._line}: {message}")


def _number(text: str, line: int) -> float | int:
    clean = text.replace("_", "")
    try:
        if "x" in clean.lower():
            return int(clean, 16)
        if any(sign in clean for sign in ".eE"):
            return float(clean)
        return int(clean)
    except ValueError:
        raise BadData(f"line {line}: bad number syntax: {json.dumps(text[:100])}") from None
