"""Folders of pictures: every kind of picture and of trouble; what is read, what is said, what is refused."""

import json
import os
import re
import struct
import tracemalloc
import unicodedata
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import jamjae as jj
from jamjae.cli import main
from jamjae.core import DataError, Event, UsageError
from jamjae.data import folders, picture, read, walk
from jamjae.data.like import like
from jamjae.report.command import command

RANDOM = np.random.default_rng(0)
COLOUR = RANDOM.integers(0, 256, (8, 10, 3), dtype="u1")
GREY = RANDOM.integers(0, 256, (8, 10), dtype="u1")
ORIENTATION = 0x0112
SMALL = {"latent": 2, "epochs": 1, "encoder__widths": "8", "decoder__widths": "8"}


def save(path, array=COLOUR, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path, **options)


@pytest.fixture
def folder(tmp_path):
    """Four good pictures, so that anything else in the folder is one among them."""
    root = tmp_path / "pictures"
    for k in range(4):
        save(root / f"good-{k}.png", np.roll(COLOUR, k, axis=0))
    return root


def skipped(dataset):
    return [note for note in dataset.notes if note.startswith("Skipped")]


def png(width, height, data=b""):
    """A PNG that claims a size, with whatever data."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def turned(how):
    exif = Image.Exif()
    exif[ORIENTATION] = how
    return exif


def test_values_order_and_event(folder):
    (folder / "sub").mkdir()
    save(folder / "a.PNG", GREY)
    save(folder / "sub" / "deep" / "b.JpEg", quality=95)
    save(folder / "c.webp", lossless=True)
    dataset = read(folder, binarise="none")
    assert dataset.x.dtype == torch.uint8 and dataset.x.shape == (7, 8, 10, 3)
    assert dataset.event == Event((8, 10, 3), "image", 0.0, 1.0, grid=256) and dataset.unit == 255
    assert np.array_equal(dataset.x[0], np.repeat(GREY[..., None], 3, -1)), "a.PNG is the first, grey among colours"
    assert np.array_equal(dataset.x[1], COLOUR), "c.webp"
    assert np.array_equal(dataset.x[2:6], [np.roll(COLOUR, k, axis=0) for k in range(4)])
    assert dataset.notes[0] == "7 pictures read as 8 x 10, RGB, in the order of their paths."


def test_it_is_the_data_set_of_the_same_array(folder):
    x = np.stack([np.roll(COLOUR, k, axis=0) for k in range(4)])
    assert read(folder).fingerprint == read(x).fingerprint == read(str(folder) + "/").fingerprint
    assert read(folder).event == read(x).event


def test_grey_stays_grey(tmp_path):
    for k in range(4):
        save(tmp_path / f"{k}.png", GREY)
    Image.fromarray(GREY > 127).save(tmp_path / "9.png")
    dataset = read(tmp_path)
    assert dataset.event.shape == (8, 10, 1) and np.array_equal(dataset.x[0, ..., 0], GREY)
    assert np.array_equal(dataset.x[4, ..., 0], (GREY > 127) * 255)


def test_folders_are_classes(tmp_path):
    names = ["둘", "a b", "😀"]
    for name in names:
        for k in range(2):
            save(tmp_path / unicodedata.normalize("NFD", name) / f"{k}" / "x.png")
    save(tmp_path / unicodedata.normalize("NFC", "둘") / "z.png")
    save(tmp_path / "none.png")
    dataset = read(tmp_path)
    assert dataset.classes == tuple(sorted(names))
    assert torch.bincount(dataset.y + 1).tolist() == [1, 2, 3, 2]
    assert "1 of 8 examples have no label (-1, NaN, None or empty)." in dataset.notes
    assert read(tmp_path, labels=list("aabbaabb")).classes == ("a", "b"), "other labels win"


def test_without_folders_there_are_no_labels(folder):
    assert read(folder).y is None


def test_folders_that_are_splits_are_named(folder):
    save(folder / "train" / "x.png")
    save(folder / "test" / "x.png")
    assert any(note.startswith("The labels are test, train") for note in read(folder).notes)


# every file that is no picture which can be read is skipped with its reason, or refused when strict


def zero_byte(path):
    path.write_bytes(b"")


def truncated_png(path):
    save(path)
    path.write_bytes(path.read_bytes()[:150])


def truncated_jpeg(path):
    save(path, quality=95)
    path.write_bytes(path.read_bytes()[:-60])


def head_only(path):
    path.write_bytes(b"\x89PNG\r\n")


def text(path):
    path.write_text("no picture", encoding="utf-8")


def animated(path):
    frames = [Image.fromarray(np.roll(COLOUR, k)) for k in range(3)]
    frames[0].save(path, save_all=True, append_images=frames[1:])


def bitmap(path):
    save(path)


def bomb(path):
    path.write_bytes(png(30_000, 30_000))


def smaller_bomb(path):
    path.write_bytes(png(12_000, 12_000))


def pipe(path):
    os.mkfifo(path)


def damaged_data(path):
    path.write_bytes(png(10, 8, zlib.compress(b"\x07" * 248)))


TROUBLE = {
    "zero-byte.png": (zero_byte, "empty"),
    "cut.png": (truncated_png, "damaged: "),
    "cut.jpg": (truncated_jpeg, "damaged: image file is truncated"),
    "head.png": (head_only, "damaged: its head cannot be read"),
    "text.png": (text, "no PNG, JPEG or WebP picture: it starts with 6e 6f 20 70"),
    "moving.gif": (animated, "no PNG, JPEG or WebP picture: it starts with 47 49 46 38"),
    "moving.png": (animated, "an animation of 3 frames"),
    "moving.webp": (animated, "an animation of 3 frames"),
    "bitmap.bmp": (bitmap, "no PNG, JPEG or WebP picture: it starts with 42 4d"),
    "bomb.png": (bomb, "more than 64 million pixels"),
    "bomb2.png": (smaller_bomb, "12,000 x 12,000 is more than 64 million pixels"),
    "pipe.png": (pipe, "no plain file"),
    "data.png": (damaged_data, "damaged: "),
}


@pytest.mark.parametrize("name", TROUBLE)
def test_trouble_is_skipped_with_its_reason(folder, name, monkeypatch):
    make, reason = TROUBLE[name]
    make(folder / name)
    clean = read(folder.parent / "pictures", size=8)
    assert len(clean) == 4 and clean.event.shape == (8, 8, 3)
    assert skipped(clean)[0].startswith(f"Skipped 1 file: {name} ({reason}")
    with pytest.raises(DataError, match=rf"Skipped 1 file: {re.escape(name)} .*Mend or remove them"):
        read(folder, strict=True)
    for good in folder.glob("good-*"):
        good.unlink()
    with pytest.raises(DataError, match=rf"no picture in .*can be read\. Skipped 1 file: {re.escape(name)}"):
        read(folder)


def test_bombs_are_refused_before_they_are_decoded(folder, monkeypatch):
    bomb(folder / "bomb.png")
    smaller_bomb(folder / "bomb2.png")
    tracemalloc.start()
    read(folder)
    assert tracemalloc.get_traced_memory()[1] < 20e6
    tracemalloc.stop()
    monkeypatch.setattr(picture, "MOST", 79)
    with pytest.raises(DataError, match="10 x 8 is more than 0 million pixels"):
        read(folder)


def test_a_damaged_file_has_no_say(folder):
    """Neither in the size nor in the channels: five cut pictures outnumber the four good ones."""
    for path in folder.iterdir():
        save(path, GREY)
    for k in range(5):
        save(folder / f"cut-{k}.jpg", RANDOM.integers(0, 256, (32, 32, 3), dtype="u1"), quality=95)
        (folder / f"cut-{k}.jpg").write_bytes((folder / f"cut-{k}.jpg").read_bytes()[:-200])
    dataset = read(folder)
    assert dataset.x.shape == (4, 8, 10, 1) and "Skipped 5 files" in skipped(dataset)[0]


def test_of_two_pictures_in_a_jpeg_the_first(folder):
    """As phones write them: a picture and its preview, in the format MPO."""
    grey = Image.new("RGB", (10, 8), (9, 9, 9))
    grey.save(folder / "phone.jpg", "MPO", save_all=True, append_images=[Image.fromarray(COLOUR)])
    with Image.open(folder / "phone.jpg") as image:
        assert image.n_frames == 2
    assert (read(folder, strict=True).x[-1] == 9).all()


def test_a_wrong_ending_does_not_matter(folder):
    save(folder / "x.png")
    (folder / "x.png").rename(folder / "really.jpg")
    assert len(read(folder, strict=True)) == 5


def test_an_unreadable_file_and_folder(folder, monkeypatch):
    def denied(path, *rest, real=Path.open):
        if path.name == "secret.png":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *rest)

    def closed(path, real=os.scandir):
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    save(folder / "secret.png")
    save(folder / "closed" / "x.png")
    monkeypatch.setattr(Path, "open", denied)
    monkeypatch.setattr(os, "scandir", closed)
    assert skipped(read(folder)) == [
        "Skipped 2 files: closed (Permission denied), secret.png (Permission denied).",
    ]


def test_links_are_not_followed(folder):
    save(folder.parent / "outside" / "x.png")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "out").symlink_to(folder.parent / "outside", target_is_directory=True)
    (folder / "file.png").symlink_to(folder.parent / "outside" / "x.png")
    (folder / "nowhere.png").symlink_to("gone.png")
    dataset = read(folder)
    assert len(dataset) == 4
    assert skipped(dataset)[0].count("a link; links are not followed") == 4
    (folder.parent / "link").symlink_to(folder, target_is_directory=True)
    assert len(read(folder.parent / "link")) == 4, "the folder itself may be a link: its user named it"


def test_the_first_ten_are_listed(folder):
    for k in range(13):
        zero_byte(folder / f"empty-{k:02}.png")
    note = skipped(read(folder))[0]
    assert note.startswith("Skipped 13 files: empty-00.png (empty)") and note.endswith(
        "empty-09.png (empty), and 3 more."
    )


def test_hidden_files_and_files_of_other_kinds_are_left_out(folder):
    zero_byte(folder / "._good-0.png")
    save(folder / ".thumbnails" / "x.png")
    text(folder / "labels.csv")
    assert len(read(folder, strict=True)) == 4


@pytest.mark.parametrize("how", range(2, 9))
@pytest.mark.parametrize("ending", ["jpg", "png", "webp"])
def test_exif_orientation(tmp_path, ending, how):
    """A camera stores the sensor's rows; the reference makes the eight cases of the standard by hand."""
    upright = np.zeros((16, 32, 3), "u1")
    upright[:8, :16] = 255  # the upper left quarter
    stored = {
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: upright.transpose(1, 0, 2)[::-1],
        7: upright.transpose(1, 0, 2)[::-1, ::-1],
        8: upright.transpose(1, 0, 2)[:, ::-1],
    }[how]
    lossless = {"png": {}, "webp": {"lossless": True}, "jpg": {"quality": 100, "subsampling": 0}}[ending]
    for k in range(3):
        save(tmp_path / f"{k}.{ending}", np.ascontiguousarray(stored), exif=turned(how), **lossless)
    dataset = read(tmp_path)
    assert dataset.x.shape == (3, 16, 32, 3)
    assert np.abs(dataset.x[0].numpy().astype(int) - upright).max() <= 2
    assert "3 turned upright, as their EXIF data says." in dataset.notes


