"""The drawing pad: what is drawn is encoded, decoded and compared; files that are no pictures break nothing."""

import io

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def pad(vae):
    """The page with an empty pad."""
    vae.tool("axes")
    vae.tool("drawing")
    return vae


def png(shade):
    """The bytes of a picture: a bright column."""
    x = np.zeros((16, 16), np.uint8)
    x[2:14, 6:10] = shade
    file = io.BytesIO()
    Image.fromarray(x).save(file, "PNG")
    return file.getvalue()


def give(page, name, kind, content):
    """Choose a file."""
    page("#tools input[type=file]").set_input_files({"name": name, "mimeType": kind, "buffer": content})


def test_a_drawing_is_encoded_restored_and_compared(pad, fitted):
    pad.drag([(0.5, 0.15), (0.5, 0.5), (0.48, 0.85)], "canvas.pad")
    pad.until(lambda: pad("#tools .grid button").count() == 8)
    rows = pad.settled(lambda: pad("#tools .grid button").evaluate_all("all => all.map((b) => b.title)"))
    run = fitted("vae")
    x = pad.shades("#tools .pair .pair figure canvas, #tools .pair figure canvas")
    given = (x / 255.0).astype(np.float32)[None, ..., None]
    assert set(np.unique(given)) <= {0, 1}
    assert 2 <= given.sum() <= 40
    code = run.encode(given)
    np.testing.assert_allclose(pad.spot(), code[0], atol=0.006)
    restored = pad.shades("#tools .pair figure >> nth=1 >> canvas")
    assert np.abs(restored - 255 * run.decode(code)[0, ..., 0]).max() <= 1
    codes = run.subject(limit=10_000).codes().numpy()
    nearest = np.argsort(np.square(codes - code).sum(1))[:8]
    assert [int(title.split()[1].rstrip(",")) for title in rows] == nearest.tolist()
    error = float(pad.text("#tools p.sub[aria-live]").split("error ")[1].split()[0])
    assert error == pytest.approx(np.square(given - run.decode(code)).mean(), rel=0.01)
    pad("#tools .grid button").first.click()
    pad.until(lambda: pad(".given").is_visible() and pad.text(".given figcaption") == rows[0])
    pad("#tools button").get_by_text("Clear").click()
    assert pad("#tools .grid button").count() == 0


@pytest.mark.parametrize(
    ("name", "kind", "content", "words"),
    [
        ("notes.txt", "text/plain", b"no picture", "This is no picture"),
        ("broken.png", "image/png", b"\x89PNG no more", "cannot be read"),
        ("large.png", "image/png", bytes(10 * 2**20 + 1), "larger than 10 MB"),
    ],
    ids=["no picture", "damaged", "too large"],
)
def test_a_wrong_file_is_refused_with_the_reason(pad, name, kind, content, words):
    give(pad, name, kind, content)
    pad.until(lambda: words in pad.text("#tools p.sub[aria-live]"))
    give(pad, "good.png", "image/png", png(255))
    pad.until(lambda: pad("#tools .grid button").count() == 8)


def test_a_file_can_be_dropped(pad):
    drop = """(content) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(content)], "a.png", { type: "image/png" }));
      const drop = new DragEvent("drop", { dataTransfer: data, bubbles: true });
      document.querySelector("[role=tabpanel]").dispatchEvent(drop);
    }"""
    pad.page.evaluate(drop, list(png(255)))
    pad.until(lambda: pad("#tools .grid button").count() == 8)
    assert pad.shades("#tools .pair figure canvas").max() == 255


def test_fingers_draw_too(pad):
    touch = pad.page.context.new_cdp_session(pad.page)
    box = pad("canvas.pad").bounding_box()
    at = lambda y: [{"x": box["x"] + box["width"] / 2, "y": box["y"] + y * box["height"]}]  # noqa: E731
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": at(0.2)})
    touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": at(0.7)})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    pad.until(lambda: pad("#tools .grid button").count() == 8)
