// Four units as folds of the plane and as dots at (angle, offset), while a point walks up: closed forms, so `step` is
// empty. Twin: explorer.py.
engines.radon_spline = function () {
  const FAR = 4, TURN = Math.PI / 180;
  const ANGLES = { mixed: [30, 135, -100, -20], square: [0, 90, -180, -90], mirror: [40, -140, 90, 0] };
  const CHOICES = { dot: "it passes a dot", crest: "its crest passes a dot", zero: "it crosses 0 at a dot" };
  const TIMES = ["never", "once", "twice", "three times", "four times"];
  const even = (low, high, n) => Float64Array.from({ length: n }, (_, i) => low + ((high - low) * i) / (n - 1));
  const x1 = even(-1.5, 1.5, 61), x2 = even(-1, 1, 41), way = even(-1, 1, 81), turn = even(-180, 180, 121), unit = Float64Array.of(1, 2, 3, 4);
  const list = (units, part) => Float64Array.from(units, part);

  const init = (params) => ({ params });

  function along(degrees, of) { // a number at each moment and angle
    const out = new Float64Array(way.length * degrees.length);
    way.forEach((y, t) => degrees.forEach((one, i) => { out[t * degrees.length + i] = of(y, one, i); }));
    return out;
  }

  function frame({ params: { angles, offsets, magnitudes, sigma, scale, x } }) {
    const act = sigma === "tanh" ? Math.tanh : (z) => Math.max(z, 0);
    const wave = (y, degrees) => x * Math.cos(degrees * TURN) + y * Math.sin(degrees * TURN);
    const units = ANGLES[angles].map((angle, j) => {
      const A = magnitudes[j], size = Math.sqrt(Math.abs(A)), gamma = offsets[j];
      const passed = (wave(-1, angle) - gamma) * (wave(1, angle) - gamma) < 0 && A !== 0;
      return { angle, gamma, A, passed, c: Math.cos(angle * TURN), s: Math.sin(angle * TURN),
        a: (Math.sign(A) * size) / scale, w: scale * size, b: -scale * size * gamma };
    });
    const f = (p, q) => units.reduce((sum, u) => sum + u.a * act(u.w * (p * u.c + q * u.s) + u.b), 0);
    const height = new Float64Array(61 * 41);
    x1.forEach((p, i) => x2.forEach((q, j) => { height[i * 41 + j] = f(p, q); }));
    const most = height.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-9);
    const arrays = { x1, x2, height: height.map((v) => v / most), way, px: Float64Array.of(x), py: way };
    for (const [name, kept] of [["up", units.filter((u) => u.A > 0)], ["down", units.filter((u) => u.A < 0)]])
      Object.assign(arrays, {
        [`${name}_x`]: list(kept, (u) => u.gamma * u.c - FAR * u.s), [`${name}_x2`]: list(kept, (u) => u.gamma * u.c + FAR * u.s),
        [`${name}_y`]: list(kept, (u) => u.gamma * u.s + FAR * u.c), [`${name}_y2`]: list(kept, (u) => u.gamma * u.s - FAR * u.c),
        [`${name}_angle`]: list(kept, (u) => u.angle), [`${name}_offset`]: list(kept, (u) => u.gamma),
      });
    return Object.assign(arrays, {
      walk: way.map((y) => f(x, y)), bends: Float64Array.of(units.filter((u) => u.passed).length),
      foot_x: list(units, (u) => u.gamma * u.c), foot_y: list(units, (u) => u.gamma * u.s),
      tip_x: list(units, (u) => (u.gamma + 0.15) * u.c), tip_y: list(units, (u) => (u.gamma + 0.15) * u.s),
      turn, wave: along(turn, wave), angle: list(units, (u) => u.angle), offset: list(units, (u) => u.gamma),
      base: along(ANGLES[angles], (y, angle, j) => units[j].gamma),
      reach: along(ANGLES[angles], (y, angle, j) => Math.max(wave(y, angle), units[j].gamma)),
      magnitude: list(units, (u) => u.A), first: unit.map((k) => k - 0.3), second: unit.map((k) => k - 0.1),
      third: unit.map((k) => k + 0.1), fourth: unit.map((k) => k + 0.3),
      a: list(units, (u) => u.a), w: list(units, (u) => u.w), b: list(units, (u) => u.b),
    });
  }

  function verdicts({ sigma }, bends) { // a sentence for each choice of the question
    if (sigma === "tanh") return {};
    const end = (key) => {
      if (!bends) return "Here the function never bends: the wave passes no dot.";
      return key === "dot" ? `Yes, ${TIMES[bends]}: each time the point was on a fold.` : `It passes a dot, ${TIMES[bends]}.`;
    };
    return Object.fromEntries(Object.entries(CHOICES).map(([key, words]) => [key, `You said: ${words}. ${end(key)}`]));
  }

  function report({ params }, { walk, w, bends: [bends] }) {
    const signed = (value) => value.toFixed(2).replace("-", "−");
    const summary = `On the point's way the function lies between ${signed(Math.min(...walk))} and ${signed(Math.max(...walk))}. `
      + `The longest w has length ${Math.max(...w).toFixed(2)}.`;
    const note = params.sigma === "relu" ? "" : "tanh has no fold: the lines mark where it is 0, and it bends around them.";
    return { summary, note, pace: 1, stride: 1, halt: false, verdicts: verdicts(params, bends) };
  }
  return { init, aim: (s, params) => { s.params = params; }, step() {}, frame, report };
};
