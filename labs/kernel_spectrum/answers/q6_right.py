# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: every frequency of either sign
def heard(mu, n):
    found = np.zeros(n // 2 + 1)
    for q in range(1 - len(mu), len(mu)):
        if q % n <= n // 2:
            found[q % n] += mu[abs(q)]
    return found


# variant: slices
def heard(mu, n):
    mu = np.append(mu, np.zeros(n))
    found = [mu[0] + 2 * mu[n::n].sum()]
    found += [
        mu[k::n].sum() + mu[n - k :: n].sum()
        for k in range(1, n // 2 + 1)
    ]
    return found


# variant: the kernel on n points, then q1
def heard(mu, n):
    t = 2 * np.pi * np.arange(n) / n
    q = np.arange(len(mu))
    kernel = np.cos(np.outer(t, q)) @ (np.where(q == 0, 1, 2) * mu)
    return np.fft.rfft(kernel).real / n


# variant: np.bincount
def heard(mu, n):
    q = np.arange(1 - len(mu), len(mu))
    return np.bincount(
        q % n, weights=np.asarray(mu)[np.abs(q)], minlength=n
    )[: n // 2 + 1]
