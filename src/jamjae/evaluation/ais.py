"""Annealed importance sampling: the tightest bound on log p(x), with a certificate on data made by the model."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.distributions import constraints
from torch.utils.flop_counter import FlopCounterMode

from ..core.errors import Undefined
from .base import Measurement, Subject, metric, normal
from .base.annealing import LEAPS, Annealing, log_mean

WORK = 2e12  # multiplications and additions that the chains may take
BACK = 3  # a gradient costs as much as three evaluations
LADDER = ((100, 10), (100, 5), (100, 2), (50, 2), (20, 2), (20, 1))  # test examples, chains of each
MADE = 20  # examples made by the model
ENOUGH, FEWEST = 500, 20  # temperatures
DRAWS, PER_CALL = 1000, 50  # of the importance-weighted bound
WIDE, APART = 1.0, "not converged: on data made by the model the bounds are {:.1f} nats apart"


@metric(title="How well it predicts new examples (annealed bound)", unit="nats", full=True, better="higher")
def ais(subject: Subject) -> Measurement:
    r"""Mean over test examples of a lower bound on log p(x) that does not trust the encoder, in nats per example.

        AIS(x) = log (1/C) sum_c prod_t p(x | z_{t-1})^{b_t - b_{t-1}},   z_0 ~ p(z)

    Chains move from the prior to the posterior through T temperatures b_t, by Hamiltonian Monte Carlo; the size of the
    steps comes from short chains of their own, which aim at an acceptance of 0.65. On 20 examples made by the model,
    whose posterior has one exact draw each, chains in the opposite direction give an upper bound as well: `gap`, upper
    minus lower, says what the chains miss. The budget follows from the size of the model: 100 examples, 10 chains and
    as many temperatures as `samples` (1,000), or fewer, and `details` say how many. Interval: over test examples.
    Baseline: the importance-weighted bound on the same examples; `above` is the difference to it. Flagged where the gap
    is above 1 nat.

    Cost: about 10^12 multiplications and additions, or less: a minute on one core.

    Failure modes: a lower bound, not log p(x). The gap is measured where data are as the model makes them; real
    examples may be harder. Undefined without a density or a continuous code.

    Reference:
        Wu, Burda, Salakhutdinov and Grosse (2017), On the quantitative analysis of decoder-based generative models.
        https://arxiv.org/abs/1611.04273;
        Grosse, Ghahramani and Adams (2015), Sandwiching the marginal likelihood using bidirectional Monte Carlo.
        https://arxiv.org/abs/1511.02543
    """
    needs_density(subject)
    plan = budget(subject)
    x, y = subject.x[: plan.examples], None if subject.y is None else subject.y[: plan.examples]
    below = torch.cat([lower(chains, plan, steps(chains, plan)) for chains in grouped(subject, x, y, plan)])
    weighed, bound = torch.cat([importance(subject, *part) for part in subject.batches(x, y, plan.rows)]), below[:, 0]
    gap = certificate(subject, plan)
    return Measurement(
        value=bound.mean().item(),
        interval=normal(bound),
        n=len(bound),
        baseline=weighed.mean().item(),
        baseline_name="importance-weighted bound",
        flag=APART.format(gap.mean().item()) if gap.mean() > WIDE else "",
        details={
            "chains": plan.chains,
            "temperatures": plan.temperatures,
            "leaps": LEAPS,
            "acceptance": below[:, 1].mean().item(),
            "made": len(gap),
            **spread("gap", gap),
            **spread("above", bound - weighed),
        },
    )


def spread(name: str, values: Tensor) -> dict[str, object]:
    """Mean of values (n,) and its interval, by name."""
    return {name: values.mean().item(), f"{name}_interval": list(normal(values))}


def needs_density(subject: Subject) -> None:
    """Raise `Undefined` where p(x) has no meaning or its chains nowhere to move."""
    subject.needs_likelihood()
    if subject.model.posterior is None:
        raise Undefined("this model only generates: it has no likelihood")
    if subject.certain:
        raise Undefined("a code without chance has no density, so this model has no likelihood")
    if subject.model.prior.support is not constraints.real:
        raise Undefined("the latent space is not continuous, so a chain cannot move in small steps")


@dataclass(frozen=True)
class Plan:
    """How much is spent: examples, chains of each, temperatures, and examples at a time."""

    examples: int
    chains: int
    temperatures: int
    rows: int


def budget(subject: Subject) -> Plan:
    """The first plan of the ladder that affords enough temperatures; the last one with as many as it affords."""
    work, most = BACK * LEAPS * operations(subject), subject.samples
    for examples, chains in LADDER:
        examples = min(examples, len(subject.x))
        rows = (examples + MADE) * pilots(chains) / 4 + (examples + 2 * MADE) * chains
        affordable = int(WORK / (work * rows))
        if affordable >= min(most, ENOUGH):
            break
    return Plan(examples, chains, max(1, min(most, max(FEWEST, affordable))), max(1, subject.rows // chains))


def pilots(chains: int) -> int:
    """Chains from which the size of the steps is learned."""
    return min(2, chains)


def operations(subject: Subject) -> int:
    """Multiplications and additions of log p(x, z) for one example."""
    x, y = next(subject.batches(subject.x[:2], None if subject.y is None else subject.y[:2], 2))
    z = subject.model.encode(x, y).sample()
    prior = subject.model.latent(y)
    with FlopCounterMode(display=False) as counter:
        subject.model.log_joint(x, z, y, prior)
    return max(20_000, counter.get_total_flops() // len(x))  # small ones cost what calling them costs


def grouped(subject: Subject, x: Tensor, y: Tensor | None, plan: Plan) -> Iterator[Annealing]:
    """The chains of as many examples at a time as fit."""
    return (annealing(subject, *part, plan) for part in subject.batches(x, y, plan.rows))


def annealing(subject: Subject, x: Tensor, y: Tensor | None, plan: Plan) -> Annealing:
    """The chains of examples x (B, *E), with steps as wide as the encoder's posterior."""
    width = subject.model.encode(x, y).sample(torch.Size((64,))).std(0).clamp(min=1e-4)
    return Annealing(subject.model, x, y, width, plan.temperatures)


