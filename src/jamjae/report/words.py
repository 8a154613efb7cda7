"""What the numbers and terms of a report mean, and what they do not show, in plain words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """`means`: what the number says. `limits`: what it does not say."""

    means: str
    limits: str = ""


METRICS: dict[str, Words] = {
    "elbo": Words(
        "How well the model predicts examples it has never seen: reconstruction minus the cost of the code, as a "
        "lower bound on "
        "log p(x). Higher is better.",
        "It is a bound, not the likelihood itself, and it says nothing about how good the samples look.",
    ),
    "iwae": Words(
        "The same prediction with a tighter bound: many codes are drawn per example and weighed by how well they "
        "explain it.",
        "It is still a lower bound. What it gains over the ELBO is at least part of what the encoder's guess costs.",
    ),
    "rate": Words(
        "How much the code tells about an example beyond what the prior already knew. Near 0 the decoder ignores the "
        "code.",
        "More is not better: a higher rate buys a better reconstruction and makes the prior's own codes less typical.",
    ),
    "distortion": Words(
        "What is left to describe once the code is known: the negative log-likelihood of the reconstruction. Lower is "
        "closer.",
        "Its zero point depends on the likelihood and on the scale of the data; compare it only where both are equal.",
    ),
    "kl_per_axis": Words(
        "How many axes of the code still say something: the KL of the others is below 0.01 nats for nearly every "
        "example. The "
        "picture of the information per axis shows each.",
        "An axis has no meaning of its own: another run may share the same information differently.",
    ),
    "active_units": Words(
        "How many axes of the code move noticeably from example to example.",
        "Unused axes are no fault: the KL switches off what it does not need.",
    ),
    "reconstruction": Words(
        "How far reconstructions are from unseen examples, per value. The yardstick is principal component analysis "
        "(PCA) with "
        "equally many numbers: the best that straight lines can do.",
        "A small error says nothing about new samples: a model can copy well and generate badly.",
    ),
    "knn": Words(
        "How often the 15 nearest training codes vote for the right class, although no label was used in training.",
        "It measures neighbourhoods in the code, not separate clusters, and not understanding.",
    ),
    "mig": Words(
        "The true factors of these data are known. For each, how much more one axis of the code tells of it than any "
        "other axis does; 1 is an axis for every factor.",
        "Another seed can give quite another value: compare means over several. A factor told by two axes together "
        "counts as nothing.",
    ),
    "modes": Words(
        "The data are narrow heaps of points in known places. A heap counts as hit if at least 20 of 2,500 samples lie "
        "within three standard deviations of its centre.",
        "Samples beside a heap do not count, however many: the share of samples inside tells of them.",
    ),
    "high_quality": Words(
        "How many samples lie inside one of the heaps, within three standard deviations of its centre.",
        "A model that makes one point well has every sample inside: read it beside the number of heaps hit.",
    ),
    "classes": Words(
        "A classifier that learned from labelled examples says what each sample shows. A class counts if it comes up "
        "at least a fifth as often as in the data. Fewer than all is called mode collapse.",
        "The classifier names a class for anything, noise included, and has errors of its own.",
    ),
    "confidence": Words(
        "How sure the same classifier is of what a sample shows, beside how sure it is of unseen examples.",
        "It can be sure of nonsense, and one clear picture made over and over is named with confidence, too.",
    ),
    "diversity": Words(
        "How far two samples are from each other, beside two unseen examples: 1 is as varied as the data. Below one "
        "half, samples are far too alike.",
        "Noise is varied as well, and blurred samples are a little more alike than sharp ones without any fault.",
    ),
}

TERMS: dict[str, str] = {
    "loss": "what training makes small: the sum of the terms that follow",
    "distortion": "the reconstruction error −log p(x\u00a0|\u2060\u00a0z): squared error, cross-entropy, ...",
    "rate": "the price of the code, β\u00a0·\u00a0KL(q(z\u00a0|\u2060\u00a0x)\u00a0‖\u00a0p(z)), as it enters the loss",
    "kl": "the same KL before it is weighed by β: how far codes lie from the prior",
    "bound": "the negative importance-weighted bound; with one sample it is the negative ELBO",
    "elbo": "the lower bound on log p(x), minus distortion minus kl; higher is better",
}

TERMS |= {
    "real": "what the critic pays for taking real examples for made ones",
    "fake": "what the critic pays for taking made examples for real ones",
    "penalty": "what keeps the critic from becoming too sure",
    "fooling": "what it costs to be found out by the critic",
    "total_correlation": "how far the axes of the code are from independent, as the critic sees it",
    "distance": "between examples and reconstructions, in the features of the critic",
    "accuracy_real": "the share of real examples that the critic takes for real",
    "accuracy_fake": "the share of made examples that the critic takes for made",
    "codes": "how surprising the codes are to the prior that learns them",
    "contractive": "what the encoder pays for its slope",
    "sparse": "what axes pay that are active too often, or too seldom",
    "l1": "what codes pay for being away from 0",
    "commitment": "what the encoder pays for being away from the entries of the book",
    "perplexity": "how many entries of the book are in use, each counted by its share",
    "used": "the share of the book that is chosen at all in a batch",
    "diversity": "how far samples are from each other, beside examples: 1 is as varied as the data, 0 all alike",
    "modes": "how many modes of the data are hit: samples within three standard deviations",
    "modes_near": "how many modes of the data have samples near them",
}

NATS = (
    "distortion",
    "rate",
    "kl",
    "bound",
    "elbo",
    "total_correlation",
    "codes",
)  # of every player; other terms have units of their own


def unit(player: str, term: str) -> str:
    """The unit of a term: what a likelihood or a divergence says is in nats, what a critic says need not be."""
    return "nats per example" if term in NATS or (not player and term == "loss") else ""


LIKELIHOODS: dict[str, str] = {
    "bernoulli": "each cell is black or white with its own probability; known as binary cross-entropy",
    "continuous-bernoulli": "each cell is a shade of grey between 0 and 1",
    "gaussian": "each cell is a number with normal noise around the reconstruction; known as squared error",
    "categorical": "each cell is one of a few categories; known as cross-entropy",
}

POSTERIORS: dict[str, str] = {
    "delta": "one point per example",
    "gaussian": "a mean and a standard deviation per axis",
    "vq": "an entry of a learned book at every position",
}

PRIORS: dict[str, str] = {
    "gaussian": "a standard normal cloud",
    "mixture": "several normal clouds",
    "codes": "each number is predicted from those before it",
}

CONDITIONS: dict[str, str] = {
    "label": "encoder, decoder and prior are told the class or the number of the example",
}

BINARISED: dict[str, str] = {
    "none": "values are used as they are",
    "threshold": "every value above one half counts as 1, the others as 0",
    "stochastic": "each value is the probability of a 1, and is drawn afresh every time the example is used",
}

LIMITS: tuple[str, ...] = (
    "The intervals are over test examples, for one training run. Another seed gives another model; a difference "
    "between models "
    "needs several seeds and paired intervals that stay clear of zero.",
    "A bound on the likelihood and the look of the samples are separate questions: each can be good while the other "
    "is bad.",
    "Numbers in nats can be compared only between models that see the same data, in the same scale, under the same "
    "likelihood.",
    "An axis of the code has no name. If a traversal looks like “slant” or “thickness”, that is a reading of the "
    "picture, not a measured fact about causes.",
    "Groups on the latent map are a picture of one projection, not proof of clusters.",
    "Flat loss curves do not prove that training is finished; they only stopped moving.",
    "Nothing here tests whether the model has stored training examples. Do not read the report as a statement about "
    "privacy.",
    "The likelihood of a strange input may be high: it is no detector of unfamiliar data.",
)
