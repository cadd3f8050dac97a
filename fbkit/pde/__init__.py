r"""Frequency bias as a damped heat equation in frequency space.

And how to design the initial frequencies with it. The network
u(x) = m^{-1/2} sum_j [a_j cos(w_j.x) + b_j sin(w_j.x)], with w_j drawn from a density p
and a_j, b_j of mean 0 and standard deviation s, trained by gradient flow on
1/2 int rho (u - f)^2 dx, has for m -> infinity the kernel
K(x, x') = (1 + s^2 x.x') phi(x - x') with phi(z) = int p(w) cos(w.z) dw. Its error
e = u - f obeys, in angular frequency and with ehat(xi) = int e(x) exp(-i xi.x) dx,

    d/dt ehat = -(2 pi)^d [ p_s ghat - s^2 div(p_s grad ghat) ],

with ghat the transform of rho e and p_s the even part of p: a damping by the density of
initial frequencies and, when the frequencies are trained too, a diffusion (s > 0; s = 0
means a and b only). Setting: Molina, Petrache, Sahli Costabal and Courdurier, arXiv
2405.14957; equations and constants derived here, checked numerically.
"""

from fbkit.pde.design import sample_features, sample_frequencies, waterfill
from fbkit.pde.equation import evolve, frequency_operator, ntk_pde_1d, ntk_pde_2d
from fbkit.pde.exact import exact_operator, torus_modes

__all__ = [
    # the equation in frequency, by finite elements
    "ntk_pde_1d",
    "ntk_pde_2d",
    "frequency_operator",
    "evolve",
    # the same dynamics in space, and on the torus
    "exact_operator",
    "torus_modes",
    # choosing the initial frequencies
    "waterfill",
    "sample_frequencies",
    "sample_features",
]
