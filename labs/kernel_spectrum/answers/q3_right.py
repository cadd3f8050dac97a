# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: one row a record
def predicted_errors(rates, start, lr, steps):
    return [
        [e * (1 - lr * rate) ** s for rate, e in zip(rates, start)]
        for s in steps
    ]


# variant: step by step
def predicted_errors(rates, start, lr, steps):
    steps, e, rows = (
        [int(s) for s in steps],
        np.array(start, dtype=float),
        {},
    )
    for s in range(max(steps) + 1):
        rows[s] = e
        e = e - lr * rates * e
    return np.array([rows[s] for s in steps])


# variant: by logarithms, signs apart
def predicted_errors(rates, start, lr, steps):
    factor, s = 1 - lr * np.asarray(rates), np.asarray(steps)[:, None]
    size = np.exp(s * np.log(np.maximum(np.abs(factor), 1e-300)))
    return start * size * np.where((factor < 0) & (s % 2 == 1), -1, 1)


# variant: fbkit's gradient descent
def predicted_errors(rates, start, lr, steps):
    return fb.gradient_descent(
        rates, start, np.asarray(steps).astype(int), lr
    ).error


# variant: np.power.outer
def predicted_errors(rates, start, lr, steps):
    return (
        np.power(
            np.subtract(1, np.multiply(lr, rates))[None],
            np.reshape(steps, (-1, 1)),
        )
        * start
    )
