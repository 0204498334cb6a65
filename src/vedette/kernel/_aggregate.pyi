from vedette.kernel.arrays import BoolArray, FloatArray, IntArray

def accumulate(
    number: int,
    values: FloatArray,
    present: BoolArray,
    group: IntArray,
    steps: int,
    value: FloatArray,
    rest: FloatArray,
    count: FloatArray,
    flag: BoolArray,
    /,
) -> None: ...
def finish(number: int, value: FloatArray, rest: FloatArray, count: FloatArray, flag: BoolArray, /) -> int: ...
def quantiles(
    values: FloatArray,
    present: BoolArray,
    group: IntArray,
    q: FloatArray,
    first: int,
    last: int,
    out: FloatArray,
    out_present: BoolArray,
    /,
) -> None: ...
def rank(
    values: FloatArray,
    present: BoolArray,
    group: IntArray,
    groups: int,
    k: IntArray,
    bottom: int,
    keep: BoolArray,
    /,
) -> None: ...
