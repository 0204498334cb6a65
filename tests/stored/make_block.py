"""Writes the stored block of the present format version: `python -m tests.stored.make_block`.

Run it once when the version changes; folders of earlier versions are never written again.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.unit.tsdb_blocks.rig import Data, batches, from_bits

from vedette.model.labels import Labels
from vedette.model.special import NORMAL_NAN_BITS, STALE_NAN
from vedette.model.timerange import TimeRange
from vedette.tsdb.block import Block
from vedette.tsdb.block_meta import BLOCK_VERSION
from vedette.tsdb.block_writer import BlockSpec, write_block
from vedette.tsdb.files import StoreFiles, new_block_id

HERE = Path(__file__).parent
START_MS = 1_700_000_000_000


def stored_data() -> Data:
    """One series of every kind the format knows; part of the format's promise, so never changed."""
    regular = [START_MS + 10_000 * k for k in range(60)]
    jittered = [START_MS + 15_000 * k + (k * 7919) % 13 for k in range(40)]
    long = [START_MS + 1000 * k for k in range(2500)]
    data: Data = {
        _series("int16", host="a"): {t: (k * 37 % 1000) / 100 for k, t in enumerate(regular)},
        _series("int32", host="a"): {t: k * 70_001 % 99_991 * 10.5 for k, t in enumerate(regular)},
        _series("int64", host="a"): {t: float(10**12 + k * 123_456_789) for k, t in enumerate(jittered)},
        _series("multiple", host="a"): {t: float(k * k % 50 * 4096) for k, t in enumerate(regular)},
        _series("float", host="b"): {t: 1 / (k + 3) for k, t in enumerate(jittered)},
        _series("constant", host="b", Zone="z1"): dict.fromkeys(regular, 0.1),
        _series("stale", host="b"): {t: STALE_NAN if k == 30 else k / 4 for k, t in enumerate(regular)},
        _series("pages", host="b"): {t: float(k % 251) for k, t in enumerate(long)},
        Labels.of(unnamed="naïve λ"): {START_MS: -0.0, START_MS + 1: from_bits(NORMAL_NAN_BITS), START_MS + 2: 5e-324},
    }
    return data


def stored_deletion() -> tuple[str, TimeRange]:
    """The metric and the range whose samples were deleted after writing."""
    return "multiple", TimeRange(START_MS + 100_000, START_MS + 200_000)


def _series(name: str, **labels: str) -> Labels:
    return Labels.of({"__name__": name, **labels})


def main() -> None:
    """Write the folder of the present version."""
    root = HERE / f"block_v{BLOCK_VERSION}"
    scratch = StoreFiles(HERE / "scratch").project("default")
    for folder in scratch.folders():
        folder.mkdir(parents=True)
    meta = write_block(
        scratch, batches(stored_data()), BlockSpec(new_block_id(START_MS, bytes(10)), 7, sources=("A", "B"))
    )
    if meta is None:
        raise SystemExit("nothing was written")
    block = Block.open(scratch.block(meta.block_id))
    metric, hidden = stored_deletion()
    rows = block.find(())
    named = [index for index, labels in enumerate(block.labels(rows)) if labels.name == metric]
    block.delete(rows[named], hidden)
    shutil.rmtree(root, ignore_errors=True)
    shutil.move(scratch.block(meta.block_id), root)
    shutil.rmtree(HERE / "scratch")


if __name__ == "__main__":
    main()
