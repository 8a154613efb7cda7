"""Shared by all tests: one thread per worker; real data where JAMJAE_DATA says where it is."""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before torch and scikit-learn start their pools

from collections.abc import Iterator
from pathlib import Path

import matplotlib
import pytest
import torch

torch.set_num_threads(1)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache that no test shares with the user; matplotlib keeps its list of fonts, which takes seconds to make."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MPLCONFIGDIR", os.environ.get("MPLCONFIGDIR", matplotlib.get_cachedir()))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def real_data() -> Path:
    """The folder of real data, or a skip with the reason."""
    folder = os.environ.get("JAMJAE_DATA")
    if not folder:
        pytest.skip("set JAMJAE_DATA to a folder with real data (mnist/ in idx format) to run this")
    return Path(folder)


@pytest.fixture
def untuned(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line leaves this process's threads and allocator as they are."""
    from jamjae.cli import tune

    monkeypatch.setattr(tune, "apply", lambda recorded=None: None)
