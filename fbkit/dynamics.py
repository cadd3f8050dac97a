r"""How errors decay when the kernel stands still: gradient flow, gradient descent and
momentum in closed form.

The residual r = f - y of a linear (or lazily trained) model obeys dr/dt = -K P r, with
K its kernel on the n points and P = diag(w) for the loss 1/2 sum_i w_i r_i^2. In a
basis that makes K P diagonal each mode has its own rate lambda_k, and every method
below is a function of lambda_k and the number of steps: no loop over steps anywhere.
"""

import numpy as np

from fbkit._errors import one_of, positive, positive_int, real_array
from fbkit.basis import Basis
from fbkit.history import METHODS, History


def gradient_flow(rates, start, t, modes=None, **gram):
    r"""Gradient flow: e_k(t) = e_k(0) exp(-lambda_k t).

    The four methods of this module take the same arguments: rates per mode, or a Gram
    matrix in their place.

    Parameters
    ----------
    rates : (K,) decay rates lambda_k >= 0, or (n, n) the kernel K(x_i, x_j) at the
        points, positive semidefinite; it is decomposed once.
    start : (K,) errors at time 0, or (n,) the residual r(0) = f(0) - y at the points,
        for a Gram matrix.
    t : (T,) times, increasing; for the other methods `steps`, (T,) whole numbers, or
        one number S up to a million for 0, 1, ..., S.
    modes : (K,) name of each mode, default 0..K-1.
    weights : (n,) w of the loss 1/2 sum w_i r_i^2, default 1/n; for a Gram matrix only,
        as the next two.
    loss_matrix : (n, n) P, to train 1/2 r.P r instead (a Sobolev loss:
        `fbkit.basis.sobolev_matrix`); the flow is then dr/dt = -K P r, and
        `History.loss` stays the plain loss of the weights.
    onto : what to read off the residual: a `Basis` (its coefficients), or (n, J)
        columns v_j (their weighted inner products with the residual, each column scaled
        to weighted length 1). Default: the eigenvectors of the training operator,
        largest rate first; their rates stand in `meta["rates"]`.

    Returns
    -------
    History. For a Gram matrix `meta["residual"]` holds the residual at the points, (T,
    n).

    The flow is that of a linear model (Jacot et al., arXiv 1806.07572); Sobolev losses
    as in Yu, Yang and Townsend (arXiv 2205.14300), rates derived here, checked
    numerically.

    >>> gradient_flow([1.0, 0.5], [2.0, 2.0], [0, np.log(2)]).error.round(12).tolist()
    [[2.0, 2.0], [1.0, 1.414213562373]]
    >>> run = gradient_flow([[2.0, 0.0], [0.0, 6.0]], [1.0, 1.0], [0, 1])        # K/n: rates 1 and 3
    >>> run.meta["rates"].round(12).tolist(), (-np.log(run.meta["residual"][1])).round(12).tolist()
    ([3.0, 1.0], [1.0, 3.0])
    """
    t = np.atleast_1d(real_array("t", t))
    if t.min() < 0:
        raise ValueError(f"t starts at {t.min():g}; expected times of at least 0.")
    return _run(
        rates,
        start,
        t,
        modes,
        lambda rate: np.exp(-np.outer(t, rate)),
        {"label": "theory, gradient flow"},
        **gram,
    )


def gradient_descent(rates, start, steps, lr, modes=None, **gram):
    """Gradient descent with learning rate eta: e_k after s steps is (1 - eta
    lambda_k)^s e_k(0); t = eta s.

    Parameters and result as `gradient_flow`. Stable for eta lambda < 2.

    >>> gradient_descent([1.0], [1.0], [0, 3], lr=0.5).error.ravel().tolist()
    [1.0, 0.125]
    """
    return _stepped("gd", rates, start, steps, lr, 0.0, modes, gram)


