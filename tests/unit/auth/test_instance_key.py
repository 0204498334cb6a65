"""The instance's own secret: made once, kept from others, never there by default."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vedette.auth.instance_key import KEY_BYTES, InstanceKey
from vedette.errors import Corruption


def mode(path: Path) -> int:
    """The permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    """File 0600 in a folder 0700, whatever the umask; the next start finds the same key."""
    before = os.umask(0)
    try:
        first = InstanceKey.of(tmp_path)
    finally:
        os.umask(before)
    path = tmp_path / "secrets" / "instance.key"
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)
    assert len(path.read_bytes()) == KEY_BYTES
    assert InstanceKey.of(tmp_path).derive("x") == first.derive("x")
    assert [entry.name for entry in path.parent.iterdir()] == ["instance.key"]


def test_a_file_that_others_can_read_is_closed_again(tmp_path: Path) -> None:
    """A careless copy is repaired at the next start."""
    InstanceKey.of(tmp_path)
    path = tmp_path / "secrets" / "instance.key"
    path.chmod(0o644)
    InstanceKey.of(tmp_path)
    assert mode(path) == 0o600


def test_two_instances_have_nothing_in_common(tmp_path: Path) -> None:
    """There is no key that comes with the program."""
    assert InstanceKey.of(tmp_path / "a").derive("x") != InstanceKey.of(tmp_path / "b").derive("x")


@pytest.mark.parametrize("content", [b"", b"secret", bytes(KEY_BYTES), bytes(KEY_BYTES + 1)])
def test_an_empty_or_known_key_is_refused(tmp_path: Path, content: bytes) -> None:
    """Superset's and InfluxDB's holes: rather no start than one with an empty or short key."""
    InstanceKey.of(tmp_path)
    (tmp_path / "secrets" / "instance.key").write_bytes(content)
    with pytest.raises(Corruption, match=r"instance\.key"):
        InstanceKey.of(tmp_path)


def test_keys_for_different_purposes_differ() -> None:
    """What leaks of one purpose opens nothing of another."""
    key = InstanceKey(bytes(range(KEY_BYTES)))
    assert len({key.derive(purpose) for purpose in ("a", "b", "a ", "")}) == 4
    expected = HKDF(hashes.SHA256(), 32, b"vedette", b"a").derive(bytes(range(KEY_BYTES)))
    assert key.derive("a") == expected


def test_what_is_sealed_opens_only_here_and_for_its_purpose() -> None:
    """Another instance, another purpose or one changed character: nothing comes out."""
    key, other = InstanceKey(bytes(range(KEY_BYTES))), InstanceKey(bytes(range(1, KEY_BYTES + 1)))
    sealed = key.seal("hello", "totp u1")
    assert "hello" not in sealed
    assert key.seal("hello", "totp u1") != sealed
    assert key.unseal(sealed, "totp u1") == "hello"
    changed = ("B" if sealed[20] == "A" else "A").join((sealed[:20], sealed[21:]))
    for bad in (lambda: other.unseal(sealed, "totp u1"), lambda: key.unseal(sealed, "totp u2")):
        with pytest.raises(Corruption):
            bad()
    for text in (changed, "", "x", "not base64 at all!", sealed[:10], "é"):
        with pytest.raises(Corruption):
            key.unseal(text, "totp u1")
