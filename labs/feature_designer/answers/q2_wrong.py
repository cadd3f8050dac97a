# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: gradient flow max=0.7
def energy_left(power, rates, lr, steps):
    return (
        power
        @ np.exp(-2 * lr * steps * np.asarray(rates))
        / np.sum(power)
    )


# variant: the energy, not its share max=0.8
def energy_left(power, rates, lr, steps):
    return power @ (1 - lr * np.asarray(rates)) ** (2 * steps)


# variant: not squared max=0.75
def energy_left(power, rates, lr, steps):
    return (
        power
        @ np.abs(1 - lr * np.asarray(rates)) ** steps
        / np.sum(power)
    )


# variant: one step max=0.8
def energy_left(power, rates, lr, steps):
    return power @ (1 - lr * np.asarray(rates)) ** 2 / np.sum(power)


# variant: powers left out max=0.7
def energy_left(power, rates, lr, steps):
    return np.mean((1 - lr * np.asarray(rates)) ** (2 * steps))


# variant: the largest stable learning rate max=0.6
def best_lr(power, rates, steps):
    return 2 / np.max(rates)


# variant: one over the largest rate max=0.5
def best_lr(power, rates, steps):
    return 1 / np.max(rates)


# variant: the middle of the rates, whatever the steps max=0.6
def best_lr(power, rates, steps):
    return 2 / (np.max(rates) + np.min(rates))


# variant: no limit max=0.95
def best_lr(power, rates, steps):
    table = np.linspace(0, 25 / np.max(rates), 50001)
    left = np.zeros(len(table))
    for s, r in zip(power, rates):
        left += s * (1 - table * r) ** (2 * steps)
    return table[np.argmin(left)]


# variant: ten learning rates tried max=0.75
def best_lr(power, rates, steps):
    table = np.linspace(0, 2 / np.max(rates), 11)
    return table[
        np.argmin(
            [energy_left(power, rates, lr, steps) for lr in table]
        )
    ]


# variant: the best for one step max=0.75
def best_lr(power, rates, steps):
    power, rates = np.asarray(power), np.asarray(rates)
    return min((power @ rates) / (power @ rates**2), 2 / rates.max())