def steps(chains: Annealing, plan: Plan) -> Tensor:
    """The size of the steps at every temperature, (T + 1, B)."""
    return chains.tuned(pilots(plan.chains), max(1, plan.temperatures // 4))


def lower(chains: Annealing, plan: Plan, sizes: Tensor) -> Tensor:
    """The lower bound of every example, and the acceptance, (B, 2)."""
    log_w, taken = chains.weights(chains.start(plan.chains), sizes)
    bound = log_mean(log_w)
    return torch.stack([bound, torch.full_like(bound, taken)], 1)


def importance(subject: Subject, x: Tensor, y: Tensor | None) -> Tensor:
    """The importance-weighted bound of examples x (B, *E), (B,)."""
    calls = max(1, min(DRAWS, subject.samples) // PER_CALL)
    count = min(PER_CALL, subject.samples)
    q = subject.model.encode(x, y)
    log_w = torch.cat([subject.model.log_weights(x, count, y, q).cpu().double() for _ in range(calls)])
    return log_mean(log_w)


def certificate(subject: Subject, plan: Plan) -> Tensor:
    """Upper minus lower bound on examples that the model made, (MADE,)."""
    z, y = subject.model.draw(MADE)
    x = subject.model.decode(z, y).sample()
    gaps = []
    for i in range(0, MADE, plan.rows):
        part = slice(i, i + plan.rows)
        chains = annealing(subject, x[part], None if y is None else y[part], plan)
        sizes = steps(chains, plan)
        gaps.append(upper(chains, z[part], plan, sizes) - lower(chains, plan, sizes)[:, 0])
    return torch.cat(gaps)


def upper(chains: Annealing, z: Tensor, plan: Plan, sizes: Tensor) -> Tensor:
    """The upper bound of every example, (B,), given an exact draw z (B, *L) of its posterior."""
    log_w, _ = chains.weights(z.expand(plan.chains, *z.shape), sizes, backwards=True)
    return -log_mean(-log_w)
