"""Gram matrices of deep networks: against another library's values, laws, Monte Carlo
and arithmetic of 40 digits.
"""

import math
import warnings
from math import sqrt
from pathlib import Path

import mpmath
import numpy as np
import pytest
from scipy.special import erf

import fbkit as fb
from fbkit.kernels import Dense, Kernel, ntk, rates
from fbkit.kernels.gram import TILE

STORED = np.load(Path(__file__).parents[1] / "data" / "neural_tangents.npz")
NAMES = ["relu", "erf", "sine", "cosine", "gelu"]
OURS = {"sin": "sine", "cos": "cosine"}  # for neural-tangents' names


def even_layers(depth, w2, b2, inputs):
    """Layers as in neural-tangents: all alike, each divided by the number of its
    inputs.
    """
    layer = Dense(sqrt(w2), sqrt(b2), sqrt(w2), sqrt(b2))
    first = Dense(sqrt(w2 / inputs), sqrt(b2), sqrt(w2 / inputs), sqrt(b2))
    return (first,) + (layer,) * (depth - 1)


def ntk_gram(
    X, Y=None, *, depth=2, activation="relu", w2=2.0, b2=0.0, kind="gram", **how
):
    kernel = Kernel(even_layers(depth, w2, b2, np.shape(X)[1]), activation)
    return getattr(kernel, kind)(X, Y, **how)


def ntk_profile(theta, *, depth=2, activation="relu", b2=0.0):
    """Of inputs with x.x/d = 1 and weights of variance 2."""
    return Kernel(even_layers(depth, 2.0, b2, 1), activation).profile(theta)


def gelu(z):
    return z * (1 + erf(z / sqrt(2))) / 2


