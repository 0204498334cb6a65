from collections.abc import Sequence

from vedette.kernel.plain_text import BoolArray, FloatArray, IntArray

def matrix(
    names: Sequence[bytes], order: IntArray, timestamps_ms: IntArray, values: FloatArray, present: BoolArray, /
) -> bytes: ...
def ragged(names: Sequence[bytes], starts: IntArray, timestamps_ms: IntArray, values: FloatArray, /) -> bytes: ...
def vector(
    names: Sequence[bytes], order: IntArray, time_ms: int, values: FloatArray, present: BoolArray, /
) -> bytes: ...
def columns(
    names: Sequence[bytes], order: IntArray, steps: int, values: FloatArray, present: BoolArray, /
) -> bytes: ...
