"""Every scenario of bad input has a test: they are counted, so that none can go missing (docs/bad-input.md)."""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FOLDERS = {  # F1 to F16, and what tests them in test_data_folders.py
    "zero bytes": "zero-byte.png",
    "a truncated PNG or JPEG": "cut.jpg",
    "a wrong extension": "test_a_wrong_ending_does_not_matter",
    "text renamed .png": "text.png",
    "an animation": "moving.gif",
    "CMYK": "test_palette_cmyk_and_alpha",
    "16 bits": "test_sixteen_bits_keep_the_upper_eight",
    "alpha": "test_palette_cmyk_and_alpha",
    "a palette": "test_palette_cmyk_and_alpha",
    "EXIF rotation": "test_exif_orientation",
    "mixed sizes": "test_mixed_sizes_take_the_most_frequent",
    "1 x 1": "test_one_pixel",
    "30,000 x 30,000": "bomb.png",
    "very many files": "test_two_thousand_files_one_at_a_time",
    "an unreadable file": "test_an_unreadable_file_and_folder",
    "links": "test_links_are_not_followed",
}


def text(name):
    return (HERE / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("scenario", FOLDERS)
def test_folders_of_pictures(scenario):
    assert FOLDERS[scenario] in text("test_data_folders.py")


@pytest.mark.parametrize(
    ("name", "pattern", "count"),
    [
        ("test_tables_bad.py", r"def test_t(\d\d)_", 16),
        ("test_tables_bad.py", r"(?:def test_u|\"U)(\d\d)[_\"]", 10),
        ("test_archives.py", r"def test_z(\d)_", 8),
        ("test_input_contract.py", r'"I(\d+) ', 48),
    ],
    ids=["T", "U", "Z", "I"],
)
def test_every_number_is_there(name, pattern, count):
    found = {int(number) for number in re.findall(pattern, text(name))}
    assert found == set(range(1, count + 1))


def test_the_page_says_how_many():
    page = (HERE.parent / "docs" / "bad-input.md").read_text(encoding="utf-8")
    counts = {row[0]: int(row[1]) for row in re.findall(r"^\| ([FITUZ]) \| [^|]+ \| (\d+) \|", page, re.MULTILINE)}
    assert counts == {"I": 48, "F": len(FOLDERS), "T": 16, "Z": 8, "U": 10}
