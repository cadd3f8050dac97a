"""Explorers used by mouse and keyboard, each on a page opened from a file."""

import re

import pytest

from tests.browser.watching import (
    draws,
    eventually,
    moves,
    open_folds,
    rows,
    settled,
)
from tests.explorers.pages import page

WATCH = "watch_a_network_learn"


@pytest.fixture
def shown(browser, tmp_path, monkeypatch):
    """Open an explorer; what the page says on the console or asks of other hosts fails
    the test.
    """
    opened, said = [], []

    def show(name=WATCH, hash="", before="", width=1280, params=None, **context):
        address = page(tmp_path, name, monkeypatch, before=before, **(params or {}))
        window = browser.new_context(
            viewport={"width": width, "height": 900}, **context
        )
        opened.append(window)
        tab = window.new_page()
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.on(
            "request",
            lambda r: (
                r.url.startswith(("file:", "blob:", "data:")) or said.append(r.url)
            ),
        )
        tab.goto(address + hash)
        tab.wait_for_selector("[data-explorer][data-ready]", timeout=20_000)
        return tab, tab.locator("[data-explorer]")

    yield show
    for window in opened:
        window.close()
    assert said == []


def note(root):
    return root.locator(".fbkit-note").inner_text()


def words(root):
    return root.locator(".fbkit-summary").inner_text()


def steps(root):
    """The steps that the summary counts; 0 before there is one."""
    found = re.match(r"After (\d+) steps", words(root))
    return int(found[1]) if found else 0


def play(root):
    root.locator(".fbkit-play").click()


@pytest.mark.parametrize("name", [WATCH, "when_it_fails"])
@pytest.mark.parametrize("width", [1280, 390])
def test_draws_and_moves_from_a_file(shown, name, width):
    tab, root = shown(name, width=width)
    assert draws(root) and moves(root)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_playing_learns_and_pausing_stops(shown):
    _, root = shown()
    assert "Press Play" in words(root)
    play(root)
    assert eventually(lambda: steps(root) > 100, 10)
    play(root)
    before = settled(root)
    root.page.wait_for_timeout(300)
    assert (
        settled(root) == before and "Play" in root.locator(".fbkit-play").inner_text()
    )
    root.get_by_role("button", name="Reset").click()
    assert eventually(lambda: "Press Play" in words(root))


def test_a_page_that_refuses_workers_trains_all_the_same(shown):
    thrown = "constructor() { throw new Error('refused'); }"
    reported = (
        "postMessage() { setTimeout(() => this.onerror({ preventDefault() {} })); }"
        " terminate() {}"
    )
    for refusal in (thrown, reported):
        _, root = shown(before=f"window.Worker = class {{ {refusal} }}")
        root.get_by_role("button", name="Step").click()
        assert eventually(lambda root=root: "After 1 steps" in words(root))


def test_dragging_keeps_the_network(shown):
    tab, root = shown()
    for _ in range(40):
        root.get_by_role("button", name="Step").click()
    assert eventually(lambda: "mode 1 0 %" in words(root))
    handle = root.get_by_role("slider", name="mode 2")
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box["width"] >= 24 and box["height"] >= 24
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] - 60, steps=5)
    tab.mouse.up()
    value = float(handle.get_attribute("aria-valuenow"))
    assert value > 0.3
    assert eventually(
        lambda: "After 0 steps" in words(root) and "mode 2 100 %" in words(root)
    )
    assert "mode 1" not in words(root), (
        "mode 1 was learned before the drag and must stay so"
    )


def test_handles_move_by_keyboard_and_stay_in_bounds(shown):
    _, root = shown()
    handle = root.get_by_role("slider", name="mode 1")
    handle.focus()
    value = lambda: float(handle.get_attribute("aria-valuenow"))
    for key, expected in (
        ("ArrowUp", 1.05),
        ("ArrowDown", 1.0),
        ("End", 1.5),
        ("ArrowUp", 1.5),
        ("Home", 0.0),
    ):
        handle.press(key)
        assert eventually(
            lambda expected=expected: value() == pytest.approx(expected)
        ), key
    handle.press("Tab")
    assert root.get_by_role("slider", name="mode 2").evaluate(
        "node => node === document.activeElement"
    )


