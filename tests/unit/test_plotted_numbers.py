"""The numbers that figures draw, read off matplotlib's artists."""

import numpy as np
import pytest

import fbkit as fb

T = np.array([0.0, 1.0, 4.0, 9.0])


def record(starts=(4.0, 1.0, 0.002), rates=(0.5, 0.1, 3.0), label="run"):
    """Modes 1, 2 and 5 that decay."""
    error = np.array(starts) * np.exp(-np.outer(T, rates))
    meta = {"label": label}
    return fb.History(T, [1, 2, 5], error, np.square(error).sum(axis=1) / 2, meta)


def axes_of(picture):
    return picture.figure.axes[0]


def lines(picture):
    """Every line that has points, by label; one without a label by its place."""
    drawn = [line for line in axes_of(picture).lines if len(line.get_xdata()) > 2]
    named = [line.get_label() for line in drawn]
    return {
        name if not name.startswith("_") else i: np.stack(line.get_data())
        for i, (name, line) in enumerate(zip(named, drawn))
    }


# ---- decay ---------------------------------------------------------------------------


def test_decay_draws_each_frequency_relative_to_its_own_start():
    picture = fb.plot.decay(record(), frequencies=[1, 2])
    drawn = lines(picture)
    np.testing.assert_allclose(drawn["1"], [T, np.exp(-0.5 * T)])
    np.testing.assert_allclose(drawn["2"], [T, np.exp(-0.1 * T)])
    expected = np.exp(-np.outer(T, [0.5, 0.1]))
    np.testing.assert_allclose([row[2:] for row in picture.rows], expected)
    assert [row[:2] for row in picture.rows] == [("run", t) for t in T]


def test_decay_leaves_out_what_has_gone_and_draws_several_runs():
    second = record(starts=(2.0, 3.0, 1.0), rates=(2.0, 0.2, 1.0), label="other")
    picture = fb.plot.decay(record(), second, frequencies=[1, 2])
    one, two, again, other = lines(picture).values()
    np.testing.assert_allclose(one[1], np.exp(-0.5 * T))
    np.testing.assert_allclose(two[1], np.exp(-0.1 * T))
    # exp(-18) is below what is drawn.
    np.testing.assert_allclose(again[1], [1, np.exp(-2), np.exp(-8), np.nan])
    np.testing.assert_allclose(other[1], np.exp(-0.2 * T))
    assert [line.get_linestyle() for line in axes_of(picture).lines[:4]] == [
        "-",
        "-",
        "--",
        "--",
    ]


def test_decay_picks_what_is_large_at_the_start():
    """At least 5 % of the largest, six at most, in order."""
    picture = fb.plot.decay(record())
    assert picture.header == ("run", "t", "frequency 1", "frequency 2")
    starts = np.array([1, 9, 2, 8, 3, 7, 0.46, 0.44])
    many = fb.History([0, 1], np.arange(8), [starts, starts / 2], [1, 0.1])
    names = fb.plot.decay(many).header[2:]
    assert names == tuple(f"frequency {k}" for k in range(6))
    few = fb.History([0, 1], np.arange(3), [[9, 0.46, 0.44], [1, 1, 1]], [1, 0.1])
    assert fb.plot.decay(few).header[2:] == ("frequency 0", "frequency 1")


def test_the_axes_of_decay_begin_at_zero_and_at_what_is_drawn():
    axes = axes_of(fb.plot.decay(record(), frequencies=[1, 2], below=0.3))
    level = axes.lines[-1]
    assert set(level.get_ydata()) == {0.3}
    assert axes.get_xlim()[0] == 0 and axes.get_xlim()[1] >= 9
    low, high = axes.get_ylim()
    assert 1e-4 <= low <= np.exp(-4.5) and high >= 1
    assert axes.get_xscale() == "symlog" and axes.get_yscale() == "log"
    assert list(axes.get_xticks()) == [0, 1]
    far = fb.plot.decay(record(rates=(1.2, 1.0, 1.0)), frequencies=[1, 2])
    assert axes_of(far).get_ylim()[0] == pytest.approx(1e-4)


