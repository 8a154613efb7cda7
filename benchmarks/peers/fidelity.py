"""torch-fidelity: distances between sets of pictures, as papers print them."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import distribution
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor

from benchmarks.peers.base import Found, Peer


def fidelity() -> Any:
    """The package. torchvision is kept from describing its compiled operators, which nothing here calls: those of one
    that was built for another torch are not there, and it would not be imported."""
    with patch("torch.library.register_fake", lambda *_: lambda function: function):
        import torch_fidelity
    return torch_fidelity


class Pictures(torch.utils.data.Dataset[Tensor]):
    """Random pictures of 8 x 8."""

    def __init__(self, n: int, channels: int = 3, shift: int = 0) -> None:
        x = torch.randint(0, 200, (n, channels, 8, 8), generator=torch.Generator().manual_seed(n + shift))
        self.x = (x + shift).to(torch.uint8)

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, i: int) -> Tensor:
        return self.x[i]


def own(package: Any, name: str = "means") -> str:
    """An extractor that needs no network, registered: the means of the three channels."""
    from torch_fidelity.feature_extractor_base import FeatureExtractorBase
    from torch_fidelity.registry import FEATURE_EXTRACTORS_REGISTRY

    class Means(FeatureExtractorBase):  # type: ignore[misc]
        def __init__(self, name: str, features: list[str], **_: Any) -> None:
            super().__init__(name, features)

        @staticmethod
        def get_provided_features_list() -> tuple[str, ...]:
            return ("means",)

        @staticmethod
        def get_default_feature_layer_for_metric(metric: str) -> str:
            return "means"

        @staticmethod
        def can_be_compiled() -> bool:
            return False

        def forward(self, x: Tensor) -> tuple[Tensor]:
            return (x.float().mean((2, 3)) / 255,)

    if name not in FEATURE_EXTRACTORS_REGISTRY:
        package.register_feature_extractor(name, Means)
    return name


def measured(package: Any, n: int, **options: Any) -> dict[str, float]:
    """Its metrics of two sets of n pictures."""
    given = {"cuda": False, "verbose": False, "save_cpu_ram": True, "cache": False, **options}
    return dict(package.calculate_metrics(input1=Pictures(n), input2=Pictures(n, shift=30), **given))


@contextmanager
def offline() -> Iterator[list[str]]:
    """A machine without a network and without cached weights; what was asked for stands in the list."""
    asked: list[str] = []

    def refuse(request: Any, *_: Any, **__: Any) -> None:
        asked.append(getattr(request, "full_url", request))
        raise OSError("no network")

    with patch("torch.hub.urlopen", refuse), patch("torch.hub.os.path.exists", lambda _: False):
        yield asked


def wants_weights() -> Found:
    """Its metrics want weights of a network trained elsewhere, which are downloaded at the first use; without a
    network, and without `feature_extractor_weights_path`, the call ends with the error of the download."""
    package = fidelity()
    with offline() as asked:
        try:
            measured(package, 16, fid=True)
            said = "no error"
        except OSError as error:
            said = f"{type(error).__name__}: {error}"
    figures = f"asked for {asked[0].rsplit('/', 1)[-1] if asked else 'nothing'}; then {said}"
    return Found(len(asked) == 1 and said == "OSError: no network", figures)


def extractors() -> Found:
    """All extractors that come with it are networks trained elsewhere on pictures in colour."""
    fidelity()
    from torch_fidelity.registry import FEATURE_EXTRACTORS_REGISTRY

    families = sorted({name.split("-")[0] for name in FEATURE_EXTRACTORS_REGISTRY} - {"means"})
    figures = f"{len(set(FEATURE_EXTRACTORS_REGISTRY) - {'means'})} of them, from {', '.join(families)}"
    return Found(families == ["clip", "dinov2", "inception", "vgg16"], figures, "read")


def no_grey() -> Found:
    """Arrays of one channel, and other numbers than bytes, are refused by its Inception network; files in a folder are
    turned into colour."""
    fidelity()
    from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

    said = {}
    for name, x in {"1 channel": Pictures(2, 1).x, "floats": Pictures(2).x / 255}.items():
        try:
            FeatureExtractorInceptionV3.forward(torch.nn.Module(), x)  # it looks at x before it looks at itself
            said[name] = "taken"
        except Exception as error:
            said[name] = str(error)
    grey, floats = said["1 channel"], said["floats"]
    return Found("Bx3xHxW" in grey and "uint8" in floats, f"1 channel: {grey}; floats: {floats}")


def small_sets() -> Found:
    """With its default settings the kernel distance (KID) needs 1,000 pictures in each set; fewer end with an error
    that names the option."""
    package = fidelity()
    said = ""
    try:
        measured(package, 500, kid=True, feature_extractor=own(package))
    except Exception as error:
        said = str(error)
    found = measured(package, 500, kid=True, feature_extractor=own(package), kid_subset_size=250)
    mean = found["kernel_inception_distance_mean"]
    figures = f"500 pictures: {said.partition('. ')[0]}; with subsets of 250: {mean:.3g}"
    return Found("subset" in said, figures)


def no_intervals() -> Found:
    """The Frechet distance and precision and recall come as bare numbers: no interval, and no value for real data
    against real data beside them. KID comes with its deviation over subsets."""
    package = fidelity()
    found = measured(package, 200, fid=True, prc=True, feature_extractor=own(package))
    known = {"frechet_inception_distance", "precision", "recall", "f_score"}
    return Found(set(found) <= known, ", ".join(f"{name} {value:.3g}" for name, value in sorted(found.items())))


def same_numbers() -> Found:
    """It measures the Inception score, FID, KID, perceptual path length, precision and recall with the networks that
    papers use; only its numbers may be put beside theirs, and this project has none of those networks."""
    package = fidelity()
    from inspect import getsource

    text = getsource(package.calculate_metrics)
    found = [name for name in ("isc", "fid", "kid", "ppl", "prc") if f"{name} (bool)" in text]
    return Found(len(found) == 5, f"switches {', '.join(found)}", "read")


def own_extractors() -> Found:
    """An extractor of one's own can be registered, and its metrics then need no download."""
    package = fidelity()
    with offline() as asked:
        found = measured(package, 200, fid=True, feature_extractor=own(package))
    value = found["frechet_inception_distance"]
    return Found(not asked and value > 0, f"channel means as features: Frechet distance {value:.3g}, nothing asked for")


def command() -> Found:
    """It has a command for folders of pictures, sets of torchvision and generators saved as ONNX or TorchScript."""
    fidelity()
    from torch_fidelity.registry import DATASETS_REGISTRY

    scripts = [e.name for e in distribution("torch_fidelity").entry_points if e.group == "console_scripts"]
    figures = f"command {', '.join(scripts)}; {len(DATASETS_REGISTRY)} named sets"
    return Found(scripts == ["fidelity"] and len(DATASETS_REGISTRY) > 0, figures, "read")


PEER = Peer(
    title="torch-fidelity",
    package="torch-fidelity",
    url="https://github.com/toshas/torch-fidelity",
    choose="numbers that stand beside those of papers: Inception score, FID, KID and precision and recall of colour "
    "pictures, with the networks that everybody uses.",
    here="Features are made from the data in hand, without a download, for pictures of any number of channels, tables "
    "and sequences; every distance has an interval and, beside it, what real data get against real data "
    "([metrics](metrics.md)). These numbers cannot be put beside a paper's FID.",
    differs=(wants_weights, extractors, no_grey, small_sets, no_intervals),
    ahead=(same_numbers, own_extractors, command),
)