def test_a_target_of_nothing_says_so(shown):
    _, root = shown(hash=f"#{WATCH}.amplitudes=0,0,0,0,0,0,0,0")
    root.get_by_role("button", name="Step").click()
    assert eventually(lambda: "nothing to learn" in words(root))


def test_the_learning_rate_is_capped_and_says_so(shown):
    _, root = shown(params={"lr": 5})
    assert eventually(lambda: "capped at" in note(root))


def test_the_address_holds_the_settings(shown):
    tab, root = shown()
    open_folds(root)
    seed = root.locator("input[type=number]")
    seed.fill("12345")
    seed.press("Enter")
    assert (
        eventually(lambda: "set to 9999" in note(root)) and seed.input_value() == "9999"
    )
    root.get_by_role("slider", name="mode 4").press("ArrowUp")
    hash = f"#{WATCH}.seed=9999&{WATCH}.amplitudes=1,0,1,0.05,1,0,0,0"
    assert eventually(lambda: tab.evaluate("location.hash") == hash)
    seed.fill("0")
    seed.press("Enter")
    root.get_by_role("slider", name="mode 4").press("Home")
    assert eventually(lambda: tab.evaluate("location.hash") == "")


@pytest.mark.parametrize(
    ("hash", "sentence"),
    [
        ("width=99999", "out of range: set to 1024"),
        ("width=17", "between the steps on offer: set to 16"),
        ("seed=1.5", "set to 2"),
        ("activation=swish", "not on offer"),
        ("amplitudes=1,2", "expected 8 numbers"),
        ("amplitudes=9,0,0,0,0,0,0,0", "out of range"),
        ("lr=fast", "expected a number"),
        ("depth=3", "does not have"),
        ("amplitudes=,,,,,,,", "amplitudes to ,,,,,,,; expected 8 numbers"),
        ("amplitudes=0,0,0,0,0,0,0,", "expected 8 numbers"),
        ("seed=", "sets seed to ; expected a number"),
        ("seed=NaN", "sets seed to NaN; expected a number"),
        ("width=1e400", "sets width to 1e400; expected a number"),
        ("moment=NaN", "sets moment to NaN; expected a number"),
        ("moment=-3", "moment = -3, out of range: set to 0."),
        ("activation=toString", "not on offer"),
    ],
)
def test_a_bad_link_is_put_right_and_said(shown, hash, sentence):
    _, root = shown(hash=f"#{WATCH}.{hash}")
    assert eventually(lambda: sentence in note(root)), note(root)
    assert draws(root)


# What every object of JavaScript has.
INHERITED = ["toString", "constructor", "__proto__", "hasOwnProperty", "valueOf"]


@pytest.mark.parametrize("name", [WATCH, "when_it_fails"])
def test_a_link_to_what_every_object_has_is_one_sentence(shown, name):
    tab, root = shown(name)
    for word in INHERITED:
        link(tab, f"#{name}.{word}=1")
        sentence = f"The link sets {word}, which this explorer does not have."
        assert eventually(lambda: note(root) == sentence), note(root)  # noqa: B023
    _, root = shown(name, hash=f"#{name}.{'&'.join(f'{w}=1' for w in INHERITED)}")
    assert draws(root) and moves(root)


@pytest.mark.parametrize(
    "hash",
    [
        f"{WATCH}.amplitudes={'1,' * 200_000}1",
        f"{WATCH}.{'x' * 300_000}=1",
        f"{WATCH}.activation={'x' * 300_000}",
        f"{WATCH}.seed={'9' * 300}",
        "&".join(f"{WATCH}.a{i}=1" for i in range(5000)),
        "&".join(f"{WATCH}.width={10_000 + i}" for i in range(5000)),
    ],
    ids=["numbers", "name", "choice", "number", "names", "settings"],
)
def test_a_long_link_is_a_short_note(shown, hash):
    _, root = shown(hash=f"#{hash}")
    assert 20 < len(note(root)) < 400
    assert draws(root)


def test_copy_link_says_what_it_did(shown):
    tab, root = shown(permissions=["clipboard-read", "clipboard-write"])
    root.get_by_role("slider", name="mode 2").press("End")
    root.get_by_role("button", name="Copy link").click()
    assert eventually(lambda: "Link copied" in note(root))
    assert tab.evaluate("navigator.clipboard.readText()").endswith(
        f"#{WATCH}.amplitudes=1,1.5,1,0,1,0,0,0"
    )


