"""Shared by all tests: one thread per worker."""

import torch

torch.set_num_threads(1)
