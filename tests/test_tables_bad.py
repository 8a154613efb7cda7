"""Tables that go wrong: sixteen kinds of trouble inside a file (t01 to t16) and ten kinds of path (u01 to u10).

Each is read as what it means, with a note, or refused with the file, the row, the column and a remedy; never guessed in
silence.
"""

import codecs
import os
import tracemalloc
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jamjae.core import DataError, JamjaeError, UsageError
from jamjae.data import extras, read
from jamjae.data.read import find_like
from jamjae.data.tables import sheet
from jamjae.plan import prepare

NAN = float("nan")
SIZES = [1.5, 2.5, 0.5, 4.0, 3.25]


def saved(folder, text, name="t.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def lines(*rows):
    return "".join(f"{row}\n" for row in rows)


def column(dataset, name):
    """The values of one column, as the model sees them."""
    names = [c.name for c in dataset.event.columns]
    return dataset.x[:, names.index(name)].tolist()


def said(dataset, text):
    return any(text in note for note in dataset.notes)


def test_t01_missing_cells(tmp_path):
    path = saved(tmp_path, lines("size,colour", "1.5,red", ",blue", "0.5,", "4.0,red", "3.25,green"))
    dataset = read(path)
    np.testing.assert_array_equal(column(dataset, "size"), [1.5, NAN, 0.5, 4.0, 3.25])
    np.testing.assert_array_equal(column(dataset, "colour"), [2, 0, NAN, 2, 1])
    assert dataset.event.missing and said(dataset, "count as missing: '' 2.")
    complete = read(saved(tmp_path, lines("size,colour", "1.5,red", "2.5,blue", "0.5,green"), "c.csv"))
    assert not complete.event.missing
    with pytest.raises(DataError, match=r"t\.csv, row 3, column 'size': it is missing, and .* complete rows\. Fill"):
        find_like(path, complete.event, form=complete.form)


def test_t02_na_and_dash_are_missing_and_said_to_be(tmp_path):
    marks = ["NA", "-", "", "NaN", "null", "없음", "n/a", "None"]
    path = saved(tmp_path, lines("size,name", *(f"{m},a" for m in marks), *(f"{v},b" for v in SIZES)))
    dataset = read(path)
    np.testing.assert_array_equal(column(dataset, "size"), [NAN] * len(marks) + SIZES)
    assert all(said(dataset, f"{m!r} 1") for m in marks)


def test_t03_mixed_types_are_refused_with_row_column_value_and_remedy(tmp_path):
    path = saved(tmp_path, lines("size,name", "1.5,a", "2.5,b", "tall,a", "4.0,a"))
    message = r"t\.csv, row 4, column 'size': 'tall' is no number, and most .* --columns \"size=categorical\"\."
    with pytest.raises(DataError, match=message):
        read(path)
    dataset = read(path, columns="size=categorical")
    assert dataset.form.fields[0].categories == ("1.5", "2.5", "4.0", "tall")
    mixed = pd.DataFrame({"size": [1.5, "tall", 2.5, 4.0], "name": list("abab")})
    with pytest.raises(DataError, match="the table, row 1, column 'size': 'tall' is no number"):
        read(mixed)


def test_t04_thousands_separators(tmp_path):
    path = saved(tmp_path, lines("price;size", "1,234.5;1", "12,345.0;2.5", "7.25;4", "1,000,000.0;5"))
    assert column(read(path), "price") == [1234.5, 12345.0, 7.25, 1_000_000.0]
    path = saved(tmp_path, lines("price,size", '"1,234",1', '"12,345",2.5', '"7",4', '"1,000,000",5'))
    assert column(read(path), "price") == [1234, 12345, 7, 1_000_000]
    path = saved(tmp_path, lines("price;size", "1'234,5;1,5", "12 345,0;2,5", "7,25;4,5"))
    assert column(read(path), "price") == [1234.5, 12345.0, 7.25]


def test_t05_decimal_comma(tmp_path):
    path = saved(tmp_path, lines("price;size;name", "1.234,5;1,5;a", "2,5;2,25;b", "0,5;3;a", "7;1.234;b"))
    dataset = read(path)
    assert column(dataset, "price") == [1234.5, 2.5, 0.5, 7]
    assert column(dataset, "size") == [1.5, 2.25, 3, 1234], "1.234 is a thousand where commas are decimal"
    assert said(dataset, "Decimal comma in price, size")
    either = read(saved(tmp_path, lines("a,b", '"1,234",x', '"5,678",y', '"9,123",x')))
    assert column(either, "a") == [1234, 5678, 9123], "nothing else says otherwise: the delimiter is a comma"
    assert column(read(saved(tmp_path, lines("a;b", "1,234;x", "5,678;y", "9,123;x"))), "a") == pytest.approx(
        [1.234, 5.678, 9.123]
    )


def test_t06_byte_order_mark(tmp_path):
    path = saved(tmp_path, codecs.BOM_UTF8 + lines("size,name", "1.5,a", "2.5,b", "4,a").encode())
    assert [c.name for c in read(path).event.columns] == ["size", "name"]


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_t07_utf_16(tmp_path, order):
    text = "\ufeff" + lines("크기,색", "1.5,빨강", "2.5,파랑", "4,빨강")
    dataset = read(saved(tmp_path, text, encoding=order))
    assert dataset.form.fields[1].categories == ("빨강", "파랑") and column(dataset, "크기") == [1.5, 2.5, 4]
    assert said(dataset, "Read as UTF-16")
    with pytest.raises(DataError, match=r"t\.csv begins as UTF-16, and byte \d+ is none"):
        read(saved(tmp_path, text.encode(order)[:-1]))


def test_t08_cp949_and_nothing_else_is_guessed(tmp_path):
    text = lines("크기,색", "1.5,빨강", "2.5,파랑", "4,빨강")
    dataset = read(saved(tmp_path, text, encoding="cp949"))
    assert dataset.form.fields[1].categories == ("빨강", "파랑") and said(dataset, "Read as CP949")
    french = lines("taille,nom", "1.5,été", "2.5,grève", "4,été")
    with pytest.raises(DataError, match=r"t\.csv is neither UTF-8 \(byte 15 is not\) nor Korean CP949\. Save it as"):
        read(saved(tmp_path, french, encoding="latin-1"))
    german = lines("menge,was", "1.5,Äpfel", "2.5,Ärger", "4,Äpfel")
    assert german.encode("latin-1").decode("cp949"), "letters that CP949 takes for rare syllables"
    with pytest.raises(DataError, match="neither UTF-8"):
        read(saved(tmp_path, german, encoding="latin-1"))
    with pytest.raises(DataError, match="holds zero bytes"):
        read(saved(tmp_path, b"a,b\n\0\0,1\n"))


def test_t09_quoted_newlines_delimiters_and_quotes(tmp_path):
    path = saved(tmp_path, 'size,"na\nme"\n1.5,"a\nb"\n2.5,"c,""d"""\n4,"a\nb"\n')
    dataset = read(path)
    assert dataset.form.fields[1].categories == ("a\nb", 'c,"d"') and dataset.form.fields[1].name == "na\nme"
    assert column(dataset, "size") == [1.5, 2.5, 4]


@pytest.mark.parametrize(("row", "cells"), [("9,x,7", 3), ("9", 1)])
def test_t10_ragged_rows(tmp_path, row, cells):
    path = saved(tmp_path, lines("size,name", *["1.5,a"] * 50, row, "2,b"))
    message = rf"t\.csv, row 52: {cells} cells where the first line has 2: '{row}'\. Put cells that hold ',' in double"
    with pytest.raises(DataError, match=message):
        read(path)


def test_t11_duplicate_headers(tmp_path):
    message = r"t\.csv, row 1: columns 1 and 3 are both called 'size'\. Rename one"
    with pytest.raises(DataError, match=message):
        read(saved(tmp_path, lines("size,name,size", "1,a,2", "2,b,3", "4,a,5")))
    with pytest.raises(DataError, match="two columns are called 'a'"):
        read(pd.DataFrame([[1, 2], [3, 4], [5, 6]], columns=["a", "a"]))


def test_t12_no_header(tmp_path):
    dataset = read(saved(tmp_path, lines("1.5,a", "2.5,b", "4,a")))
    assert [c.name for c in dataset.event.columns] == ["1", "2"] and column(dataset, "1") == [1.5, 2.5, 4]
    assert said(dataset, "No column names: the first line holds a number (1.5, a), so it counts as a row")
    for empty, message in (("", "t.csv is empty"), ("size,name\n", "has column names and no rows")):
        with pytest.raises(DataError, match=message):
            read(saved(tmp_path, empty))


def test_t13_a_million_columns_are_refused_in_bounded_memory(tmp_path):
    def wide(n):
        return saved(tmp_path, ",".join(f"c{k}" for k in range(n)) + "\n" + ",".join("1" * n) + "\n")

    with pytest.raises(DataError, match=r"t\.csv has 1,000,000 columns; a table has at most 10,000\. .*np\.save"):
        read(wide(1_000_000))
    path = wide(100_000)
    tracemalloc.start()
    with pytest.raises(DataError, match="has 100,000 columns"):
        read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * path.stat().st_size


def test_t14_four_gibibytes_are_refused_with_what_to_do(tmp_path):
    path = saved(tmp_path, lines("size,name", "1.5,a"))
    with path.open("r+b") as file:
        file.truncate(4 << 30)  # a file with a hole: takes no room
    message = r"t\.csv has 4\.0 GiB; at most 2 GiB .* Parquet, once: python -c .*open_csv\('t\.csv'\).*'t\.parquet'"
    with pytest.raises(DataError, match=message):
        read(path)


def test_t14_what_to_do_about_four_gibibytes_does_it(tmp_path, monkeypatch):
    path = saved(tmp_path, lines("size,name", "1.5,a", "2.5,b", "4,a"))
    monkeypatch.setattr("jamjae.data.tables.delimited.LARGEST", 10)
    with pytest.raises(DataError) as told:
        read(path)
    monkeypatch.chdir(tmp_path)
    code = str(told.value).split('python -c "')[1].removesuffix('"')
    exec(code, {})
    assert column(read(tmp_path / "t.parquet"), "size") == [1.5, 2.5, 4]


def test_t15_no_formula_gets_into_an_exported_table(tmp_path):
    bad = ['=HYPERLINK("http://x")', "+1+1", "@SUM(A1)", "-2+3"]
    frame = pd.DataFrame({"=cmd()": [1.5, -2.5, 0.5, -4.0], "name": bad})
    dataset = read(frame)
    text = dataset.form.content(dataset.x.numpy(), ".csv").decode("utf-8-sig")
    rows = pd.read_csv(saved(tmp_path, text))
    assert rows.columns[0] == "'=cmd()" and rows["name"].tolist() == [f"'{b}" for b in bad]
    assert rows.iloc[:, 0].tolist() == [1.5, -2.5, 0.5, -4.0], "negative numbers are no formulas"
    names = {"'=cmd()": "=cmd()"}
    back = dataset.form.values(rows.rename(columns=names))
    np.testing.assert_array_equal(back, dataset.x.numpy())


@pytest.mark.parametrize(
    "texts",
    [
        ["2024-01-31", "2023-12-01", "1969-12-30"],
        ["31.01.2024", "01.12.2023", "30.12.1969"],
        ["2024년 1월 31일", "2023년 12월 1일", "1969년 12월 30일"],
        ["2024/01/31", "2023/12/01", "1969/12/30"],
        ["31/01/2024", "01/12/2023", "30/12/1969"],
        ["2024. 1. 31.", "2023. 12. 1.", "1969. 12. 30."],
    ],
)
def test_t16_dates(tmp_path, texts):
    dataset = read(saved(tmp_path, lines("when;size", *(f"{t};{v}" for t, v in zip(texts, SIZES, strict=False)))))
    assert dataset.event.columns[0].kind == "date" and column(dataset, "when") == [19753, 19692, -2]
    found = dataset.form.readable(dataset.x.numpy())["when"].astype(str).tolist()
    assert found == ["2024-01-31", "2023-12-01", "1969-12-30"]


def test_t16_dates_that_mean_two_days_are_refused(tmp_path):
    path = saved(tmp_path, lines("when,size", "03/04/2024,1.5", "05/06/2024,2.5", "07/08/2024,4"))
    with pytest.raises(
        DataError, match=r"'when': '03/04/2024' is a date in %d/%m/%Y and in %m/%d/%Y\. Say what it is: "
    ):
        read(path)
    assert column(read(path, columns="when=%d/%m/%Y"), "when") != column(read(path, columns="when=%m/%d/%Y"), "when")
    path = saved(tmp_path, lines("when,size", "2024-01-31,1.5", "2024-02-30,2.5", "2024-03-01,4"))
    with pytest.raises(DataError, match=r"t\.csv, row 3, column 'when': '2024-02-30' is no date"):
        read(path)


SMALL = lines("size,name", "1.5,a", "2.5,b", "4,a")


def test_u01_korean_names_in_either_normal_form(tmp_path):
    saved(tmp_path, SMALL, unicodedata.normalize("NFD", "자료.csv"))
    dataset = read(tmp_path / unicodedata.normalize("NFC", "자료.csv"))
    assert dataset.name == "자료" and len(dataset) == 3


@pytest.mark.parametrize(
    ("name", "number"),
    [("a table with spaces.csv", 2), ("🦊.csv", 3), ("q'u\"o;t`e$s & more.csv", 7), ("--labels=x.csv", 8)],
    ids=["U02", "U03", "U07", "U08"],
)
def test_u_names_that_shells_and_programs_stumble_over(tmp_path, name, number):
    path = saved(tmp_path, SMALL, name)
    assert len(read(path)) == 3 and read(path).name == name.removesuffix(".csv"), f"U{number:02}"
    saved(tmp_path, "size,name\n1\n", name)
    with pytest.raises(DataError) as told:
        read(path)
    assert str(told.value).startswith(f"{name}, row 2: 1 cells")


def test_u04_a_name_of_255_bytes(tmp_path):
    assert len(read(saved(tmp_path, SMALL, "x" * 251 + ".csv"))) == 3


def test_u05_a_path_of_more_than_260_letters(tmp_path):
    deep = tmp_path.joinpath(*["d" * 100] * 4)
    deep.mkdir(parents=True)
    assert len(read(saved(deep, SMALL))) == 3


def test_u06_a_trailing_dot_is_no_ending(tmp_path):
    with pytest.raises(DataError, match=r"t\.csv\. is none of .* CSV, Parquet"):
        read(saved(tmp_path, SMALL, "t.csv."))


def test_u09_names_that_differ_in_case_only(tmp_path):
    saved(tmp_path, SMALL, "t.csv")
    saved(tmp_path, lines("size,name", *["3,a", "2,b"] * 4), "T.CSV")
    if len(list(tmp_path.iterdir())) == 1:
        pytest.skip("this file system does not tell them apart")
    assert len(read(tmp_path / "t.csv")) == 3 and len(read(tmp_path / "T.CSV")) == 8


def test_u10_names_that_are_no_utf_8(tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.csv"))
    try:
        path.write_text(SMALL)
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    assert read(path).name == "caf\N{REPLACEMENT CHARACTER}"
    with pytest.raises(UsageError, match=r"the path .*caf.\.csv is no UTF-8 text, and spec\.json is\. Rename"):
        prepare("ae", path)
    path.write_text("size,name\n1\n")
    with pytest.raises(DataError, match=r"caf.\.csv, row 2: 1 cells"):
        read(path)


def test_a_file_without_the_extra_says_what_to_install(tmp_path, monkeypatch):
    def gone(name):
        raise ImportError(name)

    monkeypatch.setattr(extras, "import_module", gone)
    with pytest.raises(JamjaeError, match=r"a table needs .*pip install 'jamjae\[tables\]'"):
        read(saved(tmp_path, SMALL))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("sise=real", r"unknown column 'sise'; did you mean 'size'\? Known: name, size"),
        ("size=counts", r"unknown kind or likelihood of the column 'size': 'counts'; did you mean 'count'\?"),
        ("size", r"`columns` must say what each column is; got 'size'\. Write --columns"),
    ],
)
def test_wrong_choices(tmp_path, columns, message):
    with pytest.raises(UsageError, match=message):
        read(saved(tmp_path, SMALL), columns=columns)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("size=count", r"row 2, column 'size': 1\.5 is no count"),
        ("name=real", r"row 2, column 'name': 'a' is not a number"),
        ("name=date", r"column 'name': no known format of dates fits all its cells \('a'\)"),
        ("name=ordinal", r"its texts have no order yet\. Say what it is: --columns \"name=a<b\""),
        ("size=binary", r"it has 3 different values, which is not binary"),
        ("name=a<c", r"row 3, column 'name': 'b' is none of its categories: 'a', 'c'"),
        ("size=positive,name=skip", None),
    ],
)
def test_choices_that_do_not_suit_the_cells(tmp_path, columns, message):
    path = saved(tmp_path, SMALL)
    if message is None:
        assert [c.kind for c in read(path, columns=columns).event.columns] == ["positive"]
        return
    with pytest.raises(DataError, match=message):
        read(path, columns=columns)