def test_reduced_motion_turns_play_into_step(shown):
    _, root = shown(reduced_motion="reduce")
    play(root)
    assert eventually(lambda: "After 1 steps" in words(root))
    root.page.wait_for_timeout(200)
    assert "After 1 steps" in words(root)


def test_playing_pauses_off_screen(shown):
    tab, root = shown()
    tab.evaluate("document.body.style.paddingBottom = '4000px'")
    play(root)
    assert eventually(lambda: "Pause" in root.locator(".fbkit-play").inner_text())
    tab.evaluate("scrollTo(0, 3500)")
    assert eventually(lambda: "Play" in root.locator(".fbkit-play").inner_text())


def test_the_picture_follows_the_colour_scheme(shown):
    tab, root = shown("when_it_fails")
    light = settled(root)
    tab.emulate_media(color_scheme="dark")
    assert (
        eventually(lambda: settled(root)[1] != light[1])
        and root.get_attribute("data-scheme") == "dark"
    )
    tab.evaluate("document.documentElement.dataset.theme = 'light'")
    assert eventually(lambda: settled(root) == light)


def test_scrubbing_time_is_indexing(shown):
    _, root = shown("when_it_fails")
    scrub = root.get_by_role("slider", name="Moment")
    scrub.focus()
    scrub.press("End")
    before = rows(root)
    scrub.press("Home")
    assert eventually(lambda: rows(root) != before)
    scrub.press("End")
    assert eventually(lambda: rows(root) == before)


# Notes the milliseconds of computing that each answer of the worker reports.
SPY = """window.took = [];
  const Plain = Worker;
  window.Worker = class extends Plain {
    set onmessage(act) {
      super.onmessage = event => { took.push(event.data.frame.took); act(event); };
    }
  };"""


