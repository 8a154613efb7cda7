"""Faults to plant: the classic mistakes of this field, each in one line of the source."""

from dataclasses import dataclass

DIVERGENCE = "tests/oracles/test_oracles_divergence.py"
LIKELIHOOD = "tests/oracles/test_oracles_likelihood.py"
BOUNDS = "tests/oracles/test_oracles_bounds.py"
GRADIENTS = "tests/oracles/test_oracles_gradients.py"
INVARIANCE = "tests/oracles/test_oracles_invariance.py"
METRICS = "tests/test_evaluation_metrics.py"
CONTRACT = "tests/test_evaluation_contract.py"


@dataclass(frozen=True)
class Mutation:
    """`old`, which occurs once in `file`, becomes `new`; `tests` is the file that must notice."""

    name: str
    file: str
    old: str
    new: str
    tests: str


PRODUCT = "core/product.py"
KL = "core/divergence.py"
POSTERIOR = "posteriors/gaussian.py"
BITS = "likelihoods/_bernoulli_cells.py"
IWAE = "objectives/iwae.py"
ELBO = "objectives/elbo.py"
MODEL = "models/latent.py"
STREAM = "evaluation/iwae.py"

PLANTED = [
    Mutation("mean for sum over the cells", PRODUCT, ".sum(-1) if self.ndim", ".mean(-1) if self.ndim", LIKELIHOOD),
    Mutation(
        "forgotten 2 pi",
        PRODUCT,
        "            return self.base.log_prob(x)\n",
        "            return self.base.log_prob(x) + 0.9189385332046727\n",
        LIKELIHOOD,
    ),
    Mutation(
        "mean for a draw",
        PRODUCT,
        "return self.base.rsample(torch.Size(sample_shape))",
        "return self.base.mean.expand(*sample_shape, *self.base.mean.shape)",
        GRADIENTS,
    ),
    Mutation("missing half in the KL", KL, "return 0.5 * (ratio + distance", "return (ratio + distance", DIVERGENCE),
    Mutation("sigma not squared in the KL", KL, "(q.scale / p.scale).square()\n", "(q.scale / p.scale)\n", DIVERGENCE),
    Mutation("swapped KL arguments", KL, "formula(q.base, p.base)", "formula(p.base, q.base)", DIVERGENCE),
    Mutation(
        "wrong sign of the exact KL", KL, "(ratio + distance - 1 - ratio.log())", "(1 - ratio - distance)", BOUNDS
    ),
    Mutation("wrong sign of the drawn KL", KL, "log_q - p.log_prob(z) if", "p.log_prob(z) - log_q if", DIVERGENCE),
    Mutation("KL summed over the batch", KL, "return q.summed(per_axis)", "return per_axis.sum()", INVARIANCE),
    Mutation("gradient lost in the draw", KL, "z = q.rsample(shape) if q.has_rsample else", "z =", GRADIENTS),
    Mutation("missing half in the full KL", KL, "found: Tensor = 0.5 * (spread", "found: Tensor = (spread", DIVERGENCE),
    Mutation("swapped log-determinants", KL, "+ logdet(tril) - logdet(q.scale_tril)", "- logdet(tril)", DIVERGENCE),
    Mutation(
        "log-variance read as log-sigma",
        POSTERIOR,
        "(log_variance.clamp(-self.clamp, self.clamp) / 2).exp()",
        "log_variance.clamp(-self.clamp, self.clamp).exp()",
        BOUNDS,
    ),
    Mutation(
        "sigma without square root",
        "likelihoods/base.py",
        "sigma, lowest = (self.log_variance / 2).exp()",
        "sigma, lowest = self.log_variance.exp()",
        LIKELIHOOD,
    ),
    Mutation("softplus left out of the cross-entropy", BITS, "linear.sum(-1) - softplus", "linear.sum(-1)", LIKELIHOOD),
    Mutation("grey cells read as ones", BITS, ".sub_(positive)", ".sub_(positive * x)", LIKELIHOOD),
    Mutation("denormal guard too early", BITS, "clamp_(min=-40)", "clamp_(min=-4)", LIKELIHOOD),
    Mutation(
        "mixture scale halved", "priors/mixture.py", "self.log_scale.exp()", "(self.log_scale / 2).exp()", DIVERGENCE
    ),
    Mutation(
        "beta on the distortion",
        ELBO,
        "            distortion=-p.log_prob(batch.target),\n            rate",
        "            distortion=-self.beta * p.log_prob(batch.target),\n            rate",
        BOUNDS,
    ),
    Mutation("beta forgotten", ELBO, "rate=self.beta * self.schedule", "rate=self.schedule", BOUNDS),
    Mutation(
        "minimum for maximum in free bits",
        ELBO,
        "torch.where(per_axis.mean(0) > self.free_bits",
        "torch.where(per_axis.mean(0) < self.free_bits",
        BOUNDS,
    ),
    Mutation(
        "loss summed over the batch", "objectives/base.py", "part.mean() for part", "part.sum() for part", INVARIANCE
    ),
    Mutation("IWAE without log K", IWAE, ".logsumexp(0) - math.log(self.samples)", ".logsumexp(0)", BOUNDS),
    Mutation(
        "IWAE as a weighted mean of log w",
        IWAE,
        "bound = (log_p - kl).logsumexp(0) - math.log(self.samples)",
        "bound = ((log_p - kl).softmax(0).detach() * (log_p - kl)).sum(0)",
        BOUNDS,
    ),
    Mutation("joint without the prior", MODEL, ".log_prob(x) + p.log_prob(z)", ".log_prob(x)", BOUNDS),
    Mutation(
        "wrong sign of log q", MODEL, "self.log_joint(x, z, y) - log_q", "self.log_joint(x, z, y) + log_q", BOUNDS
    ),
    Mutation(
        "stream without log K", STREAM, "return self.log_sum - math.log(self.count)", "return self.log_sum", BOUNDS
    ),
    Mutation(
        "stream keeps the larger part",
        STREAM,
        "log_sum.logaddexp(self.log_sum)",
        "log_sum.maximum(self.log_sum)",
        BOUNDS,
    ),
    Mutation("effective size without square", STREAM, "(2 * self.log_sum -", "(self.log_sum -", BOUNDS),
    Mutation(
        "evaluation adds the rate",
        "evaluation/elbo.py",
        "-subject.distortions - subject.rates",
        "-subject.distortions + subject.rates",
        METRICS,
    ),
    Mutation(
        "interval without root n",
        "evaluation/base/measurement.py",
        "/ math.sqrt(len(values))",
        "/ len(values)",
        METRICS,
    ),
    Mutation(
        "evaluation in training mode",
        "evaluation/base/subject.py",
        "    model.eval()\n",
        "    model.train()\n",
        CONTRACT,
    ),
    Mutation(
        "active by deviation",
        "evaluation/active_units.py",
        "means.var(0) > THRESHOLD",
        "means.std(0) > THRESHOLD",
        METRICS,
    ),
    Mutation("principal axes around zero", "core/pca.py", "    rows = centred(rows, mean)\n", "", METRICS),
    Mutation(
        "principal variances over n - 1", "core/pca.py", ".square() / len(rows)", ".square() / (len(rows) - 1)", METRICS
    ),
]
