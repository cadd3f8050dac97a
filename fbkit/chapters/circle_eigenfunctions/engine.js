// Kernel of an infinitely wide ReLU network on the circle, its rates by frequency, and the decay of a target's modes under
// gradient descent on n even points. All of it is a closed form, so `step` is empty. Twin: twin.py.
engines.circle_eigenfunctions = function () {
  const MODES = 9, FINE = 4096, LEFT = 0.2, PI = Math.PI;
  const CHOICES = { 2: "sin 2x", 3: "sin 3x", 4: "sin 4x" };
  const modes = Float64Array.from({ length: MODES }, (_, k) => k), handles = modes.slice(1);
  const steps = Float64Array.from(new Set([0, ...Array.from({ length: 61 }, (_, i) => Math.round(10 ** (i / 12)))]));

  function sineLessCosine(x) { // sin x - x cos x, by its series where it would cancel
    if (x >= 1) return Math.sin(x) - x * Math.cos(x);
    let sum = 0, term = x ** 3 / 3;
    for (let k = 1; k < 10; k++) sum += term, term *= (-x * x) / (2 * k * (2 * k + 3));
    return sum;
  }

  // Tangent kernel at angle theta, layer by layer: 1 - cos and 1 + cos of the angle that each layer sees.
  function kernel(theta, depth, bias) {
    let minus = 2 * Math.sin(theta / 2) ** 2, plus = 2 * Math.cos(theta / 2) ** 2, cos = (plus - minus) / 2, size = 2, T = 0, slope = 0;
    for (let layer = 1; ; layer++) {
      const K = size * cos + bias;
      T = 2 * slope * T + K;
      if (layer === depth) return T;
      size += bias; // variance of what the units are given
      minus = Math.sqrt(Math.max(0, ((size - bias) * minus) / size)), plus = Math.sqrt(((size - bias) * plus + 2 * bias) / size);
      const angle = 2 * Math.atan2(minus, plus), rest = 2 * Math.atan2(plus, minus);
      slope = rest / (2 * PI), cos = sineLessCosine(rest) / PI;
      minus = 2 * Math.sin(angle / 2) ** 2 - sineLessCosine(angle) / PI, plus = 1 + cos;
    }
  }

  function rowOf(n, { depth, bias }) { // K/K(0) at n even angles
    const top = kernel(0, depth, bias), half = Array.from({ length: (n >> 1) + 1 }, (_, i) => kernel((2 * PI * i) / n, depth, bias) / top);
    return Float64Array.from({ length: n }, (_, i) => half[Math.min(i, n - i)]);
  }

  function rates(row) { // averages against cos k theta
    const n = row.length;
    return modes.map((k) => {
      const mean = row.reduce((sum, v, i) => sum + v * Math.cos((2 * PI * ((k * i) % n)) / n), 0) / n;
      return mean < 1e-12 ? 0 : mean;
    });
  }

  const init = (params) => ({ params });

  const wave = (amplitudes, x) => amplitudes.reduce((sum, c, k) => sum + c * Math.sin((k + 1) * x), 0);

  function frame({ params }) {
    const { points, amplitudes, mode } = params, q = Math.ceil(128 / points), m = points * q;
    const K = rowOf(m, params), row = K.filter((_, i) => i % q === 0), lam = rates(row), limit = rates(rowOf(FINE, params));
    const lr = Math.min(params.lr, 1.9 / Math.max(...lam)), z = lam.map((v) => lr * v);
    const angle = Float64Array.from({ length: m + 1 }, (_, i) => -PI + (2 * PI * i) / m), x = angle.filter((_, i) => i < m && i % q === 0);
    const learned = Array.from(handles, (k) => { // what the kernel makes of sin kx at the points, at every angle
      if (!lam[k] || !amplitudes[k - 1]) return new Float64Array(m + 1);
      const values = x.map((v) => Math.sin(k * v) / (points * lam[k]));
      return angle.map((_, i) => values.reduce((sum, v, j) => sum + v * K[(i - q * j + m) % m], 0));
    });
    const network = new Float64Array(steps.length * (m + 1)), residual = new Float64Array(steps.length * handles.length);
    const heat = new Float64Array(steps.length * MODES);
    steps.forEach((s, t) => z.forEach((step, k) => {
      const left = (1 - step) ** s, size = Math.abs(left), c = k ? amplitudes[k - 1] : 0;
      heat[t * MODES + k] = Math.log10(Math.max(size, 1e-4));
      if (k) residual[t * handles.length + k - 1] = size * c;
      if (c) for (let i = 0; i <= m; i++) network[t * (m + 1) + i] += (1 - left) * c * learned[k - 1][i];
    }));
    const until = z.map((v) => (v > 0 ? Math.max(1, Math.ceil(Math.log(LEFT) / Math.log(Math.abs(1 - v)))) : 0));
    const found = modes.filter((k) => until[k] > 0 && until[k] <= steps[steps.length - 1]);
    const theta = Float64Array.from({ length: 129 }, (_, i) => -PI + (2 * PI * i) / 128), profile = rowOf(128, params);
    const turned = theta.map((_, i) => profile[(i + 64) % 128]), cosine = theta.map((v) => Math.cos(mode * v));
    return {
      moments: steps, angle, points: x, theta, kernel: turned, wave: cosine, product: turned.map((v, i) => v * cosine[i]), modes, handles,
      amplitudes: Float64Array.from(amplitudes), target: angle.map((v) => wave(amplitudes, v)), data: x.map((v) => wave(amplitudes, v)), network,
      rates: lam, limit, residual, heat, learned: found.map((k) => until[k]), learned_mode: found, until,
    };
  }

  function verdicts({ amplitudes }, until) { // a sentence for each choice of the question
    const waves = Object.keys(CHOICES).map(Number), never = waves.filter((k) => !until[k]);
    if (waves.some((k) => !amplitudes[k - 1])) return {};
    const names = never.map((k) => CHOICES[k]).join(" and ");
    return Object.fromEntries(waves.map((k) => {
      const what = !never.length ? "But with these settings each of the three has a rate above 0."
        : never.includes(k) ? `It never comes: ${names} has the rate 0.`
        : `It came after ${until[k].toFixed(0)} steps; ${names} never does: its rate is 0.`;
      return [k, `You said ${CHOICES[k]}. ${what}`];
    }));
  }

  function report({ params }, { until, rates }) {
    const asked = Array.from(handles).filter((k) => params.amplitudes[k - 1] > 0), zero = Array.from(modes).filter((k) => !rates[k]);
    const words = asked.map((k) => (until[k] ? `mode ${k} ${until[k].toFixed(0)}` : `mode ${k} never`)).join(", ");
    const summary = asked.length ? `Steps until 20 % is left: ${words}. Modes of rate 0: ${zero.join(", ") || "none"}.`
      : "There is nothing to learn: every amplitude is 0. Drag a handle up.";
    const top = Math.max(...rates), cap = 1.9 / top;
    const note = params.lr <= cap ? ""
      : `Gradient descent grows without bound above 2/(largest rate) = ${(2 / top).toFixed(2)}: learning rate ${params.lr} is capped at ${cap.toFixed(2)}.`;
    return { summary, note, pace: 1, stride: 1, halt: false, verdicts: verdicts(params, until) };
  }
  return { init, aim: (s, params) => { s.params = params; }, step() {}, frame, report };
};
