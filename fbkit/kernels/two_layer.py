"""Two-layer kernels on the circle and their rates on n equispaced points."""

import numpy as np

from fbkit._errors import positive, positive_int, real_array
from fbkit.activations import activation as look_up


def two_layer_profile(theta, activation="relu", *, weight_std=1.0, bias_std=1.0, output_std=1.0):
    r"""Neural tangent kernel K(theta) of an infinitely wide two-layer network on the unit circle, all trained.

    f(u) = m^{-1/2} sum_j a_j sigma(s_w w_j.u + s_b b_j) with w_j, b_j standard normal and a_j normal with standard
    deviation s_a. For two unit inputs at angle theta, with (z, z') jointly normal, variance q = s_w^2 + s_b^2 and
    covariance c = s_w^2 cos(theta) + s_b^2,

        K(theta) = E[sigma(z) sigma(z')] + s_a^2 c E[sigma'(z) sigma'(z')].

    The first term comes from training the outer weights, the second from the inner weights and biases (Jacot et al.,
    arXiv 1806.07572). ReLU and sine are closed forms; any other activation is integrated by the trapezoid rule, which
    converges exponentially for analytic sigma.

    Parameters
    ----------
    theta : angles in radians, any shape.
    activation : a name of `fbkit.activations.ACTIVATIONS`.
    weight_std, bias_std, output_std : s_w, s_b, s_a.

    >>> K = two_layer_profile(np.array([0.0, np.pi]), "relu", bias_std=0.0)
    >>> K.round(12).tolist()        # no bias: 1/2 + 1/2 at angle 0, 0 at angle pi
    [1.0, 0.0]
    """
    one = look_up(activation)
    theta = real_array("theta", theta)
    s_w, s_b = positive("weight_std", weight_std, zero=True), positive("bias_std", bias_std, zero=True)
    s_a = positive("output_std", output_std, zero=True)
    q = s_w**2 + s_b**2
    if q == 0:
        raise ValueError("weight_std and bias_std are both 0, so the hidden units are constant; make one positive.")
    c = s_w**2 * np.cos(theta) + s_b**2
    if one.name == "relu":
        # The angle between the inputs seen by the units; half-angle formula, exact where arccos(c/q) is not.
        psi = 2 * np.arcsin(np.clip(s_w * np.abs(np.sin(theta / 2)) / np.sqrt(q), 0, 1))
        outer = q * (np.sin(psi) + np.cos(psi) * (np.pi - psi)) / (2 * np.pi)
        inner = (np.pi - psi) / (2 * np.pi)
    elif one.name == "sine":
        outer = (np.exp(c - q) - np.exp(-c - q)) / 2
        inner = (np.exp(c - q) + np.exp(-c - q)) / 2
    else:
        outer, inner = _normal_product(one.value, q, c), _normal_product(one.slope, q, c)
    return outer + s_a**2 * c * inner


def circle_rates(profile, points, highest):
    """Decay rates of frequencies 0..highest on n equispaced points: lambda_k = (1/n) sum_j K(theta_j) cos(k theta_j).

    These are the eigenvalues of the n-point Gram matrix over n, hence aliased: lambda_k sums the kernel's Fourier
    coefficients at k, n - k, n + k, ... In gradient-flow time for the loss (1/2n) sum r^2, mode k decays as
    exp(-lambda_k t).

    Parameters: `profile`, a function of the angle; `points`, n; `highest`, at most n/2. Returns (highest + 1,).

    >>> circle_rates(lambda a: 1 + np.cos(a), points=16, highest=2).round(12).tolist()
    [1.0, 0.5, 0.0]
    """
    n = positive_int("points", points, least=2)
    highest = positive_int("highest", highest, least=0)
    if highest > n // 2:
        raise ValueError(f"highest is {highest}, but {n} points tell frequencies apart only up to {n // 2}; lower it.")
    theta = 2 * np.pi * np.arange(n) / n
    return np.fft.rfft(real_array("the kernel", profile(theta), shape=(n,))).real[: highest + 1] / n


def _normal_product(g, q, c, reach=8.0, step=0.25):
    """E[g(z) g(z')] for z, z' normal with variance q and covariance c, by the trapezoid rule in two dimensions."""
    x = np.arange(-reach, reach + step / 2, step)
    weight = np.exp(-(x**2) / 2)
    weight /= weight.sum()
    one = weight * g(np.sqrt(q) * x)  # (X,)
    rho = np.clip(c / q, -1, 1)[..., None, None]
    other = np.sqrt(q) * (rho * x[:, None] + np.sqrt(1 - rho**2) * x)  # (..., X, X)
    return np.einsum("i,j,...ij->...", one, weight, g(other))
