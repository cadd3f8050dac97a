# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: no momentum max=0.76
def train(F, Y, lr, momentum, steps, start):
    a, v = start, np.zeros_like(start)
    for _ in range(steps):
        v = -lr * F.T @ (F @ a - Y)
        a = a + v
    return a


# variant: from zero always max=0.74
def train(F, Y, lr, momentum, steps, start):
    a, v = 0 * start, np.zeros_like(start)
    for _ in range(steps):
        v = momentum * v - lr * F.T @ (F @ a - Y)
        a = a + v
    return a


# variant: a mean over the samples max=0.84
def train(F, Y, lr, momentum, steps, start):
    a, v = start, np.zeros_like(start)
    for _ in range(steps):
        v = momentum * v - lr / len(F) * F.T @ (F @ a - Y)
        a = a + v
    return a


# variant: Nesterov max=0.82
def train(F, Y, lr, momentum, steps, start):
    a, v = start, np.zeros_like(start)
    for _ in range(steps):
        v = momentum * v - lr * F.T @ (F @ (a + momentum * v) - Y)
        a = a + v
    return a


# variant: uphill max=0.37
def train(F, Y, lr, momentum, steps, start):
    a, v = start, np.zeros_like(start)
    for _ in range(min(steps, 10)):
        v = momentum * v + lr * F.T @ (F @ a - Y)
        a = a + v
    return a


# variant: one step more max=0.78
def train(F, Y, lr, momentum, steps, start):
    a, v = start, np.zeros_like(start)
    for _ in range(steps + 1):
        v = momentum * v - lr * F.T @ (F @ a - Y)
        a = a + v
    return a


# variant: one step less max=0.73
def train(F, Y, lr, momentum, steps, start):
    a, v = start, np.zeros_like(start)
    for _ in range(steps - 1):
        v = momentum * v - lr * F.T @ (F @ a - Y)
        a = a + v
    return a


# variant: an averaged gradient max=0.66
def train(F, Y, lr, momentum, steps, start):
    a, v = start, np.zeros_like(start)
    for _ in range(steps):
        v = momentum * v - (1 - momentum) * lr * F.T @ (F @ a - Y)
        a = a + v
    return a


# variant: the end of training max=0.64
def train(F, Y, lr, momentum, steps, start):
    return start + np.linalg.pinv(F) @ (Y - F @ start)


# variant: the shortest weights max=0.51
def train(F, Y, lr, momentum, steps, start):
    return np.linalg.lstsq(F, Y, rcond=None)[0]


# variant: nothing is trained max=0.37
def train(F, Y, lr, momentum, steps, start):
    return 0 * start


# variant: limit without momentum max=0.84
def largest_lr(F, momentum):
    return 2 / np.linalg.norm(F, 2) ** 2


# variant: half the limit max=0.82
def largest_lr(F, momentum):
    return (1 + momentum) / np.linalg.norm(F, 2) ** 2


# variant: limit with the other sign max=0.75
def largest_lr(F, momentum):
    return 2 * (1 - momentum) / np.linalg.norm(F, 2) ** 2


# variant: limit by the sum max=0.77
def largest_lr(F, momentum):
    return 2 * (1 + momentum) / np.sum(F**2)


# variant: limit by a singular value max=0.79
def largest_lr(F, momentum):
    return 2 * (1 + momentum) / np.linalg.norm(F, 2)
