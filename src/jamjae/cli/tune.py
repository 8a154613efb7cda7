"""Switches of the whole process that make training faster. Only the command line sets them: a library must not.

Each step is left out, silently, where it is not available; results stay the same but for the last bits.
"""

import ctypes
import sys
from pathlib import Path

import torch

MMAP_THRESHOLD, TRIM_THRESHOLD = -3, -1  # names of <malloc.h>
SIZE, TOLERANCE = 512, 1e-5


def apply(recorded: str | None = None) -> None:
    """Set all switches; `recorded` is the routing of the run that is resumed, None for a new one."""
    keep_memory()
    torch.set_flush_denormal(True)  # denormal moments make Adam twice as slow
    if recorded == "bf16" or (recorded is None and suits(cpu())):
        route()


def keep_memory() -> None:
    """glibc hands freed memory back to the system after every step, and asks for it again in the next one; not here."""
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(MMAP_THRESHOLD, 1 << 30)
        mallopt(TRIM_THRESHOLD, (1 << 31) - 1)


def cpu() -> str:
    """The system's description of the processor; empty where it gives none."""
    path = Path("/proc/cpuinfo")
    return path.read_text(errors="replace").split("\n\n")[0] if path.is_file() else ""


def suits(description: str) -> bool:
    """Whether oneDNN beats MKL here and stays precise: AMD processors without AMX, which would truly use bfloat16.

    Example:
        >>> suits("vendor_id : AuthenticAMD\\nflags : avx512f"), suits("vendor_id : GenuineIntel\\nflags : amx_bf16")
        (True, False)
    """
    return "AuthenticAMD" in description and "amx" not in description


def route() -> None:
    """Send float32 products to oneDNN, and take it back unless they are as precise as before."""
    backend = getattr(torch.backends.mkldnn, "matmul", None)
    if backend is None or not hasattr(backend, "fp32_precision"):
        return
    before = backend.fp32_precision
    backend.fp32_precision = "bf16"
    if not precise():
        backend.fp32_precision = before


def precise() -> bool:
    """Whether a product of two float32 matrices is right to 1e-5."""
    random = torch.Generator().manual_seed(0)
    a, b = (torch.randn(SIZE, SIZE, generator=random) for _ in range(2))
    exact = a.double() @ b.double()
    return bool((a @ b - exact).norm() / exact.norm() < TOLERANCE)
