# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: gradient flow's water-filling max=0.75
def waterfill(power, lr, steps, total, cap=np.inf):
    log_power = np.log(np.maximum(power, 1e-280))
    low, high = -640.0, log_power.max()
    for _ in range(100):
        level = (low + high) / 2
        rates = np.clip(
            (log_power - level) / (2 * steps * lr), 0, min(cap, 1 / lr)
        )
        low, high = (
            (level, high) if rates.sum() > total else (low, level)
        )
    return rates


# variant: the power 1/(2 steps) max=0.6
def waterfill(power, lr, steps, total, cap=np.inf):
    log_power = np.log(np.maximum(power, 1e-280))
    low, high = -640.0, log_power.max()
    for _ in range(100):
        level = (low + high) / 2
        rates = np.minimum(
            -np.expm1(np.minimum(0, (level - log_power) / (2 * steps)))
            / lr,
            cap,
        )
        low, high = (
            (level, high) if rates.sum() > total else (low, level)
        )
    return rates


# variant: the cap forgotten max=0.9
def waterfill(power, lr, steps, total, cap=np.inf):
    log_power = np.log(np.maximum(power, 1e-280))
    low, high = -640.0, log_power.max()
    for _ in range(100):
        level = (low + high) / 2
        rates = (
            -np.expm1(
                np.minimum(0, (level - log_power) / (2 * steps - 1))
            )
            / lr
        )
        low, high = (
            (level, high) if rates.sum() > total else (low, level)
        )
    return rates


# variant: the cap cut off at the end max=0.9
def waterfill(power, lr, steps, total, cap=np.inf):
    log_power = np.log(np.maximum(power, 1e-280))
    low, high = -640.0, log_power.max()
    for _ in range(100):
        level = (low + high) / 2
        rates = (
            -np.expm1(
                np.minimum(0, (level - log_power) / (2 * steps - 1))
            )
            / lr
        )
        low, high = (
            (level, high) if rates.sum() > total else (low, level)
        )
    return np.minimum(rates, cap)


# variant: in proportion to the power max=0.35
def waterfill(power, lr, steps, total, cap=np.inf):
    return total * np.asarray(power) / np.sum(power)


# variant: the same for all that have power max=0.4
def waterfill(power, lr, steps, total, cap=np.inf):
    on = np.asarray(power) > 0
    return total * on / on.sum()


# variant: sorted by power max=0.6
def waterfill(power, lr, steps, total, cap=np.inf):
    log_power = np.sort(np.log(np.maximum(power, 1e-280)))[::-1]
    low, high = -640.0, log_power.max()
    for _ in range(100):
        level = (low + high) / 2
        rates = np.minimum(
            -np.expm1(
                np.minimum(0, (level - log_power) / (2 * steps - 1))
            )
            / lr,
            cap,
        )
        low, high = (
            (level, high) if rates.sum() > total else (low, level)
        )
    return rates


# variant: negative rates kept max=0.5
def waterfill(power, lr, steps, total, cap=np.inf):
    weight = np.maximum(power, 1e-9) ** (-1 / (2 * steps - 1))
    return (1 - (len(weight) - lr * total) * weight / weight.sum()) / lr


# variant: the negative ones cut off, the sum not kept max=0.4
def waterfill(power, lr, steps, total, cap=np.inf):
    weight = np.maximum(power, 1e-9) ** (-1 / (2 * steps - 1))
    return np.clip(
        (1 - (len(weight) - lr * total) * weight / weight.sum()) / lr,
        0,
        cap,
    )


# variant: the learning rate left out max=0.5
def waterfill(power, lr, steps, total, cap=np.inf):
    log_power = np.log(np.maximum(power, 1e-280))
    low, high = -640.0, log_power.max()
    for _ in range(100):
        level = (low + high) / 2
        rates = np.minimum(
            -np.expm1(
                np.minimum(0, (level - log_power) / (2 * steps - 1))
            ),
            cap,
        )
        low, high = (
            (level, high) if rates.sum() > total else (low, level)
        )
    return rates
