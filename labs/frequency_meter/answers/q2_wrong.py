# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: no taper max=0.67
def residual_spectrum(points, values, frequencies):
    values = values - values.mean(axis=-1, keepdims=True)
    return (
        2
        * np.abs(values @ np.exp(-1j * np.outer(points, frequencies)))
        / len(points)
    )


# variant: divided by n, not by the taper max=0.52
def residual_spectrum(points, values, frequencies):
    h = np.hanning(len(points))
    values = values - (values @ h / h.sum())[..., None]
    return (
        2
        * np.abs(
            (values * h) @ np.exp(-1j * np.outer(points, frequencies))
        )
        / len(points)
    )


# variant: mean left in max=0.91
def residual_spectrum(points, values, frequencies):
    h = np.hanning(len(points))
    return (
        2
        * np.abs(
            (values * h) @ np.exp(-1j * np.outer(points, frequencies))
        )
        / h.sum()
    )


# variant: mean taken off after the taper max=0.86
def residual_spectrum(points, values, frequencies):
    h = np.hanning(len(points))
    faded = values * h
    faded = faded - faded.mean(axis=-1, keepdims=True)
    return (
        2
        * np.abs(faded @ np.exp(-1j * np.outer(points, frequencies)))
        / h.sum()
    )


# variant: wave halved max=0.52
def residual_spectrum(points, values, frequencies):
    h = np.hanning(len(points))
    values = values - (values @ h / h.sum())[..., None]
    return (
        np.abs(
            (values * h) @ np.exp(-1j * np.outer(points, frequencies))
        )
        / h.sum()
    )


# variant: divided by the norm of the taper max=0.52
def residual_spectrum(points, values, frequencies):
    h = np.hanning(len(points))
    values = values - (values @ h / h.sum())[..., None]
    return (
        2
        * np.abs(
            (values * h) @ np.exp(-1j * np.outer(points, frequencies))
        )
        / np.sqrt((h**2).sum())
    )


# variant: nearest whole frequency of the fft max=0.64
def residual_spectrum(points, values, frequencies):
    h = np.hanning(len(points))
    values = values - (values @ h / h.sum())[..., None]
    length = (points[1] - points[0]) * len(points)
    bins = np.rint(
        np.asarray(frequencies) * length / (2 * np.pi)
    ).astype(int)
    return (2 * np.abs(np.fft.rfft(values * h)) / h.sum())[..., bins]


# variant: frequencies in cycles instead of radians max=0
def residual_spectrum(points, values, frequencies):
    h = np.hanning(len(points))
    values = values - (values @ h / h.sum())[..., None]
    return (
        2
        * np.abs(
            (values * h)
            @ np.exp(-2j * np.pi * np.outer(points, frequencies))
        )
        / h.sum()
    )


# variant: interval taken to be 2 pi long max=0.8
def residual_spectrum(points, values, frequencies):
    n = len(points)
    x = -np.pi + 2 * np.pi * np.arange(n) / n
    h = np.hanning(n)
    values = values - (values @ h / h.sum())[..., None]
    return (
        2
        * np.abs((values * h) @ np.exp(-1j * np.outer(x, frequencies)))
        / h.sum()
    )


# variant: one signal only max=0.8
def residual_spectrum(points, values, frequencies):
    h = np.hanning(len(points))
    values = values - np.average(values, weights=h)
    return (
        2
        * np.abs(
            (values * h) @ np.exp(-1j * np.outer(points, frequencies))
        )
        / h.sum()
    )


# variant: zeros, the lowest spectrum of all max=0
def residual_spectrum(points, values, frequencies):
    return np.zeros(values.shape[:-1] + (len(frequencies),))