def test_steps_a_frame_adapt_to_the_budget(shown):
    """Dense steps of a wide network: as many a frame as 8 ms hold, where the picture's
    pace would ask for more.
    """
    tab, root = shown(before=SPY, params={"activation": "tanh", "width": 512})

    def stepped():
        root.get_by_role("button", name="Step").click()
        return steps(root) > 500

    assert eventually(stepped, 30)
    play(root)
    tab.wait_for_timeout(3000)
    play(root)
    took = sorted(tab.evaluate("took.slice(-40)"))
    assert 3 < took[len(took) // 2] < 16


def link(tab, hash):
    """A link in the page's text, clicked."""
    tab.evaluate("""hash => {
      const link = Object.assign(document.createElement("a"), { href: hash });
      link.textContent = "set it so";
      document.querySelector("main").append(link);
      link.click();
    }""", hash)  # fmt: skip


def test_a_link_in_the_text_sets_it_in_place(shown):
    """What the link does not name keeps its value; a link elsewhere changes nothing."""
    tab, root = shown()
    open_folds(root)
    value = lambda label: root.get_by_label(label, exact=False).first.input_value()
    seed = root.locator("input[type=number]")
    seed.fill("7")
    seed.press("Enter")
    link(tab, f"#{WATCH}.activation=tanh")
    assert eventually(lambda: value("Activation") == "tanh")
    assert seed.input_value() == "7"
    play(root)
    assert eventually(lambda: steps(root) > 20)
    link(tab, "#measure-it")
    root.page.wait_for_timeout(300)
    assert value("Activation") == "tanh" and steps(root) > 20
    assert "Pause" in root.locator(".fbkit-play").inner_text()
    link(tab, f"#{WATCH}.constructor=1")
    assert eventually(lambda: "does not have" in note(root))
    assert value("Activation") == "tanh" and seed.input_value() == "7"


@pytest.mark.parametrize("name", [WATCH, "when_it_fails"])
def test_a_link_opens_at_its_moment(shown, name):
    _, root = shown(name, hash=f"#{name}.moment=12")
    assert eventually(lambda: not words(root).startswith("Press Play"))
    if name == WATCH:
        assert eventually(lambda: steps(root) == 12)
    else:
        assert root.get_by_role("slider", name="Moment").input_value() == "12"


def test_to_the_end_comes_to_the_end_of_the_order(shown):
    _, root = shown()
    root.get_by_role("button", name="To the end").click()
    assert eventually(lambda: "Pause" in root.locator(".fbkit-play").inner_text())
    assert eventually(lambda: "Play" in root.locator(".fbkit-play").inner_text(), 60)
    left = [int(share) for share in re.findall(r"mode \d (\d+) %", words(root))]
    assert len(left) == 3 and max(left) <= 20


def test_moments_glide_and_ten_times_as_fast_is_faster(shown):
    """Between two recorded moments the picture is between, too."""
    tab, root = shown("when_it_fails")
    clock = lambda: float(root.locator(".fbkit-player .fbkit-value").inner_text())
    recorded = tab.evaluate("""() => {
      const text = document.querySelector('script[type*="widget-state"]').textContent;
      return Object.values(JSON.parse(text).state)[0].state.table.arrays.time.shape;
    }""")[0]
    play(root)
    seen = set()
    for _ in range(12):
        tab.wait_for_timeout(40)
        seen.add(clock())
    play(root)
    known = {float(f"{10 ** (-1 + 7 * 14 * i / 700):.3g}") for i in range(recorded)}
    assert len(seen - known) > 3, seen
    root.get_by_role("button", name="10 times as fast").click()
    play(root)
    assert eventually(lambda: "Play" in root.locator(".fbkit-play").inner_text(), 3)
    assert root.get_by_role("slider", name="Moment").input_value() == str(recorded - 1)


def test_a_prediction_starts_the_run_and_is_answered(shown):
    tab, root = shown(permissions=["clipboard-read", "clipboard-write"])
    root.get_by_role("button", name="10 times as fast").click()
    root.get_by_role("button", name="sin 5x").click()
    assert eventually(lambda: "Pause" in root.locator(".fbkit-play").inner_text())
    verdict = root.locator(".fbkit-verdict")
    said = "You said sin 5x. It came last, and took "
    assert eventually(lambda: verdict.inner_text().startswith(said), 60)
    assert "theory knew" in verdict.inner_text()
    root.get_by_role("button", name="Copy my result").click()
    copied = lambda: tab.evaluate("navigator.clipboard.readText()")
    assert eventually(lambda: copied().startswith("Which comes first? I said sin 5x."))
    assert copied().endswith(f"{WATCH}.html")
    assert tab.evaluate("localStorage.length") == 1
    root.get_by_role("button", name="Reset").click()
    assert eventually(lambda: not verdict.is_visible())
    assert tab.evaluate("localStorage.length") == 0


def test_a_prediction_is_answered_without_motion(shown):
    _, root = shown("circle_eigenfunctions", reduced_motion="reduce")
    root.get_by_role("button", name="sin 3x").click()
    verdict = root.locator(".fbkit-verdict")
    assert eventually(lambda: "never comes" in verdict.inner_text())


def test_who_looks_first_sees_the_answer_after_answering(shown):
    _, root = shown("chaotic_time_series")
    later = root.locator(".fbkit-later")
    assert later.inner_text() == "appears with your answer"
    root.get_by_role("button", name="Step").click()
    assert eventually(lambda: "Answer first" in words(root), 10)
    assert later.is_visible()
    root.get_by_role("button", name="chaotic").click()
    assert eventually(lambda: steps(root) > 10, 20)
    assert not later.is_visible()
    root.get_by_role("button", name="Reset").click()
    assert eventually(lambda: "Press Play" in words(root) and later.is_visible(), 10)


def test_who_never_answers_sees_the_answer_at_the_end(shown):
    _, root = shown("chaotic_time_series")
    root.get_by_role("button", name="To the end").click()
    assert eventually(lambda: steps(root) == 2000, 60)


def test_the_choices_are_one_stop_for_tab(shown):
    _, root = shown()
    root.get_by_role("button", name="sin x").focus()
    root.page.keyboard.press("ArrowRight")
    focused = root.get_by_role("button", name="sin 3x")
    assert focused.evaluate("node => node === document.activeElement")
    root.page.keyboard.press("Shift+Tab")
    root.page.keyboard.press("Tab")
    root.page.keyboard.press("Tab")
    play = root.locator(".fbkit-play")
    assert play.evaluate("node => node === document.activeElement")
