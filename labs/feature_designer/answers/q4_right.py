# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: whole parts, then the largest remainders
def draw(rates, count):
    wanted = count * np.asarray(rates) / np.sum(rates)
    counts = np.floor(wanted + 1e-9).astype(int)
    for i in np.argsort(counts - wanted, kind="stable")[
        : count - counts.sum()
    ]:
        counts[i] += 1
    return counts.tolist()


# variant: points on a line, found by searchsorted
def draw(rates, count):
    line = np.cumsum(rates) / np.sum(rates)
    places = np.searchsorted(line, (np.arange(count) + 0.5) / count)
    return np.bincount(places, minlength=len(rates))


# variant: one random shift for all points
def draw(rates, count):
    line = np.cumsum(rates) / np.sum(rates)
    shift = np.random.default_rng().random()
    places = np.searchsorted(line, (np.arange(count) + shift) / count)
    return np.bincount(places, minlength=len(rates))


# variant: one point after the other, the debt carried on
def draw(rates, count):
    counts, debt = [], 0.5
    for share in count * np.asarray(rates) / np.sum(rates):
        debt += share
        counts.append(int(debt))
        debt -= int(debt)
    counts[int(np.argmax(rates))] += count - sum(counts)
    return counts
