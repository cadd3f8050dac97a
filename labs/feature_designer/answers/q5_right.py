# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: in logarithms
def priority_for(power, rates, lr, steps):
    rates = np.asarray(rates)
    height = -np.log(power) - (2 * steps - 1) * np.log1p(-lr * rates)
    height = np.where(rates > 0, height, -np.inf)
    return np.exp(height - height.max())


# variant: wave by wave
def priority_for(power, rates, lr, steps):
    found = [
        1 / (s * (1 - lr * r) ** (2 * steps - 1)) if r > 0 else 0
        for s, r in zip(power, rates)
    ]
    return [c / max(found) for c in found]


# variant: energy that is left, over the factor of one step
def priority_for(power, rates, lr, steps):
    rates = np.asarray(rates)
    factor = 1 - lr * rates
    after = np.asarray(power) * factor ** (2 * steps)
    found = (rates > 0) * factor / after
    return found / np.max(found)
