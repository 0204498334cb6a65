"""Labels of a block's rows as dictionary-coded columns, which are at once the store of labels and the inverted index.

Rows with the same label names form a schema; within a schema each label name is a column of small codes into that
column's sorted list of values. A matcher is decided once per distinct value and then looked up per row; rows are
sorted by metric name, so a condition on the name is a range of rows. docs/formats/index.md has the layout.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import count, groupby
from operator import itemgetter
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from vedette.model.labels import METRIC_NAME, Labels
from vedette.model.matcher import Matcher, MatchOp
from vedette.model.special import BoolArray, IntArray
from vedette.tsdb.order import sorted_places

METRIC_WIDTH: Final = 255
"""Width of a column that has no codes of its own: the metric name follows from the row."""
CODE_DTYPES: Final[dict[int, type[np.generic]]] = {1: np.uint8, 2: np.uint16, 4: np.uint32}

_FEW_VALUES: Final = 1024
Arrays = Mapping[str, npt.NDArray[Any]]


def _ranges(starts: IntArray, ends: IntArray) -> IntArray:
    """All integers of the half-open ranges, concatenated."""
    lengths = ends - starts
    offsets = np.cumsum(lengths) - lengths
    return np.asarray(np.arange(int(lengths.sum()), dtype=np.int64) + np.repeat(starts - offsets, lengths))


class Symbols:
    """Sorted distinct strings, decoded when they are first needed."""

    def __init__(self, blob: npt.NDArray[np.uint8], end: npt.NDArray[np.uint32]) -> None:
        self._blob = blob.data
        self._end = end
        self._texts: list[str | None] = [None] * (len(end) - 1)

    def text(self, symbol: int) -> str:
        """The string of a symbol."""
        text = self._texts[symbol]
        if text is None:
            text = str(self._blob[int(self._end[symbol]) : int(self._end[symbol + 1])], "utf-8")
            self._texts[symbol] = text
        return text

    def find(self, text: str) -> int:
        """The symbol of a string, or -1."""
        low, high = 0, len(self._texts)
        while low < high:
            middle = (low + high) // 2
            if self.text(middle) < text:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self._texts) and self.text(low) == text else -1


class Column(Struct):
    """One label name within a schema; `codes` is None for the metric name and for a single value."""

    name: str
    values: npt.NDArray[np.uint32]
    codes: npt.NDArray[Any] | None
    is_metric: bool
    _pairs: npt.NDArray[np.object_] | None = None

    def pairs(self, symbols: Symbols, codes: npt.NDArray[Any]) -> npt.NDArray[np.object_]:
        """(name, value) of each code; shared by all labels made from this column."""
        pairs = self._pairs
        if pairs is None:
            pairs = self._pairs = np.full(len(self.values), None, dtype=object)
        # Of a million values the rows of one answer have few.
        wanted = np.arange(len(pairs)) if len(pairs) <= _FEW_VALUES else np.unique(codes)
        for code in [code for code in wanted.tolist() if pairs[code] is None]:
            pairs[code] = (self.name, symbols.text(int(self.values[code])))
        return np.asarray(pairs[codes])


class LabelIndex:
    """Finds rows by labels and labels by rows, over the sections of one index file."""

    def __init__(self, arrays: Arrays) -> None:
        self._symbols = Symbols(arrays["symbol.blob"], arrays["symbol.end"])
        self._metric_symbol = arrays["metric.symbol"]
        self._metric_row = arrays["metric.row"].astype(np.int64)
        self._run_row = arrays["run.row"].astype(np.int64)
        self._run_schema = arrays["run.schema"].astype(np.int64)
        self._run_shift = arrays["run.position"].astype(np.int64) - self._run_row
        self._arrays = arrays
        self._schemas: list[list[Column] | None] = [None] * (len(arrays["schema.column"]) - 1)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self._metric_row[-1])

    def find(self, matchers: Sequence[Matcher]) -> IntArray:
        """int64 ascending: rows whose labels fulfil all matchers."""
        rows = self._rows_by_name([matcher for matcher in matchers if matcher.name == METRIC_NAME])
        others = [matcher for matcher in matchers if matcher.name != METRIC_NAME]
        if not others or len(rows) == 0:
            return rows
        schema_of, position = self._place(rows)
        keep = np.zeros(len(rows), dtype=np.bool_)
        for schema in np.unique(schema_of).tolist():
            members = np.flatnonzero(schema_of == schema)
            for matcher in others:
                column = self._column(schema, matcher.name)
                if column is None:
                    if not matcher.matches_empty:
                        members = members[:0]
                elif column.codes is None:
                    if not self._allowed(column, matcher)[0]:
                        members = members[:0]
                else:
                    members = members[self._allowed(column, matcher)[column.codes[position[members]]]]
            keep[members] = True
        return rows[keep]

    def labels(self, rows: IntArray) -> list[Labels]:
        """Freshly decoded labels of rows in any order."""
        schema_of, position = self._place(rows)
        result = np.empty(len(rows), dtype=object)
        for schema in np.unique(schema_of).tolist():
            members = np.flatnonzero(schema_of == schema)
            columns = [
                column.pairs(self._symbols, self._codes(column, rows[members], position[members])).tolist()
                for column in self._columns(schema)
            ]
            made = [Labels(pairs) for pairs in zip(*columns, strict=True)] if columns else [Labels(())] * len(members)
            for member, labels in zip(members.tolist(), made, strict=True):
                result[member] = labels
        return result.tolist()

    def label_names(self, rows: IntArray | None) -> set[str]:
        """Names of labels in use."""
        schemas = range(len(self._schemas)) if rows is None else np.unique(self._place(rows)[0]).tolist()
        return {column.name for schema in schemas for column in self._columns(schema)}

    def label_values(self, name: str, rows: IntArray | None) -> set[str]:
        """Values of one label."""
        if rows is None:
            found = [column for schema in range(len(self._schemas)) if (column := self._column(schema, name))]
            texts = {self._symbols.text(symbol) for column in found for symbol in column.values.tolist()}
            return texts - {""}
        values: set[str] = set()
        schema_of, position = self._place(rows)
        for schema in np.unique(schema_of).tolist():
            column = self._column(schema, name)
            if column is not None:
                members = schema_of == schema
                codes = np.unique(self._codes(column, rows[members], position[members]))
                values.update(self._symbols.text(symbol) for symbol in column.values[codes].tolist())
        return values

    def series_by_metric(self) -> list[tuple[str, int]]:
        """Metric names and how many rows each has, sorted by name."""
        counts = np.diff(self._metric_row).tolist()
        return [(self._symbols.text(s), n) for s, n in zip(self._metric_symbol.tolist(), counts, strict=True)]

    def _rows_by_name(self, matchers: Sequence[Matcher]) -> IntArray:
        if not matchers:
            return np.arange(self.rows, dtype=np.int64)
        exact = next((matcher for matcher in matchers if matcher.op is MatchOp.EQUAL), None)
        if exact is not None:
            symbol = self._symbols.find(exact.value)
            metrics = np.flatnonzero(self._metric_symbol == symbol) if symbol >= 0 else np.empty(0, dtype=np.int64)
            matchers = [matcher for matcher in matchers if matcher is not exact]
        else:
            metrics = np.arange(len(self._metric_symbol))
        for matcher in matchers:
            keep = self._decide(self._metric_symbol[metrics], matcher.predicate())
            metrics = metrics[keep]
        return _ranges(self._metric_row[metrics], self._metric_row[metrics + 1])

    def _place(self, rows: IntArray) -> tuple[IntArray, IntArray]:
        """Schema of each row and its position within the schema's columns."""
        if len(self._run_row) == 1:
            return np.full(len(rows), self._run_schema[0]), rows
        run = np.searchsorted(self._run_row, rows, side="right") - 1
        return self._run_schema[run], rows + self._run_shift[run]

    def _codes(self, column: Column, rows: IntArray, position: IntArray) -> npt.NDArray[Any]:
        if column.is_metric:
            return np.searchsorted(self._metric_row, rows, side="right") - 1
        return np.zeros(len(rows), dtype=np.int64) if column.codes is None else column.codes[position]

    def _allowed(self, column: Column, matcher: Matcher) -> BoolArray:
        """bool[values]: which values of the column fulfil the matcher."""
        if matcher.op in (MatchOp.EQUAL, MatchOp.NOT_EQUAL):
            symbol = self._symbols.find(matcher.value)
            equal = matcher.op is MatchOp.EQUAL
            return np.asarray((column.values == symbol) == equal)
        return self._decide(column.values, matcher.predicate())

    def _decide(self, symbols: npt.NDArray[np.uint32], predicate: Callable[[str], bool]) -> BoolArray:
        text = self._symbols.text
        return np.fromiter((predicate(text(s)) for s in symbols.tolist()), dtype=np.bool_, count=len(symbols))

    def _column(self, schema: int, name: str) -> Column | None:
        return next((column for column in self._columns(schema) if column.name == name), None)

    def _columns(self, schema: int) -> list[Column]:
        columns = self._schemas[schema]
        if columns is None:
            first, end = self._arrays["schema.column"][schema : schema + 2].tolist()
            rows = int(self._arrays["schema.rows"][schema])
            columns = [self._load(column, rows) for column in range(first, end)]
            self._schemas[schema] = columns
        return columns

    def _load(self, column: int, rows: int) -> Column:
        arrays = self._arrays
        name = self._symbols.text(int(arrays["column.name"][column]))
        width = int(arrays["column.width"][column])
        if width == METRIC_WIDTH:
            return Column(name, self._metric_symbol, None, is_metric=True)
        first, end = arrays["column.value"][column : column + 2].tolist()
        values = arrays["values"][first:end]
        if width == 0:
            return Column(name, values, None, is_metric=False)
        begin = int(arrays["column.code"][column])
        codes = arrays["codes"][begin : begin + rows * width].view(CODE_DTYPES[width])
        return Column(name, values, codes, is_metric=False)