@pytest.mark.parametrize("exif", [b"Exif\0\0no such thing", turned(9)], ids=["damaged", "unknown"])
def test_exif_data_without_meaning_say_nothing(folder, exif):
    for ending in ("jpg", "png", "webp"):  # Pillow forgives it in some kinds only
        save(folder / f"z.{ending}", np.full_like(COLOUR, 9), exif=exif)
    dataset = read(folder, strict=True)
    assert (dataset.x[-3:] == 9).all() and len(dataset.notes) == 1


def test_palette_cmyk_and_alpha(folder):
    """Against references without Pillow: the palette looked up, (255 - c)(255 - k) / 255 for ink, a weighted mean."""
    colours = Image.fromarray(COLOUR).quantize(16)
    colours.save(folder / "palette.png")
    ink = np.full((8, 10, 4), (10, 60, 200, 30), "u1")
    Image.fromarray(ink, "CMYK").save(folder / "cmyk.jpg", quality=100)
    alpha = np.concatenate([COLOUR, GREY[..., None]], -1)
    save(folder / "alpha.png", alpha)
    Image.fromarray(np.stack([GREY, GREY], -1), "LA").save(folder / "zz-grey-alpha.png")
    dataset = read(folder)
    of = dict(zip(sorted(p.name for p in folder.iterdir()), dataset.x.numpy().astype(int), strict=True))
    table = np.array(colours.getpalette()).reshape(-1, 3)
    assert np.array_equal(of["palette.png"], table[np.asarray(colours)])
    assert np.abs(of["cmyk.jpg"] - (255 - ink[..., :3].astype(int)) * (255 - 30) / 255).max() <= 3
    share = GREY[..., None] / 255
    assert np.abs(of["alpha.png"] - (COLOUR * share + 255 * (1 - share))).max() <= 1
    assert np.abs(of["zz-grey-alpha.png"] - (GREY[..., None] * share + 255 * (1 - share))).max() <= 1
    said = {"1 in CMYK: turned to RGB.", "1 in a palette: turned to RGB.", "2 with transparency: laid on white."}
    assert said <= set(dataset.notes)


