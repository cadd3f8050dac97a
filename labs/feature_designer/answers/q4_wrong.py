# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: by chance max=0.5
def draw(rates, count):
    p = np.asarray(rates) / np.sum(rates)
    return np.random.default_rng(1).multinomial(count, p)


# variant: frequency by frequency, by chance max=0.5
def draw(rates, count):
    p = np.asarray(rates) / np.sum(rates)
    chosen = np.random.default_rng(2).choice(len(p), count, p=p)
    return np.bincount(chosen, minlength=len(p))


# variant: each rounded by itself max=0.75
def draw(rates, count):
    return np.round(count * np.asarray(rates) / np.sum(rates))


# variant: each rounded down max=0.65
def draw(rates, count):
    return np.floor(count * np.asarray(rates) / np.sum(rates))


# variant: each rounded up max=0.65
def draw(rates, count):
    return np.ceil(count * np.asarray(rates) / np.sum(rates) - 1e-9)


# variant: rounded, the rest to the strongest max=0.8
def draw(rates, count):
    found = np.round(count * np.asarray(rates) / np.sum(rates)).astype(
        int
    )
    found[np.argmax(rates)] += count - found.sum()
    return np.maximum(found, 0)


# variant: rates not divided by their sum max=0.5
def draw(rates, count):
    line = np.cumsum(rates)
    return np.diff(np.floor(count * line + 0.5), prepend=0)


# variant: fractions max=0.3
def draw(rates, count):
    return count * np.asarray(rates) / np.sum(rates)


# variant: the strongest ones, equally often max=0.55
def draw(rates, count):
    on = np.argsort(-np.asarray(rates))[
        : min(count, np.count_nonzero(rates))
    ]
    return np.bincount(np.resize(on, count), minlength=len(rates))


# variant: the numbers of the waves, not how often max=0
def draw(rates, count):
    line = np.cumsum(rates) / np.sum(rates)
    return np.searchsorted(line, (np.arange(count) + 0.5) / count)
