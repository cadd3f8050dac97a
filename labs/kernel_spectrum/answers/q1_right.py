# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: the real part of a transform
def circle_eigenvalues(profile):
    return np.fft.rfft(profile).real / np.shape(profile)[-1]


# variant: one frequency at a time, as a list
def circle_eigenvalues(profile):
    n = profile.shape[-1]
    t = 2 * np.pi * np.arange(n) / n
    found = [
        (profile * np.cos(k * t)).mean(axis=-1)
        for k in range(n // 2 + 1)
    ]
    return np.moveaxis(np.array(found), 0, -1).tolist()


# variant: the matrix applied to waves
def circle_eigenvalues(profile):
    n = profile.shape[-1]
    index = np.arange(n)
    matrix = profile[..., np.abs(index[:, None] - index)]
    waves = np.cos(
        2 * np.pi * np.outer(index, np.arange(n // 2 + 1)) / n
    )
    return (matrix @ waves)[..., 0, :] / n


# variant: half of the circle, the ends counted once
def circle_eigenvalues(profile):
    n = profile.shape[-1]
    j = np.arange(n // 2 + 1)
    times = np.where((j == 0) | (2 * j == n), 1, 2)
    return (
        (times * profile[..., : n // 2 + 1])
        @ np.cos(2 * np.pi * np.outer(j, j) / n)
        / n
    )


# variant: in torch
def circle_eigenvalues(profile):
    import torch

    return torch.fft.rfft(torch.as_tensor(profile), norm="forward").real