# ---- heat ----------------------------------------------------------------------------


def test_heat_is_the_logarithm_of_the_share_of_the_largest_at_the_start():
    run = record()
    picture = fb.plot.heat(run, highest=5)
    (mesh,) = axes_of(picture).collections
    amplitude = np.abs(run.error)
    level = np.log10(np.maximum(amplitude / 4, 1e-4))
    np.testing.assert_allclose(mesh.get_array(), level[1:].T)  # time 0 has no place
    assert mesh.get_clim() == (-3, 0)
    corners = mesh.get_coordinates()  # of the cells, half way between the places
    np.testing.assert_allclose(corners[0, 1:-1, 0], [2.5, 6.5])
    np.testing.assert_allclose(corners[:, 0, 1], [0.5, 1.5, 3.5, 6.5])
    np.testing.assert_allclose(np.array(picture.rows), np.column_stack([T, amplitude]))


def test_heat_shows_what_starts_above_a_hundredth_of_the_largest():
    assert fb.plot.heat(record()).header == ("t", "frequency 1", "frequency 2")
    assert fb.plot.heat(record((4, 1, 0.05))).header[-1] == "frequency 5"
    late = fb.History(T + 1, [1], np.ones((4, 1)), np.ones(4))
    (mesh,) = axes_of(fb.plot.heat(late)).collections
    assert mesh.get_array().shape == (1, 4)


# ---- fit -----------------------------------------------------------------------------


def half_learned(target, share):
    """A record whose residual is these shares of the target."""
    c = target.coefficients
    error = -np.outer(share, c)
    loss = np.square(error).sum(axis=1) / 2
    return fb.History(np.arange(len(share)), target.basis.modes, error, loss)


def test_fit_draws_target_and_network_and_tells_the_error():
    target = fb.sines(fb.circle(16), [1, 3], [2, 1])
    picture = fb.plot.fit(target, half_learned(target, [1, 0.5, 0.25]), t=[0, 1, 2])
    x = target.basis.points
    drawn = lines(picture)
    np.testing.assert_allclose(drawn["target"], [x, target.values])
    for name, left in [("t = 0", 1), ("t = 1", 0.5), ("t = 2", 0.25)]:
        expected = [x, (1 - left) * target.values]
        np.testing.assert_allclose(drawn[name], expected, atol=1e-12)
    assert picture.alt.endswith(
        "at gradient-flow time 0, 1, 2: root-mean-square error 1e+02 %, 50 %, 25 % of"
        " the target's size."
    )
    table = np.column_stack([x, target.values, 0 * x, target.values / 2])
    np.testing.assert_allclose(np.array(picture.rows)[:, :4], table, atol=1e-12)


def test_fit_shows_a_signal_over_its_own_axis():
    target = fb.bell(64, first=441)
    picture = fb.plot.fit(target, half_learned(target, [1, 0.5]))
    for x, _ in lines(picture).values():
        np.testing.assert_allclose(x, 10 + np.arange(64) / 44.1)
    assert axes_of(picture).get_xlabel() == "time (ms)"
    np.testing.assert_allclose([row[0] for row in picture.rows], x[::2])


def test_fit_shows_start_early_and_end():
    target = fb.sines(fb.circle(8), [1])
    run = half_learned(target, np.linspace(1, 0, 101))
    header = fb.plot.fit(target, run).header
    assert header[2:] == ("t = 0", "t = 3", "t = 100")


# ---- spectrum ------------------------------------------------------------------------


