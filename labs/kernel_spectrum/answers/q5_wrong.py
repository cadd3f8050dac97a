# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: the whole odd part max=0.5
def blind_part(values):
    return (
        values - np.roll(values, values.shape[-1] // 2, axis=-1)
    ) / 2


# variant: what it can learn max=0.4
def blind_part(values):
    c = np.fft.rfft(values)
    k = np.arange(c.shape[-1])
    return np.fft.irfft(
        np.where((k % 2 == 1) & (k > 1), 0, c), n=values.shape[-1]
    )


# variant: the even part max=0.15
def blind_part(values):
    return (
        values + np.roll(values, values.shape[-1] // 2, axis=-1)
    ) / 2


# variant: odd about the first point instead of half a turn max=0.1
def blind_part(values):
    mirrored = np.roll(values[..., ::-1], 1, axis=-1)
    return (values - mirrored) / 2


# variant: the wrong sign max=0.5
def blind_part(values):
    c = np.fft.rfft(values)
    k = np.arange(c.shape[-1])
    return -np.fft.irfft(
        np.where((k % 2 == 1) & (k > 1), c, 0), n=values.shape[-1]
    )


# variant: all above frequency 1 max=0.3
def blind_part(values):
    c = np.fft.rfft(values)
    return np.fft.irfft(
        np.where(np.arange(c.shape[-1]) > 1, c, 0), n=values.shape[-1]
    )


# variant: half a turn along the first axis max=0.75
def blind_part(values):
    n = values.shape[0]
    x = 2 * np.pi * np.arange(n) / n
    odd = (values - np.roll(values, n // 2, axis=0)) / 2
    turn = np.exp(1j * x)
    return (
        odd
        - (
            2
            * np.tensordot(turn.conj(), odd, axes=(0, 0))
            / n
            * turn.reshape(-1, *[1] * (odd.ndim - 1))
        ).real
    )


# variant: the cosine of frequency 1 alone taken out max=0.3
def blind_part(values):
    n = values.shape[-1]
    x = -np.pi + 2 * np.pi * np.arange(n) / n
    odd = (values - np.roll(values, n // 2, axis=-1)) / 2
    return odd - 2 * np.mean(
        odd * np.cos(x), axis=-1, keepdims=True
    ) * np.cos(x)


# variant: twice the odd part max=0.3
def blind_part(values):
    n = values.shape[-1]
    c = np.fft.rfft(values - np.roll(values, n // 2, axis=-1))
    c[..., 1] = 0
    return np.fft.irfft(c, n=n)


# variant: odd multiples of 3 alone max=0.45
def blind_part(values):
    c = np.fft.rfft(values)
    k = np.arange(c.shape[-1])
    return np.fft.irfft(np.where(k % 6 == 3, c, 0), n=values.shape[-1])
