# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: unit by unit
def network_kernel(inputs, weights, biases, outer):
    total = np.zeros((len(inputs), len(inputs)))
    for w, b, a in zip(weights, biases, outer):
        h = inputs @ w + b
        on = h > 0
        out = np.where(on, h, 0)
        total += np.outer(out, out) + a**2 * np.outer(on, on) * (
            1 + inputs @ inputs.T
        )
    return total / len(outer)


# variant: the whole Jacobian
def network_kernel(inputs, weights, biases, outer):
    h = inputs @ weights.T + biases
    slope = np.where(h > 0, outer, 0)
    inner = (slope[:, :, None] * inputs[:, None, :]).reshape(
        len(inputs), -1
    )
    gradient = np.concatenate(
        [np.maximum(h, 0), inner, slope], axis=1
    ) / np.sqrt(len(outer))
    return gradient @ gradient.T


# variant: autograd in torch
def network_kernel(inputs, weights, biases, outer):
    import torch

    x, *start = (
        torch.tensor(np.asarray(v, dtype=float))
        for v in (inputs, weights, biases, outer)
    )
    f = lambda w, b, a: torch.relu(x @ w.T + b) @ a / len(a) ** 0.5
    rows = torch.autograd.functional.jacobian(f, tuple(start))
    flat = torch.cat([row.reshape(len(x), -1) for row in rows], dim=1)
    return flat @ flat.T


# variant: a bias is one more input, always 1
def network_kernel(inputs, weights, biases, outer):
    longer = np.column_stack([inputs, np.ones(len(inputs))])
    h = longer @ np.column_stack([weights, biases]).T
    on = 1.0 * (h > 0)
    shared = np.einsum("im,jm,m->ij", on, on, outer**2)
    return (
        np.einsum("im,jm->ij", on * h, on * h)
        + shared * (longer @ longer.T)
    ) / h.shape[1]
