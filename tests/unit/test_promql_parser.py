"""PromQL text to tree: notations, precedence, error texts with exact positions, hostile input."""

from __future__ import annotations

import math

import pytest

from vedette.errors import QuerySyntax
from vedette.model.matcher import Matcher, MatchOp
from vedette.promql import ast
from vedette.promql.durations import resolve
from vedette.promql.functions.reference import AGGREGATIONS, functions_page
from vedette.promql.functions.table import SIGNATURES
from vedette.promql.lexer import AGGREGATORS
from vedette.promql.parser import MAX_DEPTH, MAX_LENGTH, MAX_NESTING, parse, parse_selector
from vedette.promql.printer import pretty, print_expr


def number(text: str) -> float:
    """The value of a literal."""
    expr = parse(text)
    assert isinstance(expr, ast.NumberLiteral)
    return expr.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1.0),
        ("+5.5e-3", 0.0055),
        (".5", 0.5),
        ("5.", 5.0),
        ("-0755", -493.0),
        ("0x1F", 31.0),
        ("0Xdead_beef", float(0xDEADBEEF)),
        ("1_000.5", 1000.5),
        ("iNf", math.inf),
        ("-Inf", -math.inf),
        ("5m", 300.0),
        ("1h30m", 5400.0),
        ("-1d", -86400.0),
        ("100ms", 0.1),
    ],
)
def test_numbers(text: str, value: float) -> None:
    """Decimal, octal, hexadecimal, exponents, underscores and durations are numbers."""
    assert number(text) == value


def test_nan_is_a_number() -> None:
    """In any case of letters."""
    assert math.isnan(number("nAn"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"double"', "double"),
        ("'it\\'s'", "it's"),
        ("`raw \\n`", "raw \\n"),
        (r'"\a\b\f\n\r\t\v\\\""', '\a\b\f\n\r\t\v\\"'),
        (r'"\x41\101\u00e4\U0001F600"', "AAä😀"),
        (r'"\xe4\xb8\xad"', "中"),
        (r'"a\xc5z"', "a\udcc5z"),
        ("`two\nlines`", "two\nlines"),
    ],
)
def test_strings(text: str, value: str) -> None:
    """Three kinds of quotes, all escapes; bytes that are no UTF-8 stay recognisable."""
    expr = parse(text)
    assert isinstance(expr, ast.StringLiteral)
    assert expr.value == value


def test_selectors() -> None:
    """Names outside, inside and quoted; every operator; trailing comma; comments."""
    expr = parse('http_requests{job="a", env!="b", host=~"c.*", zone!~"d", "my.label"="e",} # why')
    assert isinstance(expr, ast.VectorSelector)
    assert [str(matcher) for matcher in expr.matchers] == [
        *('job="a"', 'env!="b"', 'host=~"c.*"', 'zone!~"d"', '"my.label"="e"', '__name__="http_requests"'),
    ]
    quoted = parse('{"my.metric", a="b"}')
    assert isinstance(quoted, ast.VectorSelector)
    assert quoted.name == ""
    assert quoted.matchers[0] == Matcher("__name__", MatchOp.EQUAL, "my.metric")


@pytest.mark.parametrize(
    "word", ["sum", "by", "offset", "and", "start", "fill", "without", "step", "SUM", "a:b", "limitk"]
)
def test_keywords_name_metrics_where_nothing_else_fits(word: str) -> None:
    """Words of the language are metric names, and label names in groupings."""
    expr = parse(f'{word}{{x="y"}}')
    assert isinstance(expr, ast.VectorSelector)
    assert expr.name == word
    if word != "without":
        grouped = parse(f"sum by ({word}) (x)")
        assert isinstance(grouped, ast.Aggregate)
        assert grouped.grouping == (word,)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("1 + 2 * 3", "1 + (2 * 3)"),
        ("1 - 2 - 3", "(1 - 2) - 3"),
        ("2 ^ 3 ^ 2", "2 ^ (3 ^ 2)"),
        ("a or b and c", "a or (b and c)"),
        ("a and b unless c", "(a and b) unless c"),
        ("a == b + c", "a == (b + c)"),
        ("a atan2 b * c", "(a atan2 b) * c"),
        ("-a ^ b", "-(a ^ b)"),
        ("-a * b", "(-a) * b"),
        ("a ^ -b * c", "(a ^ (-b)) * c"),
        ("- a + b", "(-a) + b"),
        ("a > bool b == bool c", "(a > bool b) == bool c"),
    ],
)
def test_precedence_and_associativity(text: str, same: str) -> None:
    """Operators bind as in Prometheus."""
    assert shape(parse(text)) == shape(parse(same))