def heavy_ball(rates, start, steps, lr, momentum=0.9, modes=None, **gram):
    r"""Heavy ball, torch's SGD with momentum: e_{s+1} = (1 + beta - z) e_s - beta
    e_{s-1} with z = eta lambda_k.

    The velocity starts at zero, that is e_{-1} = e_0. Stable for z < 2 (1 + beta).
    Modes with (1 - sqrt(beta))^2 < z < (1 + sqrt(beta))^2 all decay as sqrt(beta)^s,
    the easy ones among them slower than without momentum. Parameters and result as
    `gradient_flow`; the clock is "steps". Derived here, checked numerically (setting:
    arXiv 2206.14862).

    >>> run = heavy_ball([1.0], [1.0], 2, lr=0.1, momentum=0.5)
    >>> run.error.ravel().round(12).tolist()        # 1, 0.9, 1.4 * 0.9 - 0.5
    [1.0, 0.9, 0.76]
    """
    return _stepped("heavy_ball", rates, start, steps, lr, momentum, modes, gram)


def nesterov(rates, start, steps, lr, momentum=0.9, modes=None, **gram):
    r"""Nesterov's method: e_{s+1} = (1 + beta)(1 - z) e_s - beta (1 - z) e_{s-1} with z
    = eta lambda_k.

    The gradient is taken at the point looked ahead to, and the velocity starts at zero
    (e_{-1} = e_0). Stable for z < (2 + 2 beta)/(1 + 2 beta); for ((1 - beta)/(1 +
    beta))^2 < z < 1 a mode decays as (beta (1 - z))^(s/2). Parameters and result as
    `gradient_flow`; the clock is "steps". Derived here, checked numerically.

    >>> run = nesterov([1.0], [1.0], 2, lr=0.1, momentum=0.5)
    >>> run.error.ravel().round(12).tolist()        # 1, 0.9, 1.35 * 0.9 - 0.45
    [1.0, 0.9, 0.765]
    """
    return _stepped("nesterov", rates, start, steps, lr, momentum, modes, gram)


def mode_factor(z, method="gd", beta=0.0):
    """Factor by which a mode with z = lr * rate shrinks per step in the long run: the
    largest root in size.

    Parameters: `z`, any shape, at least 0; `method`, "flow", "gd", "heavy_ball" or
    "nesterov"; `beta`, momentum in [0, 1). A mode near critical damping carries a large
    prefactor and is behind this factor for many steps. Returns the shape of z. Derived
    here, checked numerically.

    >>> mode_factor([0.9, 0.1, 0.001], "heavy_ball", 0.9).round(4).tolist()        # sqrt(0.9) twice, then slower
    [0.9487, 0.9487, 0.9889]
    >>> mode_factor([0.5, 1.5, 2.5]).tolist()
    [0.5, 0.5, 1.5]
    """
    z, beta = _check_z(z, method, beta)
    trace, det = _recursion(z, method, beta)
    gap = np.sqrt(trace**2 - 4 * det + 0j)
    return np.maximum(np.abs(trace + gap), np.abs(trace - gap)) / 2


def mode_trajectory(z, steps, method="gd", beta=0.0):
    """e_s / e_0 for modes with z = lr * rate after s steps, in closed form.

    Parameters: `z` (K,); `steps`, (T,) whole numbers or one number S for 0..S;
    `method`, `beta` as `mode_factor`. Returns (T, K); "flow" is exp(-z s). With roots
    r1, r2 of r^2 - T r + D and U_s = (r1^s - r2^s)/(r1 - r2), the start e_{-1} = e_0
    gives e_s / e_0 = U_{s+1} - D U_s, exact for complex, equal and real roots.

    >>> mode_trajectory([0.5, 2.0], 3).tolist()
    [[1.0, 1.0], [0.5, -1.0], [0.25, 1.0], [0.125, -1.0]]
    """
    z, beta = _check_z(z, method, beta)
    z, s = np.atleast_1d(z), _whole_steps(steps)[:, None]  # (K,), (T, 1)
    with np.errstate(all="ignore"):
        trace, det = _recursion(z, method, beta)
        gap = np.where(trace < 0, -1, 1) * np.sqrt(trace**2 - 4 * det + 0j)
        r1 = (trace + gap) / 2  # the larger root
        log_ratio = np.log1p(
            -gap / r1
        )  # log(r2/r1), accurate when the roots nearly meet

        def lucas(s):
            ratio = np.expm1(s * log_ratio) / np.expm1(log_ratio)
            return r1 ** (s - 1.0) * np.where(gap == 0, s, ratio)

        return np.where(
            det == 0, trace ** s.astype(float), (lucas(s + 1) - det * lucas(s)).real
        )


