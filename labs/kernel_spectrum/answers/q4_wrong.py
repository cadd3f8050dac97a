# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: one over the largest rate max=0.65
def largest_lr(kernel):
    return len(kernel) / np.linalg.eigvalsh(kernel)[-1]


# variant: eigenvalues of the kernel itself max=0.62
def largest_lr(kernel):
    return 2 / np.linalg.eigvalsh(kernel)[-1]


# variant: the trace max=0.6
def largest_lr(kernel):
    return 2 * len(kernel) / np.trace(kernel)


# variant: the rate of frequency 0 max=0.75
def largest_lr(kernel):
    return 2 * len(kernel) / np.sum(kernel[0])


# variant: the smallest eigenvalue max=0.4
def largest_lr(kernel):
    return 2 * len(kernel) / max(np.linalg.eigvalsh(kernel)[0], 1e-9)


# variant: gradient flow's steps max=0.67
def steps_needed(rates, lr, below):
    with np.errstate(divide="ignore"):
        return np.maximum(
            1, np.ceil(np.log(1 / below) / (lr * np.maximum(rates, 0)))
        )


# variant: not rounded up max=0.6
def steps_needed(rates, lr, below):
    z = lr * np.asarray(rates)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(
            (z > 1e-12) & (z < 2),
            np.log(below) / np.log(np.abs(1 - z)),
            np.inf,
        )


# variant: rounded down max=0.6
def steps_needed(rates, lr, below):
    z = lr * np.asarray(rates)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(
            (z > 1e-12) & (z < 2),
            np.floor(np.log(below) / np.log(np.abs(1 - z))),
            np.inf,
        )


# variant: overshooting counts as never max=0.87
def steps_needed(rates, lr, below):
    z = lr * np.asarray(rates)
    with np.errstate(divide="ignore", invalid="ignore"):
        count = np.floor(np.log(below) / np.log(np.abs(1 - z))) + 1
    return np.where((z > 1e-12) & (z <= 1), count, np.inf)


# variant: 0 for never max=0.82
def steps_needed(rates, lr, below):
    z = lr * np.asarray(rates)
    with np.errstate(divide="ignore", invalid="ignore"):
        count = np.floor(np.log(below) / np.log(np.abs(1 - z))) + 1
    return np.where((z > 1e-12) & (z < 2), count, 0)


# variant: the learning rate left out max=0.83
def steps_needed(rates, lr, below):
    z = np.asarray(rates)
    with np.errstate(divide="ignore", invalid="ignore"):
        count = np.floor(np.log(below) / np.log(np.abs(1 - z))) + 1
    return np.where((z > 1e-12) & (z < 2), count, np.inf)