def test_impossible_and_infinite_values(tmp_path):
    frame = pd.DataFrame({"size": [1.5, float("inf"), 0.5, 2.0]})
    with pytest.raises(DataError, match="the table, row 1, column 'size': it is infinite"):
        read(frame)
    form = read(saved(tmp_path, lines("n,m", "1,2.5", "2,3.5", "5,4.5", "0,9.5"))).form
    with pytest.raises(DataError, match="the examples, row 1, column 'n': -3 is no count: a whole number, 0 or above"):
        form.values({"n": [1, -3], "m": [1.0, 2.0]})


def test_columns_that_lack_and_columns_that_are_new(tmp_path):
    dataset = read(saved(tmp_path, SMALL))
    lacking = saved(tmp_path, lines("size,nmae", "1,a"), "l.csv")
    with pytest.raises(DataError, match=r"l\.csv lacks the column 'name', which .* Its columns are 'size', 'nmae'"):
        find_like(lacking, dataset.event, form=dataset.form)
    more = saved(tmp_path, lines("x,name,size", "9,b,1.5"), "m.csv")
    with pytest.warns(UserWarning, match=r"m\.csv: not used, since training did not have the column 'x'\."):
        raw = find_like(more, dataset.event, form=dataset.form)
    assert raw.x.tolist() == [[1.5, 1.0]]


def test_broken_parquet(tmp_path):
    with pytest.raises(DataError, match=r"t\.parquet cannot be read as Parquet"):
        read(saved(tmp_path, b"PAR1 and nothing else", "t.parquet"))
    pd.DataFrame({"a": [[1], [2], [3]]}).to_parquet(tmp_path / "l.parquet")
    with pytest.raises(DataError, match=r"l\.parquet, column 'a': it holds lists.*--columns \"a=skip\""):
        read(tmp_path / "l.parquet")
    assert sheet.WIDEST == 10_000
