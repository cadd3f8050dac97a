"""Kernels of neural-tangents 0.6.5 in float64, for tests/unit/test_gram.py.

Run in the environment of `make bench-env`: .venv-bench/bin/python
tests/data/make_neural_tangents.py
"""

import itertools
from pathlib import Path

import jax
import numpy as np

jax.config.update("jax_enable_x64", True)

from neural_tangents import stax  # noqa: E402

ACTIVATIONS = {
    "relu": stax.Relu,
    "erf": stax.Erf,
    "sin": stax.Sin,
    "cos": stax.Cos,
    "gelu": stax.Gelu,
}
DEPTHS, BIASES, KINDS, WEIGHT_VARIANCE = (2, 3, 5), (0.0, 0.3), ("ntk", "nngp"), 1.7


def main():
    X = np.random.default_rng(0).normal(size=(9, 6))
    out = {"X": X, "weight_variance": WEIGHT_VARIANCE}
    for name, depth, bias, kind in itertools.product(
        ACTIVATIONS, DEPTHS, BIASES, KINDS
    ):
        dense = stax.Dense(
            1,
            W_std=WEIGHT_VARIANCE**0.5,
            b_std=bias**0.5 if bias else None,
            parameterization="ntk",
        )
        *_, kernel = stax.serial(*[dense, ACTIVATIONS[name]()] * (depth - 1), dense)
        out[f"{name} {depth} {bias} {kind}"] = np.asarray(
            kernel(X, None, kind)
        )  # (9, 9)
    np.savez_compressed(Path(__file__).with_name("neural_tangents.npz"), **out)


if __name__ == "__main__":
    main()
