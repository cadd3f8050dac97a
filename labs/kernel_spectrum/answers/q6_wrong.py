# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: nothing folded max=0.4
def heard(mu, n):
    return np.append(mu, np.zeros(n))[: n // 2 + 1]


# variant: upward only max=0.5
def heard(mu, n):
    mu = np.append(mu, np.zeros(n))
    return np.array([mu[k::n].sum() for k in range(n // 2 + 1)])


# variant: frequency 0 folded once max=0.6
def heard(mu, n):
    mu = np.append(mu, np.zeros(n))
    rates = np.array(
        [
            mu[k::n].sum() + mu[n - k :: n].sum()
            for k in range(n // 2 + 1)
        ]
    )
    rates[0] = mu[::n].sum()
    return rates


# variant: frequency 0 counted twice max=0.25
def heard(mu, n):
    mu = np.append(mu, np.zeros(n))
    rates = np.array(
        [
            mu[k::n].sum() + mu[n - k :: n].sum()
            for k in range(n // 2 + 1)
        ]
    )
    rates[0] += mu[0]
    return rates


# variant: the highest frequency once max=0.85
def heard(mu, n):
    mu = np.append(mu, np.zeros(n))
    rates = np.array(
        [
            mu[k::n].sum() + mu[n - k :: n].sum()
            for k in range(n // 2 + 1)
        ]
    )
    if n % 2 == 0:
        rates[-1] /= 2
    rates[0] = mu[0] + 2 * mu[n::n].sum()
    return rates


# variant: one turn max=0.4
def heard(mu, n):
    mu = np.append(mu, np.zeros(3 * n))
    k = np.arange(n // 2 + 1)
    return mu[k] + mu[n - k] + np.where(k == 0, mu[n], 0)


# variant: a mean instead of a sum max=0.32
def heard(mu, n):
    q = np.arange(1 - len(mu), len(mu))
    total = np.bincount(q % n, weights=mu[np.abs(q)], minlength=n)
    return (total / np.maximum(1, np.bincount(q % n, minlength=n)))[
        : n // 2 + 1
    ]


# variant: all n residues max=0
def heard(mu, n):
    q = np.arange(1 - len(mu), len(mu))
    return np.bincount(q % n, weights=mu[np.abs(q)], minlength=n)


# variant: too short when mu is short max=0.75
def heard(mu, n):
    q = np.arange(1 - len(mu), len(mu))
    return np.bincount(q % n, weights=mu[np.abs(q)])[
        : min(len(mu), n // 2 + 1)
    ]


# variant: folded at n/2 instead of n max=0
def heard(mu, n):
    q = np.arange(1 - len(mu), len(mu))
    return np.bincount(
        q % (n // 2 + 1), weights=mu[np.abs(q)], minlength=n // 2 + 1
    )
