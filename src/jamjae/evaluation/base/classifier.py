"""A classifier of a labelled data set: it tells what a model's samples show, so that classes can be counted.

It is trained once per data set, on labelled examples outside the test split, and kept in the cache as plain numbers.
Samples never take part: no model is judged by itself.
"""

import warnings
from dataclasses import dataclass, replace
from hashlib import sha256
from math import ceil
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor
from torch.nn.functional import pad

from ...core.errors import Damaged, JamjaeError, Undefined
from ...core.event import Event
from ...core.files import translated, write_bytes
from ...core.seeds import isolated
from ...data.dataset import Dataset
from ...data.fetch import cache_folder
from .features import Tensors, features, learn

FORMAT = 1  # of what is kept: another number is another classifier
MOST = 60_000  # examples to train on
STEPS, BATCH = 2400, 200
SOME = 10_000  # examples that averages are taken of
LEAST = 0.9  # accuracy on test examples below which nothing is counted
CHUNK = 250  # examples whose patches are held at a time


@dataclass(frozen=True)
class Classifier:
    """From examples to classes: features, a hidden layer of 64 units, a softmax.

    Where every channel has a class of its own (`Dataset.channel_classes`), each channel is looked at by itself.

    Arguments:
        tensors: What was learned: filters, averages, weights, the class of every output, and the accuracy.
        event: What one example is.
        channel_classes: K where every channel has one of K classes, otherwise 0.
    """

    tensors: Tensors
    event: Event
    channel_classes: int = 0

    @property
    def accuracy(self) -> float:
        """Share of the labelled test examples whose class it names."""
        return self.tensors["accuracy"].item()

    @property
    def looked_at(self) -> Event:
        """What is classified at once: an example, or one of its channels."""
        return replace(self.event, shape=(*self.event.shape[:-1], 1)) if self.channel_classes else self.event

    def apart(self, x: Tensor) -> Tensor:
        """Examples (n, *event) as what is looked at, one after the other."""
        return x.movedim(-1, 1).flatten(0, 1)[..., None] if self.channel_classes else x

    def digits(self, y: Tensor) -> Tensor:
        """Labels (n,) of examples as labels of what is looked at."""
        return (y[:, None] // self.places % self.channel_classes).flatten() if self.channel_classes else y

    @property
    def places(self) -> Tensor:
        """What the class of each channel counts, (C,)."""
        return self.channel_classes ** torch.arange(self.event.shape[-1]).flip(0)

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The class of every example (n, *event) before binarisation, and the probability it is given, (n,) each."""
        found = [self.most_likely(self.apart(part)) for part in x.split(CHUNK)]
        y, p = (torch.cat(v) for v in zip(*found, strict=True))
        if self.channel_classes:
            return y.reshape(len(x), -1) @ self.places, p.reshape(len(x), -1).prod(1)
        return y, p

    def most_likely(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Class and probability of what is looked at."""
        t = self.tensors
        h = self._layer(x) @ t["weight1"] + t["bias1"]
        p, k = (pad(h, (1, 0)) if h.shape[1] == 1 else h).softmax(1).max(1)  # of two classes, one has the score 0
        return t["classes"][k], p

    def hidden(self, x: Tensor) -> Tensor:
        """The hidden layer of examples (n, *event), 64 numbers for each thing that is looked at."""
        return self._layer(self.apart(x)).reshape(len(x), -1)

    def _layer(self, x: Tensor) -> Tensor:
        t = self.tensors
        h = (features(self.looked_at, x, t) - t["shift"]) / t["scale"]
        return (h @ t["weight0"] + t["bias0"]).relu()


def classifier(dataset: Dataset) -> Classifier:
    """The classifier of a data set, from the cache or trained now (MNIST takes about 20 seconds on one core).

    Raises:
        Undefined: Without classes, or where it is right for less than 90 % of the test examples.
    """
    check(dataset)
    path = place(dataset)
    tensors = kept(path) if path is not None else None
    if tensors is None:
        with isolated("classifier"):
            tensors = train(dataset)
        if path is not None:
            keep(path, tensors)
    found = Classifier(tensors, dataset.event, dataset.channel_classes)
    if found.accuracy < LEAST:
        raise Undefined(
            f"a classifier of this data names the right class of only {found.accuracy:.0%} of the test examples; to "
            f"count classes among samples, it takes {LEAST:.0%}"
        )
    return found


def check(dataset: Dataset) -> None:
    """Refuse data in which there is nothing to tell apart.

    Raises:
        Undefined: With what is missing.
    """
    if dataset.y is None or dataset.y.is_floating_point():
        raise Undefined("the data has no classes")
    for split in ("train", "test"):
        if len(labelled(dataset, split)[1].unique()) < 2:
            raise Undefined(f"the {split} split does not have labels of two classes")


def labelled(dataset: Dataset, *splits: str) -> tuple[Tensor, Tensor]:
    """Row numbers with a class, rising, and the classes."""
    assert dataset.y is not None
    rows = torch.cat([dataset.rows(split).cpu() for split in splits]).sort().values
    y = dataset.y.cpu()[rows]
    return rows[y >= 0], y[y >= 0]


def train(dataset: Dataset) -> Tensors:
    """Everything that is learned, and the accuracy; draws from torch's generator."""
    blank = Classifier({}, dataset.event, dataset.channel_classes)
    rows, y = labelled(dataset, "train", "validation")
    some = torch.randperm(len(rows))[: MOST // (dataset.event.shape[-1] if dataset.channel_classes else 1)]
    rows, y = rows[some], y[some]

    def looked_at(rows: Tensor) -> Tensor:
        return blank.apart(dataset.scaled(rows).cpu())

    tensors = learn(blank.looked_at, looked_at(rows[:SOME]))
    h = torch.cat([features(blank.looked_at, looked_at(part), tensors) for part in rows.split(CHUNK)])
    tensors |= {"shift": h.mean(0), "scale": h.std(0) + 0.01}
    tensors |= network(h.sub_(tensors["shift"]).div_(tensors["scale"]), blank.digits(y))
    return tensors | {"accuracy": tested(replace(blank, tensors=tensors), dataset)}


def network(h: Tensor, y: Tensor) -> Tensors:
    """The weights above features h (n, F) that tell the classes y (n,) apart, and the class of every output."""
    from sklearn.exceptions import ConvergenceWarning  # slow to import, and needed here only
    from sklearn.neural_network import MLPClassifier

    size = min(BATCH, len(h))
    passes = min(ceil(STEPS * BATCH / len(h)), 200)
    made = MLPClassifier((64,), batch_size=size, learning_rate_init=5e-4, max_iter=passes, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the number of passes is meant
        made.fit(h.numpy(), y.numpy())
    found = {"classes": torch.from_numpy(made.classes_).long()}
    for n, (weight, bias) in enumerate(zip(made.coefs_, made.intercepts_, strict=True)):
        found |= {f"weight{n}": torch.from_numpy(weight).float(), f"bias{n}": torch.from_numpy(bias).float()}
    return found


def tested(found: Classifier, dataset: Dataset) -> Tensor:
    """Share of the labelled test examples whose class is named right."""
    rows, y = labelled(dataset, "test")
    named = torch.cat([found(dataset.scaled(part).cpu())[0] for part in rows.split(CHUNK)])
    return (named == y).double().mean()


def place(dataset: Dataset) -> Path | None:
    """Where the classifier is kept: by the data, and by which of them are for the test; None for data without a
    fingerprint.
    """
    if not dataset.fingerprint:
        return None
    rows = sha256(dataset.rows("test").cpu().sort().values.numpy().tobytes()).hexdigest()
    return cache_folder() / "classifiers" / f"{dataset.fingerprint[:32]}-{rows[:16]}-{FORMAT}.safetensors"


def kept(path: Path) -> Tensors | None:
    """The tensors in the cache; None where there are none.

    Raises:
        Damaged: If the file is no longer whole.
    """
    if not path.is_file():
        return None
    try:
        return dict(load(path.read_bytes()))
    except SafetensorError as error:
        raise Damaged(f"{path} cannot be read ({error}). Delete it: it is made again when it is needed.") from None


def keep(path: Path, tensors: Tensors) -> None:
    """Put the tensors into the cache. Where it cannot be written, that is said, and they serve this once."""
    try:
        with translated(path, 0):
            path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, save({k: v.contiguous() for k, v in tensors.items()}))
    except JamjaeError as error:
        warnings.warn(f"the classifier is not kept for the next time: {error}", stacklevel=2)
