# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: SciPy's root of the sum
def waterfill(power, lr, steps, total, cap=np.inf):
    from scipy.optimize import brentq

    level_of = np.log(np.maximum(power, 1e-280))
    limit = min(cap, 1 / lr)

    def rates_at(level):
        z = np.clip((level_of - level) / (2 * steps - 1), 0, 700)
        return np.minimum((1 - np.exp(-z)) / lr, limit)

    if rates_at(-640.0).sum() <= total * (1 + 1e-12):
        return rates_at(-640.0)
    return rates_at(
        brentq(
            lambda level: rates_at(level).sum() - total,
            -640,
            level_of.max(),
            xtol=1e-13,
            rtol=1e-14,
        )
    )


# variant: sorted, one wave more at a time, capped ones set apart
def waterfill(power, lr, steps, total, cap=np.inf):
    power = np.asarray(power, dtype=float)
    n, root = len(power), 2 * steps - 1
    order = np.argsort(-power)
    capped = np.zeros(n, dtype=bool)
    while True:
        free = [i for i in order if not capped[i] and power[i] > 0]
        rest = total - cap * capped.sum() if capped.any() else total
        rates = np.where(capped, cap, 0.0)
        for count in range(len(free), 0, -1):
            inside = np.array(free[:count])
            weight = power[inside] ** (-1 / root)
            level = (count - lr * rest) / weight.sum()
            if level * weight[-1] <= 1 + 1e-12:
                break
        if len(free):
            rates[inside] = np.maximum(1 - level * weight, 0) / lr
        over = rates > cap * (1 + 1e-12)
        if not over.any():
            return rates
        capped |= over


# variant: bisection on the level, as a share of the largest power
def waterfill(power, lr, steps, total, cap=np.inf):
    shares = (np.asarray(power) / np.max(power)) ** (
        1 / (2 * steps - 1)
    )
    low, high = 0.0, 1.0
    for _ in range(200):
        root = (low + high) / 2
        filled = [
            min((1 - root / s) / lr, cap) if s > root else 0.0
            for s in shares
        ]
        if sum(filled) > total:
            low = root
        else:
            high = root
    return filled
