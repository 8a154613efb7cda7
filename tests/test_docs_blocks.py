"""What runs the blocks of the documentation: marks are read, failures named, outputs kept by content and filled in."""

import json
from types import SimpleNamespace

import execute
import links
import outputs
import pytest
from blocks import blocks, commands, wishes

PAGE = """# A page

<!-- run; alt: A line; hidden -->
```python
x = 1
```

<!-- not run: needs an hour -->
```console
$ jamjae fit vae \\
    mnist
```

```yaml
a: 1
```

```python
y = 2
```
"""


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Outcomes go to a folder of their own."""
    monkeypatch.setattr(execute, "KEPT", tmp_path / "executed")
    return tmp_path


def written(folder, name, text):
    """A page in a file."""
    path = folder / f"{name}.md"
    path.write_text(text, encoding="utf-8")
    return path


def python(code, mark="run"):
    """A page with one block."""
    return f"<!-- {mark} -->\n```python\n{code}\n```\n"


def test_a_block_knows_its_language_mark_and_place():
    first, second, third = blocks(PAGE)
    assert (first.language, first.code, first.runs, first.wishes["alt"]) == ("python", "x = 1\n", True, "A line")
    assert "hidden" in first.wishes and PAGE[first.start : first.end].endswith("```")
    assert (second.runs, second.marked, third.runs, third.marked) == (False, True, False, False)
    assert [line.split() for line in commands(second.code)] == [["jamjae", "fit", "vae", "mnist"]]


@pytest.mark.parametrize("mark", ["run; picure: a.png", "quiet", "run; alt: a; loud"])
def test_a_mark_with_an_unknown_wish_is_refused(mark):
    with pytest.raises(ValueError, match="a mark is"):
        wishes(mark)


def test_a_mark_needs_a_reason():
    with pytest.raises(ValueError, match="a mark is"):
        wishes("not run")


def test_a_page_runs_in_order_and_its_last_expression_is_printed(kept):
    page = written(kept, "page", python("n = 3") + python("print(n)\nn + 1"))
    out = execute.run(page)
    found = json.loads((out / "outputs.json").read_text())
    assert [block["text"] for block in found["blocks"]] == ["", "3\n4"] and found["values"] == {"n": 3}
    assert execute.run(page) == out


def test_a_failing_block_fails_with_its_page_and_code(kept):
    page = written(kept, "bad", python("one = 1") + python("one / 0  # here"))
    with pytest.raises(RuntimeError, match=r"(?s)bad\.md, block 2.*one / 0  # here.*ZeroDivisionError"):
        execute.run(page)
    assert not (execute.outcome(page) / "outputs.json").exists()


def test_a_command_that_fails_fails_the_page(kept):
    page = written(kept, "bad", "<!-- run -->\n```console\n$ echo fine\n$ exit 3\n```\n")
    with pytest.raises(RuntimeError, match="exit code 3"):
        execute.run(page)


def test_a_page_begins_with_what_the_page_before_it_left(kept):
    written(kept, "first", python("open('left', 'w').write('7')"))
    page = written(kept, "second", "<!-- after: first -->\n" + python("print(open('left').read())"))
    assert json.loads((execute.run(page) / "outputs.json").read_text())["blocks"][0]["text"] == "7"
    written(kept, "third", "<!-- after: second -->\n")
    with pytest.raises(ValueError, match="begins after another"):
        execute.before(kept / "third.md")


def test_the_outcome_changes_with_the_code_but_not_with_the_prose(kept):
    page = written(kept, "page", python("1 + 1"))
    first = execute.key(page)
    assert execute.key(written(kept, "page", "Other words.\n\n" + python("1 + 1"))) == first
    assert execute.key(written(kept, "page", python("1 + 2"))) != first


def test_outputs_follow_their_blocks_and_numbers_are_filled_in(tmp_path):
    text = python("gap = 2.345", "run; hidden") + python("gap", "run; quiet") + python("gap") + "It is {{ gap:.1f }}.\n"
    results = [{"text": "", "files": []}, {"text": "no", "files": []}, {"text": "2.345", "files": []}]
    found = outputs.filled(outputs.with_outputs(text, results, tmp_path, SimpleNamespace()), {"gap": 2.345})
    assert "gap = 2.345" not in found and "no" not in found.split() and found.count("2.345") == 1
    assert found.endswith("It is 2.3.\n")
    with pytest.raises(KeyError):
        outputs.filled("{{ gone }}", {})


def test_a_picture_without_a_description_is_an_error(tmp_path):
    block = next(blocks(python("draw()")))
    with pytest.raises(ValueError, match="needs a description"):
        outputs.shown(block, {"text": "", "files": ["0-0.png"]}, tmp_path, SimpleNamespace())


def test_dead_links_are_found_in_markdown(tmp_path):
    written(tmp_path, "other", "# Two words\n\n## `a`\n")
    text = "[a](other.md#two-words) [b](other.md#a) [c](other.md#b) ![d](gone.png) [e](https://x.y) `[f](g)`"
    assert list(links.lost(written(tmp_path, "page", text))) == ["other.md#b", "gone.png"]


def test_dead_links_are_found_in_html(tmp_path):
    (tmp_path / "a.html").write_text('<h1 id="top"></h1><a href="b.html#there">b</a><img src="no.png"><a href="#top">')
    (tmp_path / "b.html").write_text('<a href="a.html#gone">a</a> <a href="https://x.y/z.html">x</a>')
    assert links.dead(tmp_path) == ["a.html: b.html#there", "a.html: no.png", "b.html: a.html#gone"]
