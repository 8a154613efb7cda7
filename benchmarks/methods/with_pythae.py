"""pythae: its trainer, and its estimate of log p(x)."""

import math
import tempfile
from typing import Any

import torch
from pythae.data.datasets import BaseDataset
from pythae.models import VAE, VAEConfig
from pythae.models.base.base_utils import ModelOutput
from pythae.models.nn import BaseDecoder, BaseEncoder
from pythae.trainers import BaseTrainer, BaseTrainerConfig
from pythae.trainers.training_callbacks import TrainingCallback
from torch import Tensor, nn

from benchmarks.images import grey
from benchmarks.worker import Gate


class Encoder(BaseEncoder):  # type: ignore[misc]
    """784-400-20."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Sequential(nn.Linear(784, 400), nn.ReLU())
        self.mean, self.log_variance = nn.Linear(400, 20), nn.Linear(400, 20)

    def forward(self, x: Tensor) -> Any:
        h = self.hidden(x)
        return ModelOutput(embedding=self.mean(h), log_covariance=self.log_variance(h))


class Decoder(BaseDecoder):  # type: ignore[misc]
    """20-400-784."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784), nn.Sigmoid())

    def forward(self, z: Tensor) -> Any:
        return ModelOutput(reconstruction=self.layers(z))


def vae(encoder: nn.Module, decoder: nn.Module) -> Any:
    """A VAE with cross-entropy."""
    config = VAEConfig(input_dim=(784,), latent_dim=20, reconstruction_loss="bce")
    return VAE(config, encoder=encoder, decoder=decoder)


class Turns(TrainingCallback):  # type: ignore[misc]
    """Waits at the gate before every epoch."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate

    def on_epoch_begin(self, *_: Any, **__: Any) -> None:
        self.gate.wait()

    def on_log(self, _: Any, logs: dict[str, float], **__: Any) -> None:
        self.gate.facts["loss"] = float(logs["train_epoch_loss"])


def train(gate: Gate, source: str, batch: int = 128) -> None:
    """Epochs of its trainer."""
    x = torch.from_numpy(grey(source))
    with tempfile.TemporaryDirectory() as folder:
        config = BaseTrainerConfig(
            output_dir=folder, per_device_train_batch_size=batch, num_epochs=10**6, learning_rate=1e-3, no_cuda=True
        )
        data = BaseDataset(x, torch.ones(len(x)))
        BaseTrainer(vae(Encoder(), Decoder()), data, training_config=config, callbacks=[Turns(gate)]).train()


class Ours(BaseEncoder):  # type: ignore[misc]
    """jamjae's encoder as pythae wants it."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Any:
        q = self.model.encode(x.reshape(-1, 28, 28, 1))
        return ModelOutput(embedding=q.base.loc, log_covariance=2 * q.base.scale.log())


class OursBack(BaseDecoder):  # type: ignore[misc]
    """jamjae's decoder as pythae wants it."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, z: Tensor) -> Any:
        return ModelOutput(reconstruction=self.model.decode(z).mean.flatten(1))


def nll(gate: Gate, source: str, weights: str, samples: int, batch: int, images: int) -> None:
    """log p(x) of the first images under jamjae's weights in pythae's way, spared the gradients that it would keep."""
    from benchmarks.methods.bounds import examples, loaded

    model = loaded(weights)
    theirs = vae(Ours(model), OursBack(model)).eval()
    x = examples(source, images)
    with torch.no_grad():
        gate.facts["difference"] = difference(model, theirs, x)
        for _ in gate:
            gate.facts["bound"] = float(theirs.get_nll(x.flatten(1), n_samples=samples, batch_size=batch))


def difference(model: Any, theirs: Any, x: Tensor, draws: int = 100) -> float:
    """Largest difference between get_nll and jamjae's bound on the same draws, in nats."""
    q, drawn = model.encode(x), theirs._sample_gauss
    z = q.sample((draws,))
    ours = (model.log_joint(x, z) - q.log_prob(z)).logsumexp(0) - math.log(draws)
    found = []
    for i in range(len(x)):
        theirs._sample_gauss = lambda mean, deviation, i=i: (z[:, i], None)
        found.append(float(theirs.get_nll(x[i : i + 1].flatten(1), n_samples=draws, batch_size=draws)))
    theirs._sample_gauss = drawn
    return (ours - torch.tensor(found)).abs().max().item()
