"""What the numbers and terms of a report mean, and what they do not show, in plain words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """`means`: what the number says. `limits`: what it does not say."""

    means: str
    limits: str = ""


METRICS: dict[str, Words] = {
    "generalisation": Words(
        "How much better the model predicts examples that it was trained on than new ones. Near 0, what it learned "
        "holds for both.",
        "Every model knows what it has seen a little better. It is learning by heart where a large share of what was "
        "learned is missing for new examples.",
    ),
    "support": Words(
        "The share of examples with values that the likelihood cannot generate, such as grey where it knows 0 and 1. "
        "It should be 0: otherwise nothing called a likelihood is one.",
        "Values that are possible may still be on the wrong scale.",
    ),
    "elbo": Words(
        "How well the model predicts examples it has never seen: reconstruction minus the cost of the code, as a "
        "lower bound on "
        "log p(x). Higher is better. Beside it stands the simplest fit: every cell on its own, by its average over the "
        "training examples, without any code.",
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
    "shuffle": Words(
        "How much worse an example is described by the code of another example than by its own. If it makes no "
        "difference, the decoder ignores the code.",
        "It does not say how much the code tells, only that some of it is used.",
    ),
    "surgery": Words(
        "The part of the information in the code that tells examples apart. The rest is only the distance of all codes "
        "together from the prior.",
        "It cannot exceed the logarithm of the number of examples: near that it says “at least”, and no more.",
    ),
    "aggregate": Words(
        "How well a classifier tells the codes of examples from draws of the prior: 0.5 is not at all, 1 is always. "
        "Sampling uses draws of the prior, so the two should be alike.",
        "A value of 0.5 means that this classifier found no difference. A code that says nothing passes, too.",
    ),
    "holes": Words(
        "The share of what the prior draws that lies where codes of examples are rare, ten times rarer than the prior "
        "says. What is sampled there, the decoder has hardly been trained on.",
        "Gaps between many narrow clusters go unseen where a code has many axes.",
    ),
    "amortisation": Words(
        "What the prediction of an example gains when its code is searched for, instead of read off the encoder. "
        "Where it is large, the encoder is what holds the model back.",
        "From 100 examples, and the search may stop short of the best code.",
    ),
    "ais": Words(
        "The prediction of new examples once more, by chains that walk from the prior to the codes of an example and "
        "do not trust the encoder. The tightest of the three bounds.",
        "From 100 examples at most, so its interval is wide: the difference to the bound beside it is for the same "
        "examples. How far it may be off is measured only on data made by the model.",
    ),
    "reconstruction": Words(
        "How far reconstructions are from unseen examples, per value. The yardstick is principal component analysis "
        "(PCA) with "
        "equally many numbers: the best that straight lines can do.",
        "A small error says nothing about new samples: a model can copy well and generate badly.",
    ),
    "accuracy": Words(
        "How many of the categories of an unseen example are the same after the way through the code; of text, how "
        "many tokens stand at the same place again. The yardstick is to name the most frequent one everywhere.",
        "A sentence of the same meaning in other words counts as wrong, and after one token too many all others do.",
    ),
    "knn": Words(
        "How often the 15 nearest training codes vote for the right class, although no label was used in training.",
        "It measures neighbourhoods in the code, not separate clusters, and not understanding.",
    ),
    "probe": Words(
        "How often a straight line through the codes names the right class: a logistic regression learns it on the "
        "training codes.",
        "Classes on two sides of a line need not be clusters, and a code may know a class along a curve.",
    ),
    "clusters": Words(
        "The codes are put into as many clusters as there are classes, without a look at the labels: 1 if the clusters "
        "are the classes, 0 if they agree by chance.",
        "Classes may be told apart without any gap between them, and one class may be several clusters.",
    ),
    "trustworthiness": Words(
        "Whether the 15 nearest codes belong to examples that are near in the data: 1 is a faithful map, 0.5 a random "
        "one.",
        "Near in the data means alike pixel by pixel, which is not always alike to the eye.",
    ),
    "mig": Words(
        "The true factors of these data are known. For each, how much more one axis of the code tells of it than any "
        "other axis does; 1 is an axis for every factor.",
        "Another seed can give quite another value: compare means over several. A factor told by two axes together "
        "counts as nothing.",
    ),
    "sap": Words(
        "For each true factor, how much better one axis of the code predicts it along a straight line than any other "
        "axis does.",
        "An axis that tells a factor along a curve scores low. Compare means over several seeds.",
    ),
    "modularity": Words(
        "Whether each axis of the code tells of one true factor only: 1 is an axis without a second one.",
        "Several axes may tell of the same factor, and a factor may be told by none.",
    ),
    "dci": Words(
        "Whether each axis of the code matters for one true factor only, when small decision trees predict the factors "
        "from all axes.",
        "What matters is what these trees use. Factors that the code leaves out weigh as much as the others.",
    ),
    "factor_score": Words(
        "Examples are grouped that have one true factor in common. How often the axis that keeps stillest within a "
        "group tells which factor it is.",
        "It can be perfect although axes mix factors, as long as each factor has an axis that it moves most.",
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
    "completeness": Words(
        "How often a code drawn from the prior decodes to something that lies where examples lie: 0 is what shuffled "
        "values reach, 1 what real examples do.",
        "One good picture made over and over has 1: read it beside the coverage.",
    ),
    "continuity": Words(
        "What lies between two examples: whether the way from one code to the other decodes without jumps, leads "
        "steadily from one to the other, and stays where examples lie.",
        "It does not ask whether draws from the prior are any good, nor whether everything in the data is reached.",
    ),
    "kid": Words(
        "How far samples are from unseen examples, compared by features of them, not value by value. Training examples "
        "in place of the samples show what can be reached.",
        "The features are not those of other programs, so it compares with numbers of this one only.",
    ),
    "frechet": Words(
        "The same, if the features of both were bell-shaped clouds. It is never 0: only what lies above the value of "
        "training examples says something.",
        "It depends on the number of examples and on the features; it is not the FID of the papers.",
    ),
    "coverage": Words(
        "How much of the variety of the data the samples reach; 1 is as much as other real examples do.",
        "It does not say how good a sample is: noise around real examples reaches them, too.",
    ),
    "density": Words(
        "Whether samples lie where examples are many; 1 is as much so as for other real examples.",
        "One typical picture made over and over is dense. Read it beside the coverage.",
    ),
    "c2st": Words(
        "How well a classifier, trained for this, tells samples from unseen examples: one half is guessing, 1 is "
        "always right.",
        "A detail that nobody sees can be enough to be always right.",
    ),
    "marginals": Words(
        "How far the columns of samples are from those of unseen examples, one column at a time: 0 is the same, 1 has"
        " nothing in common.",
        "Every column can be right while the rows make no sense: read it beside the pairs.",
    ),
    "pairs": Words(
        "How differently columns go together in samples and in unseen examples: the mean difference of their "
        "correlations.",
        "Correlations are straight lines between two columns; what takes three columns to see is not in them.",
    ),
    "utility": Words(
        "How well a prediction that was learned from samples holds for real examples, beside the same learned from "
        "real ones.",
        "It is about this one prediction. Rows that serve it well may be wrong in every other way.",
    ),
    "ndb": Words(
        "The data are cut into up to 100 places. In how many of them samples are clearly more or fewer than the data; "
        "chance alone makes 5 %.",
        "It says where samples are, not whether they are good.",
    ),
    "birthday": Words(
        "How many different samples the model makes, at least, told from how often two of them are nearly the same, as "
        "one does with birthdays.",
        "Without repeated samples it only says that this many were not enough to find one.",
    ),
    "memorisation": Words(
        "How often a sample is nearer to a training example than to equally many examples that the model never saw. "
        "One half is what a model does that copies nothing, 1 is copies only.",
        "A few copies stay unseen, and so do copies of examples that were not compared: it never shows that there are "
        "none.",
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
    "mutual_information": "how much codes tell examples apart: their mutual information, as it enters the loss",
    "axes": "how far single axes of all codes lie from the prior, as it enters the loss",
    "capacity": "the number of nats that the rate is held at",
    "divergence": "how far all codes together lie from the prior: an MMD, as it enters the loss",
    "mmd": "the same MMD before it is weighed",
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
    "mutual_information",
    "total_correlation",
    "axes",
    "capacity",
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
    "autoregressive": "each token given the code and those before it; known as cross-entropy",
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