def shape(expr: ast.Expr) -> str:
    """The tree with every operation in parentheses."""
    match expr:
        case ast.Paren():
            return shape(expr.expr)
        case ast.Binary():
            return f"[{shape(expr.left)} {expr.op} {shape(expr.right)}]"
        case ast.Unary():
            return f"[{expr.op} {shape(expr.expr)}]"
        case _:
            return print_expr(expr)


def test_modifiers_belong_to_the_selector_next_to_them() -> None:
    """offset, @ and ranges bind tighter than any operator, in any order."""
    expr = parse("a + max_over_time(b[5m:30s] @ 12.345 offset -1h30m)")
    assert isinstance(expr, ast.Binary)
    assert isinstance(expr.right, ast.Call)
    subquery = expr.right.args[0]
    assert isinstance(subquery, ast.Subquery)
    assert (subquery.range, subquery.step, subquery.offset) == (300_000, 30_000, -5_400_000)
    assert subquery.at == ast.At("time", 12_345)
    with pytest.raises(QuerySyntax):
        parse("sum(a) offset 5m")
    ranged = parse("rate(a[5m] offset 1m @ end())")
    assert isinstance(ranged, ast.Call)
    matrix = ranged.args[0]
    assert isinstance(matrix, ast.MatrixSelector)
    assert (matrix.range, matrix.selector.offset, matrix.selector.at) == (300_000, 60_000, ast.At("end"))


def test_matching_clauses() -> None:
    """on, ignoring, group_left, group_right with and without labels, fill."""
    expr = parse("a / ignoring (x, y) group_left (z) b")
    assert isinstance(expr, ast.Binary)
    assert expr.matching == ast.VectorMatching(False, ("x", "y"), "many-to-one", ("z",), True)
    expr = parse("a == bool on () group_right b")
    assert isinstance(expr, ast.Binary)
    assert expr.return_bool
    assert expr.matching == ast.VectorMatching(True, (), "one-to-many", (), True)
    expr = parse("a + fill_left (-1) fill_right (2) b")
    assert isinstance(expr, ast.Binary)
    assert expr.matching == ast.VectorMatching(fill_left=-1.0, fill_right=2.0)
    expr = parse("a and b")
    assert isinstance(expr, ast.Binary)
    assert expr.matching == ast.VectorMatching(card="many-to-many")
    expr = parse("a + 1")
    assert isinstance(expr, ast.Binary)
    assert expr.matching is None


def test_groupings_stand_before_or_after() -> None:
    """Both notations are one tree, spans aside."""
    before, after = parse("sum by (a, b) (x)"), parse("sum (x) by (a, b)")
    assert print_expr(before) == print_expr(after) == "sum by (a, b) (x)"
    assert isinstance(before, ast.Aggregate)
    assert before.has_grouping


def test_durations_are_expressions() -> None:
    """Arithmetic, step() and range() are resolved for a given query; plain durations are at once."""
    text = "sum_over_time(a[5m + 2 * step():max_of(1s, range() / 10)] offset -(1m - 30s))"
    expr = resolve(parse(text), step_ms=15_000, range_ms=600_000)
    assert isinstance(expr, ast.Call)
    subquery = expr.args[0]
    assert isinstance(subquery, ast.Subquery)
    assert (subquery.range, subquery.step, subquery.offset) == (330_000, 60_000, -30_000)
    plain = parse("rate(a[5m])")
    assert resolve(plain, step_ms=0, range_ms=0) is plain
    with pytest.raises(QuerySyntax) as caught:
        resolve(parse("a[5m - 10m]"), step_ms=0, range_ms=0)
    assert (caught.value.start, caught.value.end) == (2, 10)


def test_an_offset_takes_no_operator_without_parentheses() -> None:
    """`a offset 5m + 2` adds to the shifted series; `a offset (5m + 2)` shifts further."""
    assert shape(parse("a offset 5m + 2")) == "[a offset 5m + 2]"
    assert shape(parse("a offset -2 ^ 2")) == "[a offset -2s ^ 2]"
    assert shape(parse("a offset (5m + 2)")) == "a offset (5m + 2)"


