"""The loop of PyTorch's VAE example: DataLoader, Adam, summed cross-entropy on probabilities, `.item()` every step."""

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.images import grey
from benchmarks.worker import Gate


class VAE(nn.Module):
    """784-400-20, or two convolutions down and two up with the same number of axes."""

    def __init__(self, conv: bool) -> None:
        super().__init__()
        self.encoder, self.decoder = convolutions() if conv else layers()

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        mean, log_variance = self.encoder(x).chunk(2, -1)
        z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
        return torch.sigmoid(self.decoder(z)), mean, log_variance


def layers() -> tuple[nn.Module, nn.Module]:
    """Encoder and decoder of 784-400-20."""
    return (
        nn.Sequential(nn.Linear(784, 400), nn.ReLU(), nn.Linear(400, 40)),
        nn.Sequential(nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784)),
    )


def convolutions() -> tuple[nn.Module, nn.Module]:
    """Encoder and decoder with 32 and 64 channels."""
    down = [nn.Conv2d(1, 32, 3, 2, 1), nn.ReLU(), nn.Conv2d(32, 64, 3, 2, 1), nn.ReLU()]
    up = [nn.ReLU(), nn.ConvTranspose2d(64, 32, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(32, 1, 4, 2, 1)]
    return (
        nn.Sequential(nn.Unflatten(1, (1, 28, 28)), *down, nn.Flatten(), nn.Linear(3136, 40)),
        nn.Sequential(nn.Linear(20, 3136), nn.Unflatten(1, (64, 7, 7)), *up, nn.Flatten()),
    )


def train(gate: Gate, source: str, batch: int = 128, conv: bool = False) -> None:
    """Epochs of the example."""
    data = DataLoader(TensorDataset(torch.from_numpy(grey(source))), batch_size=batch, shuffle=True)
    model = VAE(conv)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    for _ in gate:
        total = 0.0
        for (x,) in data:
            optimiser.zero_grad()
            y, mean, log_variance = model(x)
            rate = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
            loss = binary_cross_entropy(y, x, reduction="sum") + rate
            loss.backward()
            total += loss.item()
            optimiser.step()
        gate.facts["loss"] = total / len(data.dataset)
