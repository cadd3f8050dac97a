# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: not divided by n max=0.42
def amplitudes(values):
    n = values.shape[-1]
    size = 2 * np.abs(np.fft.rfft(values))
    size[..., 0] /= 2
    if n % 2 == 0:
        size[..., -1] /= 2
    return size


# variant: k and -k not joined max=0.52
def amplitudes(values):
    return np.abs(np.fft.rfft(values)) / values.shape[-1]


# variant: constant doubled max=0.85
def amplitudes(values):
    n = values.shape[-1]
    size = 2 * np.abs(np.fft.rfft(values)) / n
    if n % 2 == 0:
        size[..., -1] /= 2
    return size


# variant: highest frequency doubled max=0.97
def amplitudes(values):
    size = 2 * np.abs(np.fft.rfft(values)) / values.shape[-1]
    size[..., 0] /= 2
    return size


# variant: last frequency halved also for odd n max=0.88
def amplitudes(values):
    size = 2 * np.abs(np.fft.rfft(values)) / values.shape[-1]
    size[..., 0] /= 2
    size[..., -1] /= 2
    return size


# variant: cosine part only max=0.32
def amplitudes(values):
    n = values.shape[-1]
    x = -np.pi + 2 * np.pi * np.arange(n) / n
    k = np.arange(n // 2 + 1)
    return (
        np.abs(values @ np.cos(np.outer(x, k)))
        / n
        * np.where((k == 0) | (2 * k == n), 1, 2)
    )


# variant: power instead of amplitude max=0.08
def amplitudes(values):
    n = values.shape[-1]
    size = 2 * np.abs(np.fft.rfft(values)) / n
    size[..., 0] /= 2
    if n % 2 == 0:
        size[..., -1] /= 2
    return size**2


# variant: transform along the first axis max=0.74
def amplitudes(values):
    n = values.shape[0]
    size = 2 * np.abs(np.fft.rfft(values, axis=0)) / n
    size[0] /= 2
    if n % 2 == 0:
        size[-1] /= 2
    return size


# variant: root mean square, as in the orthonormal basis max=0.52
def amplitudes(values):
    n = values.shape[-1]
    size = np.sqrt(2) * np.abs(np.fft.rfft(values)) / n
    size[..., 0] /= np.sqrt(2)
    if n % 2 == 0:
        size[..., -1] /= np.sqrt(2)
    return size


# variant: all n entries of the transform max=0
def amplitudes(values):
    return 2 * np.abs(np.fft.fft(values)) / values.shape[-1]


# variant: complex coefficients max=0
def amplitudes(values):
    return 2 * np.fft.rfft(values) / values.shape[-1]
