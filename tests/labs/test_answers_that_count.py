"""What labs ask holds what it says, and a reply with more in it is no answer."""

import numpy as np
import pytest
from variants import LABS

from fbkit.lab.asking import read
from fbkit.lab.marking import Check, judged, load


@pytest.mark.parametrize(
    "text",
    [
        '{"value": 1, "extra": 2}',
        '{"value": 1, "score": 1}',
        '{"extra": 2, "value": 1}',
        '{"error": "no", "value": 1}',
    ],
)
def test_a_reply_of_more_than_a_value_gives_zero(text):
    check = Check("it", read("x"), lambda answer, ask: (1, ""))
    assert judged(check, '{"value": 1}')[0] == 1
    score, sentence = judged(check, text)
    assert score == 0 and "there is no answer" in sentence


def test_points_of_weight_zero_carry_nonsense():
    """Whoever lets them count, however little, is off by more than rounding."""
    (lab,) = [lab for lab in LABS if lab.name == "frequency_meter"]
    (check,) = [
        check
        for check in load(lab).questions["q3"].checks
        if check.about == "points of weight 0"
    ]
    points, values, weights, frequencies = check.ask["args"]
    without = weights == 0
    assert 5 < without.sum() < len(points) / 4
    assert np.abs(values[~without]).max() < 2
    assert np.abs(values[without]).min() > 20

    def score(weights):
        phase = np.outer(points, frequencies)
        waves = np.concatenate([np.cos(phase), np.sin(phase)], axis=1)
        root = np.sqrt(weights)
        fit = np.linalg.lstsq(root[:, None] * waves, root * values, rcond=None)[0]
        size = np.hypot(fit[:2], fit[2:])
        return check.judge(size, check.ask)[0], size

    right, size = score(weights)
    assert right == 1
    np.testing.assert_allclose(size, [1.3, 0.6], atol=1e-9)
    wrong, size = score(np.maximum(weights, 0.05))
    assert wrong == 0
    assert np.abs(size - [1.3, 0.6]).max() > 0.05