def inputs(n, d=5, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


def size(K):
    """Scale of each entry: the geometric mean of the two diagonal ones."""
    return np.sqrt(np.outer(np.diag(K), np.diag(K)))


@pytest.mark.parametrize("key", [key for key in STORED.files if len(key.split()) == 4])
def test_stored_values_of_neural_tangents(key):
    name, depth, bias, kind = key.split()
    arguments = dict(
        depth=int(depth),
        activation=OURS.get(name, name),
        w2=float(STORED["weight_variance"]),
        b2=float(bias),
        kind={"ntk": "gram", "nngp": "covariance"}[kind],
    )
    X, expected = STORED["X"], STORED[key]
    error = np.abs(ntk_gram(X, **arguments) - expected) / size(expected)
    assert error[~np.eye(len(X), dtype=bool)].max() < 1e-12
    assert (
        error.max() < 1e-7
    )  # on the diagonal arccos near 1 costs neural-tangents half its digits
    both = np.abs(ntk_gram(X[:4], X[4:], **arguments) - expected[:4, 4:])
    assert both.max() < 1e-12 * expected.max()


def test_stored_file_covers_what_it_should():
    assert len(STORED.files) == 2 + len(NAMES) * 3 * 2 * 2


def test_diagonal_is_exact():
    """ReLU of weight variance 2 without bias keeps K_ii = 2 x.x/d; each layer adds it
    once to the tangent kernel.
    """
    X = inputs(40)
    q = 2 * np.square(X).mean(axis=1)
    for depth in (1, 2, 6):
        np.testing.assert_allclose(
            np.diag(ntk_gram(X, depth=depth)), depth * q, rtol=1e-14
        )
        np.testing.assert_allclose(
            np.diag(ntk_gram(X, depth=depth, kind="covariance")), q, rtol=1e-14
        )


def test_linear_units_give_the_linear_kernel():
    X, w2, depth = inputs(12), 1.3, 4
    K = ntk_gram(X, depth=depth, activation="linear", w2=w2)
    np.testing.assert_allclose(K, depth * w2**depth * X @ X.T / 5, atol=1e-12)


def test_relu_is_homogeneous():
    X = inputs(20)
    np.testing.assert_allclose(
        ntk_gram(3 * X, depth=4), 9 * ntk_gram(X, depth=4), rtol=1e-12
    )


@pytest.mark.parametrize("name", NAMES)
def test_tiles_join_without_a_seam(name):
    X = inputs(2 * TILE + 7)
    K = ntk_gram(X, depth=3, activation=name, b2=0.1)
    assert (K == K.T).all()
    few = slice(TILE - 5, TILE + 5)
    np.testing.assert_allclose(
        K[few, few],
        ntk_gram(X[few], depth=3, activation=name, b2=0.1),
        rtol=1e-12,
    )
    np.testing.assert_allclose(
        ntk_gram(X, X[few], depth=3, activation=name, b2=0.1),
        K[:, few],
        rtol=1e-12,
    )


@pytest.mark.parametrize("bias", [0.0, 0.5])
def test_nearly_equal_inputs_keep_their_digits(bias):
    """Two given inputs of any length, in directions 10^-1 ... 10^-9 and 0 apart, as in
    arithmetic of 40 digits.
    """
    X, turn = inputs(6), inputs(6, seed=1)
    for gap in [10.0**-k for k in range(1, 10)] + [0.0]:
        Y = (X + gap * turn) * np.linspace(0.5, 2, 6)[:, None]
        K = ntk_gram(X, Y, depth=3, b2=bias)
        exact = [relu_by_mpmath(*pair, 3, bias) for pair in zip(X, Y)]
        np.testing.assert_allclose(
            np.diag(K), exact, rtol=2e-14 if gap < 1e-3 else 5e-13
        )


def relu_by_mpmath(x, y, depth, b2, w2=2):
    with mpmath.workdps(40):
        x, y = ([mpmath.mpf(float(v)) for v in z] for z in (x, y))
        dot = lambda u, v: w2 * mpmath.fdot(u, v) / len(u) + mpmath.mpf(b2)
        a, b, K = dot(x, x), dot(y, y), dot(x, y)
        T = K
        for _ in range(depth - 1):
            r = mpmath.sqrt(a * b)
            c = min(K / r, mpmath.mpf(1))
            h = mpmath.pi - mpmath.acos(c)
            K, T = (
                w2 * r * (c * h + mpmath.sqrt(1 - c * c)) / (2 * mpmath.pi) + b2,
                T * h / (2 * mpmath.pi),
            )
            T = w2 * T + K
            a, b = w2 * a / 2 + b2, w2 * b / 2 + b2
        return float(T)


def test_no_false_floor_under_the_small_eigenvalues():
    """On an even circle the Gram matrix over n has the aliased rates; without bias the
    odd ones vanish to rounding.
    """
    n = 256
    theta = 2 * np.pi * np.arange(n) / n
    X = sqrt(2) * np.stack([np.cos(theta), np.sin(theta)], axis=1)  # x.x/d = 1
    found = np.sort(np.linalg.eigvalsh(ntk_gram(X, depth=2) / n))
    expected = np.sort(rates(ntk_profile, fb.circle(n)))
    np.testing.assert_allclose(found, expected, atol=3e-14)
    assert (
        np.abs(found) < 1e-14
    ).sum() == n // 2 - 2  # cosine and sine of 3, 5, ..., n/2 - 1


@pytest.mark.parametrize("name", [*NAMES, "tanh"])
@pytest.mark.parametrize("kind", ["gram", "covariance"])
def test_positive_semidefinite(name, kind):
    X = np.r_[inputs(60), inputs(60) + 1e-8 * inputs(60, seed=1), np.ones((1, 5))]
    eigenvalues = np.linalg.eigvalsh(
        ntk_gram(X, depth=4, activation=name, b2=0.2, kind=kind)
    )
    assert eigenvalues[0] > -1e-14 * eigenvalues[-1] * len(X)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("bias", [0.0, 0.2])
def test_float32(name, bias):
    X = np.r_[inputs(80), inputs(80) * (1 + 1e-4 * inputs(80, seed=1))]
    K = ntk_gram(X, depth=5, activation=name, b2=bias)
    single = ntk_gram(X, depth=5, activation=name, b2=bias, dtype=np.float32)
    assert single.dtype == np.float32
    assert (np.abs(single - K) / size(K)).max() < 3e-6


@pytest.mark.parametrize(
    "name, sigma", [("erf", erf), ("sine", np.sin), ("cosine", np.cos), ("gelu", gelu)]
)
def test_series_of_a_function_equals_its_closed_form(name, sigma):
    X = inputs(30)
    for bias, kind in ((0.0, "gram"), (0.4, "gram"), (0.0, "covariance")):
        K = ntk_gram(X, depth=3, activation=name, b2=bias, kind=kind)
        series = ntk_gram(X, depth=3, activation=sigma, b2=bias, kind=kind)
        assert (np.abs(series - K) / size(K)).max() < 1e-13


@pytest.mark.parametrize("name", ["tanh", "softplus", "silu"])
def test_series_equals_quadrature_in_two_dimensions(name):
    """Depth 2: K = w2 E[sigma sigma'], by the trapezoid rule with a fine step."""
    from fbkit.activations import activation

    X, w2 = inputs(4), 1.5
    g = np.arange(-9, 9.01, 1 / 12)
    weight = np.exp(-(g**2) / 2) / np.sqrt(2 * np.pi) / 12
    C = w2 * X @ X.T / 5
    r = np.sqrt(np.diag(C))
    rho = np.clip(C / np.outer(r, r), -1, 1)
    value = activation(name).value
    expected = np.empty((4, 4))
    for i, j in np.ndindex(4, 4):
        other = r[j] * (rho[i, j] * g[:, None] + np.sqrt(1 - rho[i, j] ** 2) * g)
        expected[i, j] = w2 * weight * value(r[i] * g) @ value(other) @ weight
    found = ntk_gram(X, activation=name, w2=w2, kind="covariance")
    assert (np.abs(found - expected) / size(expected)).max() < 1e-12


@pytest.mark.parametrize("name", ["relu", "gelu", "tanh"])
def test_random_networks_have_this_covariance(name):
    """Outputs of 2,000 random networks of depth 3, three times; the estimate's spread
    is known, the bias is 1/width.
    """
    from fbkit.activations import activation

    X, w2, b2, width = inputs(3), 1.6, 0.3, 64
    K = ntk_gram(X, depth=3, activation=name, w2=w2, b2=b2, kind="covariance")
    for seed in range(3):
        rng = np.random.default_rng(seed)
        products = []
        for _ in range(10):
            Z = X.T[None]  # (1, d, n)
            for rows in (width, width, 1):
                W = rng.normal(size=(200, rows, Z.shape[1])) * np.sqrt(w2 / Z.shape[1])
                Z = W @ Z + np.sqrt(b2) * rng.normal(size=(200, rows, 1))
                Z = activation(name).value(Z) if rows > 1 else Z
            products.append(Z[:, 0, :, None] * Z[:, 0, None])
        products = np.concatenate(products)  # (2000, n, n)
        error = products.std(axis=0) / np.sqrt(len(products))
        assert (
            np.abs(products.mean(axis=0) - K) < 4 * error + 2 * K.max() / width
        ).all()


def steep(z):
    return np.arctan(5 * z)


def test_functions_whose_series_does_not_converge_are_refused():
    for sigma in (np.abs, np.sign):
        with pytest.raises(ValueError, match="Hermite terms") as caught:
            ntk_gram(inputs(5), activation=sigma)
        assert "\n" not in str(caught.value)
    with pytest.raises(
        ValueError, match="steep needs more than 1024 Hermite terms at variance"
    ):
        ntk_gram(inputs(5), activation=steep)
    with pytest.raises(ValueError, match="Hermite terms"):
        ntk_gram(
            inputs(5), activation=lambda z: np.sin(40 * z)
        )  # all its terms lie beyond
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ntk_gram(inputs(5), depth=5, activation="tanh")


def test_large_variances_do_not_overflow():
    """SIREN's first layer: sine with weight variance 900; distinct inputs become
    independent, K_ii = 1/2 (1 + ...).
    """
    X = inputs(20)
    K = ntk_gram(X, activation="sine", w2=900.0, kind="covariance") / 900
    np.testing.assert_allclose(K, np.eye(20) / 2, atol=1e-12)


def test_a_zero_input_is_an_input():
    X = np.r_[inputs(4), np.zeros((1, 5))]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in [*NAMES, "tanh"]:
            for bias in (0.0, 1e-3):
                for K in (
                    ntk_gram(X, depth=3, activation=name, b2=bias),
                    ntk_gram(X, X[::-1], depth=3),
                ):
                    assert np.isfinite(K).all()
    assert np.abs(ntk_gram(X, depth=3)[4]).max() == 0


@pytest.mark.parametrize("name", [*NAMES, "tanh", "leaky_relu", "step"])
def test_profile_is_the_gram_matrix_of_unit_vectors(name):
    theta = np.array([0.0, 0.3, 1.5, 3.0, np.pi])
    X = np.stack([np.cos(theta), np.sin(theta)], axis=1)
    kernel = ntk(4, name, weight_std=1.3, bias_std=0.3, output_bias_std=0.2)
    np.testing.assert_allclose(kernel.profile(theta), kernel.gram(X)[0], rtol=1e-13)
    assert kernel.profile(0.3) == pytest.approx(
        kernel.profile(0.3 + 0j).real, rel=1e-13
    )
    np.testing.assert_allclose(
        kernel.profile(2 * np.pi - theta), kernel.profile(-theta), rtol=1e-13
    )


@pytest.mark.parametrize("bias", [0.0, 1e-6, 0.4])
@pytest.mark.parametrize("depth", [2, 3, 5])
def test_relu_profile_keeps_its_digits_at_both_ends(bias, depth):
    """The kernel and its fall from angle 0 (down to 1e-9), and what is left near angle
    pi, against 60 digits.
    """
    gaps = np.array([1e-9, 1e-5, 1e-2, 0.4])
    with mpmath.workdps(60):
        exact = lambda angle: relu_profile_by_mpmath(angle, depth, mpmath.mpf(bias))
        fall = np.array([float(exact(0) - exact(mpmath.mpf(g))) for g in gaps])
        near = np.array([float(exact(mpmath.mpf(g))) for g in gaps])
        far = np.array([float(exact(mpmath.mpf(np.pi - g))) for g in gaps])
    top = ntk_profile(0.0, depth=depth, b2=bias)
    np.testing.assert_allclose(
        ntk_profile(gaps, depth=depth, b2=bias), near, rtol=3e-15
    )
    np.testing.assert_allclose(
        top - ntk_profile(gaps, depth=depth, b2=bias), fall, atol=3e-15 * top
    )
    np.testing.assert_allclose(
        ntk_profile(np.pi - gaps, depth=depth, b2=bias),
        far,
        rtol=2e-14,
        atol=1e-25,
    )


def relu_profile_by_mpmath(angle, depth, b2):
    q, K = 2 + b2, 2 * mpmath.cos(angle) + b2
    T = K
    for _ in range(depth - 1):
        c = min(K / q, mpmath.mpf(1))
        h = mpmath.pi - mpmath.acos(c)
        K, T = q * (c * h + mpmath.sqrt(1 - c * c)) / mpmath.pi + b2, T * h / mpmath.pi
        T, q = T + K, q + b2
    return T


BAD = {
    "depth": [-2, 0, 1, 0.5, None, "2", True],
    "weight_std": [-1.0, float("nan"), float("inf"), "2", None],
    "bias_std": [-1.0, float("nan"), float("inf"), "2", None],
    "output_std": [-1.0, float("nan"), "2", None],
    "output_bias_std": [-1.0, float("nan"), "2", None],
    "inputs": [0, -1, 1.5, "2"],
    "activation": ["rely", "", None, 3],
}


@pytest.mark.parametrize("name, value", [(n, v) for n in BAD for v in BAD[n]])
def test_bad_numbers_are_one_sentence(name, value):
    with pytest.raises(ValueError, match=name) as caught:
        ntk(**{name: value})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("sigma", [math.tanh, lambda z: z[0], lambda z: z / 0 * z])
def test_bad_functions_are_one_sentence(sigma):
    says = "(tanh|<lambda>) does not give a finite"
    with np.errstate(all="ignore"), pytest.raises(ValueError, match=says):
        ntk(activation=sigma).gram(np.ones((3, 2)))


@pytest.mark.parametrize(
    "X, says",
    [
        ([], "X is empty"),
        ([[np.nan]], "X holds 1"),
        ("X", "X is 'X'"),
        (np.ones((2, 2, 2)), "X has shape"),
        ([1.0, 2.0], r"X has shape \(2,\); expected \(n, 2\)"),
        (np.ones((2, 3)), r"X has shape \(2, 3\); expected \(n, 2\)"),
    ],
)
def test_bad_points(X, says):
    with pytest.raises(ValueError, match=says):
        ntk(inputs=2).gram(X)


def test_bad_pairs_and_types():
    with pytest.raises(ValueError, match="Y has 1 inputs a point and X has 2"):
        ntk().gram(np.ones((2, 2)), [1.0])
    for dtype in (np.float16, int, complex):
        with pytest.raises(ValueError, match="dtype is"):
            ntk().gram(np.ones((2, 2)), dtype=dtype)
    with pytest.raises(ValueError, match="both 0"):
        ntk(weight_std=0, bias_std=0)


@pytest.mark.parametrize("theta", [[np.nan], [], "angle"])
def test_bad_angles(theta):
    with pytest.raises(ValueError, match="theta"):
        ntk().profile(theta)
