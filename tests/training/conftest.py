"""A small problem that trains in a second: 60 binary examples of 3 x 3 cells."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from jamjae import recipes
from jamjae.core import Event, seed_for
from jamjae.data import Dataset
from jamjae.models import LatentModel
from jamjae.objectives import Objective

Make = Callable[..., tuple[LatentModel, Objective, Dataset]]


def small_data() -> Dataset:
    random = torch.Generator().manual_seed(1)
    rows = torch.arange(60)
    patterns = torch.randint(0, 2, (3, 3, 3, 1), generator=random) * 150
    noise = torch.randint(0, 100, (60, 3, 3, 1), generator=random)
    x = (patterns[rows % 3] + noise).to(torch.uint8)
    splits = {"train": rows[:40], "validation": rows[40:50], "test": rows[50:]}
    event = Event((3, 3, 1), "image", 0.0, 1.0, levels=2)
    return Dataset("small", event, x, rows % 3, splits, 255.0, "stochastic", ("a", "b", "c"), "f")


@pytest.fixture
def make() -> Make:
    """Recipe name and part options to a fresh model, objective and data set."""

    def build(recipe: str = "vae", **options: object) -> tuple[LatentModel, Objective, Dataset]:
        torch.manual_seed(seed_for(recipe))
        dataset = small_data()
        small = {"encoder.widths": (8,), "decoder.widths": (8,)}
        choice = recipes.override(recipes.find(recipe)(dataset.event), small | options)
        return *recipes.assemble(choice, dataset.event, (2,)), dataset

    return build


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "실험 run"


@pytest.fixture(autouse=True)
def _folder_exists(folder: Path) -> None:
    folder.mkdir()