def rates(gram, basis):
    """Decay rate of each mode of a basis under a kernel: lambda_k = phi_k . W K W
    phi_k, the Rayleigh quotients.

    Exact where the basis diagonalises the kernel (equispaced points on the circle and a
    kernel of the angle); elsewhere the rate at which the mode starts to decay if it is
    alone. Parameters: `gram` (n, n), the kernel at the basis's points, or a function of
    two sets of inputs that gives it; `basis`. Returns (K,).

    >>> from fbkit.basis import circle
    >>> rates(lambda x, y: 1 + x @ y.T, circle(8, 1)).round(12).tolist()
    [1.0, 0.5, 0.5]
    """
    n = len(basis.points)
    gram = real_array(
        "gram",
        gram(basis.inputs, basis.inputs) if callable(gram) else gram,
        shape=(n, n),
    )
    weighted = basis.weights[:, None] * basis.matrix  # (n, K)
    return np.einsum("ik,ik->k", weighted, gram @ weighted)


def pinn_rates(rates, order, modes=None):
    """Rates of a mode when the loss is the residual of a differential operator of order
    q: k^(2q) lambda_k.

    For L u = u^(q) on the circle the kernel of the residual is L_x L_x' K, so high
    frequencies gain k^(2q): a raw interior residual reduces the bias towards low
    frequencies. These are rates of the residual's modes, k^q times the error's;
    boundary terms and other normalisations change the picture (arXiv 2301.02790).
    Derived here, checked numerically. Parameters: `rates` (K,), `order` q >= 0, `modes`
    (K,), default 0..K-1.

    >>> pinn_rates([1.0, 1.0, 0.25], 2).tolist()
    [0.0, 1.0, 4.0]
    """
    rates = real_array("rates", rates, ndim=1)
    k = (
        np.arange(len(rates))
        if modes is None
        else real_array("modes", modes, shape=rates.shape)
    )
    return rates * np.abs(k) ** (2.0 * positive_int("order", order, least=0))


def effective_train_eigenvalue(mu, tail, n):
    """Eigenvalue that a mode shows on n training points: mu + tail/n.

    `tail` is the kernel's mass sum_k N_k mu_k in the degrees that n points cannot tell
    apart; it acts as a ridge and makes those degrees look learned on the training
    points long before they are learned. Derived here, checked numerically (setting:
    arXiv 1912.01198).

    >>> round(float(effective_train_eigenvalue(5.645e-5, 0.05529, 1000)), 7)
    0.0001117
    """
    mu, tail = real_array("mu", mu), real_array("tail", tail)
    if min(mu.min(), tail.min()) < 0:
        raise ValueError(
            "mu or tail is negative; eigenvalues and their sums are at least 0."
        )
    return mu + tail / positive_int("n", n)


def marchenko_pastur_edges(multiplicity, n):
    """Spread of one degree's N eigenvalues on n random points, relative to their mean.

    From (1 - sqrt(N/n))^2 to (1 + sqrt(N/n))^2, the edges of the Marchenko-Pastur law.

    >>> [round(edge, 3) for edge in marchenko_pastur_edges(660, 1000)]
    [0.035, 3.285]
    """
    root = (positive_int("multiplicity", multiplicity) / positive_int("n", n)) ** 0.5
    return (1 - root) ** 2, (1 + root) ** 2