@pytest.mark.parametrize(
    ("text", "message", "start", "end"),
    [
        ("", "no expression found in input", 0, 0),
        ("1+", "unexpected end of input", 2, 2),
        (".", "unexpected character: '.'", 0, 1),
        ("2.5.", 'bad number or duration syntax: "2.5."', 0, 4),
        ("1 /", "unexpected end of input", 3, 3),
        ("*1", "unexpected <op:*>", 0, 1),
        ("(1))", "unexpected right parenthesis ')'", 3, 4),
        ("((1)", "unclosed left parenthesis", 4, 4),
        ("1 and 1", 'set operator "and" not allowed in binary scalar expression', 0, 7),
        ("1 == 1", "comparisons between scalars must use BOOL modifier", 2, 4),
        ("1 !~ 1", "unexpected character after '!': '~'", 2, 6),
        (
            "-test[5m]",
            'unary expression only allowed on expressions of type scalar or instant vector, got "range vector"',
            0,
            9,
        ),
        ("foo + bool bar", "bool modifier can only be used on comparison operators", 4, 10),
        ("foo and on (a) group_left (b) bar", 'no grouping allowed for "and" operation', 0, 33),
        ("foo{", "unexpected end of input inside braces", 4, 4),
        ("foo}", "unexpected character: '}'", 3, 4),
        ('foo{a="b"', "unexpected end of input inside braces", 9, 9),
        ("foo{a}", 'unexpected "}" in label matching, expected label matching operator', 5, 6),
        ("foo{a=b}", 'unexpected identifier "b" in label matching, expected string', 6, 7),
        ('foo{gibberish="x" bar}', 'unexpected identifier "bar" in label matching, expected "," or "}"', 18, 21),
        ('foo{__name__="bar"}', 'metric name must not be set twice: "foo" or "bar"', 0, 19),
        ("{}", "vector selector must contain at least one non-empty matcher", 0, 2),
        ('{x=~".*"}', "vector selector must contain at least one non-empty matcher", 0, 9),
        ("foo[5m", "unclosed left bracket", 6, 6),
        ("foo[0m]", "duration must be greater than 0", 4, 6),
        ("foo[]", 'unexpected "]" in subquery or range selector, expected number, duration, step(), or range()', 4, 5),
        ("foo offset", "unexpected end of input in offset, expected number, duration, step(), or range()", 10, 10),
        ("foo @ start", "unexpected end of input", 11, 11),
        ("foo @ x", 'unexpected identifier "x" in @, expected timestamp', 6, 7),
        ("foo[5m] offset 1m offset 2m", "offset may not be set multiple times", 0, 17),
        ("foo offset 1m [5m]", "no offset modifiers allowed before range", 14, 18),
        ("sum(foo)[5m]", "ranges only allowed for vector selectors", 8, 12),
        ("sum by foo (x)", 'unexpected identifier "foo" in grouping opts, expected "("', 7, 10),
        ("sum by (a b) (x)", 'unexpected identifier "b" in grouping opts, expected "," or ")"', 10, 11),
        ("sum()", "no arguments for aggregate expression provided", 0, 5),
        ("topk(x)", "wrong number of arguments for aggregate expression provided, expected 2, got 1", 0, 7),
        ("topk(x, y)", "expected type scalar in aggregation parameter, got instant vector", 5, 6),
        ("sum(1)", "expected type instant vector in aggregation expression, got scalar", 4, 5),
        ("nope(x)", 'unknown function with name "nope"', 0, 4),
        ("rate(x)", 'expected type range vector in call to function "rate", got instant vector', 5, 6),
        ("rate(x[5m], 1)", 'expected 1 argument(s) in call to "rate", got 2', 0, 14),
        ("round()", 'expected at least 1 argument(s) in call to "round", got 0', 0, 7),
        ("hour(a, b)", 'expected at most 1 argument(s) in call to "hour", got 2', 0, 10),
        ("floor(x,)", "trailing commas not allowed in function call args", 7, 8),
        ("info(x, y)", "expected label selectors only, got vector selector instead", 8, 9),
        ("a smoothed anchored", "anchored and smoothed modifiers cannot be used together", 0, 10),
        (r'"\q"', "unknown escape sequence U+0071 'q'", 1, 3),
        ("'abc", "unterminated quoted string", 0, 4),
        ('x{a=~"("}', "invalid regular expression", 2, 8),
        ("a\ud800", "invalid UTF-8 rune", 1, 2),
        ("a </ b", "operator </ trims native histograms, which are not supported yet", 2, 4),
    ],
)
def test_errors_say_what_and_exactly_where(text: str, message: str, start: int, end: int) -> None:
    """Prometheus' words after line and column; the span is what an editor underlines."""
    with pytest.raises(QuerySyntax) as caught:
        parse(text)
    where, _, what = caught.value.message.partition(": parse error: ")
    assert what.startswith(message)
    assert (caught.value.start, caught.value.end) == (start, end)
    assert where == (f"1:{start + 1}" if text else "unknown position")


