"""Hostile archives: each of the eight families (Z1 to Z8), as a `.npz` file and as a tar shard.

Nothing is unpacked to the disk, memory stays bounded, and the message names the entry and the remedy.
"""

import io
import os
import struct
import tarfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from jamjae.core.errors import DataError
from jamjae.data import archives, read

MIB = 1 << 20


@pytest.fixture(autouse=True)
def _nothing_else_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever the archive says, the disk holds afterwards what it held before."""
    inside = tmp_path / "inside"
    inside.mkdir()
    monkeypatch.setenv("JAMJAE_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(inside)
    yield
    assert sorted(p.name for p in tmp_path.iterdir()) in (["bad.npz", "inside"], ["bad.tar", "inside"], ["inside"])
    assert list(inside.iterdir()) == []


def npy(x: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, x)
    return file.getvalue()


def png(width: int = 4, height: int = 4) -> bytes:
    file = io.BytesIO()
    Image.new("L", (width, height)).save(file, "PNG")
    return file.getvalue()


ARRAY, PICTURE = npy(np.zeros((5, 3), np.float32)), png()


def packed(tmp_path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    """A zip archive that calls itself .npz."""
    path = tmp_path / "bad.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries:
            file.writestr(name, content)
    return path


def shard(tmp_path: Path, *entries: tuple[str | tarfile.TarInfo, bytes]) -> Path:
    path = tmp_path / "bad.tar"
    with tarfile.open(path, "w") as file:
        for entry, content in entries:
            info = tarfile.TarInfo(entry) if isinstance(entry, str) else entry
            info.size = len(content) if info.isreg() else info.size
            file.addfile(info, io.BytesIO(content))
    return path


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def zip_link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info


def refused(path: Path, message: str, **options: object) -> None:
    """It is refused with this message, in little memory."""
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=message):
            read(path, **options)
        assert tracemalloc.get_traced_memory()[1] < 64 * MIB
    finally:
        tracemalloc.stop()


# Z1: bombs


def test_z1_zip_bomb(tmp_path: Path) -> None:
    path = tmp_path / "bad.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file, file.open("x.npy", "w") as entry:
        entry.write(npy(np.zeros((0, 3), np.float32)))
        for _ in range(24):
            entry.write(bytes(MIB))
    assert path.stat().st_size < MIB
    refused(path, r"unpacks to 25,[\d,]+, most of it 'x.npy'; at most 16,777,216 are held.*\.npy", memory="16MiB")


def test_z1_zip_whose_array_claims_more_than_there_is(tmp_path: Path) -> None:
    head = io.BytesIO()
    np.lib.format.write_array_header_2_0(head, {"descr": "<f4", "fortran_order": False, "shape": (1 << 40, 4)})
    refused(packed(tmp_path, ("x.npy", head.getvalue())), "'x' in bad.npz is damaged .*its head claims")


def test_z1_zip_that_lies_about_its_sizes(tmp_path: Path) -> None:
    path = packed(tmp_path, ("x.npy", npy(np.zeros((1 << 20, 4), np.float32))))
    content = bytearray(path.read_bytes())
    at = content.rfind(b"PK\1\2")
    content[at + 24 : at + 28] = struct.pack("<L", 1000)  # the table of contents says 1,000 bytes
    path.write_bytes(content)
    refused(path, "bad.npz is damaged or cut short")


def test_z1_tar_member_of_many_pixels(tmp_path: Path) -> None:
    content = bytearray(png())
    content[16:24] = struct.pack(">LL", 10_000, 10_000)
    content[29:33] = struct.pack(">L", zlib.crc32(content[12:29]))
    path = shard(tmp_path, ("a.png", bytes(content)))
    refused(path, r"a.png in bad cannot be read: 10,000 x 10,000 is more than 64 million pixels. Replace it")


def test_z1_tar_array_that_claims_more_than_there_is(tmp_path: Path) -> None:
    head = io.BytesIO()
    np.lib.format.write_array_header_2_0(head, {"descr": "<f4", "fortran_order": False, "shape": (1 << 40, 4)})
    refused(shard(tmp_path, ("a.npy", head.getvalue())), "'a.npy' in bad is damaged .*its head claims")


def test_z1_tar_member_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MEMBER", MIB)
    refused(shard(tmp_path, ("a.npy", bytes(2 * MIB))), r"'a.npy' of bad.tar has 2,097,152 bytes; at most 1,048,576")


def test_z1_tar_name_that_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MEMBER", MIB)
    entry = tarfile.TarInfo("a.png")
    entry.pax_headers = {"path": "a" * 2 * MIB}
    refused(shard(tmp_path, (entry, PICTURE)), "asks for 2,[0-9,]+ bytes at once")


def test_z1_tar_that_is_sparse(tmp_path: Path) -> None:
    path = shard(tmp_path, ("a.npy", ARRAY))
    content = bytearray(path.read_bytes())
    content[156:157] = b"S"  # the old sparse format, which may claim any size
    content[386:482] = b"%011o\0%011o\0" % (0, 512) + bytes(72)
    content[482:483], content[483:495] = b"\0", b"%011o\0" % (1 << 32)
    content[148:156] = b"        "
    content[148:156] = b"%06o\0 " % sum(content[:512])
    path.write_bytes(content)
    refused(path, "'a.npy' of bad.tar is sparse: refused. Pack it without --sparse")


@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz"])
def test_z1_tar_that_is_compressed(mode: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.tar"
    with tarfile.open(path, mode) as file:
        file.addfile(tarfile.TarInfo("a.npy"), io.BytesIO())
    refused(path, "no plain tar archive.*unpack .tar.gz to .tar")


# Z2: archives in archives


@pytest.mark.parametrize("name", ["inner.zip", "deep/INNER.TAR", "x.npy.gz", "x.npz"])
def test_z2_nested(name: str, tmp_path: Path) -> None:
    message = f"{name}' of bad.* is an archive in an archive: refused. Unpack it and pack its files"
    refused(packed(tmp_path, ("x.npy", ARRAY), (name, b"PK\3\4")), message)
    (tmp_path / "bad.npz").unlink()
    refused(shard(tmp_path, ("a.png", PICTURE), (name, b"PK\3\4")), message)


# Z3, Z4: names that leave the folder


@pytest.mark.parametrize("name", ["../x.npy", "a/../../x.npy", "..\\x.npy"])
def test_z3_parent(name: str, tmp_path: Path) -> None:
    refused(packed(tmp_path, (name, ARRAY)), r"leaves its folder by '\.\.': refused. Pack it from inside")
    (tmp_path / "bad.npz").unlink()
    refused(shard(tmp_path, (name, ARRAY)), r"leaves its folder by '\.\.': refused. Pack it from inside")


@pytest.mark.parametrize("name", ["/etc/x.npy", "C:\\x.npy", "\\\\host\\x.npy"])
def test_z4_absolute(name: str, tmp_path: Path) -> None:
    refused(packed(tmp_path, (name, ARRAY)), "has an absolute path: refused. Pack it with a relative one")
    (tmp_path / "bad.npz").unlink()
    refused(shard(tmp_path, (name, ARRAY)), "has an absolute path: refused. Pack it with a relative one")


# Z5: links


def test_z5_zip_link(tmp_path: Path) -> None:
    refused(
        packed(tmp_path, (zip_link("x.npy"), b"/etc/passwd")), "'x.npy' of bad.npz is a link: refused. Save the array"
    )


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_z5_tar_link(kind: bytes, tmp_path: Path) -> None:
    path = shard(tmp_path, (special("a.png", kind, "/etc/passwd"), b""))
    refused(path, "'a.png' of bad.tar is a link: refused. Pack the file itself")


@pytest.mark.parametrize("kind", [tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE])
def test_z5_tar_device(kind: bytes, tmp_path: Path) -> None:
    refused(shard(tmp_path, (special("a.png", kind), b"")), "'a.png' of bad.tar is no plain file: refused")


# Z6: one name twice


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_z6_zip_duplicate(tmp_path: Path) -> None:
    path = packed(tmp_path, ("x.npy", ARRAY), ("x.npy", npy(np.ones((5, 3), np.float32))))
    refused(path, "'x.npy' of bad.npz stands twice: refused. Keep one of them")


def test_z6_tar_duplicate(tmp_path: Path) -> None:
    entries = [("a.png", PICTURE), ("b.png", PICTURE), ("a.png", png(5, 5))]
    refused(shard(tmp_path, *entries), "'a.png' of bad.tar stands twice: refused. Keep one of them")


def test_z6_tar_duplicate_but_for_case(tmp_path: Path) -> None:
    refused(shard(tmp_path, ("a.png", PICTURE), ("a.PNG", png(5, 5))), "example 'a' of bad.tar has two members 'png'")


# Z7: a million entries


def test_z7_zip_of_many_entries(tmp_path: Path) -> None:
    """A table of contents of a million entries, as archives of more than 65,535 have it; the entries are not needed."""
    path = packed(tmp_path, ("x.npy", ARRAY))
    end, count = path.read_bytes(), 1_000_000
    at = end.rfind(b"PK\5\6")
    wide = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, count * 60, 0)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, at, 1)
    path.write_bytes(
        end[:at]
        + wide
        + locator
        + struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, -1 & 65535, -1 & 65535, -1 & 0xFFFFFFFF, -1 & 0xFFFFFFFF, 0)
    )
    refused(path, r"lists its entries on 60,000,000 bytes; at most 1,048,576 are read. Join the arrays")


def test_z7_zip_of_long_names(tmp_path: Path) -> None:
    path = packed(tmp_path, *((f"{i:0500d}", b"") for i in range(2000)))
    refused(path, "at most 1,048,576 are read. Join the arrays")


def many(path: Path, count: int) -> Path:
    """A shard of many tiny arrays, with labels."""
    content = npy(np.zeros(2, np.float32))
    with path.open("wb") as file:
        for i in range(count):
            for ending, data in ((".npy", content), (".cls", b"1")):
                info = tarfile.TarInfo(f"{i:07d}{ending}")
                info.size = len(data)
                file.write(info.tobuf(tarfile.USTAR_FORMAT) + data + bytes(-len(data) % 512))
        file.write(bytes(1024))
    return path


def read_in(path: Path) -> int:
    """Rows; the peak of Python's memory is bounded by the values, not by the entries."""
    tracemalloc.start()
    try:
        found = read(path)
        assert tracemalloc.get_traced_memory()[1] < 32 * MIB + 200 * len(found)
    finally:
        tracemalloc.stop()
    return len(found)


