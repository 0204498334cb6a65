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
    """The matrix with distinct label sets. Raises BadData when two rows of one label set meet at a step.

    A row whose name is going to be dropped is another series than one that keeps it.
    """
    if matrix.distinct:
        return matrix
    numbers: dict[tuple[Labels, bool], int] = {}
    keys = zip(matrix.labels, matrix.drop_name.tolist(), strict=True)
    group = [numbers.setdefault(key, len(numbers)) for key in keys]
    if len(numbers) == len(group):
        matrix.distinct = True
        return matrix
    return _join(matrix, group, list(numbers))


def _join(matrix: Matrix, group: Sequence[int], keys: list[tuple[Labels, bool]]) -> Matrix:
    shape = (len(keys), matrix.values.shape[1])
    values: FloatArray = np.zeros(shape)
    present: BoolArray = np.zeros(shape, dtype=np.bool_)
    mask = matrix.mask
    for row, target in enumerate(group):
        if (present[target] & mask[row]).any():
            raise BadData(SAME_LABELSET)
        np.copyto(values[target], matrix.values[row], where=mask[row])
        present[target] |= mask[row]
    dropped = np.array([drop for _, drop in keys], dtype=np.bool_)
    labels = [each for each, _ in keys]
    return Matrix(labels, values, None if present.all() else present, dropped, distinct=True, ordered=matrix.ordered)
