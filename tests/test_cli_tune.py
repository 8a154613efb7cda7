"""The switches of the command line's process: what they do, where they stay away, and that training stays the same."""

import pytest
import torch

import jamjae as jj
from jamjae.cli import tune


@pytest.mark.parametrize(
    ("description", "suits"),
    [
        ("vendor_id : AuthenticAMD\nflags : avx512f avx512_bf16", True),
        ("vendor_id : AuthenticAMD\nflags : amx_bf16", False),
        ("vendor_id : GenuineIntel\nflags : avx512f", False),
        ("", False),
    ],
)
def test_only_amd_without_amx_is_routed(description, suits):
    assert tune.suits(description) is suits


@pytest.fixture
def backend():
    backend = torch.backends.mkldnn.matmul
    before = backend.fp32_precision
    yield backend
    backend.fp32_precision = before


def test_the_route_is_taken_back_unless_it_is_precise(backend, monkeypatch):
    before = backend.fp32_precision
    monkeypatch.setattr(tune, "precise", lambda: False)
    tune.route()
    assert backend.fp32_precision == before
    monkeypatch.setattr(tune, "precise", lambda: True)
    tune.route()
    assert backend.fp32_precision == "bf16"


def test_the_check_of_precision_sees_low_precision(monkeypatch):
    assert tune.precise()
    exact = torch.Tensor.__matmul__
    monkeypatch.setattr(
        torch.Tensor,
        "__matmul__",
        lambda a, b: exact(a.bfloat16().to(a.dtype), b) if a.dtype == torch.float32 else exact(a, b),
    )
    assert not tune.precise()


@pytest.mark.parametrize(
    ("recorded", "cpu", "routed"),
    [("none", "AuthenticAMD", 0), ("bf16", "", 1), (None, "AuthenticAMD", 1), (None, "", 0)],
)
def test_a_run_is_resumed_under_its_own_routing(recorded, cpu, routed, monkeypatch):
    called = []
    monkeypatch.setattr(tune, "keep_memory", lambda: None)
    monkeypatch.setattr(tune.torch, "set_flush_denormal", lambda on: None)
    monkeypatch.setattr(tune, "cpu", lambda: cpu)
    monkeypatch.setattr(tune, "route", lambda: called.append(1))
    tune.apply(recorded)
    assert len(called) == routed


@pytest.mark.parametrize("missing", ["mallopt", "route", "linux"])
def test_what_is_not_available_is_left_out_silently(missing, monkeypatch):
    if missing == "mallopt":
        monkeypatch.setattr(tune.ctypes, "CDLL", lambda name: object())
    elif missing == "linux":
        monkeypatch.setattr(tune.sys, "platform", "win32")
    else:
        monkeypatch.setattr(torch.backends, "mkldnn", object())
        tune.route()
    tune.keep_memory()


def test_the_switches_change_no_result_beyond_rounding(backend, monkeypatch, tmp_path):
    monkeypatch.setattr(tune, "keep_memory", lambda: None)
    losses = []
    try:
        for switched in (False, True):
            if switched:
                tune.apply("bf16")
            run = jj.fit("vae", "digits", latent=2, epochs=1, runs=tmp_path)
            assert run.spec["routing"] == backend.fp32_precision
            losses.append(run.rows[-2]["train"]["loss"])
    finally:
        torch.set_flush_denormal(False)
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)
