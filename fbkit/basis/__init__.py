"""Where functions live: sample points, quadrature weights and modes that are
orthonormal under them.
"""

from fbkit.basis.cube import cube, degree_spectrum, fwht
from fbkit.basis.fourier import Basis, circle, interval, lengths, taper
from fbkit.basis.plane import Plane, grid_spectrum, plane, ring_means
from fbkit.basis.quadrature import circle_quadrature_weights, sobolev_matrix
from fbkit.basis.sphere import (
    degree_energy,
    legendre_sphere,
    random_harmonic,
    sphere,
    sphere_multiplicity,
    sphere_points,
    zonal,
    zonal_projection,
)

__all__ = [
    "Basis",
    "Plane",
    "circle",
    "circle_quadrature_weights",
    "cube",
    "degree_energy",
    "degree_spectrum",
    "fwht",
    "grid_spectrum",
    "interval",
    "legendre_sphere",
    "lengths",
    "plane",
    "random_harmonic",
    "ring_means",
    "sobolev_matrix",
    "sphere",
    "sphere_multiplicity",
    "sphere_points",
    "taper",
    "zonal",
    "zonal_projection",
]
