// A two-layer network on the circle, trained live: f(u) = m^{-1/2} sum_j a_j s(w_j.u + b_j), u = (cos t, sin t), every
// weight trained by full-batch gradient descent on the loss 1/2 mean r^2. A ReLU unit is active on one arc of the
// circle, so prefix sums make a step cost O(width + points). Twin: twin.py.
engines.watch_a_network_learn = function ({ normals, activations, profile, rates, largest }) {
  const n = 128, MODES = 9, GAP = (2 * Math.PI) / n, FLOOR = 1e-4, LONGEST = 400000, THERE = 0.02, LEARNED = 0.2;
  const CHOICES = { 1: "sin x", 3: "sin 3x", 5: "sin 5x" };
  const angle = Float64Array.from({ length: n }, (_, i) => -Math.PI + GAP * i), C = angle.map(Math.cos), S = angle.map(Math.sin);
  const modes = Float64Array.from({ length: MODES }, (_, k) => k), handles = modes.slice(1, 9);
  const waves = Array.from(modes, (k) => [angle.map((t) => Math.cos(k * t)), angle.map((t) => Math.sin(k * t))]);

  function init(params) {
    const m = params.width, half = m / 2, drawn = normals(params.seed, 4 * half), s = { width: m, activation: params.activation };
    ["w1", "w2", "b", "a"].forEach((name, part) => { // the second half repeats the first with a turned round: f = 0
      s[name] = Float64Array.from({ length: m }, (_, j) => (name === "a" && j >= half ? -1 : 1) * drawn[part * half + (j % half)]);
    });
    s.prefix = params.activation === "relu" && !params.dense; // `dense` and `uncapped` are for tests and the bench
    s.lo = new Int32Array(m), s.hi = new Int32Array(m);
    s.V = new Float64Array(s.prefix ? 0 : m * n), s.D = s.V.slice();
    const { row, K } = finiteKernel(s);
    s.infinite = rates(profile(params.activation, n), MODES), s.finite = rates(row, MODES);
    s.cap = 1 / largest(K, C.map((c, i) => (1 + c + S[i] / 2) / n));
    aim(s, params);
    return s;
  }

  function aim(s, params) { // a new target or learning rate: the network stays, the clock starts again
    s.target = angle.map((_, i) => params.amplitudes.reduce((sum, c, k) => sum + c * waves[k + 1][1][i], 0));
    s.amplitudes = Float64Array.from(params.amplitudes), s.asked = params.lr, s.lr = params.uncapped ? params.lr : Math.min(params.lr, s.cap);
    s.steps = 0, s.next = 1, s.times = [], s.heat = [], s.diverged = false, s.reached = new Float64Array(MODES);
    s.start = spectrum(forward(s));
  }

  function finiteKernel(s) { // this seed's kernel over n, and its mean over each angle: all that Rayleigh quotients of cos kt, sin kt see
    const [value, slope] = activations[s.activation], K = new Float64Array(n * n), D = new Float64Array(n * n), row = new Float64Array(n);
    for (let j = 0; j < s.width; j++) {
      const z = C.map((c, i) => s.w1[j] * c + s.w2[j] * S[i] + s.b[j]), v = z.map(value), d = z.map((x) => s.a[j] * slope(x));
      for (let i = 0; i < n; i++) for (let k = 0; k <= i; k++) K[i * n + k] += v[i] * v[k], D[i * n + k] += d[i] * d[k];
    }
    for (let i = 0; i < n; i++) for (let k = 0; k <= i; k++) {
      const value = (K[i * n + k] + D[i * n + k] * (C[i] * C[k] + S[i] * S[k] + 1)) / s.width;
      K[i * n + k] = K[k * n + i] = value / n;
      row[i - k] += value / n;
      if (k < i) row[n - i + k] += value / n;
    }
    return { row, K };
  }

  function forward(s) { // residual r = f - y; leaves behind what the backward pass needs
    const { a, w1, w2, b } = s, r = new Float64Array(n), root = Math.sqrt(s.width);
    if (s.prefix) {
      const [A, B, E] = [0, 0, 0].map(() => new Float64Array(2 * n + 1)); // slopes and offset, on a circle unrolled twice
      for (let j = 0; j < s.width; j++) { // active points: lo .. hi - 1
        const h = -b[j] / Math.sqrt(w1[j] * w1[j] + w2[j] * w2[j]), middle = Math.atan2(w2[j], w1[j]) + Math.PI, reach = Math.acos(Math.min(1, h));
        let lo = h < -1 ? 0 : Math.floor((middle - reach) / GAP) + 1;
        const count = h < -1 ? n : Math.max(0, Math.ceil((middle + reach) / GAP) - lo);
        if (lo < 0) lo += n;
        const hi = lo + count, x = a[j] * w1[j], y = a[j] * w2[j], o = a[j] * b[j];
        s.lo[j] = lo, s.hi[j] = hi;
        A[lo] += x, B[lo] += y, E[lo] += o, A[hi] -= x, B[hi] -= y, E[hi] -= o;
      }
      for (let i = 1; i < 2 * n; i++) A[i] += A[i - 1], B[i] += B[i - 1], E[i] += E[i - 1];
      for (let i = 0; i < n; i++) r[i] = ((A[i] + A[i + n]) * C[i] + (B[i] + B[i + n]) * S[i] + E[i] + E[i + n]) / root - s.target[i];
      return r;
    }
    const [value, slope] = activations[s.activation], tanh = s.activation === "tanh";
    for (let j = 0; j < s.width; j++) for (let i = 0, p = j * n; i < n; i++, p++) {
      const z = w1[j] * C[i] + w2[j] * S[i] + b[j], v = (s.V[p] = value(z));
      s.D[p] = tanh ? 1 - v * v : slope(z), r[i] += a[j] * v;
    }
    return r.map((v, i) => v / root - s.target[i]);
  }

  function step(s, count) {
    const { a, w1, w2, b } = s, [X, Y, O] = [0, 0, 0].map(() => new Float64Array(2 * n + 1)), rate = s.lr / (n * Math.sqrt(s.width));
    for (; count > 0 && s.steps < LONGEST && !s.diverged; count--, s.steps++) {
      const r = forward(s);
      if (s.steps === s.next) record(s, r);
      if (s.prefix) for (let i = 0, p = 0; i < 2 * n; i++, p = i % n) X[i + 1] = X[i] + r[p] * C[p], Y[i + 1] = Y[i] + r[p] * S[p], O[i + 1] = O[i] + r[p];
      for (let j = 0; j < s.width; j++) { // sums of r s' u, r s' and r s over the points
        let x = 0, y = 0, o = 0, v = 0;
        if (s.prefix) {
          const lo = s.lo[j], hi = s.hi[j];
          x = X[hi] - X[lo], y = Y[hi] - Y[lo], o = O[hi] - O[lo];
          v = w1[j] * x + w2[j] * y + b[j] * o;
        } else for (let i = 0, p = j * n; i < n; i++, p++) {
          const d = s.D[p] * r[i];
          x += d * C[i], y += d * S[i], o += d, v += s.V[p] * r[i];
        }
        const c = rate * a[j];
        a[j] -= rate * v, w1[j] -= c * x, w2[j] -= c * y, b[j] -= c * o;
      }
    }
  }

  function record(s, r) { // log-spaced: a column of the heat map
    const now = spectrum(r);
    now.forEach((v, k) => { // the first record that finds a mode learned is its time
      if (!s.reached[k] && s.start[k] > THERE && v <= LEARNED * s.start[k]) s.reached[k] = s.lr * s.steps;
    });
    s.times.push(s.lr * s.steps), s.heat.push(...now.map((v) => Math.log10(Math.max(v, FLOOR))));
    s.next = Math.max(s.next + 1, Math.ceil(s.next * 1.08));
    s.diverged = !(Math.max(...now) < 100 * (1 + Math.max(...s.start)));
  }

  function spectrum(r) { // amplitude of each frequency, in units of sin kt
    return Float64Array.from(waves, ([cos, sin], k) => {
      let x = 0, y = 0;
      for (let i = 0; i < n; i++) x += r[i] * cos[i], y += r[i] * sin[i];
      return (Math.sqrt(x * x + y * y) * (k ? 2 : 1)) / n;
    });
  }

  function frame(s) {
    const r = forward(s), asked = modes.filter((k) => s.start[k] > THERE && k > 0);
    return {
      angle, target: s.target, network: r.map((v, i) => v + s.target[i]), modes, handles, amplitudes: s.amplitudes, start: s.start, residual: spectrum(r),
      infinite: s.infinite, finite: s.finite, times: Float64Array.from(s.times), heat: Float64Array.from(s.heat),
      predicted_mode: asked, predicted_time: asked.map((k) => Math.log(5) / s.infinite[k]), state: Float64Array.of(s.steps, s.lr * s.steps),
      reached: Float64Array.from(s.reached),
    };
  }

  function verdicts(s) { // once all modes of the target are learned: a sentence for each choice
    const waves = Object.keys(CHOICES).map(Number), time = s.reached, theory = (k) => 1 / s.infinite[k];
    if (!learned(s) || waves.some((k) => s.start[k] <= THERE)) return {};
    const sorted = (by) => [...waves].sort((a, b) => by(a) - by(b)), order = sorted((k) => time[k]), [first, second, last] = order;
    const longer = (k) => String(Number((time[k] / time[first]).toPrecision(2))), name = (k) => CHOICES[k];
    const knew = String(order) === String(sorted(theory)) ? "The dashed theory knew." : "The dashed theory had another order.";
    const right = `You said ${name(first)}, and it came first: ${name(second)} took ${longer(second)} times as long, `
      + `${name(last)} ${longer(last)} times. ${knew}`;
    const wrong = (k) => `You said ${name(k)}. It came ${k === last ? "last" : "second"}, and took ${longer(k)} times as long as `
      + `${name(first)}. ${knew}`;
    return Object.fromEntries(waves.map((k) => [k, k === first ? right : wrong(k)]));
  }

  const learned = (s) => modes.every((k) => s.start[k] <= THERE || s.reached[k]);

  function report(s, { residual, network }) {
    const loss = network.reduce((sum, f, i) => sum + (f - s.target[i]) ** 2, 0) / (2 * n);
    const left = Array.from(modes.filter((k) => s.start[k] > THERE), (k) => `mode ${k} ${((100 * residual[k]) / s.start[k]).toFixed(0)} %`);
    const note = s.diverged ? "The error grew without bound, so training stopped: lower the learning rate, then Reset."
      : s.steps >= LONGEST ? `Training stopped after ${LONGEST} steps: Reset, or drag a handle, to go on.`
      : s.lr < s.asked ? `Learning rate ${s.asked} is more than this network's kernel allows: capped at ${s.lr.toFixed(2)}, 1/(its largest eigenvalue).` : "";
    const summary = left.length ? `After ${s.steps} steps (time ${(s.lr * s.steps).toFixed(1)}) the loss is ${loss.toFixed(4)}. Error left: ${left.join(", ")}.`
      : "There is nothing to learn: every amplitude is 0. Drag a handle up.";
    const pace = Math.ceil((s.steps + 1) / 80), stride = Math.ceil((s.steps + 1) / 8);
    return { summary, note, pace, stride, halt: s.diverged || s.steps >= LONGEST, done: learned(s), verdicts: verdicts(s) };
  }
  return { init, aim, step, frame, report };
};