def density_learning_time(k, density, lr=1.0, delta=0.1):
    """Time until a local frequency omega falls to a fraction delta: pi ln(1/delta)
    omega^2/(eta rho).

    rho is the data's density there. For the first-layer ReLU kernel with bias on the
    circle, K_b = (1 + cos a)(pi - abs(a))/(4 pi), whose second derivative is
    -delta_0/pi plus a smooth part: locally lambda = rho/(pi omega^2). The k^2/rho law
    of Basri et al. (arXiv 2003.04560) with its constant; derived here, checked
    numerically.

    Parameters: `k`, angular frequency; `density`, rho per radian (1/(2 pi) when
    uniform); `lr`, eta (1 gives flow time); `delta`, in (0, 1).

    >>> round(float(density_learning_time(24, 0.8 / np.pi)) * (0.8 / np.pi) / 24**2, 3)        # pi ln 10
    7.234
    """
    k, density = real_array("k", k), real_array("density", density)
    if density.min() <= 0:
        raise ValueError(
            f"density holds {density.min():g}; expected numbers above 0, per radian."
        )
    if not 0 < positive("delta", delta) < 1:
        raise ValueError(f"delta is {delta:g}; expected a fraction between 0 and 1.")
    return np.pi * np.log(1 / delta) * k**2 / (positive("lr", lr) * density)


def learning_curve(p, mu, multiplicity, power, ridge=0.0, noise=0.0, tail=0.0):
    r"""Test error of kernel regression on p random points, and its share in each degree
    (arXiv 2002.02561).

    With kappa the solution of kappa = ridge + tail + sum_k N_k kappa mu_k/(p mu_k +
    kappa) and gamma = sum_k N_k p mu_k^2/(p mu_k + kappa)^2, the mean square error
    against the clean target is

        E = (sum_k a_k^2 kappa^2/(p mu_k + kappa)^2 + noise gamma) / (1 - gamma),
        E_k = (a_k^2 kappa^2 + N_k p mu_k^2 (E + noise)) / (p mu_k + kappa)^2.

    Parameters
    ----------
    p : (P,) numbers of training points.
    mu, multiplicity : (K,) eigenvalues mu_k and how often they come, N_k.
    power : (K,) a_k^2, all of the target's power in degree k.
    ridge : lambda in (K + lambda I) (not lambda/p).
    noise : variance of the labels' noise.
    tail : sum of N_k mu_k over degrees that are left out; it acts as a ridge.

    Returns (total (P,), by_degree (P, K)); the degrees sum to the total.

    >>> total, share = learning_curve([0, 50], [0.5, 0.05], [1, 10], [1.0, 1.0])
    >>> total.round(12).tolist()        # nothing seen: all of the power; more points than modes: nothing left
    [2.0, 0.0]
    """
    p = np.atleast_1d(real_array("p", p))[:, None]  # (P, 1)
    mu = real_array("mu", mu, ndim=1)
    many, power = (
        real_array(n, v, shape=mu.shape)
        for n, v in (("multiplicity", multiplicity), ("power", power))
    )
    noise = positive("noise", noise, zero=True)
    if min(p.min(), mu.min(), many.min(), power.min()) < 0:
        raise ValueError(
            "p, mu, multiplicity or power holds a negative number; all of them are at"
            " least 0."
        )
    floor = positive("ridge", ridge, zero=True) + positive("tail", tail, zero=True)
    low, high = (
        np.full(p.shape, v) for v in (max(floor, 1e-300), floor + many @ mu)
    )  # kappa lies between
    for _ in range(200):
        middle = np.sqrt(low) * np.sqrt(high)
        below = middle < floor + (many * middle * mu / (p * mu + middle)).sum(
            axis=1, keepdims=True
        )
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    kappa = np.where(
        high > 1e-290, high, 0.0
    )  # nothing is left of it when there are more points than modes, no ridge
    fit = np.where(p * mu + kappa > 0, p * mu + kappa, 1.0)
    left = np.where(
        mu > 0, kappa / fit, 1.0
    )  # the share of a degree that is not learned
    gamma = (many * p * (mu / fit) ** 2).sum(axis=1, keepdims=True)
    total = ((power * left**2).sum(axis=1, keepdims=True) + noise * gamma) / (1 - gamma)
    return total[:, 0], power * left**2 + many * p * (mu / fit) ** 2 * (total + noise)


