"""Explorers: one frame of arrays, drawn by one front end, from a kernel, a table or an engine in the page.

`explore(name, **params)` shows one; `EXPLORERS` holds them all by name.
"""

from fbkit._errors import one_of
from fbkit.explorers.adaptive_regime import EXPLORER as _adaptive
from fbkit.explorers.circle_eigenfunctions import EXPLORER as _circle
from fbkit.explorers.explorer import Array, Axis, Choice, Explorer, Mark, Number, Panel
from fbkit.explorers.fourier_feature_init import EXPLORER as _features
from fbkit.explorers.frequency_pde import EXPLORER as _pde
from fbkit.explorers.linear_frequency_principle import EXPLORER as _lfp
from fbkit.explorers.measure_frequency import EXPLORER as _measure
from fbkit.explorers.network_to_kernel import EXPLORER as _lazy
from fbkit.explorers.radon_spline import EXPLORER as _radon
from fbkit.explorers.samples_as_time import EXPLORER as _samples
from fbkit.explorers.spectral_seminorm import EXPLORER as _seminorm
from fbkit.explorers.sphere_eigenfunctions import EXPLORER as _sphere
from fbkit.explorers.uneven_data import EXPLORER as _uneven
from fbkit.explorers.watch_a_network_learn import EXPLORER as _watch
from fbkit.explorers.when_it_fails import EXPLORER as _fails

_ALL = [_watch, _measure, _fails, _lazy, _uneven, _circle, _sphere, _samples, _lfp, _pde, _features, _radon, _seminorm]
_ALL += [_adaptive]
EXPLORERS = {e.name: e for e in _ALL}

__all__ = ["EXPLORERS", "Array", "Axis", "Choice", "Explorer", "Mark", "Number", "Panel", "explore", "site_script"]


def explore(name, **params):
    """Show the explorer `name`, started at `params`; the ones not given keep their defaults.

    In JupyterLab a change of a control calls Python; on the built site (FBKIT_SITE=1) the same picture comes from a
    table of presets or an engine in the page. The result is an ipywidget: `values` holds its parameters.

    Raises ValueError for an unknown explorer, an unknown parameter or a value out of bounds; ImportError where
    anywidget is missing.

    >>> explore("when_it_fails", strength=0.75)
    explore('when_it_fails', knob='inner', strength=0.75)
    >>> explore("when_it_fails", strenght=0.5)
    Traceback (most recent call last):
    ValueError: a parameter of when_it_fails is 'strenght'; expected one of knob, strength (did you mean 'strength'?).
    """
    from fbkit._errors import needs

    explorer = EXPLORERS[one_of("the explorer", name, EXPLORERS)]
    checked = explorer.check(params)
    needs("anywidget")
    from fbkit.explorers.widget import ExplorerWidget

    return ExplorerWidget(explorer, checked)


def site_script():
    """The front end, the engines and uPlot as one classic script for the site; see `fbkit.explorers.widget`."""
    from fbkit.explorers.widget import site_script as join

    return join()