def test_a_clear_colour_of_a_palette_is_white(folder):
    colours = Image.fromarray(COLOUR).quantize(16)
    colours.save(folder / "palette.png", transparency=3)
    x = read(folder).x[-1].numpy()
    assert (x[np.asarray(colours) == 3] == 255).all()


def test_sixteen_bits_keep_the_upper_eight(tmp_path):
    deep = RANDOM.integers(0, 65536, (8, 10), dtype="u2")
    for k in range(3):
        save(tmp_path / f"{k}.png", deep)
    dataset = read(tmp_path)
    assert np.array_equal(dataset.x[0, ..., 0], deep // 256)
    assert "3 of 16 bits: the upper 8 kept." in dataset.notes


def test_sixteen_bits_of_colour(folder):
    deep = RANDOM.integers(0, 65536, (8, 10, 3), dtype="u2")
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in deep)
    body = png(10, 8, zlib.compress(rows))
    size = struct.pack(">IIBBBBB", 10, 8, 16, 2, 0, 0, 0)
    (folder / "z.png").write_bytes(
        body[:16] + size + struct.pack(">I", zlib.crc32(b"IHDR" + size)) + body[16 + len(size) + 4 :]
    )
    dataset = read(folder)
    assert np.array_equal(dataset.x[-1], deep // 256) and "1 of 16 bits: the upper 8 kept." in dataset.notes


def test_mixed_sizes_take_the_most_frequent(folder):
    save(folder / "x.png", np.full((16, 40, 3), (0, 100, 200), "u1"))
    wide = np.zeros((16, 40, 3), "u1")
    wide[:, 10:30] = 255  # what stays of it: scaled by half to 8 x 20, the middle 10 columns
    save(folder / "y.png", wide)
    dataset = read(folder)
    assert dataset.x.shape == (6, 8, 10, 3)
    assert (dataset.x[4] == torch.tensor([0, 100, 200])).all()
    assert (dataset.x[5, :, 1:-1] > 250).all()
    assert "2 of another size: scaled to cover 8 x 10, the middle cut out." in dataset.notes


def test_of_several_sizes_the_middle_one(tmp_path):
    for side in (1, 5, 7, 9, 100):
        save(tmp_path / f"{side}.png", np.zeros((side, side, 3), "u1"))
    assert read(tmp_path).event.shape == (7, 7, 3)


def test_size(folder):
    assert read(folder, size=4).event.shape == (4, 4, 3)
    with pytest.raises(UsageError, match="`size` must be at least 1 pixel; got 0"):
        read(folder, size=0)
    for source in ("digits", np.zeros((4, 8, 8))):
        with pytest.raises(UsageError, match=r"`size` is for folders of pictures .*; got 8"):
            read(source, size=8)
    np.save(folder.parent / "x.npy", np.zeros((4, 3)))
    with pytest.raises(UsageError, match="`strict` is for folders"):
        read(folder.parent / "x.npy", strict=True)


def test_one_pixel(folder):
    save(folder / "one.png", np.full((1, 1, 3), (1, 2, 3), "u1"))
    assert (read(folder).x[-1] == torch.tensor([1, 2, 3])).all()


def test_what_does_not_fit_into_memory_is_refused(folder, monkeypatch):
    monkeypatch.setattr(walk, "LARGEST", 4 * 8 * 10 * 3 - 1)
    with pytest.raises(DataError, match=r"4 pictures of 8 x 10 x 3 take .* Pass size=64"):
        read(folder)


def test_two_thousand_files_one_at_a_time(tmp_path):
    """The peak is the array and one picture, not all pictures at once."""
    first = np.zeros((32, 32, 3), "u1")
    save(tmp_path / "0.png", first)
    content = (tmp_path / "0.png").read_bytes()
    for k in range(1, 2000):
        (tmp_path / f"{k}.png").write_bytes(content)
    read(tmp_path, size=2)  # what is loaded once
    tracemalloc.start()
    raw = folders.load(tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert raw.x.shape == (2000, 32, 32, 3) and raw.x.nbytes < peak < 1.5 * raw.x.nbytes


NAMES = [
    "with space.png",
    "😀.png",
    unicodedata.normalize("NFD", "한글.png"),
    "quo'te;\".png",
    "-dash.png",
    "x" * 250 + ".png",
]


@pytest.mark.parametrize("name", NAMES, ids=["space", "emoji", "nfd", "quotes", "dash", "long"])
def test_names(folder, name):
    save(folder / name)
    assert len(read(folder, strict=True)) == 5
    zero_byte(folder / name)
    assert f"Skipped 1 file: {unicodedata.normalize('NFC', name)} (empty)." in read(folder).notes


def test_names_that_are_no_text(folder):
    """Bytes that are no UTF-8, and a line break, reach notes and labels as a mark."""
    for name in (b"\xff\xfe", b"new\nline"):
        save(folder / os.fsdecode(name) / "x.png")
    dataset = read(folder)
    assert dataset.classes == ("new\N{REPLACEMENT CHARACTER}line", "\N{REPLACEMENT CHARACTER}" * 2)
    json.dumps(dataset.classes).encode()
    assert len(read(folder, strict=True)) == 6


def test_order_does_not_depend_on_the_file_system(folder, monkeypatch):
    """Listings in reverse, and names in another normal form, give the same data set."""
    save(folder / unicodedata.normalize("NFC", "가.png"), np.zeros_like(COLOUR))
    save(folder / "각하.png", np.full_like(COLOUR, 9))
    before = read(folder)
    (folder / "각하.png").rename(folder / unicodedata.normalize("NFD", "각하.png"))  # whose letters come before 가
    real = os.walk

    def backwards(*args, **named):
        for here, below, names in real(*args, **named):
            yield here, below, names[::-1]

    monkeypatch.setattr(os, "walk", backwards)
    assert read(folder).fingerprint == before.fingerprint


def test_a_folder_of_a_korean_name_in_another_normal_form(folder, monkeypatch):
    folder.rename(folder.parent / unicodedata.normalize("NFD", "사진"))
    monkeypatch.chdir(folder.parent)
    assert read(unicodedata.normalize("NFC", "사진")).name == "사진"
    monkeypatch.chdir(folder.parent / unicodedata.normalize("NFD", "사진"))
    assert read(".").name == "사진" and len(read(".")) == 4


def test_a_folder_without_pictures(tmp_path):
    with pytest.raises(DataError, match=r"is a folder; name a file in it: it is empty\. It holds no pictures"):
        read(tmp_path)
    text(tmp_path / "notes.md")
    with pytest.raises(DataError, match=r"name a file in it: notes\.md\. It holds no pictures \(\.png, \.jpg"):
        read(tmp_path)
    with pytest.raises(UsageError, match="unknown data set ''"):
        read("")


def test_like_brings_pictures_to_the_event(folder):
    event = Event((4, 6, 1), "image", 0.0, 1.0)
    save(folder / "white.png", np.full((50, 3, 4), 255, "u1"))
    x = like(folder, event)
    assert x.shape == (5, 4, 6, 1) and x[4].min() == 1.0
    assert torch.equal(like(folder / "good-0.png", event), x[:1])
    clear = like(folder / "good-0.png", Event((8, 10, 4), "image", 0.0, 1.0))
    assert (clear[..., 3] == 1).all() and np.allclose(clear[0, ..., :3] * 255, COLOUR)
    with pytest.raises(DataError, match=r"the examples have shape \(8, 10, 3\); the model was fitted on \(5,\)"):
        like(folder / "good-0.png", Event((5,)))
    zero_byte(folder / "empty.png")
    with pytest.warns(UserWarning, match=r"Skipped 1 file: empty\.png"):
        assert len(like(folder, event)) == 5


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A fit on class folders of squares of two sizes; one file is empty."""
    root = tmp_path_factory.mktemp("own") / "그림들"
    for k in range(40):
        name = ("개", "고양이")[k % 2]
        side = 12 if k == 0 else 8
        save(root / name / f"{k:02}.png", RANDOM.integers(0, 256, (side, side), dtype="u1"))
    zero_byte(root / "empty.png")
    return jj.fit("vae", root, size=6, runs=root.parent / "runs", **SMALL)


def test_a_run_knows_its_folder(run):
    about = run.spec["data"]
    assert about["source"].endswith("그림들") and about["size"] == 6 and about["classes"] == ["개", "고양이"]
    assert about["event"]["shape"] == [6, 6, 1]
    again = jj.load(run.folder)
    assert again.dataset.fingerprint == about["fingerprint"]
    again.resume(epochs=2)
    assert again.result["step"] == 2
    with pytest.warns(UserWarning, match=r"Skipped 1 file: empty\.png"):
        codes, names = again.codes(about["source"])
    own, _ = again.codes()
    assert np.array_equal(codes, own) and names == ["개"] * 20 + ["고양이"] * 20


def test_new_pictures_are_treated_as_the_runs_own(run, folder):
    """Other sizes and colours; the run's size, not their most frequent one."""
    assert run.encode(folder).shape == (4, 2)
    assert run.reconstruct(folder / "good-0.png").shape == (1, 6, 6, 1)
    source = Path(run.spec["data"]["source"])
    with pytest.warns(UserWarning, match="Skipped 1 file"):
        assert run.encode(source).shape == (40, 2)


def test_a_changed_folder_is_not_the_runs_data(run):
    source = Path(run.spec["data"]["source"])
    before = (source / "개" / "02.png").read_bytes()
    save(source / "개" / "02.png", np.zeros((8, 8), "u1"))
    with pytest.raises(DataError, match="has changed since"):
        _ = jj.load(run.folder).dataset
    (source / "개" / "02.png").write_bytes(before)


@pytest.mark.filterwarnings("default:Skipped 1 file")
def test_the_command_line(folder, capsys, monkeypatch, untuned):
    monkeypatch.chdir(folder.parent)
    for k in range(4, 30):
        save(folder / f"good-{k}.png", np.roll(COLOUR, k, axis=1))
    zero_byte(folder / "empty.png")
    assert main(["check", "pictures", "--size", "6"]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"note +30 pictures read as 6 x 6, RGB", shown)
    assert re.search(r"note +30 of another size: scaled to cover 6 x 6", shown)
    assert re.search(r"note +Skipped 1 file: empty\.png \(empty\)\.", shown)
    assert main(["check", "pictures", "--strict"]) == 1
    assert "Skipped 1 file: empty.png (empty). Mend or remove them" in capsys.readouterr().err
    assert main(["fit", "ae", "pictures/", "--epochs", "1", "--latent", "2", "--size", "6"]) == 0
    assert "note   Skipped 1 file: empty.png (empty)." in capsys.readouterr().out
    assert main(["encode", "last", "pictures", "--out", "codes.npy"]) == 0
    assert "jamjae: Skipped 1 file: empty.png (empty)." in capsys.readouterr().err
    assert np.load("codes.npy").shape == (30, 2)
    assert main(["reconstruct", "last", "pictures/good-0.png"]) == 0
    assert Path(capsys.readouterr().out.strip()).is_file()
    assert main(["fit", "--like", "last", "--epochs", "1"]) == 0
    assert jj.load("last").spec["data"]["size"] == 6
    assert " pictures/ " in command(jj.load("last").spec) and " --size 6 " in command(jj.load("last").spec)
    assert main(["sweep", "vae", "pictures", "--size", "4,8"]) == 2
    assert "`size` cannot be swept" in capsys.readouterr().err


def test_damage_of_any_byte_is_no_surprise(folder):
    """Files with changed bytes are read or refused in words; nothing else comes out of Pillow."""
    save(folder / "a.jpg", exif=turned(6))
    save(folder / "a.webp", lossless=True)
    contents = [p.read_bytes() for p in sorted(folder.iterdir())]
    random = np.random.default_rng(0)
    path, refused = folder / "x", 0
    for k in range(300):
        content = bytearray(contents[k % len(contents)])
        for _ in range(1 + k % 5):
            content[random.integers(len(content))] = random.integers(256)
        path.write_bytes(content)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                picture.head(path)
                picture.decode(path, picture.Frame(8, 10, 3))
        except picture.Unreadable as reason:
            refused += bool(str(reason))
    assert 50 < refused < 300
