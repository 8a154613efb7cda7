"""Short-time Fourier transforms, and the way back where only the magnitudes are known."""

import torch
from torch import Tensor

MOMENTUM = 0.99
STEPS = 60


def spectrum(wave: Tensor, window: Tensor, hop: int) -> Tensor:
    """Waveforms (n, samples) as complex spectra (n, len(window) / 2 + 1, frames), frames = 1 + samples // hop.

    Frame t is centred at sample t * hop; there is silence beyond both ends.
    """
    return torch.stft(wave, len(window), hop, window=window, center=True, pad_mode="constant", return_complex=True)


def waveform(spectra: Tensor, window: Tensor, hop: int, samples: int) -> Tensor:
    """Waveforms (n, samples) whose spectra are nearest to the given ones in squared error.

    Example:
        >>> wave, window = torch.sin(torch.arange(500.0, dtype=torch.float64))[None], torch.hann_window(64).double()
        >>> back = waveform(spectrum(wave, window, 16), window, 16, 500)
        >>> bool((back - wave).abs().max() < 1e-6)
        True
    """
    return torch.istft(spectra, len(window), hop, window=window, center=True, length=samples)


def griffin_lim(magnitude: Tensor, window: Tensor, hop: int, samples: int, steps: int = STEPS) -> Tensor:
    """Waveforms (n, samples) whose spectra have about these magnitudes (n, bins, frames).

    The phases are guessed: they start at random, the same for every waveform, and are again and again replaced by those
    of the spectra that a waveform with the present ones has.

    Reference:
        Griffin and Lim (1984), Signal estimation from modified short-time Fourier transform.
        https://doi.org/10.1109/TASSP.1984.1164317;
        Perraudin, Balazs and Sondergaard (2013), A fast Griffin-Lim algorithm.
        https://doi.org/10.1109/WASPAA.2013.6701851

    Arguments:
        magnitude: Of the spectra, >= 0.
        window: Of the transform.
        hop: Samples between frames.
        samples: Length of the waveforms.
        steps: How often; 0 leaves the random phases.
    """
    random = torch.Generator().manual_seed(0)
    turn = torch.rand(magnitude.shape[1:], generator=random, dtype=magnitude.dtype)
    phase = torch.polar(torch.ones_like(turn), 2 * torch.pi * turn).expand(magnitude.shape)
    before = torch.zeros_like(phase)
    for _ in range(steps):
        now = spectrum(waveform(magnitude * phase, window, hop, samples), window, hop)
        phase = now - MOMENTUM / (1 + MOMENTUM) * before
        phase = phase / phase.abs().clamp(min=1e-16)
        before = now
    return waveform(magnitude * phase, window, hop, samples)
