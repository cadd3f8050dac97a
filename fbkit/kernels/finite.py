"""The tangent kernel of a finite two-layer network, from its weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fbkit._bounds import number
from fbkit._errors import real_array, within_memory
from fbkit.activations import activation as find_activation


def finite_two_layer_ntk(
    X: ArrayLike,
    inner: ArrayLike,
    outer: ArrayLike,
    activation: str,
    weight_std: float = 1.0,
    bias_std: float = 1.0,
) -> np.ndarray:
    """The tangent kernel (n, n) of a finite network at its start, every weight trained.

    With z_j(x) = s_w w_j.x + s_b b_j the network is f(x) = m^{-1/2} sum_j a_j
    sigma(z_j(x)), and

        K(x, y) = (1/m) sum_j [sigma(z_j(x)) sigma(z_j(y))
                  + a_j^2 sigma'(z_j(x)) sigma'(z_j(y)) (s_w^2 x.y + s_b^2)].

    Parameters
    ----------
    X : (n, d) inputs.
    inner : (d + 1, width) inner weights w with the biases b as last row.
    outer : (width,) outer weights a with their scale.
    activation : a name of the activation table.
    weight_std, bias_std : s_w, s_b.

    >>> finite_two_layer_ntk([[1.0, 0.0]], [[2.0], [0.0], [0.0]], [3.0], "relu")
    array([[22.]])
    """
    U = real_array("X", X, shape=(None, None))
    W = real_array("inner", inner, shape=(U.shape[1] + 1, None))
    a = real_array("outer", outer, shape=(W.shape[1],))
    sigma = find_activation(activation)
    s_w, s_b = number("weight_std", weight_std), number("bias_std", bias_std)
    within_memory("X", 3, len(U), len(U) + len(a))
    z = np.c_[s_w * U, np.full(len(U), s_b)] @ W  # (n, width)
    values, slopes = sigma.value(z), a * sigma.slope(z)
    product = s_w**2 * U @ U.T + s_b**2
    K = values @ values.T + slopes @ slopes.T * product
    return K / len(a)
