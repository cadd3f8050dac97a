# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: gradient flow's water-filling, by fbkit
def design(seen, count, lr, steps):
    own, strength = wave_power(seen)
    sides = [[0], strength[::-1], [0], strength, [0]]
    line = np.arange(-len(own) - 1, len(own) + 2)
    # On a line of unit spacing fbkit's rate is 2 pi p, and p has the
    # mass 1; here the sum of the rates of one side is 1/2.
    p, _ = fb.waterfill(
        np.concatenate(sides),
        line,
        lr * steps / (2 * np.pi),
        cap=1 / lr,
    )
    rates = p[len(own) + 2 : -1]
    places = np.searchsorted(
        np.cumsum(rates) / rates.sum(), (np.arange(count) + 0.5) / count
    )
    return own[np.minimum(places, len(own) - 1)]


# variant: greedy, one frequency after the other to the steepest slope
def design(seen, count, lr, steps):
    own, strength = wave_power(seen)
    taken = np.zeros(len(own), dtype=int)
    step = lr / (2 * count)
    left = lambda n: strength * (1 - step * n) ** (2 * steps)
    for _ in range(count):
        taken[np.argmax(left(taken) - left(taken + 1))] += 1
    return np.repeat(own, taken, axis=0).astype(float)


# variant: filling, largest remainders, and a choice of sides
def design(seen, count, lr, steps):
    own, strength = wave_power(seen)
    logs = np.log(strength + 1e-300)
    low, high = -600.0, logs.max()
    for _ in range(100):
        level = (low + high) / 2
        rates = (
            -np.expm1(np.minimum(0, level - logs) / (2 * steps - 1))
            / lr
        )
        low, high = (level, high) if rates.sum() > 0.5 else (low, level)
    wanted = count * rates / rates.sum()
    taken = np.floor(wanted).astype(int)
    taken[np.argsort(taken - wanted)[: count - taken.sum()]] += 1
    chosen = np.repeat(own, taken, axis=0)
    return chosen * np.where(np.arange(count) % 2, 1, -1)[:, None]
