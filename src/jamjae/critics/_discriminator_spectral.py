"""The largest singular value of every weight of a network, by power iteration."""

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

START = 20  # iterations before the first step; afterwards one after every step keeps up with the weights


class Spectral(nn.Module):
    r"""W / sigma(W) for every weight matrix W, with sigma = u' W v; a kernel is a matrix (outputs, everything else).

    u and v are state, and they only move in `advance`: computing the weights changes nothing, however often a step
    needs them. The gradient flows through W, not through u and v.

    Reference:
        Miyato et al. (2018), Spectral normalization for generative adversarial networks.
        https://arxiv.org/abs/1802.05957

    Arguments:
        network: Whose weights are meant; it is not kept.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        for name, weight in matrices(network).items():
            rows, columns = weight.shape
            self.register_buffer(f"u_{flat(name)}", normalize(torch.randn(rows), dim=0))
            self.register_buffer(f"v_{flat(name)}", normalize(torch.randn(columns), dim=0))
        self.advance(network, START)

    def pair(self, name: str) -> tuple[Tensor, Tensor]:
        """The left and the right singular vector of a weight, as far as they are known."""
        return self.get_buffer(f"u_{flat(name)}"), self.get_buffer(f"v_{flat(name)}")

    def forward(self, network: nn.Module) -> dict[str, Tensor]:
        """The weights by name, divided."""
        found = {}
        for name, weight in network.named_parameters():
            if weight.ndim > 1:
                u, v = self.pair(name)
                found[name] = weight / torch.dot(u, weight.flatten(1) @ v).clamp(min=1e-12)
        return found

    @torch.no_grad()
    def advance(self, network: nn.Module, times: int = 1) -> None:
        """Power iterations with the present weights."""
        for name, weight in matrices(network).items():
            u, v = self.pair(name)
            for _ in range(times):
                v.copy_(normalize(weight.T @ u, dim=0))
                u.copy_(normalize(weight @ v, dim=0))


def matrices(network: nn.Module) -> dict[str, Tensor]:
    """The weights of a network as matrices."""
    return {name: p.flatten(1) for name, p in network.named_parameters() if p.ndim > 1}


def flat(name: str) -> str:
    """The name of a parameter as that of a buffer."""
    return name.replace(".", "_")
