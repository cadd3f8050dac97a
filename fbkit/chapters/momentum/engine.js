// Sixteen waves of rates 1/k^2 under gradient descent, heavy ball and Nesterov, step by step, and what the chosen method
// leaves anywhere in the plane of (learning rate x rate, momentum). All is computed at once. Twin: twin.py.
engines.momentum = function () {
  const WAVES = 16, LAST = 1500, HIGHEST = 10, LEARNED = 0.1;
  const CHOICES = { sooner: "sooner", same: "at the same step", later: "later" };
  const whole = (count) => Array.from({ length: count }, (_, i) => i);
  const waves = Float64Array.from(whole(WAVES), (i) => i + 1);
  const moments = Float64Array.from(new Set([...whole(31), ...whole(46).map((i) => Math.round(30 * 50 ** (i / 45)))]));
  const shown = Float64Array.from(new Set([...whole(201), ...whole(81).map((i) => Math.round(200 * 7.5 ** (i / 80)))]));
  const z = Float64Array.from(whole(33), (i) => 10 ** (-4 + (4.6 * i) / 32)), betas = Float64Array.from(whole(22), (i) => (0.98 * i) / 21);
  const recursion = { // T and D of e_{s+1} = T e_s - D e_{s-1}
    gd: (z) => [1 - z, 0],
    heavy_ball: (z, beta) => [1 + beta - z, beta],
    nesterov: (z, beta) => [(1 + beta) * (1 - z), beta * (1 - z)],
  };

  function errors(z, beta, method) { // of one mode, after each step
    const [T, D] = recursion[method](z, beta), found = new Float64Array(LAST + 1);
    let now = 1, before = 1;
    found[0] = 1;
    for (let s = 1; s <= LAST; s++) {
      const next = Math.min(HIGHEST, Math.max(-HIGHEST, T * now - D * before));
      before = now, now = found[s] = next;
    }
    return found;
  }

  function neverAbove(error) { // the largest size from each step on
    const left = error.map(Math.abs);
    for (let s = LAST - 1; s >= 0; s--) left[s] = Math.max(left[s], left[s + 1]);
    return left;
  }

  const planes = {}; // they depend on the method alone
  function plane(method) {
    if (planes[method]) return planes[method];
    const cells = z.length * betas.length, found = new Float64Array(moments.length * cells);
    z.forEach((v, i) => betas.forEach((beta, j) => {
      const left = neverAbove(errors(v, beta, method));
      moments.forEach((s, t) => { found[t * cells + i * betas.length + j] = Math.log10(Math.max(left[s], 1e-4)); });
    }));
    return (planes[method] = found);
  }

  function borders(method) { // where modes begin to swing, and where to grow
    const part = Float64Array.from(whole(61), (i) => i / 60), back = part.map((v) => 1 - v), root = part.map((v) => 1 - 2 * v);
    if (method === "heavy_ball") {
      return { swing_z: root.map((v) => (1 - v) ** 2), swing_beta: root.map((v) => v * v), grow_z: part.map((v) => 2 + 2 * v), grow_beta: part };
    }
    const swing = back.map((v, i) => part[i] ** 2 / (1 + v) ** 2);
    return {
      swing_z: Float64Array.of(...swing, 1), swing_beta: Float64Array.of(...back, 1),
      grow_z: back.map((v) => (2 + 2 * v) / (1 + 2 * v)), grow_beta: back,
    };
  }

  function frame({ params: { method, lr, wave, beta: [beta] } }) {
    const row = waves.map((k) => lr / (k * k)), cut = (v) => Math.min(1.2, Math.max(-1.2, v)), arrays = {};
    for (const [name, short] of [["gd", "gd"], ["heavy_ball", "heavy"], ["nesterov", "nesterov"]]) {
      const every = Array.from(row, (v) => errors(v, beta, name)), left = every.map(neverAbove);
      const reached = Float64Array.from(left, (one) => (one[LAST] < LEARNED ? one.findIndex((v) => v < LEARNED) : 0));
      arrays[`${short}_now`] = Float64Array.from({ length: moments.length * WAVES }, (_, i) => Math.min(1.2, left[i % WAVES][moments[Math.floor(i / WAVES)]]));
      arrays[`${short}_reached`] = reached;
      arrays[`${short}_time`] = reached.filter((v) => v > 0), arrays[`${short}_wave`] = waves.filter((_, i) => reached[i] > 0);
      const of = (curve) => shown.map((s) => cut(curve[s]));
      if (name === "gd") arrays.plain = of(every[wave - 1]);
      if (name === method) arrays.error = of(every[wave - 1]), arrays.envelope = of(left[wave - 1]);
    }
    return {
      ...arrays, ...borders(method), moments, shown, waves, z, betas, plane: plane(method), row, row_beta: row.map(() => beta),
      handle: Float64Array.of(row[wave - 1]), handle_beta: Float64Array.of(beta), below: arrays.envelope.map((v) => -v),
    };
  }

  const word = (steps) => (steps ? String(steps) : `more than ${LAST}`);

  function verdicts({ method }, arrays) { // a sentence for each choice of the question
    const fast = arrays[method === "nesterov" ? "nesterov_reached" : "heavy_reached"], plain = arrays.gd_reached;
    const late = (v) => v || Infinity, came = late(fast[0]) < late(plain[0]) ? "sooner" : late(fast[0]) > late(plain[0]) ? "later" : "same";
    const said = (key) => (key === came ? "Yes:" : `It was ${CHOICES[came]}:`);
    return Object.fromEntries(Object.keys(CHOICES).map((key) => [key, `You said: ${CHOICES[key]}. ${said(key)} ${word(fast[0])} steps, `
      + `without momentum ${word(plain[0])}. Wave 16: ${word(fast[15])}, without ${word(plain[15])}.`]));
  }

  function report({ params }, arrays) {
    const { lr, beta: [beta] } = params, both = (short) => `${word(arrays[`${short}_reached`][0])} and ${word(arrays[`${short}_reached`][15])}`;
    const summary = `Steps to 10 %, waves 1 and 16: gradient descent ${both("gd")}, heavy ball ${both("heavy")}, Nesterov ${both("nesterov")}.`;
    const limits = { "gradient descent": 2, "heavy ball": 2 + 2 * beta, Nesterov: (2 + 2 * beta) / (1 + 2 * beta) };
    const wild = Object.keys(limits).filter((name) => lr >= limits[name]);
    const note = wild.length ? `Wave 1 grows under ${wild.join(" and ")}: the learning rate is too high for it.` : "";
    return { summary, note, pace: 1, stride: 1, halt: false, verdicts: verdicts(params, arrays) };
  }
  return { init: (params) => ({ params }), aim: (s, params) => { s.params = params; }, step() {}, frame, report };
};
