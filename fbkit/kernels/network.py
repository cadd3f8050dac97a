r"""The kernel of an infinitely wide network, as a record.

A dense layer maps x to weight_std w.x + bias_std b, the sum over a layer of units
divided by the root of their number. With K the covariance of what a layer gives for two
inputs and T its tangent kernel (Jacot et al., arXiv 1806.07572)::

    K = s_w^2 x.y + s_b^2,   T = g_w^2 x.y + g_b^2             the first layer
    E = E[sigma(z) sigma(z')],   E' = E[sigma'(z) sigma'(z')]  units
    T <- s_w^2 E' T + g_w^2 E + g_b^2,   K <- s_w^2 E + s_b^2  each further layer

with (z, z') normal of covariance K. Here s are standard deviations at the start; g say
how far a parameter's step moves the layer (its factor in front, 0 where the parameter
is not trained).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fbkit._bounds import MOST_LAYERS, deviation, real_or_complex
from fbkit._errors import one_of, positive_int, real_array, within_memory
from fbkit.activations import Activation
from fbkit.kernels.gram import Dense, gram, profile
from fbkit.kernels.ways import ways_of


@dataclass(frozen=True)
class Kernel:
    """The tangent kernel of an infinitely wide network.

    Attributes
    ----------
    layers : its dense layers, the first to the last.
    activation : a name of the activation table, an `Activation`, or a smooth function
        of an array.
    inputs : number of inputs, or None where any will do.
    features : frequencies (m, d) of cosines and sines that the first layer is given in
        place of its inputs (`fbkit.nets.FourierFeatures`), or None.

    `ntk_of` makes it from a network, `ntk` from numbers; two of the same network are
    equal.
    """

    layers: tuple[Dense, ...]
    activation: str | Activation | Callable = "relu"
    inputs: int | None = None
    features: tuple[tuple[float, ...], ...] | None = None

    def __post_init__(self) -> None:
        dense = [isinstance(one, Dense) for one in self.layers]
        if not dense or not all(dense):
            raise ValueError(
                "layers holds something that is no Dense, or nothing; make a kernel"
                " with ntk or ntk_of."
            )

    @property
    def depends_on_angle(self) -> bool:
        """Whether the kernel of unit inputs is a function of their angle alone."""
        return self.features is None and self.layers[0].law == "normal"

    def gram(
        self, X: ArrayLike, Y: ArrayLike | None = None, *, dtype: type = np.float64
    ) -> np.ndarray:
        """The kernel at all pairs of points.

        Parameters
        ----------
        X, Y : (n, d) and (m, d), or (n,) and (m,) for one input. Without Y the matrix
            is (n, n), symmetric, and its diagonal comes from the recursion for equal
            inputs, which is exact where arccos near 1 is not.
        dtype : float64, or float32 for speed: entries then have relative errors near
            1e-6.

        Returns
        -------
        (n, m). For a network of several outputs it is the kernel of each of them.

        >>> X = np.array([[1.0, 0.0], [0.0, 1.0]])
        >>> K = ntk(bias_std=0).gram(X)
        >>> bool(np.allclose(K, [[1, 0.5 / np.pi], [0.5 / np.pi, 1]]))
        True
        """
        return self._evaluate(X, Y, "ntk", dtype)

    def covariance(
        self, X: ArrayLike, Y: ArrayLike | None = None, *, dtype: type = np.float64
    ) -> np.ndarray:
        """Covariance of the outputs over all networks drawn: the kernel of the Gaussian
        process.

        Parameters and result as `gram`.

        >>> ntk(bias_std=0).covariance([[1.0, 0.0]]).tolist()      # E relu(g)^2
        [[0.5]]
        """
        return self._evaluate(X, Y, "covariance", dtype)

    def profile(self, theta: ArrayLike) -> np.ndarray:
        """The kernel of two unit inputs at angle theta: even, of period 2 pi.

        ReLU tracks angles through the layers, not cosines: 1 - K/K(0) is right to
        rounding near theta = 0 too, where arccos(cos theta) is not.

        Parameters
        ----------
        theta : angles in radians, any shape; complex ones too (`sphere_spectrum` uses
            them).

        >>> K = ntk(depth=3, weight_std=2**0.5, bias_std=0).profile([0.0, np.pi])
        >>> K.round(12).tolist()
        [3.0, 0.318309886184]
        """
        if not self.depends_on_angle:
            what = "Fourier features" if self.features else "evenly drawn weights"
            raise ValueError(
                f"the kernel of a network with {what} is no function of the angle; use"
                " its gram."
            )
        theta = real_or_complex("theta", theta)
        return profile(self.layers, self.activation, theta, "ntk")

    def _evaluate(self, X, Y, kind, dtype):
        name = one_of("dtype", _name_of(dtype), ["float32", "float64"])
        X = self._points("X", X)
        if Y is not None:
            Y = self._points("Y", Y)
            if Y.shape[1] != X.shape[1]:
                raise ValueError(
                    f"Y has {Y.shape[1]} inputs a point and X has {X.shape[1]};"
                    " expected the same number."
                )
        within_memory("X", len(X), len(X if Y is None else Y))
        if self.features is not None:
            X = self._featured(X)
            Y = None if Y is None else self._featured(Y)
        with np.errstate(all="ignore"):
            K = gram(self.layers, self.activation, X, Y, kind, getattr(np, name))
            total = K.sum()
        if not np.isfinite(total):
            raise ValueError(
                "the kernel is past all numbers at these points; pass smaller inputs or"
                " a network with smaller deviations."
            )
        return K

    def _points(self, name, value):
        X = real_array(name, value)
        if X.ndim == 1 and self.inputs in (None, 1):
            X = X[:, None]
        if X.ndim != 2 or (self.inputs is not None and X.shape[1] != self.inputs):
            wanted = "d" if self.inputs is None else self.inputs
            raise ValueError(
                f"{name} has shape {X.shape}; expected (n, {wanted}), one row a point."
            )
        return X

    def _featured(self, X):
        frequencies = np.array(self.features)  # (m, d)
        phase = X @ frequencies.T
        both = np.concatenate([np.cos(phase), np.sin(phase)], axis=1)
        return both / np.sqrt(len(frequencies))


def _name_of(dtype):
    try:
        return np.dtype(dtype).name
    except (TypeError, ValueError):
        return dtype


def ntk(
    depth: int = 2,
    activation: str | Activation | Callable = "relu",
    *,
    weight_std: float = 1.0,
    bias_std: float = 1.0,
    output_std: float = 1.0,
    output_bias_std: float = 0.0,
    inputs: int | None = None,
) -> Kernel:
    """The kernel of `fbkit.mlp` at infinite width, from numbers instead of a network.

    For a network that is there, `fbkit.ntk_of(net)` is the same record.

    Parameters
    ----------
    depth : layers of weights; 2 is one hidden layer.
    activation : "relu", "leaky_relu", "erf", "gelu", "gaussian", "sine", "cosine",
        "step" (which passes no gradient) and "linear" have closed forms (gelu is z
        Phi(z), arXiv 2002.08517); the rest of the table is calculated by Hermite
        series or, at large deviations, as mixtures of closed forms; a smooth function
        of an array by its Hermite series, which must converge.
    weight_std, bias_std : of all layers but the last.
    output_std, output_bias_std : of the last layer's weights and of its bias, 0 where
        there is none.
    inputs : number of inputs, checked against the points where it is given.

    >>> import fbkit as fb
    >>> net = fb.mlp(inputs=3, depth=4, activation="tanh", weight_std=5)
    >>> ntk(4, "tanh", weight_std=5, inputs=3) == fb.ntk_of(net)
    True
    """
    depth = positive_int("depth", depth, least=2, most=MOST_LAYERS)
    s_w = deviation("weight_std", weight_std)
    s_b = deviation("bias_std", bias_std)
    s_a = deviation("output_std", output_std)
    s_o = deviation("output_bias_std", output_bias_std)
    if s_w == s_b == 0:
        raise ValueError(
            "weight_std and bias_std are both 0, so the hidden units are constant; make"
            " one positive."
        )
    ways_of(activation)  # refuses what is none
    if inputs is not None:
        inputs = positive_int("inputs", inputs)
    return Kernel(dense_layers(depth, s_w, s_b, s_a, s_o), activation, inputs)


def dense_layers(
    depth: int,
    weight_std: float,
    bias_std: float,
    output_std: float,
    output_bias_std: float,
) -> tuple[Dense, ...]:
    """The layers of `fbkit.mlp`: all factors outside the parameters, but for the output
    weights, which start with their standard deviation.

    Parameters as `ntk`.

    >>> dense_layers(2, 1.0, 0.0, 3.0, 0.0)[1]
    Dense(weight_std=3.0, bias_std=0.0, weight_gain=1.0, bias_gain=0.0, law='normal')
    """
    hidden = Dense(weight_std, bias_std, weight_std, bias_std)
    output = Dense(output_std, output_bias_std, 1.0, output_bias_std)
    return (hidden,) * (depth - 1) + (output,)
