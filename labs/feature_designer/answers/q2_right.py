# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: a bounded search by SciPy
def energy_left(power, rates, lr, steps):
    return float(
        np.dot(power, np.abs(1 - lr * np.array(rates)) ** (2 * steps))
        / np.sum(power)
    )


def best_lr(power, rates, steps):
    from scipy.optimize import minimize_scalar

    limit = 2 / max(rates)
    found = minimize_scalar(
        lambda z: energy_left(power, rates, z * limit, steps),
        bounds=(0, 1),
        method="bounded",
        options={"xatol": 1e-9},
    )
    return found.x * limit


# variant: tables, each finer than the last
def energy_left(power, rates, lr, steps):
    left = np.array(power, dtype=float)
    for _ in range(steps):
        left = left * (1 - lr * np.array(rates)) ** 2
    return left.sum() / sum(power)


def best_lr(power, rates, steps):
    low, high = 0.0, 2 / np.max(rates)
    for _ in range(5):
        table = np.linspace(low, high, 41)
        best = int(
            np.argmin(
                [energy_left(power, rates, lr, steps) for lr in table]
            )
        )
        low, high = table[max(best - 1, 0)], table[min(best + 1, 40)]
    return table[best]


# variant: bisection on the slope
def energy_left(power, rates, lr, steps):
    amplitude = np.sqrt(power) * (1 - lr * np.asarray(rates)) ** steps
    return amplitude @ amplitude / np.sum(power)


def best_lr(power, rates, steps):
    power, rates = np.asarray(power), np.asarray(rates)
    low, high = 0.0, 2 / rates.max()
    for _ in range(60):
        lr = (low + high) / 2
        slope = -np.sum(
            power * rates * (1 - lr * rates) ** (2 * steps - 1)
        )
        low, high = (lr, high) if slope < 0 else (low, lr)
    return low
