# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: by transform
def blind_part(values):
    c = np.fft.rfft(values)
    k = np.arange(c.shape[-1])
    return np.fft.irfft(
        np.where((k % 2 == 1) & (k > 1), c, 0), n=np.shape(values)[-1]
    )


# variant: less what it can hold
def blind_part(values):
    n = np.shape(values)[-1]
    x = 2 * np.pi * np.arange(n) / n
    even = 0.5 * (values + np.roll(values, n // 2, axis=-1))
    c, s = (
        np.mean(values * f(x), axis=-1, keepdims=True)
        for f in (np.cos, np.sin)
    )
    return values - even - 2 * c * np.cos(x) - 2 * s * np.sin(x)


# variant: a projection matrix
def blind_part(values):
    n = np.shape(values)[-1]
    x = 2 * np.pi * np.arange(n) / n
    difference = x[:, None] - x
    keep = (
        sum(
            (1 if 2 * k == n else 2) * np.cos(k * difference)
            for k in range(3, n // 2 + 1, 2)
        )
        / n
    )
    return np.asarray(values) @ keep


# variant: a fit of frequency 1
def blind_part(values):
    values = np.asarray(values, dtype=float)
    n = values.shape[-1]
    x = 2 * np.pi * np.arange(n) / n
    odd = (
        values
        - np.concatenate(
            [values[..., n // 2 :], values[..., : n // 2]], axis=-1
        )
    ) / 2
    columns = np.stack([np.cos(x), np.sin(x)], axis=1)
    return odd - (odd @ np.linalg.pinv(columns).T) @ columns.T
