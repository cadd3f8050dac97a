# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: two positions, no velocity
def largest_lr(F, momentum):
    return 2 * (1 + momentum) / np.linalg.eigvalsh(F @ F.T).max()


def train(F, Y, lr, momentum, steps, start):
    old = now = np.array(start, dtype=float)
    for _ in range(steps):
        old, now = (
            now,
            now + momentum * (now - old) - lr * F.T @ (F @ now - Y),
        )
    return now


# variant: by singular values, the parts apart
def largest_lr(F, momentum):
    return (
        2 * (1 + momentum) / np.linalg.svd(F, compute_uv=False)[0] ** 2
    )


def train(F, Y, lr, momentum, steps, start):
    U, s, V = np.linalg.svd(F, full_matrices=False)
    inside = V @ start
    p, v = inside, 0 * inside
    for _ in range(steps):
        v = momentum * v - lr * s[:, None] * (s[:, None] * p - U.T @ Y)
        p = p + v
    return start + V.T @ (p - inside)


# variant: one signal after the other
def largest_lr(F, momentum):
    gram = F @ F.T
    return (2 + 2 * momentum) / np.max(np.linalg.eigvals(gram).real)


def train(F, Y, lr, momentum, steps, start):
    out = []
    for y, a in zip(Y.T, start.T):
        v = np.zeros(len(a))
        for _ in range(steps):
            gradient = (F @ a - y) @ F
            v = momentum * v - lr * gradient
            a = a + v
        out.append(a)
    return np.stack(out, axis=1)
