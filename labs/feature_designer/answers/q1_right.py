# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: the kernel put through the wave
def rates_of(frequencies, waves, n):
    x = (
        np.stack(
            np.meshgrid(np.arange(n), np.arange(n)), axis=-1
        ).reshape(-1, 2)
        * 2
        * np.pi
        / n
    )
    kernel = np.cos(x @ np.array(frequencies).T).mean(axis=1)
    return [np.mean(kernel * np.cos(x @ np.array(k))) for k in waves]


# variant: two counts a wave
def rates_of(frequencies, waves, n):
    alike = {}
    for w in frequencies:
        key = tuple(int(v) % n for v in w)
        alike[key] = alike.get(key, 0) + 1
    count = lambda k, sign: alike.get(
        tuple(sign * int(v) % n for v in k), 0
    )
    return np.array([count(k, 1) + count(k, -1) for k in waves]) / (
        2 * len(frequencies)
    )


# variant: one number for each frequency, and bincount
def rates_of(frequencies, waves, n):
    name = lambda k: (np.asarray(k) % n) @ [n, 1]
    share = np.bincount(
        name(frequencies).astype(int), minlength=n * n
    ) / len(frequencies)
    k = np.asarray(waves)
    return (
        0.5 * share[name(k).astype(int)]
        + 0.5 * share[name(-k).astype(int)]
    )


# variant: a table of n x n points transformed
def rates_of(frequencies, waves, n):
    table = np.zeros((n, n))
    for w in np.asarray(frequencies).astype(int) % n:
        table[tuple(w)] += 1
    both = (table + np.roll(table[::-1, ::-1], 1, axis=(0, 1))) / 2
    return [
        both[tuple(np.asarray(k) % n)] / len(frequencies) for k in waves
    ]