def test_z7_tar_of_many_entries(tmp_path: Path) -> None:
    assert read_in(many(tmp_path / "bad.tar", 200)) == 200


@pytest.mark.slow
def test_z7_tar_of_hundred_thousand_entries(tmp_path: Path) -> None:
    assert read_in(many(tmp_path / "bad.tar", 50_000)) == 50_000


# Z8: encryption


def test_z8_zip_encrypted(tmp_path: Path) -> None:
    path = packed(tmp_path, ("x.npy", ARRAY))
    content = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.find(mark) + flags] |= 1
    path.write_bytes(content)
    refused(path, "'x.npy' of bad.npz is encrypted: refused. Save it again without a password")


def test_z8_tar_that_is_an_encrypted_zip(tmp_path: Path) -> None:
    path = packed(tmp_path, ("x.npy", os.urandom(2000))).rename(tmp_path / "bad.tar")
    refused(path, "no plain tar archive")


# What is left: damage, which `tarfile` takes for the end


def test_a_tar_that_is_cut_at_an_entry_is_not_taken_for_whole(tmp_path: Path) -> None:
    path = shard(tmp_path, *((f"{i}.png", PICTURE) for i in range(9)))
    content = path.read_bytes()
    path.write_bytes(content[: 4 * 1024])  # a head and a block of content each
    refused(path, "or damaged: no head of an entry at byte 4,096")
    path.write_bytes(content[:4096] + b"\x07" * 512 + content[4608:])
    refused(path, "or damaged")


def test_every_family_has_a_test_for_both_kinds() -> None:
    names = [name for name in globals() if name.startswith("test_z")]
    assert {name[6] for name in names} == set("12345678")
