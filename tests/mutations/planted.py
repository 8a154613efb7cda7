"""Faults to plant: the classic mistakes of this field, each in one line of the source."""

from dataclasses import dataclass

DIVERGENCE = "tests/oracles/test_oracles_divergence.py"
LIKELIHOOD = "tests/oracles/test_oracles_likelihood.py"
BOUNDS = "tests/oracles/test_oracles_bounds.py"
GRADIENTS = "tests/oracles/test_oracles_gradients.py"
INVARIANCE = "tests/oracles/test_oracles_invariance.py"
METRICS = "tests/test_evaluation_metrics.py"
CONTRACT = "tests/test_evaluation_contract.py"
SPLIT_RATE = "tests/oracles/test_oracles_total_correlation.py"
DREG_GRADIENT = "tests/oracles/test_oracles_dreg.py"
MMD_VALUE = "tests/oracles/test_oracles_mmd.py"
CAPACITY_SIDE = "tests/oracles/test_oracles_capacity.py"
PLAYERS = "tests/test_adversarial.py"
GAME = "tests/test_adversarial_oracles.py"
PLAYED = "tests/test_adversarial_training.py"
SEARCH = "tests/test_inversion.py"

GEOMETRY = "tests/test_geometry.py"
QUALITY = "tests/test_sample_quality.py"
HEALTH = "tests/test_posterior_health.py"
FACTORS = "tests/test_disentanglement.py"
GAPS = "tests/test_mig.py"
ANNEALED = "tests/oracles/test_oracles_annealing.py"
COPIES = "tests/test_copies.py"
NEIGHBOURS = "tests/test_clusters.py"
SEEN = "tests/test_extractors.py"
BUDGET = "tests/test_budget.py"

