"""Two-layer kernels on the circle and their rates on n equispaced points."""

import numpy as np

from fbkit._errors import one_of, positive, positive_int, real_array
from fbkit.activations import ACTIVATIONS, activation
from fbkit.kernels.closed import arcs
from fbkit.kernels.duals import find


def two_layer_profile(
    theta, activation="relu", *, weight_std=1.0, bias_std=1.0, output_std=1.0
):
    r"""Neural tangent kernel K(theta) of an infinitely wide two-layer network on the
    unit circle, all trained.

    f(u) = m^{-1/2} sum_j a_j sigma(s_w w_j.u + s_b b_j) with w_j, b_j standard normal
    and a_j normal with standard deviation s_a. For two unit inputs at angle theta, with
    (z, z') jointly normal, variance q = s_w^2 + s_b^2 and covariance c = s_w^2
    cos(theta) + s_b^2,

        K(theta) = E[sigma(z) sigma(z')] + s_a^2 c E[sigma'(z) sigma'(z')].

    The first term comes from training the outer weights, the second from the inner
    weights and biases (Jacot et al., arXiv 1806.07572). Closed forms and Hermite series
    as in `ntk_gram`; an activation with a kink other than ReLU's is refused, as its
    series does not converge.

    Parameters
    ----------
    theta : angles in radians, any shape.
    activation : a name of `fbkit.activations.ACTIVATIONS`.
    weight_std, bias_std, output_std : s_w, s_b, s_a.

    >>> K = two_layer_profile(np.array([0.0, np.pi]), "relu", bias_std=0.0)
    >>> np.abs(K).round(12).tolist()        # no bias: 1/2 + 1/2 at angle 0, 0 at angle pi
    [1.0, 0.0]
    """
    dual = find(one_of("activation", activation, ACTIVATIONS))
    theta = real_array("theta", theta)
    s_w, s_b = (
        positive("weight_std", weight_std, zero=True),
        positive("bias_std", bias_std, zero=True),
    )
    s_a = positive("output_std", output_std, zero=True)
    q = s_w**2 + s_b**2
    if q == 0:
        raise ValueError(
            "weight_std and bias_std are both 0, so the hidden units are constant; make"
            " one positive."
        )
    c = s_w**2 * np.cos(theta) + s_b**2
    if activation == "relu":
        # The angle between the inputs seen by the units; half-angle formula, exact
        # where arccos(c/q) is not.
        psi = 2 * np.arcsin(np.clip(s_w * np.abs(np.sin(theta / 2)) / np.sqrt(q), 0, 1))
        inner, outer = (v * scale for v, scale in zip(arcs(psi), (1, q)))
    else:
        q = np.array([q])
        outer, inner = (
            v.reshape(c.shape)[()]
            for v in dual.products(q, np.ravel(c), dual.points(q))
        )
    return outer + s_a**2 * c * inner


def circle_rates(profile, points, highest):
    """Decay rates of frequencies 0..highest on n equispaced points: lambda_k = (1/n)
    sum_j K(theta_j) cos(k theta_j).

    These are the eigenvalues of the n-point Gram matrix over n, hence aliased: lambda_k
    sums the kernel's Fourier coefficients at k, n - k, n + k, ... In gradient-flow time
    for the loss (1/2n) sum r^2, mode k decays as exp(-lambda_k t). A rate that is
    nothing but rounding is returned as 0.

    Parameters: `profile`, a function of the angle; `points`, n; `highest`, at most n/2.
    Returns (highest + 1,).

    >>> circle_rates(lambda a: 1 + np.cos(a), points=16, highest=2).round(12).tolist()
    [1.0, 0.5, 0.0]
    """
    n = positive_int("points", points, least=2)
    highest = positive_int("highest", highest, least=0)
    if highest > n // 2:
        raise ValueError(
            f"highest is {highest}, but {n} points tell frequencies apart only up to"
            f" {n // 2}; lower it."
        )
    K = real_array("the kernel", profile(2 * np.pi * np.arange(n) / n), shape=(n,))
    rates = np.fft.rfft(K).real[: highest + 1] / n
    # A zero that came out as rounding is one: a negative rate would never stop growing.
    return np.where(
        np.abs(rates) > 4 * np.finfo(float).eps * np.abs(K).max(), rates, 0.0
    )


def finite_two_layer_ntk(U, W, a, name, weight_std=1.0, bias_std=1.0):
    """The tangent kernel (n, n) of a finite network at its start, every weight trained.

    `U` (n, d) are the inputs, `W` (d + 1, width) the inner weights with the biases as
    last row, `a` (width,) the outer weights with their scale.

    >>> finite_two_layer_ntk(np.array([[1.0, 0.0]]), np.array([[2.0], [0.0], [0.0]]), np.array([3.0]), "relu")
    array([[22.]])
    """
    sigma, z = (
        activation(name),
        np.c_[weight_std * U, np.full(len(U), bias_std)] @ W,
    )  # (n, width)
    inner = a * sigma.slope(z)
    K = sigma.value(z) @ sigma.value(z).T + inner @ inner.T * (
        weight_std**2 * U @ U.T + bias_std**2
    )
    return K / len(a)
