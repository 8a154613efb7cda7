"""Downloads: one mirror after another, checked, atomic; tested against servers on this machine."""

import gzip
import struct
import threading
import time
from functools import partial
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from jamjae.core import DataError, DiskFull
from jamjae.data import builtin, fetch, read
from jamjae.data.builtin.base import FILES, IdxSet

CONTENT = b"a published file" * 1000
DIGEST = sha256(CONTENT).hexdigest()


class Mirror(BaseHTTPRequestHandler):
    """Answers by the first part of the address: good, wrong, short, slow, or 404."""

    def __init__(self, files, asked, *args):
        self.files, self.asked = files, asked
        super().__init__(*args)

    def do_GET(self):
        self.asked.append(self.path)
        _, how, name = self.path.split("/")
        content = self.files.get(name, CONTENT)
        if how == "missing":
            return self.send_error(404)
        if how == "slow":
            self.server.released.wait(30)
            return None
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write({"wrong": content[::-1], "short": content[:-7]}.get(how, content))
        return None

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    files, asked = {}, []
    http = ThreadingHTTPServer(("127.0.0.1", 0), partial(Mirror, files, asked))
    http.released, http.daemon_threads = threading.Event(), True
    http.files, http.asked = files, asked
    http.address = f"http://127.0.0.1:{http.server_port}/"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield http
    http.released.set()
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    monkeypatch.delenv("JAMJAE_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "*")
    return tmp_path


def locate(server, *kinds, timeout=5.0):
    dead = "http://127.0.0.1:9/"  # nobody listens on the discard port
    mirrors = [dead if k == "dead" else f"{server.address}{k}/" for k in kinds]
    return fetch.locate("letters", "file.gz", DIGEST, mirrors, timeout)


def left_over(folders):
    return sorted(p.name for p in folders.rglob("*") if p.is_file())


def test_a_good_mirror_fills_the_cache_once(server, folders):
    first, again = locate(server, "good"), locate(server, "good")
    assert first == again == folders / "cache" / "jamjae" / "letters" / "file.gz"
    assert first.read_bytes() == CONTENT
    assert server.asked == ["/good/file.gz"]
    assert left_over(folders) == ["file.gz"]


def test_bad_mirrors_are_passed_over(server, folders):
    assert locate(server, "dead", "missing", "wrong", "short", "good").read_bytes() == CONTENT
    assert [a.split("/")[1] for a in server.asked] == ["missing", "wrong", "short", "good"]
    assert left_over(folders) == ["file.gz"]


def test_when_all_fail_the_message_says_what_to_do(server, folders):
    with pytest.raises(DataError) as error:
        locate(server, "dead", "missing", "wrong", "short")
    message = str(error.value)
    assert message.startswith("file.gz could not be downloaded:")
    for reason in (
        "refused",
        "HTTP 404",
        f"not {DIGEST[:12]}...",
        "/missing/file.gz",
        "$JAMJAE_DATA/letters/",
        "`digits`",
    ):
        assert reason in message
    assert left_over(folders) == []


def test_a_silent_mirror_is_left_after_the_timeout(server, folders):
    start = time.monotonic()
    assert locate(server, "slow", "good", timeout=0.2).read_bytes() == CONTENT
    assert time.monotonic() - start < 15  # the mirror would be silent for 30 s


def test_an_endless_mirror_is_cut_off(server, folders, monkeypatch):
    monkeypatch.setattr(fetch, "LARGEST", 100)
    with pytest.raises(DataError, match="more than 100 bytes"):
        locate(server, "good")


def test_a_bad_address_is_a_failed_mirror(folders):
    with pytest.raises(DataError, match="unknown url type"):
        fetch.locate("letters", "file.gz", DIGEST, ["nonsense/"])


def test_local_files_come_first_and_are_not_refused_for_their_hash(server, folders, monkeypatch):
    locate(server, "good")
    own = folders / "own" / "letters"
    own.mkdir(parents=True)
    (own / "file").write_bytes(b"rebuilt")
    monkeypatch.setenv("JAMJAE_DATA", str(folders / "own"))
    assert locate(server, "good").read_bytes() == b"rebuilt"
    (own / "file.gz").write_bytes(b"zipped")
    assert locate(server, "good").read_bytes() == b"zipped"
    assert len(server.asked) == 1


def test_a_wrong_own_folder_is_said(folders, monkeypatch):
    monkeypatch.setenv("JAMJAE_DATA", str(folders / "typo"))
    with pytest.raises(DataError, match=r"JAMJAE_DATA names .*typo, which is no folder"):
        fetch.locate("letters", "file.gz", DIGEST, [])


def test_a_cache_that_cannot_be_written_is_said(server, folders):
    (folders / "cache").write_bytes(b"a file where a folder should be")
    with pytest.raises(DataError, match=r"cannot be written: .*XDG_CACHE_HOME"):
        locate(server, "good")


def test_a_full_disk_is_said(server, folders, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(fetch.tempfile, "mkstemp", full)
    with pytest.raises(DiskFull, match="no room for file"):
        locate(server, "good")


def published(server, classes=3, n=40, tests=8):
    """A small set of four idx files, as a published one."""
    random = np.random.default_rng(0)

    def idx(array):
        return gzip.compress(struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes())

    for images, labels, rows in ((*FILES[:2], n), (*FILES[2:], tests)):
        server.files[images] = idx(random.integers(0, 256, (rows, 6, 5), dtype="u1"))
        server.files[labels] = idx((np.arange(rows) % classes).astype("u1"))
    return IdxSet(
        "letters",
        mirrors=(server.address + "missing/", server.address + "good/"),
        sha256=tuple(sha256(server.files[f]).hexdigest() for f in FILES),
        classes=("a", "b", "c"),
        recommended="stochastic",
    )


def test_a_set_of_four_files(server, folders, monkeypatch):
    letters = published(server)
    monkeypatch.setattr(builtin.mnist, "MNIST", letters)
    dataset = read("mnist", binarise="none")
    assert dataset.x.shape == (48, 6, 5, 1)
    assert sorted(dataset.rows("test").tolist()) == list(range(40, 48))
    assert (dataset.classes, dataset.recommended, dataset.unit) == (("a", "b", "c"), "stochastic", 255.0)
    assert dataset.y[:4].tolist() == [0, 1, 2, 0]
    before = len(server.asked)
    assert read("mnist").fingerprint == dataset.fingerprint
    assert len(server.asked) == before  # from the cache


def test_files_that_do_not_go_together_are_refused(server, folders):
    letters = published(server, classes=4)
    with pytest.raises(DataError, match="labels of letters must be below 3"):
        letters.load()
    (folders / "cache" / "jamjae" / "letters" / FILES[1]).write_bytes(server.files[FILES[3]])
    with pytest.raises(DataError, match="the files of letters do not go together"):
        letters.load()
