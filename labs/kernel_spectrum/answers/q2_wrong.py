# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: biases not trained max=0.52
def network_kernel(inputs, weights, biases, outer):
    h = inputs @ weights.T + biases
    on = 1.0 * (h > 0)
    shared = (on * outer**2) @ on.T
    return ((on * h) @ (on * h).T + shared * (inputs @ inputs.T)) / len(
        outer
    )


# variant: the outer layer alone max=0.3
def network_kernel(inputs, weights, biases, outer):
    out = np.maximum(inputs @ weights.T + biases, 0)
    return out @ out.T / len(outer)


# variant: the inner layer alone max=0.4
def network_kernel(inputs, weights, biases, outer):
    on = 1.0 * (inputs @ weights.T + biases > 0)
    return (on * outer**2) @ on.T * (inputs @ inputs.T + 1) / len(outer)


# variant: not divided by the width max=0.6
def network_kernel(inputs, weights, biases, outer):
    h = inputs @ weights.T + biases
    on = 1.0 * (h > 0)
    return (on * h) @ (on * h).T + (on * outer**2) @ on.T * (
        inputs @ inputs.T + 1
    )


# variant: outer weights not squared max=0
def network_kernel(inputs, weights, biases, outer):
    h = inputs @ weights.T + biases
    on = 1.0 * (h > 0)
    return (
        (on * h) @ (on * h).T
        + (on * outer) @ on.T * (inputs @ inputs.T + 1)
    ) / len(outer)


# variant: outer weights taken as 1 max=0.15
def network_kernel(inputs, weights, biases, outer):
    h = inputs @ weights.T + biases
    on = 1.0 * (h > 0)
    return (
        (on * h) @ (on * h).T + on @ on.T * (inputs @ inputs.T + 1)
    ) / len(outer)


# variant: every unit taken as active max=0.2
def network_kernel(inputs, weights, biases, outer):
    h = inputs @ weights.T + biases
    on = np.ones_like(h)
    return (
        h @ h.T + (on * outer**2) @ on.T * (inputs @ inputs.T + 1)
    ) / len(outer)


# variant: an angle instead of a product of inputs max=0.6
def network_kernel(inputs, weights, biases, outer):
    h = inputs @ weights.T + biases
    on = 1.0 * (h > 0)
    u = inputs / np.linalg.norm(inputs, axis=1, keepdims=True)
    return (
        (on * h) @ (on * h).T + (on * outer**2) @ on.T * (u @ u.T + 1)
    ) / len(outer)


# variant: divided by the number of points as well max=0.45
def network_kernel(inputs, weights, biases, outer):
    h = inputs @ weights.T + biases
    on = 1.0 * (h > 0)
    full = (on * h) @ (on * h).T + (on * outer**2) @ on.T * (
        inputs @ inputs.T + 1
    )
    return full / len(outer) / len(inputs)


# variant: the formula for infinite width max=0.15
def network_kernel(inputs, weights, biases, outer):
    angle = np.arctan2(inputs[:, 1], inputs[:, 0])
    return fb.ntk().profile(angle[:, None] - angle)
