"""Names on disk: built and parsed in one place."""

from __future__ import annotations

from pathlib import Path

import pytest

from vedette.errors import BadData
from vedette.tsdb.files import (
    StoreFiles,
    block_time_ms,
    is_block_id,
    new_block_id,
    parse_project_folder,
    parse_segment_name,
    project_folder,
    replace_file,
    segment_name,
)


@pytest.mark.parametrize(
    "project", ["default", "a/b", "..", ".", ".hidden", "naïve λ", "100%", "LOCK", "a b\n", "CON:"]
)
def test_any_project_name_is_one_folder(project: str) -> None:
    """Names go to folders and back, never up or down the tree."""
    folder = project_folder(project)
    assert parse_project_folder(folder) == project
    assert Path(folder).name == folder
    assert folder not in {".", ".."}
    assert StoreFiles(Path("/x")).project(project).root == Path("/x/projects") / folder


@pytest.mark.parametrize("folder", ["%2e", "a%2fb", ".", "..", "%FF", "a b", ""])
def test_foreign_folders_are_no_projects(folder: str) -> None:
    """Only the one spelling that the store itself would use counts."""
    assert parse_project_folder(folder) is None


@pytest.mark.parametrize("project", ["", "x" * 201, "λ" * 40])
def test_impossible_project_names_are_refused(project: str) -> None:
    """Empty names and names beyond what file systems take."""
    with pytest.raises(BadData, match="1 to 200"):
        project_folder(project)


def test_segments_are_numbered() -> None:
    """Eight digits and more; everything else is not a segment."""
    assert [segment_name(1), segment_name(123_456_789)] == ["00000001", "123456789"]
    assert [parse_segment_name(name) for name in ("00000001", "123456789")] == [1, 123_456_789]
    assert [parse_segment_name(name) for name in ("1", "0000001x", "00000001.tmp", "")] == [None] * 4


def test_block_ids_sort_by_time_and_tell_it() -> None:
    """Later blocks have greater names."""
    times = [0, 1, 31, 32, 1_700_000_000_000, 2**48 - 1]
    ids = [new_block_id(time_ms) for time_ms in times]
    assert ids == sorted(ids)
    assert all(map(is_block_id, ids))
    assert [block_time_ms(block_id) for block_id in ids] == times
    assert new_block_id(5) != new_block_id(5)
    assert not any(map(is_block_id, ["", "x", ids[0][:-1], ids[0].lower() + "L", ids[0] + "0"]))


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """The new content is there and nothing else."""
    path = tmp_path / "file"
    replace_file(path, b"one")
    replace_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]
