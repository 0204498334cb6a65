"""Rows that came to have equal label sets: joined where they never meet, an error where they do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vedette.errors import BadData
from vedette.model.labels import Labels
from vedette.model.special import BoolArray, FloatArray
from vedette.promql.matrix import Matrix

SAME_LABELSET = "vector cannot contain metrics with the same labelset"


def merged(matrix: Matrix) -> Matrix:
    """The matrix with distinct label sets. Raises BadData when two rows of one label set meet at a step."""
    if matrix.distinct:
        return matrix
    numbers: dict[Labels, int] = {}
    group = [numbers.setdefault(labels, len(numbers)) for labels in matrix.labels]
    if len(numbers) == len(matrix.labels):
        matrix.distinct = True
        return matrix
    return _join(matrix, group, list(numbers))


def _join(matrix: Matrix, group: Sequence[int], labels: list[Labels]) -> Matrix:
    shape = (len(labels), matrix.values.shape[1])
    values: FloatArray = np.zeros(shape)
    present: BoolArray = np.zeros(shape, dtype=np.bool_)
    dropped = np.zeros(len(labels), dtype=np.bool_)
    mask = matrix.mask
    # From the last row to the first: the first row of a label set says whether its name goes.
    for row in range(len(group) - 1, -1, -1):
        target = group[row]
        if (present[target] & mask[row]).any():
            raise BadData(SAME_LABELSET)
        np.copyto(values[target], matrix.values[row], where=mask[row])
        present[target] |= mask[row]
        dropped[target] = matrix.drop_name[row]
    whole = bool(present.all())
    return Matrix(labels, values, None if whole else present, dropped, distinct=True, ordered=matrix.ordered)
