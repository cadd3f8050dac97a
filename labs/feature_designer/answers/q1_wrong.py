# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: not halved max=0.6
def rates_of(frequencies, waves, n):
    w, k = np.asarray(frequencies)[None], np.asarray(waves)[:, None]
    alike = ((w - k) % n == 0).all(axis=-1) | ((w + k) % n == 0).all(
        axis=-1
    )
    return alike.mean(axis=1)


# variant: half, also for waves that are their own negative max=0.75
def rates_of(frequencies, waves, n):
    w, k = np.asarray(frequencies)[None], np.asarray(waves)[:, None]
    alike = ((w - k) % n == 0).all(axis=-1) | ((w + k) % n == 0).all(
        axis=-1
    )
    return alike.mean(axis=1) / 2


# variant: negatives left out max=0.5
def rates_of(frequencies, waves, n):
    w, k = np.asarray(frequencies)[None], np.asarray(waves)[:, None]
    return ((w - k) % n == 0).all(axis=-1).mean(axis=1) / 2


# variant: no aliases max=0.6
def rates_of(frequencies, waves, n):
    w, k = np.asarray(frequencies)[None], np.asarray(waves)[:, None]
    return (
        (w == k).all(axis=-1).mean(axis=1)
        + (w == -k).all(axis=-1).mean(axis=1)
    ) / 2


# variant: every sign alone max=0.45
def rates_of(frequencies, waves, n):
    w, k = np.asarray(frequencies)[None], np.asarray(waves)[:, None]
    alike = (((w - k) % n == 0) | ((w + k) % n == 0)).all(axis=-1)
    return alike.mean(axis=1) / 2


# variant: either coordinate is enough max=0.2
def rates_of(frequencies, waves, n):
    w, k = np.asarray(frequencies)[None], np.asarray(waves)[:, None]
    same, opposite = (
        ((w - k) % n == 0).any(axis=-1),
        ((w + k) % n == 0).any(axis=-1),
    )
    return (same.mean(axis=1) + opposite.mean(axis=1)) / 2


# variant: counts, not shares max=0.4
def rates_of(frequencies, waves, n):
    w, k = np.asarray(frequencies)[None], np.asarray(waves)[:, None]
    same, opposite = (
        ((w - k) % n == 0).all(axis=-1),
        ((w + k) % n == 0).all(axis=-1),
    )
    return (same.sum(axis=1) + opposite.sum(axis=1)) / 2


# variant: the sign taken off before the alias max=0.7
def rates_of(frequencies, waves, n):
    w, k = (
        np.abs(np.asarray(frequencies))[None] % n,
        np.abs(np.asarray(waves))[:, None] % n,
    )
    return (w == k).all(axis=-1).mean(axis=1) / 2