PRIORS = "tests/test_priors_family.py"
POSTERIORS = "tests/test_posteriors_family.py"
MIXTURE = "tests/test_core_mixture.py"
SECURITY = "tests/test_explorer_security.py"
FEW_LABELS = "tests/test_m2.py"
PREDICTED = "tests/test_predict.py"
NEAREST = "tests/test_neighbours.py"


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
FLOW = "core/flow.py"
CHAIN = "core/chain.py"
VAMP = "priors/vamp.py"
BITS_Q = "posteriors/bernoulli.py"
DREG = "objectives/dreg.py"
MMD = "objectives/mmd.py"
SPLIT = "objectives/total_correlation.py"
CAPACITY = "objectives/controlled_capacity.py"
CONTEST = "objectives/base/contest.py"
FACTOR = "objectives/factor.py"
CRITIC = "critics/discriminator.py"
GUARD = "explorer/guard.py"

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
    Mutation(
        "softplus left out of the cross-entropy", BITS, "-positive.sum(-1) - softplus", "-positive.sum(-1)", LIKELIHOOD
    ),
    Mutation("grey cells read as bits", BITS, " or not bits(x)", "", LIKELIHOOD),
    Mutation("denormal guard too early", BITS, "clamp_(min=-40)", "clamp_(min=-4)", LIKELIHOOD),
    Mutation(
        "mixture scale halved", "priors/mixture.py", "self.log_scale.exp()", "(self.log_scale / 2).exp()", DIVERGENCE
    ),
    Mutation(
        "beta on the distortion",
        ELBO,
        "distortion=-self.distortion * p.log_prob(batch.x),\n            rate",
        "distortion=-self.beta * p.log_prob(batch.x),\n            rate",
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
        "loss summed over the batch",
        "objectives/base/objective.py",
        "part.mean() for part",
        "part.sum() for part",
        INVARIANCE,
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
        "core/mode.py",
        "        model.eval()\n",
        "        model.train()\n",
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
    Mutation("weights once, not squared", DREG, "pull(v.square())", "pull(v)", DREG_GRADIENT),
    Mutation("learned prior without gradient", DREG, "(v * (log_p + log_prior))", "(v * log_p)", DREG_GRADIENT),
    Mutation("density of q forgotten in the weights", DREG, "+ log_prior - log_q, (", "+ log_prior, (", DREG_GRADIENT),
    Mutation("a code compared with itself", MMD, "within.sum(1) - within.diagonal()", "within.sum(1)", MMD_VALUE),
    Mutation("codes compared with the prior once", MMD, " - across.mean(0) - across", " - across", MMD_VALUE),
    Mutation("width without the number of axes", "kernels/base.py", ".mean(-1) / 2", ".sum(-1) / 2", MMD_VALUE),
    Mutation("weighted for stratified", SPLIT, "/ (total * (size - 1)))", "/ (total * size))", SPLIT_RATE),
    Mutation("own posterior counted like the others", SPLIT, "(own - others) *", "0 *", SPLIT_RATE),
    Mutation("average over draws, not examples", SPLIT, "z[:, None]", "z[None]", SPLIT_RATE),
    Mutation("rate at most the capacity", CAPACITY, ".detach().sign()", ".detach().clamp(min=0).sign()", CAPACITY_SIDE),
    Mutation("the critic's turn moves the generator", CONTEST, "fake.detach(), context", "fake, context", PLAYERS),
    Mutation("the generator moves at every step", CONTEST, 'else ("critic",)', "else None", PLAYERS),
    Mutation("adversarial term without its weight", CONTEST, "self.weight * fooling", "fooling", PLAYERS),
    Mutation("no power iteration in training", CONTEST, "self.critic.after()", "pass", PLAYED),
    Mutation("no clipping in training", CONTEST, "self.penalty.after(self.critic)", "pass", PLAYED),
    Mutation(
        "a saturating generator", "games/non_saturating.py", "return softplus(-fake)", "return -softplus(fake)", GAME
    ),
    Mutation("smoothing forgotten", "games/base.py", " + self.smoothing * real,", ",", GAME),
    Mutation("accuracy on the wrong side", "games/base.py", "(fake < self.boundary)", "(fake > self.boundary)", GAME),
    Mutation("R1 without its half", "penalties/r1.py", "self.weight / 2 *", "self.weight *", GAME),
    Mutation("R1 at made examples", "penalties/r1.py", "slope(score, real)", "slope(score, fake)", GAME),
    Mutation("penalty at the data", "penalties/gradient_penalty.py", "torch.lerp(fake, real, a)", "real + 0 * a", GAME),
    Mutation(
        "spectral norm halved",
        "critics/_discriminator_spectral.py",
        "weight / torch.dot",
        "0.5 * weight / torch.dot",
        GAME,
    ),
    Mutation("rising instance noise", CRITIC, "(1 - self.fade(step))", "self.fade(step)", PLAYERS),
    Mutation("wrong sign of the total correlation", "games/density_ratio.py", "return -fake", "return fake", PLAYERS),
    Mutation("all axes permuted alike", FACTOR, "columns.gather(0, order)", "columns[order[:, 0]]", PLAYERS),
    Mutation("one half against itself", FACTOR, "permuted(z[half:])", "permuted(z[:half])", PLAYERS),
    Mutation(
        "codes and draws swapped", "objectives/adversarial_autoencoder.py", "drawn(model, batch), z,", "z, z,", PLAYERS
    ),
    Mutation("distance of another sample", "objectives/vae_gan.py", "batch, made[0])", "batch, made[1])", PLAYERS),
    Mutation("the worst of the starts", "models/inversion.py", ".argmin(0)", ".argmax(0)", SEARCH),
    Mutation("codes of any size", "models/inversion.py", " - model.latent(y).log_prob(z)", "", SEARCH),
    Mutation("a flow's draw without its volume", FLOW, "q.base.log_prob(u) - grown", "q.base.log_prob(u)", POSTERIORS),
    Mutation("a flow's volume with the wrong sign", FLOW, ".log_prob(u) + grown", ".log_prob(u) - grown", PRIORS),
    Mutation(
        "the layer drawn first forgotten", CHAIN, "draw(q.other(a))\n", "draw(q.other(a))\n    log_a = 0\n", POSTERIORS
    ),
    Mutation("relaxed bits in evaluation", BITS_Q, " if self.training else 0.0", "", POSTERIORS),
    Mutation("temperature upside down", "core/bits.py", "noisy / self.temp", "noisy * self.temp", POSTERIORS),
    Mutation(
        "pseudo-inputs from one class",
        VAMP,
        "x[torch.randperm(len(x), device=x.device)[",
        "x[torch.arange(len(x))[",
        PRIORS,
    ),
    Mutation("pseudo-inputs out of range", VAMP, "self.pseudo.clamp(*self.bounds)", "self.pseudo", PRIORS),
    Mutation("every class has all regions", "priors/mixture.py", "fill(others, -", "fill(others & False, -", PRIORS),
    Mutation(
        "mixture of Gaussians without the half", "core/mixture.py", "-0.5 / s.square()", "-1 / s.square()", MIXTURE
    ),
    Mutation("log-determinant of a draw with the wrong sign", KL, "log_noise - log", "log_noise + log", POSTERIORS),
    Mutation("codes that keep their own example", "evaluation/shuffle.py", ".flip(1)", "", HEALTH),
    Mutation(
        "information without the average", "evaluation/surgery.py", "own - mixture_density(batches, z)", "own", HEALTH
    ),
    Mutation(
        "holes counted where codes are",
        "evaluation/holes.py",
        "< math.log(TAU)).double() for log_r",
        "> math.log(TAU)).double() for log_r",
        HEALTH,
    ),
    Mutation(
        "a jump is as smooth as a line",
        "evaluation/base/ways.py",
        "(2 * fine - coarse) / coarse",
        "0 * (2 * fine - coarse) / coarse",
        GEOMETRY,
    ),
    Mutation(
        "steady backwards",
        "evaluation/base/ways.py",
        "lead[:, None, :] - lead[:, :, None]",
        "lead[:, :, None] - lead[:, None, :]",
        GEOMETRY,
    ),
    Mutation("arithmetic mean of three", "evaluation/continuity.py", ") ** (1 / 3)", ") ** (1 / 2)", GEOMETRY),
    Mutation(
        "ends among what walks are judged by",
        "evaluation/base/walks.py",
        "else rows[2 * count :]",
        "else rows",
        GEOMETRY,
    ),
    Mutation("null forgotten", "evaluation/completeness.py", "(a - c) / (b - c)", "a / b", GEOMETRY),
    Mutation(
        "columns shuffled alike",
        "evaluation/completeness.py",
        "torch.stack([column[torch.randperm(len(x))] for column in x.T], 1)",
        "x[torch.randperm(len(x))]",
        GEOMETRY,
    ),
    Mutation(
        "balls of outliers",
        "evaluation/base/neighbours.py",
        "found.clamp(max=found.median().item()) if clip else found",
        "found",
        GEOMETRY,
    ),
    Mutation("a row its own neighbour", "evaluation/base/neighbours.py", "kthvalue(k + 1, 1)", "kthvalue(k, 1)", SEEN),
    Mutation("fooled and still judging", "evaluation/base/views.py", "if name not in fooled}", "}", SEEN),
    Mutation("kernel distance with its diagonal", "evaluation/kid.py", ".fill_diagonal_(0.0)", "", QUALITY),
    Mutation(
        "kernel distance without its cross term twice", "evaluation/kid.py", "- 2 * remaining", "- remaining", QUALITY
    ),
    Mutation("covariances added without what they share", "evaluation/frechet.py", "- 2 * shared", "- shared", QUALITY),
    Mutation("judged on what it learned from", "evaluation/c2st.py", "HALVES = 2", "HALVES = 1", QUALITY),
    Mutation(
        "pooled error with one sample only",
        "evaluation/ndb.py",
        "(1 / a.sum() + 1 / b.sum())",
        "(1 / a.sum())",
        QUALITY,
    ),
    Mutation("second best axis forgotten", "evaluation/mig.py", "(best[:, 0] - best[:, 1])", "best[:, 0]", GAPS),
    Mutation("modularity of plain information", "evaluation/modularity.py", "informed.square()", "informed", FACTORS),
    Mutation("entropy in bits", "evaluation/dci.py", ".double().log()", ".double().log2()", FACTORS),
    Mutation(
        "annealing without its steps", "evaluation/base/annealing.py", "abs(b - before) * now", "b * now", ANNEALED
    ),
    Mutation(
        "moves that are always taken",
        "evaluation/base/annealing.py",
        "torch.rand_like(chance) < chance",
        "chance >= 0",
        ANNEALED,
    ),
    Mutation(
        "mean of logarithms",
        "evaluation/base/annealing.py",
        "log_w.logsumexp(0) - math.log(len(log_w))",
        "log_w.mean(0)",
        ANNEALED,
    ),
    Mutation(
        "votes without lots",
        "evaluation/memorisation.py",
        "order = torch.randperm(2 * m)",
        "order = torch.arange(2 * m)",
        COPIES,
    ),
    Mutation("ranks from one", "evaluation/trustworthiness.py", "(rank - k).clamp", "(rank - k + 1).clamp", NEIGHBOURS),
    Mutation("a budget for nobody", "evaluation/base/budget.py", "more * draws if", "more if", BUDGET),
    Mutation("any host name accepted", GUARD, "names[0] not in self.hosts", "False", SECURITY),
    Mutation("the cookie not asked for", GUARD, "not self.known(request), 403, LOCKED", "False, 403, LOCKED", SECURITY),
    Mutation("what arrives not counted", GUARD, "arrived > LARGEST_BODY", "False", SECURITY),
    Mutation(
        "no headers on answers", GUARD, "            MutableHeaders(scope=message).update(HEADERS)\n", "", SECURITY
    ),
    Mutation(
        "M2 without the entropy of q(y | x)", "objectives/m2.py", "(share * log_q).sum(-1), 0.0", "0.0, 0.0", FEW_LABELS
    ),
    Mutation(
        "M2: all classes weigh alike",
        "objectives/m2.py",
        "gone[:, None], log_q.exp()",
        "gone[:, None], 0.1",
        FEW_LABELS,
    ),
    Mutation("M2 rewards wrong classes", "objectives/m2.py", "self.alpha * wrong", "self.alpha * -wrong", FEW_LABELS),
    Mutation(
        "labelled rows are any rows", "training/batches.py", "Order(known, kept", "Order(self.rows, kept", FEW_LABELS
    ),
    Mutation("known labels are guessed, too", "models/told.py", "torch.where(missing(y), best, y)", "best", FEW_LABELS),
    Mutation(
        "heads are judged on what they learned",
        "trial.py",
        'truth = target.known(run, "test")',
        'truth = target.known(run, "train")',
        PREDICTED,
    ),
    Mutation(
        "classes slip where one was not seen",
        "heads.py",
        "fitted.classes_.astype(int)",
        ": len(fitted.classes_)",
        PREDICTED,
    ),
    Mutation("places taken for rows", "neighbourhood.py", "rows.numpy()[places]", "places", NEAREST),
]
