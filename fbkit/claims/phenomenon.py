"""Claims of Part I: the F-Principle, how it is measured, and when it fails."""

import fbkit as fb
from fbkit.claims import ledger

XU = "Xu et al., arXiv 1901.06523 (setting); figures measured for this course"


@ledger(
    id="order-tanh-adam",
    source=XU,
    statement="A tanh network 1-200-200-1 under Adam (learning rate 5e-4) learns sin x before sin 3x before sin 5x: "
    "first step from which the relative error stays below 20 %.",
    expected=(27, 260, 780),
    tolerance=(15, 60, 250),
    unit="steps",
)
def order_tanh_adam(seed):
    target = fb.sines(fb.interval(200), [1, 3, 5])
    net = fb.standard_mlp([1, 200, 200, 1], "tanh", seed=seed)
    run = fb.train(net, target, optimizer="adam", lr=5e-4, steps=1000, records=200, progress=False)
    return fb.learning_times(run, frequencies=[1, 3, 5])
