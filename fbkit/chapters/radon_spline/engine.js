// Four units as folds of the plane and as dots at (direction, offset): closed forms, so `step` is empty.
// Twin: explorer.py.
engines.radon_spline = function () {
  const FAR = 4, TURN = Math.PI / 180;
  const even = (low, high, n) => Float64Array.from({ length: n }, (_, i) => low + ((high - low) * i) / (n - 1));
  const x1 = even(-1.5, 1.5, 61), x2 = even(-1, 1, 41), theta = even(-180, 180, 121), unit = Float64Array.of(1, 2, 3, 4);
  const list = (units, part) => Float64Array.from(units, part);

  const init = (params) => ({ params });

  function frame({ params: { angles, offsets, magnitudes, sigma, scale, x, y } }) {
    const act = sigma === "tanh" ? Math.tanh : (z) => Math.max(z, 0);
    const wave = (degrees) => x * Math.cos(degrees * TURN) + y * Math.sin(degrees * TURN);
    const units = angles.map((angle, j) => {
      const mu = magnitudes[j], size = Math.sqrt(Math.abs(mu)), gamma = offsets[j];
      const at = wave(angle), on = at > gamma + 1e-9 && mu !== 0;
      return { angle, gamma, mu, at, on, c: Math.cos(angle * TURN), s: Math.sin(angle * TURN),
        a: (Math.sign(mu) * size) / scale, w: scale * size, b: -scale * size * gamma };
    });
    const f = (p, q) => units.reduce((sum, u) => sum + u.a * act(u.w * (p * u.c + q * u.s) + u.b), 0);
    const height = new Float64Array(61 * 41);
    x1.forEach((p, i) => x2.forEach((q, j) => { height[i * 41 + j] = f(p, q); }));
    const most = height.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-9), count = units.filter((u) => u.on);
    const arrays = { x1, x2, height: height.map((v) => v / most), px: Float64Array.of(x), py: Float64Array.of(y) };
    for (const [name, kept] of [["up", units.filter((u) => u.mu > 0)], ["down", units.filter((u) => u.mu < 0)]])
      Object.assign(arrays, {
        [`${name}_x`]: list(kept, (u) => u.gamma * u.c - FAR * u.s), [`${name}_x2`]: list(kept, (u) => u.gamma * u.c + FAR * u.s),
        [`${name}_y`]: list(kept, (u) => u.gamma * u.s + FAR * u.c), [`${name}_y2`]: list(kept, (u) => u.gamma * u.s - FAR * u.c),
        [`${name}_angle`]: list(kept, (u) => u.angle), [`${name}_offset`]: list(kept, (u) => u.gamma),
      });
    return Object.assign(arrays, {
      foot_x: list(units, (u) => u.gamma * u.c), foot_y: list(units, (u) => u.gamma * u.s),
      tip_x: list(units, (u) => (u.gamma + 0.15) * u.c), tip_y: list(units, (u) => (u.gamma + 0.15) * u.s),
      theta, wave: theta.map(wave), angle: list(units, (u) => u.angle), offset: list(units, (u) => u.gamma), unit,
      on_angle: list(count, (u) => u.angle), on_offset: list(count, (u) => u.gamma), on_wave: list(count, (u) => u.at),
      magnitude: list(units, (u) => u.mu), left: unit.map((k) => k - 0.22), right: unit.map((k) => k + 0.22),
      a: list(units, (u) => u.a), w: list(units, (u) => u.w), b: list(units, (u) => u.b), value: Float64Array.of(f(x, y)),
    });
  }

  function report({ params }, { value: [value], w, on_angle }) {
    const summary = `At the point (${params.x.toFixed(2)}, ${params.y.toFixed(2)}) the function is ${value.toFixed(3)}; the wave lies above `
      + `${on_angle.length} of the dots. The longest w has length ${Math.max(...w).toFixed(2)}.`;
    const note = params.sigma === "relu" ? "" : "tanh has no fold: the lines mark where it is 0, and it bends around them.";
    return { summary, note, pace: 1, stride: 1, halt: false };
  }
  return { init, aim: (s, params) => { s.params = params; }, step() {}, frame, report };
};
