"""Arrays and tensors as a source."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..core.errors import DataError
from .raw import Raw


def load(source: Any) -> Raw:
    """Examples x, or a pair (x, y) with labels: numpy arrays, torch tensors on any device, or nested lists."""
    if isinstance(source, tuple):
        if len(source) != 2:
            raise DataError(f"a tuple must be (examples, labels); got {len(source)} entries. Pass a pair.")
        return Raw("array", array(source[0]), borrowed=True, y=source[1])
    return Raw("array", array(source), borrowed=True)


def array(x: Any) -> np.ndarray:
    """The values as a numpy array, shared where possible."""
    if isinstance(x, Tensor):
        return _from_torch(x)
    if isinstance(x, np.ma.MaskedArray):
        raise DataError("the array is masked: missing values are not supported. Fill it first: x.filled(0).")
    try:
        return np.asarray(x)
    except (ValueError, TypeError) as error:
        raise DataError(f"{type(x).__name__} does not make an array: {error}.") from None


def _from_torch(x: Tensor) -> np.ndarray:
    if x.is_complex():
        raise DataError("the examples are complex numbers; they must be real. Pass x.abs(), or torch.view_as_real(x).")
    if x.is_quantized or x.layout != torch.strided:
        raise DataError("the tensor is sparse or quantised. Pass x.to_dense(), or x.dequantize().")
    if x.is_meta:
        raise DataError("the tensor is on the device `meta` and holds no values. Pass one with values.")
    x = x.detach().cpu()
    small = x.is_floating_point() and x.dtype not in (torch.float16, torch.float32, torch.float64)
    return (x.float() if small else x).numpy()
