# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: numpy's hanning window
def residual_spectrum(points, values, frequencies):
    h = np.hanning(len(points))
    mean = (values * h).sum(axis=-1, keepdims=True) / h.sum()
    return (
        2
        * np.abs(
            ((values - mean) * h)
            @ np.exp(-1j * np.outer(points, frequencies))
        )
        / h.sum()
    )


# variant: Blackman
def residual_spectrum(points, values, frequencies):
    h = np.blackman(len(points))
    h = h / h.sum()
    mean = (values @ h)[..., None]
    phase = np.outer(points, frequencies)
    part = (values - mean) * h
    return 2 * np.hypot(part @ np.cos(phase), part @ np.sin(phase))


# variant: sine to the fourth, one frequency at a time
def residual_spectrum(points, values, frequencies):
    h = (
        np.sin(np.pi * (np.arange(len(points)) + 0.5) / len(points))
        ** 4
    )
    values = values - np.average(values, axis=-1, weights=h)[..., None]
    found = [
        2
        * np.abs((values * h * np.exp(-1j * w * points)).sum(axis=-1))
        / h.sum()
        for w in frequencies
    ]
    return np.stack(found, axis=-1)


# variant: Kaiser
def residual_spectrum(points, values, frequencies):
    h = np.kaiser(len(points), 8.0)
    centred = values - (values @ h / h.sum())[..., np.newaxis]
    return (
        2
        / h.sum()
        * np.abs(
            np.einsum(
                "...i,i,if->...f",
                centred,
                h,
                np.exp(1j * np.outer(points, frequencies)),
            )
        )
    )


# variant: a bell curve from scipy
def residual_spectrum(points, values, frequencies):
    from scipy.signal.windows import gaussian

    h = gaussian(len(points), len(points) / 7.5)
    h = h / h.sum()
    return 2 * np.abs(
        (h * (values - (values @ h)[..., None]))
        @ np.exp(-1j * np.outer(points, frequencies))
    )