def gd_mode_prediction(gram, values, lr, steps, **gram_options):
    """Gradient descent from the zero function on labels y: `gradient_descent` of the
    residual -y under a Gram matrix.

    >>> gd_mode_prediction(np.eye(2), [1.0, 2.0], 1.0, [0, 1]).meta["residual"].round(12).tolist()
    [[-1.0, -2.0], [-0.5, -1.0]]
    """
    return gradient_descent(
        gram, -real_array("values", values), steps, lr, **gram_options
    )


# The names of the theory notes.
effective_train_eig, kr_learning_curve, pinn_mode_eigs = (
    effective_train_eigenvalue,
    learning_curve,
    pinn_rates,
)


def product_flow(kernel, loss_matrix, start, decay):
    """r(t) for dr/dt = -K P r, K and P Hermitian positive semidefinite, either of them
    singular if need be.

    With P = Q Q^H the vector Q^H r has the symmetric operator S = Q^H K Q = U diag(s)
    U^H, and r(t) = r(0) - K Q U g(s, t) U^H Q^H r(0) with g = (1 - decay)/s. Modes
    below 1e-13 of the largest rate do not move: their effect is below 1e-13 of time
    times largest rate.

    Parameters: `kernel` (n, n), also sparse; `loss_matrix` (n, n), or (n,) for a
    diagonal; `start` (n,); `decay`, function of s (m,) giving (T, m). Returns r (T, n),
    coordinates U^H Q^H r (T, m) and s (m,), largest first.

    >>> flow = lambda s: np.exp(-np.outer([0, 0.25], s))
    >>> product_flow(np.eye(1), np.array([4.0]), np.array([1.0]), flow)[0].round(6).tolist()
    [[1.0], [0.367879]]
    """
    if loss_matrix.ndim == 1:
        root = np.diag(np.sqrt(loss_matrix))
    else:
        values, vectors = np.linalg.eigh((loss_matrix + loss_matrix.conj().T) / 2)
        real_part = values > 1e-14 * values[-1]
        root = vectors[:, real_part] * np.sqrt(values[real_part])  # (n, m)
    pushed = kernel @ root
    square = root.conj().T @ pushed
    s, u = np.linalg.eigh((square + square.conj().T) / 2)
    s, u = np.maximum(s[::-1], 0.0), u[:, ::-1]
    y0 = u.conj().T @ (root.conj().T @ start)
    factor = decay(s)
    moved = (
        np.where(s > 1e-13 * s[0], (1 - factor) / np.where(s > 0, s, 1.0), 0.0) * y0
    )  # (T, m)
    return start - moved @ (pushed @ u).T, factor * y0, s


