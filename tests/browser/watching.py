"""What an explorer must do in a browser: it draws, and it moves."""

import re
import time
from collections.abc import Callable
from functools import partial

# A canvas as (share of pixels unlike the most common one, checksum of all pixels).
PIXELS = """canvas => {
  const { width, height } = canvas;
  if (!width || !height) return [0, 0];
  const copy = Object.assign(document.createElement("canvas"), { width, height });
  const pen = copy.getContext("2d", { willReadFrequently: true });
  pen.drawImage(canvas, 0, 0);
  const bits = new Uint32Array(pen.getImageData(0, 0, width, height).data.buffer);
  const counts = new Map();
  let sum = 0;
  for (const bit of bits) {
    counts.set(bit, (counts.get(bit) || 0) + 1);
    sum = (Math.imul(sum, 31) + bit) | 0;
  }
  return [1 - Math.max(...counts.values()) / bits.length, sum];
}"""
# The texts of all tables' cells, row by row.
CELLS = """tables => tables
  .flatMap(table => [...table.tBodies])
  .flatMap(body => [...body.rows])
  .map(row => [...row.cells].map(cell => cell.textContent.trim()))"""
NUMBER = re.compile(r"^−?(\d+(\.\d+)?( × )?)?(10⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?$")

NO_NUMBER = re.compile("nan|inf|undefined|null", re.IGNORECASE)
MOMENT = re.compile(r"^Moment\b")  # the slider of time, as a screen reader says it


def eventually(question: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether the answer becomes yes in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if question():
            return True
        time.sleep(0.03)
    return False


def pixels(root) -> list:
    return [canvas.evaluate(PIXELS) for canvas in root.locator("canvas:visible").all()]


def rows(root) -> list[list[str]]:
    """The data table behind the drawing, as text."""
    return root.locator("details table").evaluate_all(CELLS)


def open_folds(root) -> None:
    """Open the settings and the numbers behind the picture."""
    root.locator("details").evaluate_all("all => all.forEach(d => { d.open = true; })")


def first_control(root):
    """The first control among the settings; not the list of settings on offer while it
    stands at the reader's own, to which it cannot go back.
    """
    controls = root.locator(".fbkit-controls").locator("input, select")
    own = controls.count() and controls.first.input_value() == ""
    return controls.nth(1 if own else 0)


def to_the_end(root) -> None:
    """Where there is a time, go to its last moment: all is drawn there."""
    if root.get_by_role("slider", name=MOMENT).count():
        root.get_by_role("button", name="To the end").click()


def finite(table: list[list[str]]) -> bool:
    """At least two rows, at least one number in each, nothing like NaN."""
    if len(table) < 2:
        return False
    for row in table:
        if any(NO_NUMBER.search(cell) for cell in row):
            return False
        if not any(cell and NUMBER.match(cell) for cell in row):
            return False
    return True


def draws(root, seconds: float = 5.0) -> bool:
    """The table has finite rows, and every canvas more than 1 % of its pixels drawn."""

    def drawn() -> bool:
        open_folds(root)
        shares = [share for share, _ in pixels(root)]
        return bool(shares) and min(shares) > 0.01 and finite(rows(root))

    return root.count() == 1 and eventually(drawn, seconds)


def state(root) -> tuple:
    return str(rows(root)), str([checksum for _, checksum in pixels(root)])


def differs(root, before: tuple) -> bool:
    return all(a != b for a, b in zip(state(root), before))


def changes(root, before: tuple, seconds: float) -> bool:
    """Whether both the table and the pixels differ from before in time."""
    return eventually(lambda: differs(root, before), seconds)


def moves(root, seconds: float = 5.0) -> bool:
    """One key press changes table and pixels, and its reverse undoes the change."""
    open_folds(root)
    to_the_end(root)
    control = first_control(root)
    if control.count() == 0 or control.get_attribute("type") not in ("range", None):
        return False
    control.scroll_into_view_if_needed()
    for forth, back in (("ArrowRight", "ArrowLeft"), ("ArrowLeft", "ArrowRight")):
        before = settled(root)
        control.focus()
        control.press(forth)
        if changes(root, before, seconds):
            control.press(back)
            return eventually(partial(returned, root, before), seconds)
    return False


def returned(root, before: tuple) -> bool:
    return state(root) == before


def settled(root, seconds: float = 3.0) -> tuple:
    """The state once two looks in a row agree."""
    end = time.monotonic() + seconds
    now = state(root)
    while time.monotonic() < end:
        time.sleep(0.1)
        before, now = now, state(root)
        if before == now:
            break
    return now


def steps(root, seconds: float = 10.0) -> bool:
    """One press of Step changes the table and the pixels."""
    before = settled(root)
    root.get_by_role("button", name="Step").first.click()
    return changes(root, before, seconds)
