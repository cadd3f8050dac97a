# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: eigenvalues of kernel / n, steps by a loop
def largest_lr(kernel):
    return 2 / max(np.linalg.eigvalsh(np.asarray(kernel) / len(kernel)))


def steps_needed(rates, lr, below):
    found = []
    for rate in rates:
        factor, left, count = abs(1 - lr * rate), 1.0, 0
        while factor < 1 and (left >= below or count == 0):
            left, count = left * factor, count + 1
        found.append(count if factor < 1 else np.inf)
    return found


# variant: the power method, steps by hand
def largest_lr(kernel):
    v = np.arange(1.0, len(kernel) + 1) % 7 + 0.3
    for _ in range(20000):
        v = kernel @ v
        v /= np.linalg.norm(v)
    return 2 * len(kernel) / (v @ kernel @ v)


def steps_needed(rates, lr, below):
    z = lr * np.asarray(rates)
    with np.errstate(divide="ignore", invalid="ignore"):
        count = np.floor(np.log(below) / np.log(np.abs(1 - z))) + 1
    return np.where((z > 1e-12) & (z < 2), count, np.inf)


# variant: singular values, steps by search
def largest_lr(kernel):
    return 2 * len(kernel) / np.linalg.norm(kernel, 2)


def steps_needed(rates, lr, below):
    def one(factor):
        if not factor < 1:
            return np.inf
        high = 1
        while factor**high >= below:
            high *= 2
        low = high // 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (
                (low, middle)
                if factor**middle < below
                else (middle, high)
            )
        return high

    return np.array([one(abs(1 - lr * rate)) for rate in rates])