def _run(
    rates, start, t, modes, decay, meta, *, weights=None, loss_matrix=None, onto=None
):
    """The History of any method, from `decay`: rates (K,) -> e(t)/e(0) (T, K)."""
    rates = np.atleast_1d(real_array("rates", rates))
    if rates.ndim == 1:
        if weights is not None or loss_matrix is not None or onto is not None:
            raise ValueError(
                "weights, loss_matrix and onto go with a Gram matrix; leave them out"
                " for rates per mode."
            )
        if rates.min() < 0:
            raise ValueError(
                f"rates holds {rates.min():g}; decay rates are at least 0."
            )
        error = decay(rates) * real_array("start", start, shape=rates.shape)
        names = np.arange(len(rates)) if modes is None else modes
        return History(t, names, error, np.square(error).sum(axis=1) / 2, meta)
    n = len(rates)
    gram = real_array("the Gram matrix", rates, shape=(n, n))
    if np.abs(gram - gram.T).max() > 1e-8 * np.abs(gram).max():
        raise ValueError(
            "the Gram matrix is not symmetric; pass K(x_i, x_j) of a kernel, without"
            " weights."
        )
    r0 = real_array("start", start, shape=(n,))
    if weights is None:
        weights = onto.weights if isinstance(onto, Basis) else np.full(n, 1 / n)
    w = real_array("weights", weights, shape=(n,))
    if w.min() <= 0:
        raise ValueError(
            f"weights holds {w.min():g}; weights are above 0, so drop points that do"
            " not count."
        )
    if (
        loss_matrix is None
        # r = W^(-1/2) U decay U^T W^(1/2) r0, without the subtraction that product_flow
        # makes
    ):
        root = np.sqrt(w)
        s, u = np.linalg.eigh(root[:, None] * (gram + gram.T) / 2 * root)
        s, u = np.maximum(s[::-1], 0.0), u[:, ::-1]
        coordinates = decay(s) * (u.T @ (root * r0))  # (T, n)
        residual = coordinates @ u.T / root
    else:
        loss_matrix = real_array("loss_matrix", loss_matrix, shape=(n, n))
        residual, coordinates, s = product_flow(gram, loss_matrix, r0, decay)
    meta = {**meta, "rates": s, "residual": residual}
    if onto is None:
        error, names = coordinates, np.arange(len(s))
    elif isinstance(onto, Basis):
        error, names = onto.analyse(residual), onto.modes
    else:
        v = real_array("onto", onto, shape=(n, None))
        error = residual @ (w[:, None] * v / np.sqrt(w @ v**2))  # (T, J)
        names = np.arange(v.shape[1])
    return History(
        t, names if modes is None else modes, error, np.square(residual) @ w / 2, meta
    )


def _stepped(method, rates, start, steps, lr, momentum, modes, gram):
    steps, lr = _whole_steps(steps), positive("lr", lr)
    flow = method == "gd"

    def decay(s):
        factor = mode_trajectory(lr * s, steps, method, momentum)
        if not np.isfinite(factor).all():
            limit = {
                "gd": 2,
                "heavy_ball": 2 + 2 * momentum,
                "nesterov": (2 + 2 * momentum) / (1 + 2 * momentum),
            }
            raise ValueError(
                f"lr is {lr:g}, and with the largest rate {s.max():g} the errors grow"
                f" past all numbers; choose lr below {limit[method] / s.max():.4g}."
            )
        return factor

    meta = {
        "clock": "flow" if flow else "steps",
        "label": f"theory, {METHODS[method]}",
        "lr": lr,
        "steps": steps,
    }
    meta |= {} if flow else {"momentum": momentum}
    return _run(rates, start, steps * (lr if flow else 1), modes, decay, meta, **gram)


def _whole_steps(steps):
    if np.ndim(steps) == 0 and positive_int("steps", steps, least=0) <= 1_000_000:
        return np.arange(int(steps) + 1)
    steps = real_array(
        "steps", steps, ndim=1
    )  # a larger number is no list of steps, and says so
    if steps.min() < 0 or steps.max() > 2**53 or np.any(steps != np.round(steps)):
        raise ValueError(
            "steps holds a number that is negative, not whole or past 2^53; pass steps"
            " like [0, 1, 10]."
        )
    return steps.astype(int)


def _check_z(z, method, beta):
    z = real_array("z", z)
    one_of("method", method, ["flow", "gd", "heavy_ball", "nesterov"])
    if z.min() < 0 or z.max() > 1e100:
        raise ValueError(
            f"z runs from {z.min():g} to {z.max():g}; expected lr times rate, from 0 to"
            " 1e100 at most."
        )
    if positive("beta", beta, zero=True) >= 1:
        raise ValueError(
            f"beta is {beta:g}; expected a momentum of at least 0 and below 1."
        )
    return z, float(beta)


def _recursion(z, method, beta):
    """Trace T and determinant D of e_{s+1} = T e_s - D e_{s-1}."""
    if method == "heavy_ball":
        return 1 + beta - z, beta + 0 * z
    if method == "flow":
        return np.exp(-z), 0 * z
    beta = 0.0 if method == "gd" else beta
    return (1 + beta) * (1 - z), beta * (1 - z)
