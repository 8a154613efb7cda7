"""What the numbers of pythae are, on a model whose log p(x) is known: x = W z + noise, with z and noise N(0, I)."""

import math
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.peers.base import Found

SIZE, LATENT = 6, 2


def linear(kind: str, **options: Any) -> tuple[Any, Tensor, Tensor]:
    """A model with the decoder W and the prior for its posterior; 2,000 examples of its own; their exact log p(x). W is
    the decoder's `w`."""
    import pythae.models as models
    from pythae.models.base.base_utils import ModelOutput
    from pythae.models.nn import BaseDecoder, BaseEncoder

    torch.manual_seed(0)
    w = torch.randn(SIZE, LATENT)

    class Encoder(BaseEncoder):  # type: ignore[misc]
        def forward(self, x: Tensor) -> Any:
            return ModelOutput(embedding=x.new_zeros(len(x), LATENT), log_covariance=x.new_zeros(len(x), LATENT))

    class Decoder(BaseDecoder):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.w = nn.Parameter(w)

        def forward(self, z: Tensor) -> Any:
            return ModelOutput(reconstruction=z @ self.w.T)

    config = getattr(models, f"{kind}Config")(input_dim=(SIZE,), latent_dim=LATENT, **options)
    model = getattr(models, kind)(config, encoder=Encoder(), decoder=Decoder()).eval()
    x = torch.randn(2000, LATENT) @ w.T + torch.randn(2000, SIZE)
    exact = torch.distributions.MultivariateNormal(torch.zeros(SIZE), w @ w.T + torch.eye(SIZE)).log_prob(x)
    return model, x, exact


def iwae_value() -> Found:
    """The loss that `IWAE` logs is not minus the importance-weighted bound but always smaller, so that it can promise
    more than log p(x) itself, which no bound does. Its gradient is the bound's."""
    model, x, exact = linear("IWAE", number_samples=10)
    drawn: list[Tensor] = []
    draw = model._sample_gauss
    model._sample_gauss = lambda *given: drawn.append((z := draw(*given))[0]) or z
    constant = SIZE / 2 * math.log(2 * math.pi)
    loss, w, z = model({"data": x}).loss, model.decoder.w, drawn[0]
    weights = -0.5 * (x[:, None] - model.decoder(z).reconstruction).square().sum(-1) - constant
    bound = (weights.logsumexp(1) - math.log(10)).mean()
    slopes = [torch.autograd.grad(value, w)[0] for value in (-loss, bound)]
    said, bounded, known = -float(loss) - constant, float(bound), float(exact.mean())
    figures = f"minus the loss {said:.2f}, the bound on the same draws {bounded:.2f}, exact log p(x) {known:.2f} nats"
    figures += f"; their gradients differ by {float((slopes[0] - slopes[1]).abs().max()):.0e}"
    return Found(bounded < known < said and torch.allclose(*slopes, atol=1e-4), figures)


def nll_draws() -> Found:
    """`get_nll` does not take the number of samples that it is asked for: fewer than `batch_size` become `batch_size`,
    more are rounded down to a multiple of it."""
    model, x, _ = linear("VAE")
    drawn: list[int] = []
    draw = model._sample_gauss
    model._sample_gauss = lambda mean, deviation: (drawn.append(len(mean)), draw(mean, deviation))[1]
    used = {}
    for asked in (1, 50, 150, 250):
        drawn.clear()
        model.get_nll(x[:1], n_samples=asked, batch_size=100)
        used[asked] = sum(drawn)
    return Found(all(a != u for a, u in used.items()), ", ".join(f"asked {a}, drew {u}" for a, u in used.items()))


def nll_sign() -> Found:
    """`get_nll` returns the estimate of log p(x), not of its negative as its name and docstring say; the estimate is
    right."""
    model, x, exact = linear("VAE")
    torch.manual_seed(1)
    said, known = float(model.get_nll(x[:200], n_samples=1000, batch_size=1000)), float(exact[:200].mean())
    return Found(abs(said - known) < 0.05, f"get_nll {said:.2f}, exact log p(x) {known:.2f} nats")


def random_codes() -> Found:
    """`embed`, `reconstruct` and `interpolate` of a VAE in evaluation mode draw a code, so that two calls differ;
    `predict` gives the mean."""
    model, x, _ = linear("VAE")
    ends = (x[:5], x[5:10])
    calls = {
        "embed": lambda: model.embed(x),
        "reconstruct": lambda: model.reconstruct(x),
        "interpolate": lambda: model.interpolate(*ends),
        "predict": lambda: model.predict(x).embedding,
    }
    apart = {name: float((call() - call()).abs().max()) for name, call in calls.items()}
    figures = "largest difference of two calls: " + ", ".join(f"{name} {value:.2g}" for name, value in apart.items())
    return Found(apart.pop("predict") == 0 and min(apart.values()) > 0.1, figures)


def scales() -> Found:
    """The reconstruction term is on two scales: `AE`, `WAE_MMD` and `RAE_L2` sum squared errors, the VAEs half of
    them, so that a weight beside it means another thing."""
    import pythae.models as models
    from pythae.models.base.base_utils import ModelOutput

    found = {}
    for kind in ("AE", "WAE_MMD", "RAE_L2", "VAE", "IWAE", "VAMP"):
        config = getattr(models, f"{kind}Config", None) or getattr(models, f"{kind}_Config")
        model = getattr(models, kind)(config(input_dim=(1, SIZE), latent_dim=LATENT))
        model.decoder.forward = lambda z: ModelOutput(reconstruction=torch.zeros(len(z), 1, SIZE))
        out = model({"data": torch.ones(4, 1, SIZE)}, epoch=1)
        found[kind] = float(out["loss"] if kind == "AE" else out["recon_loss"])
    figures = f"{SIZE} pixels off by 1: " + ", ".join(f"{name} {value:g}" for name, value in found.items())
    doubled = {name for name, value in found.items() if value == SIZE}
    halved = {name for name, value in found.items() if value == SIZE / 2}
    return Found(doubled == {"AE", "WAE_MMD", "RAE_L2"} and halved == {"VAE", "IWAE", "VAMP"}, figures)