def test_the_line_of_an_error_is_counted() -> None:
    """Line and column start at 1."""
    with pytest.raises(QuerySyntax, match=r"^3:5: parse error"):
        parse("sum(\n  # why\n  x x)")


def test_spans_cover_the_text_of_each_node() -> None:
    """Every node knows its place."""
    text = "sum by (a) (rate(x{b='c'}[5m] offset 1m)) / 2"
    expr = parse(text)
    assert isinstance(expr, ast.Binary)
    assert isinstance(expr.left, ast.Aggregate)
    call = expr.left.expr
    assert isinstance(call, ast.Call)
    cut = [text[node.span.start : node.span.end] for node in (expr, expr.left, call, call.args[0], expr.right)]
    assert cut == [text, text[:41], "rate(x{b='c'}[5m] offset 1m)", "x{b='c'}[5m] offset 1m", "2"]


def test_selectors_of_their_own() -> None:
    """`match[]` takes a vector selector and nothing else."""
    assert [str(matcher) for matcher in parse_selector(' up{job="x"} ')] == ['job="x"', '__name__="up"']
    for text in ("up[5m]", "up offset 5m", "1", "sum(up)", "{}", "up +", '"up"', ""):
        with pytest.raises(QuerySyntax):
            parse_selector(text)


HOSTILE = (
    *("1+" * 30_000 + "1", "(" * 60_000, "-" * 60_000, "a[5m:]" + "[5m:]" * 10_000, "9" * 60_000 + "x"),
    *("1_" * 30_000, '"' + "\\" * 60_000, "sum(" * 10_000, "fill " * 12_000, "x offset " + "-(" * 10_000),
    *("foo[" + "(" * 20_000, "foo[" + "1+" * 20_000 + "1]", "a{" + "b='c'," * 8_000, "a" + " or a" * 5_000),
    *("1e" * 30_000, "{" * 60_000, "a @ " + "1" * 60_000, "sum by (" + "a," * 30_000, "f(" + "1," * 30_000),
)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_hostile_text_is_refused_without_harm(text: str) -> None:
    """Neither recursion nor time runs away with 60,000 characters."""
    with pytest.raises(QuerySyntax):
        parse(text)


def test_limits_are_where_they_are_said_to_be() -> None:
    """Nesting, depth and length: the last allowed passes, the next is refused."""
    deep = MAX_NESTING - 1
    assert parse("(" * deep + "1" + ")" * deep)
    with pytest.raises(QuerySyntax, match="nested deeper than"):
        parse("(" * (deep + 1) + "1" + ")" * (deep + 1))
    assert parse("a" + " + a" * (MAX_DEPTH - 1))
    with pytest.raises(QuerySyntax, match="chain of more than"):
        parse("a" + " + a" * MAX_DEPTH)
    assert parse("a" + " " * (MAX_LENGTH - 1))
    with pytest.raises(QuerySyntax, match="characters, more than"):
        parse("a" + " " * MAX_LENGTH)


def test_the_printer_breaks_long_lines() -> None:
    """As Prometheus' formatter does; short expressions stay on one line."""
    assert pretty(parse("sum(rate(x[5m]))by(a)")) == "sum by (a) (rate(x[5m]))"
    long = f"label_replace(sum by (aa) (rate({'x' * 60}[5m])), 'a', 'b', 'c', 'd') / on (host) group_left () {'b' * 20}"
    lines = [
        "  label_replace(",
        f"    sum by (aa) (rate({'x' * 60}[5m])),",
        *('    "a",', '    "b",', '    "c",', '    "d"', "  )"),
        "/ on (host) group_left ()",
        f"  {'b' * 20}",
    ]
    assert pretty(parse(long)).split("\n") == lines


def test_every_function_is_documented() -> None:
    """The tables are the source of the reference page: one sentence each, no aggregation missing."""
    assert AGGREGATIONS.keys() == AGGREGATORS
    assert "| `round(instant vector, [scalar])` |" in functions_page()
    assert len(SIGNATURES) >= 85
    for name, signature in SIGNATURES.items():
        assert signature.name == name
        assert signature.doc.endswith(".")