class _Schema(Struct):
    names: tuple[str, ...]
    metric: int
    """Position of the metric name among the names, -1 where there is none."""
    codes: list[array[int]]
    """uint32 by column."""
    values: list[dict[str, int]]
    """By column: the code of each value, which is made when it is first asked for."""
    rows: int = 0

    @classmethod
    def of(cls, names: tuple[str, ...]) -> _Schema:
        """A schema without rows."""
        place = names.index(METRIC_NAME) if METRIC_NAME in names else -1
        return cls(names, place, [array("I") for _ in names], [defaultdict(count().__next__) for _ in names])


_VALUE = itemgetter(1)


def _names(labels: Labels) -> tuple[str, ...]:
    return tuple([name for name, _ in labels.pairs])


class LabelIndexBuilder:
    """Collects the labels of rows, in row order, and gives the index sections."""

    def __init__(self) -> None:
        self._schemas: dict[tuple[str, ...], int] = {}
        self._columns: list[_Schema] = []
        self._metrics: list[str] = []
        self._metric_row: list[int] = []
        self._runs: list[tuple[int, int, int]] = []
        self._rows = 0

    def add(self, rows: Sequence[Labels]) -> None:
        """Append rows."""
        for names, members in groupby(rows, key=_names):
            some = list(members)
            number = self._schemas.get(names)
            if number is None:
                number = self._schemas[names] = len(self._columns)
                self._columns.append(_Schema.of(names))
            schema = self._columns[number]
            if not self._runs or self._runs[-1][1] != number:
                self._runs.append((self._rows, number, schema.rows))
            columns = list(zip(*[labels.pairs for labels in some], strict=True))
            for pairs, known, codes in zip(columns, schema.values, schema.codes, strict=True):
                codes.extend(map(known.__getitem__, map(_VALUE, pairs)))
            self._add_metrics([("", "")] * len(some) if schema.metric < 0 else columns[schema.metric])
            schema.rows += len(some)

    def _add_metrics(self, pairs: Sequence[tuple[str, str]]) -> None:
        for (_, metric), members in groupby(pairs):
            if not self._metrics or self._metrics[-1] != metric:
                self._metrics.append(metric)
                self._metric_row.append(self._rows)
            self._rows += len(list(members))

    def sections(self) -> dict[str, npt.NDArray[Any]]:
        """The arrays by section name."""
        texts = set(self._metrics)
        for schema in self._columns:
            texts.update(schema.names)
            for known in schema.values:
                texts.update(known)
        found = list(texts)
        ordered = [found[place] for place in sorted_places(found)]
        symbol = {text: number for number, text in enumerate(ordered)}
        encoded = [text.encode() for text in ordered]
        ends = np.zeros(len(encoded) + 1, dtype="<u4")
        np.cumsum([len(text) for text in encoded], out=ends[1:])
        return {
            "symbol.blob": np.frombuffer(b"".join(encoded), dtype=np.uint8),
            "symbol.end": ends,
            "metric.symbol": np.array([symbol[name] for name in self._metrics], dtype="<u4"),
            "metric.row": np.array([*self._metric_row, self._rows], dtype="<u4"),
            "run.row": np.array([run[0] for run in self._runs], dtype="<u4"),
            "run.schema": np.array([run[1] for run in self._runs], dtype="<u4"),
            "run.position": np.array([run[2] for run in self._runs], dtype="<u4"),
            **self._column_sections(symbol),
        }

    def _column_sections(self, symbol: Mapping[str, int]) -> dict[str, npt.NDArray[Any]]:
        names, widths, offsets = [], [], []
        value_ends, schema_ends = [0], [0]
        values: list[npt.NDArray[np.uint32]] = []
        codes: list[bytes] = []
        end = 0
        for schema in self._columns:
            for name, own_codes, known in zip(schema.names, schema.codes, schema.values, strict=True):
                distinct, width, body = np.empty(0, dtype="<u4"), METRIC_WIDTH, b""
                if name != METRIC_NAME:
                    distinct, width, body = _pack_column(own_codes, known, symbol)
                names.append(symbol[name])
                widths.append(width)
                offsets.append(end)
                values.append(distinct)
                value_ends.append(value_ends[-1] + len(distinct))
                codes.append(body)
                end += len(body)
            schema_ends.append(len(names))
        return {
            "schema.column": np.array(schema_ends, dtype="<u4"),
            "schema.rows": np.array([schema.rows for schema in self._columns], dtype="<u4"),
            "column.name": np.array(names, dtype="<u4"),
            "column.width": np.array(widths, dtype="<u1"),
            "column.code": np.array(offsets, dtype="<u8"),
            "column.value": np.array(value_ends, dtype="<u4"),
            "values": np.concatenate([np.empty(0, dtype="<u4"), *values]),
            "codes": np.frombuffer(b"".join(codes), dtype=np.uint8),
        }


def _pack_column(
    codes: array[int], known: Mapping[str, int], symbol: Mapping[str, int]
) -> tuple[npt.NDArray[np.uint32], int, bytes]:
    """Distinct values as ascending symbols, width of a code in bytes, and the codes padded to four bytes."""
    symbols = np.array([symbol[value] for value in known], dtype="<u4")
    order = np.argsort(symbols)
    if len(symbols) == 1:
        return symbols, 0, b""
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    width = 1 if len(order) <= 2**8 else 2 if len(order) <= 2**16 else 4
    body = rank[np.frombuffer(codes, dtype=np.uint32)].astype(np.dtype(CODE_DTYPES[width]).newbyteorder("<")).tobytes()
    return symbols[order], width, body.ljust(-(-len(body) // 4) * 4, b"\0")
