# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: one over the power max=0.4
def priority_for(power, rates, lr, steps):
    found = (np.asarray(rates) > 0) / np.asarray(power)
    return found / found.max()


# variant: the rates left as they are max=0.3
def priority_for(power, rates, lr, steps):
    return np.asarray(rates) / np.max(rates)


# variant: waves without rate kept max=0.7
def priority_for(power, rates, lr, steps):
    found = 1 / (
        np.asarray(power)
        * (1 - lr * np.asarray(rates)) ** (2 * steps - 1)
    )
    return found / found.max()


# variant: not scaled max=0.6
def priority_for(power, rates, lr, steps):
    rates = np.asarray(rates)
    return np.where(
        rates > 0, 1 / (power * (1 - lr * rates) ** (2 * steps - 1)), 0
    )


# variant: what is left made equal, not the slopes max=0.4
def priority_for(power, rates, lr, steps):
    rates = np.asarray(rates)
    found = np.where(
        rates > 0, 1 / (power * (1 - lr * rates) ** (2 * steps)), 0
    )
    return found / found.max()


# variant: gradient flow max=0.4
def priority_for(power, rates, lr, steps):
    rates = np.asarray(rates)
    found = np.where(
        rates > 0, np.exp(2 * lr * steps * rates) / power, 0
    )
    return found / found.max()


# variant: upside down max=0.3
def priority_for(power, rates, lr, steps):
    rates = np.asarray(rates)
    found = np.where(
        rates > 0, power * (1 - lr * rates) ** (2 * steps - 1), 0
    )
    return found / found.max()


# variant: the spectrum expected, not a share of it max=0.35
def priority_for(power, rates, lr, steps):
    rates = np.asarray(rates)
    found = np.where(
        rates > 0, 1 / (1 - lr * rates) ** (2 * steps - 1), 0
    )
    return found / found.max()


# variant: scaled to the sum 1 max=0.6
def priority_for(power, rates, lr, steps):
    rates = np.asarray(rates)
    found = np.where(
        rates > 0, 1 / (power * (1 - lr * rates) ** (2 * steps - 1)), 0
    )
    return found / found.sum()
