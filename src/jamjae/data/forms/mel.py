r"""Recordings as log-mel spectrograms.

    x_tm = max(10 log10 sum_k W_mk (2 |X_tk| / sum_i w_i)^2, floor)    in dB

X is the short-time Fourier transform under the Hann window w, W holds triangles that are evenly spaced in mel,

    mel(f) = 2595 log10(1 + f / 700),

and a sine of full scale at the top of a triangle is about 0 dB. Rounded to 0.01 dB, so that another machine, whose
arithmetic differs in the last bits, reads the same numbers.
"""

import math
from functools import cached_property
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from ...core.event import Event
from ..phase import griffin_lim, spectrum
from ..sound import PCM, Take
from .sound import Sound, sizes

WINDOW = 0.032  # seconds, about: the power of two nearest to it on a logarithmic scale
BAND = 45.0  # mel from one triangle to the next
MOST = 80  # triangles
FLOOR = -80.0  # dB
LOUDEST = 20.0  # dB: what a model makes beyond it is clipped before it is played
FITS = 100  # steps towards the powers behind a mel spectrum


class Mel(Sound):
    """A recording as its log-mel spectrogram, (frames, mels), in dB.

    Reference:
        Davis and Mermelstein (1980), Comparison of parametric representations for monosyllabic word recognition in
        continuously spoken sentences. https://doi.org/10.1109/TASSP.1980.1163420

    Arguments:
        take: Rate and length.
        n_fft: Samples of the window. If None, a power of two near 32 ms.
        hop: Samples between frames. If None, a quarter of the window.
        mels: Bands. If None, one for 45 mel, at most 80.

    Example:
        >>> form = Mel(Take(8000, 8000))
        >>> form.event.shape, (form.n_fft, form.hop, form.mels)
        ((126, 48), (256, 64, 48))
    """

    kind = "mel"

    def __init__(self, take: Take, n_fft: int | None = None, hop: int | None = None, mels: int | None = None) -> None:
        self.take = take
        self.n_fft = 2 ** round(math.log2(WINDOW * take.rate)) if n_fft is None else n_fft
        self.hop = self.n_fft // 4 if hop is None else hop
        self.mels = min(MOST, round(mel(take.rate / 2) / BAND)) if mels is None else mels

    @property
    def event(self) -> Event:
        return Event((1 + self.take.samples // self.hop, self.mels), "audio")

    def spec(self) -> dict[str, Any]:
        return {**self._spec(), "n_fft": self.n_fft, "hop": self.hop, "mels": self.mels}

    @classmethod
    def of(cls, spec: dict[str, Any]) -> Self:
        rate, samples, *others = sizes(spec, "rate", "samples", "n_fft", "hop", "mels")
        return cls(Take(rate, samples), *others)

    @cached_property
    def window(self) -> Tensor:
        """The Hann window, (n_fft,)."""
        return torch.hann_window(self.n_fft, dtype=torch.float64)

    @cached_property
    def triangles(self) -> Tensor:
        """W (mels, n_fft / 2 + 1): weights of the frequencies in every band, at most 1."""
        tops = hertz(torch.linspace(0, mel(self.take.rate / 2), self.mels + 2, dtype=torch.float64))
        left, top, right = tops[:-2, None], tops[1:-1, None], tops[2:, None]
        f = torch.linspace(0, self.take.rate / 2, self.n_fft // 2 + 1, dtype=torch.float64)
        return torch.minimum((f - left) / (top - left), (right - f) / (right - top)).clamp(min=0)

    def heard(self, waves: np.ndarray) -> np.ndarray:
        spectra = spectrum(torch.from_numpy(waves / PCM), self.window, self.hop).abs() * (2 / self.window.sum())
        powers = (self.triangles @ spectra.square()).transpose(1, 2)
        heights = 10 * powers.clamp(min=10 ** (FLOOR / 10)).log10()
        return heights.mul(100).round().div(100).float().numpy()

    def played(self, x: np.ndarray) -> np.ndarray:
        heights = torch.from_numpy(np.asarray(x, np.float64)).transpose(1, 2).clamp(max=LOUDEST)
        powers = torch.where(heights > FLOOR, 10 ** (heights / 10), 0.0)
        magnitudes = behind(self.triangles, powers).sqrt() * (self.window.sum() / 2)
        return griffin_lim(magnitudes, self.window, self.hop, self.take.samples).float().numpy()

    def described(self) -> str:
        frames, mels = self.shape
        length = f"{self.take.seconds:.3g} s at {self.take.rate:,} Hz"
        return f"log-mel spectrograms of {frames} frames x {mels} bands ({length})"

    def lines(self, x: np.ndarray) -> list[str]:
        tops = hertz(torch.linspace(0, mel(self.take.rate / 2), self.mels + 2))[1:-1].tolist()
        found = []
        for one in x:
            frame, band = np.unravel_index(int(one.argmax()), one.shape)
            where = f"near {tops[band]:,.0f} Hz at {frame * self.hop / self.take.rate:.2f} s"
            found.append(f"{self.take.seconds:.2f} s of sound, loudest {where}: {one.max():.0f} dB")
        return found


def mel(f: float) -> float:
    """A frequency in hertz as mel.

    Example:
        >>> round(mel(1000.0))
        1000
    """
    return 2595 * math.log10(1 + f / 700)


def hertz(m: Tensor) -> Tensor:
    """The inverse of `mel`."""
    return 700 * (10 ** (m / 2595) - 1)


def behind(triangles: Tensor, bands: Tensor) -> Tensor:
    r"""Powers s >= 0 (n, bins, frames) behind the powers b = W s of bands (n, mels, frames), by least squares.

        s <- s * (W' b) / (W' W s)

    Reference:
        Lee and Seung (2000), Algorithms for non-negative matrix factorization.
        https://papers.nips.cc/paper/1861-algorithms-for-non-negative-matrix-factorization

    Example:
        >>> triangles = torch.tensor([[1.0, 0.5, 0.0], [0.0, 0.5, 1.0]])
        >>> (triangles @ behind(triangles, torch.tensor([[[3.0], [1.0]]])))[0, :, 0].round(decimals=3).tolist()
        [3.0, 1.0]
    """
    wanted, both = triangles.T @ bands, triangles.T @ triangles
    found = wanted.clone()
    for _ in range(FITS):
        found = found * wanted / (both @ found).clamp(min=1e-30)
    return found
