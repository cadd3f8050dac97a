# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: a Gaussian max=0.3
def design(seen, count, lr, steps):
    return np.random.default_rng(0).normal(scale=8, size=(count, 2))


# variant: a Gaussian dealt on whole frequencies max=0.5
def design(seen, count, lr, steps):
    p = np.exp(-np.sum(waves**2, axis=1) / 128)
    return waves[
        np.searchsorted(
            np.cumsum(p) / p.sum(), (np.arange(count) + 0.5) / count
        )
    ]


# variant: a flat disc max=0.5
def design(seen, count, lr, steps):
    return np.resize(
        waves[np.sum(waves**2, axis=1) <= 16**2], (count, 2)
    )


# variant: the strongest 400, equally often max=0.8
def design(seen, count, lr, steps):
    own, strength = wave_power(seen)
    return np.resize(own[np.argsort(-strength)[:400]], (count, 2))


# variant: in proportion to the power max=0
def design(seen, count, lr, steps):
    own, strength = wave_power(seen)
    return own[
        np.searchsorted(
            np.cumsum(strength) / strength.sum(),
            (np.arange(count) + 0.5) / count,
        )
    ]


# variant: water-filling, drawn by chance max=0.4
def design(seen, count, lr, steps):
    own, strength = wave_power(seen)
    rates = np.array(waterfill(strength, lr, steps, 0.5))
    return own[
        np.random.default_rng(0).choice(
            len(own), count, p=rates / rates.sum()
        )
    ]


# variant: water-filling for the slopes max=0.95
def design(seen, count, lr, steps):
    own, strength = wave_power(seen)
    return np.repeat(
        own,
        draw(
            waterfill(
                strength * np.sum(own**2, axis=1), lr, steps, 0.5
            ),
            count,
        ),
        axis=0,
    )


# variant: the design for another picture max=0.6
def design(seen, count, lr, steps):
    return np.repeat(
        waves, draw(waterfill(power, lr, steps, 0.5), count), axis=0
    )


# variant: water-filling for ten times the time max=0.9
def design(seen, count, lr, steps):
    own, strength = wave_power(seen)
    return np.repeat(
        own,
        draw(waterfill(strength, lr, 10 * steps, 0.5), count),
        axis=0,
    )


# variant: whole numbers times 2 max=0
def design(seen, count, lr, steps):
    own, strength = wave_power(seen)
    return 2 * np.repeat(
        own, draw(waterfill(strength, lr, steps, 0.5), count), axis=0
    )


# variant: rows and columns changed max=0.4
def design(seen, count, lr, steps):
    own, strength = wave_power(seen)
    return np.repeat(
        own[:, ::-1],
        draw(waterfill(strength, lr, steps, 0.5), count),
        axis=0,
    )
