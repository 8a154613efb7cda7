"""Recordings: what is read, what is said and refused, log-mel spectrograms there and back, every verb."""

import io
import json
import os
import struct
import sys
import unicodedata
import warnings
import wave

import numpy as np
import pytest
import torch

import jamjae as jj
from jamjae.cli import main
from jamjae.core import Event
from jamjae.core.errors import Damaged, DataError, UsageError
from jamjae.data import read, recordings, walk
from jamjae.data.forms import revive
from jamjae.data.forms.mel import Mel, behind
from jamjae.data.forms.wave import Wave
from jamjae.data.phase import griffin_lim, spectrum, waveform
from jamjae.data.sound import Take, pcm, resampled
from jamjae.explorer.shown import Shown

soundfile = pytest.importorskip("soundfile")
RATE = 8000
TINY = {"encoder__channels": "4,4", "decoder__channels": "4,4", "latent": 2, "epochs": 1}


def sine(hertz, seconds=0.1, rate=RATE, height=0.5):
    return height * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


def save(path, x, rate=RATE, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, x, rate, **options)
    return path


@pytest.fixture
def folder(tmp_path):
    """Four good recordings."""
    for k in range(4):
        save(tmp_path / "sounds" / f"{k % 2}_good_{k}.wav", sine(500 + 100 * k))
    return tmp_path / "sounds"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A VAE on tones of two pitches, seen as spectrograms."""
    root = tmp_path_factory.mktemp("audio")
    for k in range(40):
        pitch = "낮음" if k % 2 else "높음"
        tone = sine(400 if k % 2 else 1600, 0.11, height=0.1 + 0.02 * k)
        save(root / "음" / unicodedata.normalize("NFD", pitch) / f"{k}.wav", tone)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jj.fit("vae", root / "음", runs=root / "runs", seconds=0.1, **TINY)


# -- what is read -----------------------------------------------------------------------------------------------------


def test_rate_length_and_values_are_those_of_the_files(folder):
    save(folder / "short.flac", sine(500, 0.05))
    save(folder / "long.wav", sine(500, 0.4))
    dataset = read(folder, sound="wave")
    assert dataset.event == Event((3200, 1), "audio", -1.0, 1.0) and dataset.x.dtype == torch.int16
    assert dataset.notes[0] == "6 recordings read as 3,200 samples (0.4 s at 8,000 Hz), in the order of their paths."
    assert "5 shorter: silence added at the end." in dataset.notes
    names = sorted(p.name for p in folder.iterdir())
    x = dataset.take(torch.arange(6))[..., 0]
    assert x[names.index("long.wav")].numpy() == pytest.approx(sine(500, 0.4), abs=1 / 32768)
    short = x[names.index("short.flac")].numpy()
    assert short[:400] == pytest.approx(sine(500, 0.05), abs=1 / 32768) and not short[400:].any()


def test_the_default_length_covers_95_percent(tmp_path):
    for k in range(20):
        save(tmp_path / f"{k:02}.wav", sine(500, 0.5 if k == 7 else 0.1))
    dataset = read(tmp_path, sound="wave")
    assert dataset.event.shape == (800, 1) and "1 longer: cut." in dataset.notes
    assert read(tmp_path, sound="wave", seconds=0.02).event.shape == (160, 1)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_every_width_of_a_sample(tmp_path, subtype):
    for k in range(3):
        save(tmp_path / f"{k}.wav", sine(300), subtype=subtype)
    x = read(tmp_path, sound="wave").take(torch.arange(1))[0, :, 0].numpy()
    assert np.abs(x - sine(300)).max() <= (1 / 127 if subtype == "PCM_U8" else 1 / 32768)


def test_stereo_is_averaged_and_rates_are_brought_together(folder):
    both = np.stack([sine(500), sine(700)], 1)
    save(folder / "stereo.wav", both)
    save(folder / "quick.wav", sine(500, rate=16000), rate=16000)
    dataset = read(folder, sound="wave")
    assert "1 in several channels: averaged." in dataset.notes
    assert "1 at another rate: resampled to 8,000 a second." in dataset.notes
    quick, stereo = dataset.take(torch.tensor([4, 5]))[..., 0].numpy()
    assert stereo == pytest.approx(both.mean(1), abs=2 / 32768)
    assert quick[50:-50] == pytest.approx(sine(500)[50:-50], abs=2e-3), "the same tone, but for the ends"


def test_resampling_removes_what_the_new_rate_cannot_hold():
    assert np.abs(resampled(sine(6000, rate=16000), 16000, 8000))[50:-50].max() < 0.01
    assert resampled(np.ones(3), 8000, 8000).tolist() == [1, 1, 1]


def test_labels_are_folders_or_parts_of_names(folder, tmp_path):
    assert read(folder).y is None
    assert read(folder, labels_from_name=1).classes == ("0", "1")
    assert read(folder, labels_from_name=2).classes == ("good",)
    with pytest.raises(UsageError, match=r"no file name has that part: 0_good_0\.wav"):
        read(folder, labels_from_name=4)
    with pytest.raises(UsageError, match="counts from 1"):
        read(folder, labels_from_name=0)
    korean = tmp_path / "소리"
    for k in range(4):
        name = unicodedata.normalize("NFD" if k % 2 else "NFC", f"강아지_{k}.wav")
        save(korean / name, sine(500))
    assert read(unicodedata.normalize("NFD", str(korean)), labels_from_name=1).classes == ("강아지",)


def test_the_pictures_of_a_folder_come_first_unless_asked(folder):
    from PIL import Image

    for k in range(3):
        Image.new("L", (4, 4), k).save(folder / f"{k}.png")
    assert read(folder).event.kind == "image" and read(folder, sound="mel").event.kind == "audio"


# -- what is skipped --------------------------------------------------------------------------------------------------


def broken(folder):
    good = (folder / "0_good_0.wav").read_bytes()
    (folder / "cut.wav").write_bytes(good[: len(good) // 2])
    (folder / "empty.wav").write_bytes(b"")
    (folder / "head.wav").write_bytes(good[:44])
    (folder / "text.wav").write_bytes(b"this is no sound at all")
    save(folder / "nan.wav", np.array([0.0, np.nan, 0.5]), subtype="FLOAT")
    (folder / "old.mp3").write_bytes(b"ID3")
    (folder / "none.wav").write_bytes(good[:40] + struct.pack("<I", 0))
    (folder / "link.wav").symlink_to(folder / "0_good_0.wav")
    (folder / "pipe.wav").unlink(missing_ok=True)
    os.mkfifo(folder / "pipe.wav")
    save(folder / "whole.flac", sine(500, 3.0))
    whole = (folder / "whole.flac").read_bytes()
    (folder / "cut.flac").write_bytes(whole[: len(whole) // 2])
    (folder / "whole.flac").unlink()


def test_bad_files_are_skipped_and_listed(folder):
    broken(folder)
    dataset = read(folder, sound="wave")
    assert len(dataset) == 4 and dataset.event.shape == (800, 1)
    said = next(note for note in dataset.notes if note.startswith("Skipped"))
    for text in (
        "cut.flac (damaged",
        "cut.wav (damaged: cut short)",
        "empty.wav (empty)",
        "link.wav (a link; links are not followed)",
        "nan.wav (values that are NaN or infinite)",
        "none.wav (",
        "old.mp3 (no WAV or FLAC recording: it starts with 49 44 33)",
        "pipe.wav (no plain file)",
        "text.wav (no WAV or FLAC recording: it starts with 74 68 69 73)",
    ):
        assert text in said
    with pytest.raises(DataError, match="Mend or remove them"):
        read(folder, strict=True)


def test_nothing_to_read_is_an_error(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"no recording in .* can be read. Skipped 1 file: a.wav"):
        read(tmp_path)
    with pytest.raises(DataError, match="no recording"):
        read(tmp_path / "a.wav")


def test_a_file_that_claims_too_much_is_damaged(folder):
    save(folder / "liar.flac", sine(500))
    content = bytearray((folder / "liar.flac").read_bytes())
    content[21:26] = bytes([content[21] | 0x0F, 0xFF, 0xFF, 0xFF, 0xFF])  # 2^36 - 1 samples, says its head
    (folder / "liar.flac").write_bytes(bytes(content))
    assert any("liar.flac (damaged: cut short)" in note for note in read(folder).notes)


def test_what_does_not_fit_into_memory_is_refused(folder, monkeypatch):
    monkeypatch.setattr(walk, "LARGEST", 4 * 800 * 2 - 1)
    with pytest.raises(DataError, match=r"4 recordings of 0\.1 seconds take 0 GiB"):
        read(folder, sound="wave")


def test_only_what_is_taken_is_decoded(folder, monkeypatch):
    save(folder / "hour.flac", np.zeros(RATE * 600, np.int16))
    seen = []
    blocks = soundfile.SoundFile.blocks
    spied = lambda self, *a, **k: seen.append(k["frames"]) or blocks(self, *a, **k)  # noqa: E731
    monkeypatch.setattr(soundfile.SoundFile, "blocks", spied)
    read(folder, seconds=0.1)
    assert max(seen) <= 0.2 * RATE


def test_without_soundfile_the_error_says_what_to_install(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "soundfile", None)
    with pytest.raises(DataError, match=r'pip install "jamjae\[audio\]"'):
        read(folder)


@pytest.mark.parametrize(
    ("options", "match"),
    [({"rate": 10}, "1,000 to 768,000"), ({"seconds": 0}, "positive"), ({"size": 8}, "`size` is for folders of pict")],
)
def test_options_without_meaning_are_refused(folder, options, match):
    with pytest.raises(UsageError, match=match):
        read(folder, sound="mel", **options)
    with pytest.raises(UsageError, match="`sound` is for recordings"):
        read("digits", sound="mel")


# -- spectrograms -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000])
@pytest.mark.parametrize("f", [200, 700, 2500])
def test_a_sine_is_loudest_in_the_band_it_lies_in(rate, f):
    form = Mel(Take(rate, rate // 4))
    x = form.values(sine(f, 0.25, rate))[0]
    highest = 2595 * np.log10(1 + rate / 2 / 700)
    tops = 700 * (10 ** (np.linspace(0, highest, form.mels + 2) / 2595) - 1)
    found = int(x[len(x) // 2].argmax())
    slack = rate / form.n_fft  # the width of a frequency of the transform
    assert tops[found] - slack <= f <= tops[found + 2] + slack
    assert (form.triangles.sum(1) > 0).all(), "a band without a frequency"


def test_a_full_sine_at_the_top_of_a_band_is_about_0_decibels():
    form = Mel(Take(8000, 4000))
    row = form.triangles[20]
    f = float(row.argmax()) * 8000 / form.n_fft
    x = form.values(sine(f, 0.5, height=1.0))[0, 30, 20]
    inside = 10 * np.log10(
        float(row[int(row.argmax()) - 1 : int(row.argmax()) + 2] @ torch.tensor([0.25, 1, 0.25]).double())
    )
    assert x == pytest.approx(inside, abs=0.05)


def test_parseval_the_window_spreads_energy_evenly():
    """With a Hann window and a hop of a quarter, sum_t |X_t|^2 = N (3/8) (4) sum |x|^2 over two-sided spectra."""
    x = torch.randn(1, 4096, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    x[:, :256] = x[:, -256:] = 0  # silence at the ends: every sample is under four windows
    power = spectrum(x, torch.hann_window(256, dtype=torch.float64), 64).abs().square().sum(2)[0]
    both = 2 * power.sum() - power[0] - power[-1]
    assert both.item() == pytest.approx(256 * (3 / 8) * 4 * x.square().sum().item(), rel=1e-9)


def test_the_transform_has_an_inverse():
    x = torch.randn(3, 1001, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    window = torch.hann_window(128, dtype=torch.float64)
    torch.testing.assert_close(waveform(spectrum(x, window, 32), window, 32, 1001), x)


def test_griffin_lim_comes_nearer_with_every_step():
    x = torch.from_numpy(sine(440, 0.2) + sine(900, 0.2))[None]
    window = torch.hann_window(256, dtype=torch.float64)
    wanted = spectrum(x, window, 64).abs()
    away = [(spectrum(griffin_lim(wanted, window, 64, 1600, s), window, 64).abs() - wanted).norm() for s in (0, 5, 60)]
    assert away[0] > away[1] > away[2] and away[2] < 0.1 * wanted.norm()


def test_powers_behind_bands_are_found_where_they_can_be():
    form = Mel(Take(8000, 800))
    powers = torch.rand(2, form.n_fft // 2 + 1, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    found = behind(form.triangles, form.triangles @ powers)
    assert (found >= 0).all()
    torch.testing.assert_close(form.triangles @ found, form.triangles @ powers, rtol=0.02, atol=0.02)


def test_there_and_back_the_spectrogram_is_nearly_the_same():
    form = Mel(Take(8000, 4000))
    x = form.values(sine(300, 0.5) * np.linspace(1, 0.1, 4000) + sine(1200, 0.5, height=0.2))
    again = form.values(form.readable(x))
    loud = x > -40
    assert np.sqrt(np.square(again - x)[loud].mean()) < 4  # dB
    assert form.readable(np.full((1, *form.shape), -80.0)).any() == False  # noqa: E712 - silence is silent


def test_forms_are_saved_and_revived():
    for form in (Mel(Take(16000, 5000)), Wave(Take(8000, 10))):
        again = revive(json.loads(json.dumps(form.spec())))
        assert type(again) is type(form) and again.spec() == form.spec() and again.event == form.event
    for wrong in ({"rate": 0}, {"samples": "9"}, {"hop": True}):
        with pytest.raises(Damaged, match="positive whole number"):
            revive({**Mel(Take(8000, 100)).spec(), **wrong})


def test_arrays_of_waveforms():
    waves = np.stack([sine(500 + k) for k in range(5)])
    dataset = read(waves, sound="wave", rate=8000)
    assert dataset.event == Event((800, 1), "audio", -1.0, 1.0)
    assert np.array_equal(dataset.x[..., 0].numpy(), pcm(waves))
    assert read(waves, rate=8000).event.shape == Mel(Take(8000, 800)).shape
    for source, match in ((3 * waves, "Divide by the largest"), (waves[None], r"\(n, samples\)")):
        with pytest.raises(DataError, match=match):
            read(source, rate=8000)
    with pytest.raises(UsageError, match="`rate` is needed"):
        read(waves, sound="mel")


def test_lines_say_what_is_heard():
    assert Mel(Take(8000, 800)).lines(Mel(Take(8000, 800)).values(sine(1000)))[0].startswith("0.10 s of sound, loudest")
    assert Wave(Take(8000, 800)).lines(np.full((1, 800, 1), 0.1)) == ["0.10 s of sound, -20 dB on average"]


# -- verbs ------------------------------------------------------------------------------------------------------------


def test_the_run_knows_its_form_and_labels(run):
    assert run.spec["data"]["form"]["kind"] == "mel" and run.form.take == Take(8000, 800)
    assert run.classes == ("낮음", "높음") and run.spec["model"]["encoder"]["name"] == "temporal"
    assert jj.load(run.folder).dataset.fingerprint == run.dataset.fingerprint


def test_new_recordings_of_any_rate_and_length_are_encoded(run, tmp_path):
    save(tmp_path / "new" / "a.wav", sine(400, 0.3, 16000), 16000)
    save(tmp_path / "new" / "b.wav", sine(400, 0.02))
    assert run.encode(tmp_path / "new").shape == (2, 2) and run.encode(tmp_path / "new" / "a.wav").shape == (1, 2)
    assert run.encode(sine(400, 0.1)).shape == (1, 2)
    x = run.form.values(sine(400, 0.1))
    assert np.array_equal(run.encode(x), run.encode(sine(400, 0.1)))
    restored = run.reconstruct(tmp_path / "new" / "b.wav")
    assert restored.shape == (1, *run.form.shape)


def heard(path):
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        return file.getnframes()


def test_the_command_line_writes_recordings(run, tmp_path, capsys):
    one = save(tmp_path / "a.wav", sine(400, 0.1))
    name = str(run.folder)
    assert main(["reconstruct", name, str(one), "-o", str(tmp_path / "out.wav")]) == 0
    assert heard(tmp_path / "out.wav") == 800
    assert main(["sample", name, "3"]) == 0
    assert heard(run.folder / "samples.wav") == 3 * 800 + 2 * 2000, "with pauses between them"
    assert main(["sample", name, "3", "-o", str(tmp_path / "three")]) == 0
    assert [heard(p) for p in sorted((tmp_path / "three").iterdir())] == [800] * 3
    assert (
        main(["sample", name, "3", "-o", str(tmp_path / "three")]) == 2 and "must not exist" in capsys.readouterr().err
    )
    assert main(["interpolate", name, "0", "1", "--steps", "4", "-o", str(tmp_path / "way.png")]) == 0
    assert main(["reconstruct", name, "-o", str(tmp_path / "pairs.png")]) == 0
    assert main(["check", run.spec["data"]["source"], "--seconds", "0.1"]) == 0
    assert "audio of 13 x 48" in capsys.readouterr().out


def test_everything_is_measured_or_has_a_reason(run):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = run.evaluate(["elbo", "reconstruction", "knn", "kid", "memorisation", "continuity"], samples=5, limit=8)
    assert all(m.value is not None or m.reason for m in found.values())
    assert found["reconstruction"].value is not None and found["elbo"].value is not None


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_every_metric_is_measured_or_has_a_reason(run):
    found = run.evaluate(full=True, samples=5, limit=8)
    assert all(m.value is not None or m.reason for m in found.values())


@pytest.mark.filterwarnings("ignore")
def test_the_report_can_be_heard(run, tmp_path):
    page = run.report(tmp_path / "report.html", samples=5, limit=8).read_text(encoding="utf-8")
    assert "media-src data:" in page and page.count("<audio ") == 15
    assert page.count('class="sheet"') >= 4, "spectrograms are pictures, not curves"
    assert "a recording of 13 × 48 values" in page and "low tones are below" in page
    from jamjae.report.translation import missing

    assert missing(page, "ko") == []


def test_a_report_has_room_for_so_much_sound():
    from jamjae.report.sounds import ROOM, clips

    for seconds, count in ((0.1, 5), (ROOM / 16000 / 3 / 2, 2), (ROOM / 16000, 0)):
        form = Wave(Take(8000, round(8000 * seconds)))
        x = np.zeros((9, *form.shape), np.float32)
        assert len(clips(form, {"samples": x}).get("samples", ())) == count


def test_the_explorer_plays_codes_and_examples(run):
    shown = Shown(run)
    shown.__dict__["why_not_local"] = "not asked: the graphs take long"
    about = json.loads(shown.get("about", {}).body)
    assert about["sound"] and about["event"]["low"] < about["event"]["high"]
    for asked in ({"z": [0.0, 0.0]}, {"row": 0}):
        answer = shown.call("sound", asked)
        assert answer.media == "audio/wav" and heard_bytes(answer.body) == 800
    for wrong in ({"row": 10**6}, {"z": [1.0]}):
        with pytest.raises(UsageError):
            shown.call("sound", wrong)


def heard_bytes(content):
    with wave.open(io.BytesIO(content)) as file:
        return file.getnframes()


def test_recordings_are_found_by_their_bytes(tmp_path):
    for k in range(3):
        save(tmp_path / "x" / f"{k}.flac", sine(500)).rename(tmp_path / "x" / f"{k}.wav")
    assert len(read(tmp_path / "x")) == 3
    assert recordings.load(tmp_path / "x" / "0.wav").name == "0"
