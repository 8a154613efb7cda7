"""Folders of pictures: digits in a folder per class, and photographs cut into tiles; fit, encode, sample.

python examples/pictures.py            a few minutes
python examples/pictures.py --smoke    seconds
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits, load_sample_images

import jamjae as jj

smoke = "--smoke" in sys.argv
where = Path(tempfile.mkdtemp() if smoke else "pictures-example")


def write_digits(folder: Path) -> None:
    """Folder / class / number.png, 8 x 8 grey pixels."""
    digits = load_digits()
    for k, (x, y) in enumerate(zip(digits.images, digits.target, strict=True)):
        path = folder / str(y) / f"{k:04}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray((x * 255 / 16).astype(np.uint8)).save(path)


def write_tiles(folder: Path, side: int = 20) -> None:
    """Folder / number.jpg, tiles of the two photographs that come with scikit-learn, none over another."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, photo in zip(("temple", "flower"), load_sample_images().images, strict=True):
        for row in range(0, photo.shape[0] - side + 1, side):
            for column in range(0, photo.shape[1] - side + 1, side):
                tile = photo[row : row + side, column : column + side]
                Image.fromarray(tile).save(folder / f"{name}-{row:03}-{column:03}.jpg", quality=95)


write_digits(where / "digits")
write_tiles(where / "tiles")

runs = where / "runs"
told = jj.fit("vae", where / "digits", condition="label", latent=4, epochs=1 if smoke else 100, runs=runs)
print(jj.check(where / "tiles", size=16))
tiles = jj.fit("vae", where / "tiles", size=16, latent=16, epochs=1 if smoke else 100, runs=runs)

for run in (told, tiles):
    print(f"\n{run.folder}: {' '.join(run.dataset.notes)}")
    print(f"  {run.evaluate(['elbo'])['elbo']}")  # nats per example

one = min((where / "digits" / "7").iterdir())
print(f"\nthe code of {one.name}, told that it is a 7: {told.encode(one, labels=['7']).round(2)}")
print(f"three sevens: {told.sample(3, label='7').shape}; tiles: {tiles.sample(3).shape}")
print(f"codes of all tiles: {tiles.encode(where / 'tiles').shape}")
