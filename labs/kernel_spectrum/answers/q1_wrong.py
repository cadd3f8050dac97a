# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: the cosine series max=0.52
def circle_eigenvalues(profile):
    n = profile.shape[-1]
    found = np.fft.rfft(profile).real / n
    k = np.arange(n // 2 + 1)
    return found * np.where((k == 0) | (2 * k == n), 1, 2)


# variant: not divided by n max=0.42
def circle_eigenvalues(profile):
    return np.fft.rfft(profile).real


# variant: absolute values max=0.89
def circle_eigenvalues(profile):
    return np.abs(np.fft.rfft(profile)) / profile.shape[-1]


# variant: sorted as an eigensolver does max=0
def circle_eigenvalues(profile):
    n = profile.shape[-1]
    return np.sort(np.fft.rfft(profile).real / n, axis=-1)[..., ::-1]


# variant: angles from -pi max=0.5
def circle_eigenvalues(profile):
    n = profile.shape[-1]
    t = -np.pi + 2 * np.pi * np.arange(n) / n
    return profile @ np.cos(np.outer(t, np.arange(n // 2 + 1))) / n


# variant: half of the circle, without its mirror image max=0.3
def circle_eigenvalues(profile):
    n = profile.shape[-1]
    t = 2 * np.pi * np.arange(n // 2 + 1) / n
    return (
        profile[..., : n // 2 + 1]
        @ np.cos(np.outer(t, np.arange(n // 2 + 1)))
        / n
    )


# variant: the highest frequency halved, also for odd n max=0.8
def circle_eigenvalues(profile):
    found = np.fft.rfft(profile).real / profile.shape[-1]
    found[..., -1] /= 2
    return found


# variant: all n entries max=0
def circle_eigenvalues(profile):
    return np.fft.fft(profile).real / profile.shape[-1]


# variant: along the first axis max=0.75
def circle_eigenvalues(profile):
    return np.fft.rfft(profile, axis=0).real / profile.shape[0]


# variant: complex numbers max=0
def circle_eigenvalues(profile):
    return np.fft.rfft(profile) / profile.shape[-1]
