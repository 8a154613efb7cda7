"""Shared by all tests: one thread per worker; real data where JAMJAE_DATA says where it is."""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before torch and scikit-learn start their pools

from pathlib import Path

import pytest
import torch

torch.set_num_threads(1)


@pytest.fixture
def real_data() -> Path:
    """The folder of real data, or a skip with the reason."""
    folder = os.environ.get("JAMJAE_DATA")
    if not folder:
        pytest.skip("set JAMJAE_DATA to a folder with real data (mnist/ in idx format) to run this")
    return Path(folder)
