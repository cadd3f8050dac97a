# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: one point at a time
def filter_errors(inputs, values, prediction, variance):
    y, h = (
        values - values.mean(axis=0),
        prediction - prediction.mean(axis=0),
    )

    def smooth(signal):
        rows = []
        for x in inputs:
            w = np.exp(
                -((inputs - x) ** 2).sum(axis=1) / (2 * variance)
            )
            rows.append(w @ signal / w.sum())
        return np.array(rows)

    y_low, h_low = smooth(y), smooth(h)
    high = np.linalg.norm((h - h_low) - (y - y_low)) / np.linalg.norm(
        y - y_low
    )
    return [np.linalg.norm(h_low - y_low) / np.linalg.norm(y_low), high]


# variant: scipy's distances
def filter_errors(inputs, values, prediction, variance):
    from scipy.spatial.distance import cdist

    g = np.exp(-cdist(inputs, inputs, "sqeuclidean") / (2 * variance))
    g /= g.sum(1)[:, None]
    y, r = values - values.mean(0), prediction - values
    r = r - r.mean(0)
    size = np.linalg.norm
    return size(g @ r) / size(g @ y), size(r - g @ r) / size(y - g @ y)


# variant: distances from inner products
def filter_errors(inputs, values, prediction, variance):
    inner = inputs @ inputs.T
    square = np.diag(inner)
    exponent = (2 * inner - square[:, None] - square) / (2 * variance)
    weight = np.exp(exponent - exponent.max(axis=1, keepdims=True))
    weight = weight / weight.sum(axis=1, keepdims=True)
    y, h = (
        s - s.mean(axis=0, keepdims=True) for s in (values, prediction)
    )
    low = np.sqrt(
        np.sum((weight @ h - weight @ y) ** 2)
        / np.sum((weight @ y) ** 2)
    )
    rest = np.eye(len(inputs)) - weight
    return np.array(
        [
            low,
            np.sqrt(
                np.sum((rest @ (h - y)) ** 2) / np.sum((rest @ y) ** 2)
            ),
        ]
    )


# variant: fbkit's filter
def filter_errors(inputs, values, prediction, variance):
    g = fb.observe.low_pass(inputs, variance)
    y, h = (
        values - np.mean(values, axis=0),
        prediction - np.mean(prediction, axis=0),
    )
    return tuple(
        np.linalg.norm(m @ (h - y)) / np.linalg.norm(m @ y)
        for m in (g, np.eye(len(g)) - g)
    )
