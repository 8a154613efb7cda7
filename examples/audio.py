"""Recordings: fit a VAE on spoken digits (or on tones, where they are not at hand), encode, restore, sample, listen.

python examples/audio.py            minutes, on $JAMJAE_DATA/spoken-digits/{digit}_{speaker}_{n}.wav
python examples/audio.py --smoke    seconds, on tones

The recordings are the Free Spoken Digit Dataset, https://github.com/Jakobovski/free-spoken-digit-dataset.
"""

import os
import sys
import tempfile
import wave
from pathlib import Path

import numpy as np

import jamjae as jj

smoke = "--smoke" in sys.argv
where = Path(tempfile.mkdtemp() if smoke else "audio-example")
spoken = Path(os.environ.get("JAMJAE_DATA", "")) / "spoken-digits"


def write_tones(folder: Path, rate: int = 8000) -> Path:
    """{pitch}_{n}.wav: a sin(2 pi f t) exp(-6 t) for 0.25 s, f = 220, 440 or 880 Hz, a from 0.1 to 0.9."""
    folder.mkdir(parents=True, exist_ok=True)
    t = np.arange(rate // 4) / rate
    for pitch in (220, 440, 880):
        for n, loud in enumerate(np.linspace(0.1, 0.9, 10)):
            tone = loud * np.sin(2 * np.pi * pitch * t) * np.exp(-6 * t)
            with wave.open(str(folder / f"{pitch}_{n}.wav"), "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(rate)
                file.writeframes((tone * 32767).astype("<i2").tobytes())
    return folder


data = write_tones(where / "tones") if smoke or not spoken.is_dir() else spoken
options = {"labels_from_name": 1, "runs": where / "runs"}
print(jj.check(data, epochs=1, **options))
run = jj.fit("vae", data, latent=2 if smoke else 16, epochs=1 if smoke else None, **options)

print(f"\n{run.folder}")
for name, measurement in run.evaluate(["elbo", "reconstruction", "knn"]).items():
    print(f"  {name}: {measurement}")
one = min(data.glob("*.wav"))
print(f"the code of {one.name}: {run.encode(one).round(2)}")
sounds = run.form.readable(run.sample(3))  # waveforms (3, samples) in [-1, 1]
print(f"three samples: {sounds.shape[1] / run.form.take.rate:.2f} s each")
for name, x in (("samples", run.sample(3)), ("restored", run.reconstruct(one))):
    path = where / f"{name}.wav"
    path.write_bytes(run.form.content(x))
    print(f"listen: {path}")
