# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: gradient flow max=0.52
def predicted_errors(rates, start, lr, steps):
    return start * np.exp(-lr * np.outer(steps, rates))


# variant: sizes without signs max=0.76
def predicted_errors(rates, start, lr, steps):
    return np.abs(
        start
        * (1 - lr * np.asarray(rates)) ** np.asarray(steps)[:, None]
    )


# variant: starts at 1 max=0.4
def predicted_errors(rates, start, lr, steps):
    return (1 - lr * np.asarray(rates)) ** np.asarray(steps)[:, None]


# variant: the learning rate left out max=0.57
def predicted_errors(rates, start, lr, steps):
    return start * (1 - np.asarray(rates)) ** np.asarray(steps)[:, None]


# variant: numbers of the rows instead of steps max=0.4
def predicted_errors(rates, start, lr, steps):
    return (
        start
        * (1 - lr * np.asarray(rates)) ** np.arange(len(steps))[:, None]
    )


# variant: rates and records exchanged max=0.2
def predicted_errors(rates, start, lr, steps):
    return (
        start
        * (1 - lr * np.asarray(rates)) ** np.asarray(steps)[:, None]
    ).T


# variant: one step too many max=0.2
def predicted_errors(rates, start, lr, steps):
    return start * (1 - lr * np.asarray(rates)) ** (
        np.asarray(steps)[:, None] + 1
    )


# variant: squared, as the loss max=0.2
def predicted_errors(rates, start, lr, steps):
    return start * (1 - lr * np.asarray(rates)) ** (
        2 * np.asarray(steps)[:, None]
    )


# variant: a factor that never turns negative max=0.7
def predicted_errors(rates, start, lr, steps):
    return (
        start
        * np.maximum(1 - lr * np.asarray(rates), 0)
        ** np.asarray(steps)[:, None]
    )