def test_spectrum_draws_amplitudes_over_frequencies():
    basis = fb.circle(16)
    one = fb.sines(basis, [1, 3], [2, 1]).values + 5
    two = np.cos(2 * basis.points) + one
    picture = fb.plot.spectrum(basis, one=one, and_two=two)
    drawn = lines(picture)
    expected = np.zeros((2, 9))
    expected[:, [0, 1, 3]] = 5, np.sqrt(2), np.sqrt(0.5)
    expected[1, 2] = np.sqrt(0.5)
    for name, amplitude in zip(["one", "and two"], expected):
        np.testing.assert_allclose(drawn[name][0], np.arange(9))
        np.testing.assert_allclose(drawn[name][1], amplitude, atol=1e-12)
    table = np.column_stack([np.arange(9), *expected])
    np.testing.assert_allclose(picture.rows, table, atol=1e-12)


def test_the_axis_of_a_spectrum_keeps_what_is_there_and_cuts_rounding():
    basis = fb.circle(16)
    noise = fb.plot.spectrum(basis, one=fb.sines(basis, [1, 3], [2, 1]).values)
    low, high = axes_of(noise).get_ylim()
    assert low == pytest.approx(1e-5 * np.sqrt(2)) and high > np.sqrt(2)
    smooth = np.full(16, 0.1)
    spread = basis.synthesise(smooth)
    low, _ = axes_of(fb.plot.spectrum(basis, one=spread)).get_ylim()
    assert low == pytest.approx(0.05)
    cut = fb.plot.spectrum(basis, highest=3, one=spread)
    assert [row[0] for row in cut.rows] == [0, 1, 2, 3]


# ---- curves and images ---------------------------------------------------------------


def test_curves_draw_what_they_are_given():
    x = np.array([1.0, 2.0, 5.0])
    y = np.array([3.0, np.nan, 7.0])
    labels = {"xlabel": "k", "ylabel": "size", "alt": "a gap"}
    picture = fb.plot.curves(x, {"a": y}, yscale="log", band=(1.0, 4.0), **labels)
    np.testing.assert_array_equal(lines(picture)["a"], [x, y])
    axes = axes_of(picture)
    assert (axes.get_xscale(), axes.get_yscale()) == ("linear", "log")
    assert set(axes.lines[-1].get_ydata()) == {2.5}
    (shade,) = axes.patches
    assert (shade.get_y(), shade.get_height()) == (1.0, 3.0)
    np.testing.assert_array_equal(picture.rows, np.column_stack([x, y]))


@pytest.mark.parametrize("markers", ["", "a"])
def test_curves_of_several_runs_reach_one_standard_deviation(markers):
    labels = {"xlabel": "k", "ylabel": "size", "alt": "runs"}
    runs = {"a": [[1, 10, 2], [3, 30, 2], [8, 50, 2]]}
    picture = fb.plot.curves([1, 2, 3], runs, markers=markers, **labels)
    mean, spread = np.mean(runs["a"], axis=0), np.std(runs["a"], axis=0)
    np.testing.assert_allclose(lines(picture)["a"], [[1, 2, 3], mean])
    (drawn,) = axes_of(picture).collections
    corners = np.concatenate([path.vertices for path in drawn.get_paths()])
    for x, low, high in zip([1, 2, 3], mean - spread, mean + spread):
        heights = corners[corners[:, 0] == x][:, 1]
        assert (heights.min(), heights.max()) == pytest.approx((low, high))


@pytest.mark.parametrize("signed", [False, True])
def test_images_share_one_scale(signed):
    arrays = {"up": np.array([[1.0, 2.0, 3.0], [4.0, 5.0, -9.0]])}
    arrays["down"] = -arrays["up"] / 2
    edges = (0, 3, 10, 20)
    picture = fb.plot.images(arrays, alt="two", signed=signed, edges=edges)
    places = axes_of(picture).child_axes
    for place, array in zip(places, arrays.values()):
        (shown,) = place.images
        np.testing.assert_array_equal(shown.get_array(), array)
        assert shown.get_clim() == ((-9, 9) if signed else (-9, 5))
        assert tuple(shown.get_extent()) == edges
    boxes = [place.get_position() for place in places]
    assert boxes[0].x1 < boxes[1].x0
    table = [row[2:] for row in picture.rows]
    np.testing.assert_array_equal(table, np.concatenate([*arrays.values()]))
