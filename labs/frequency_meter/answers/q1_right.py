# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: the whole fft, k and -k joined
def amplitudes(values):
    n = values.shape[-1]
    half = np.abs(np.fft.fft(values, axis=-1))[..., : n // 2 + 1] / n
    k = np.arange(n // 2 + 1)
    return half * np.where((k == 0) | (2 * k == n), 1, 2)


# variant: cosine and sine sums
def amplitudes(values):
    values = np.asarray(values)
    n = values.shape[-1]
    x = -np.pi + 2 * np.pi * np.arange(n) / n
    k = np.arange(n // 2 + 1)
    pairs = np.where((k == 0) | (2 * k == n), 1, 2)
    a, b = (
        values @ np.cos(np.outer(x, k)),
        values @ np.sin(np.outer(x, k)),
    )
    return pairs * np.sqrt(a**2 + b**2) / n


# variant: one frequency at a time
def amplitudes(values):
    n = values.shape[-1]
    found = []
    for k in range(n // 2 + 1):
        c = abs(
            (values * np.exp(-2j * np.pi * k * np.arange(n) / n)).mean(
                axis=-1
            )
        )
        found.append(c if k in (0, n / 2) else 2 * c)
    return np.stack(found, axis=-1)


# variant: fbkit's basis
def amplitudes(values):
    basis = fb.circle(values.shape[-1])
    c = basis.analyse(values)
    k = basis.modes.astype(int)
    power = np.zeros(values.shape[:-1] + (k.max() + 1,))
    for column, mode in enumerate(k):
        alone = mode == 0 or 2 * mode == values.shape[-1]
        power[..., mode] += c[..., column] ** 2 * (1 if alone else 2)
    return np.sqrt(power)


# variant: norm="forward", as a list
def amplitudes(values):
    size = 2 * np.abs(np.fft.rfft(values, norm="forward"))
    size[..., 0] *= 0.5
    if values.shape[-1] % 2 == 0:
        size[..., -1] *= 0.5
    return size.tolist()
