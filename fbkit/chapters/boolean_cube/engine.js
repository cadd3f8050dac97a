// Kernel of an infinitely wide ReLU network at two corners of the cube, by how many bits differ; the rate of each degree by a
// signed sum of these values; the decay of parities under gradient descent on all corners. `step` is empty. Twin: twin.py.
engines.boolean_cube = function () {
  const TOP = 6, SIDE = 8, LEFT = 0.2, NOTHING = 1e-14, PI = Math.PI;
  const CHOICES = { same: "once", four: "4 times", sixteen: "16 times", hundred: "over 100 times" };
  const degrees = Float64Array.from({ length: TOP }, (_, k) => k + 1), place = Float64Array.from({ length: SIDE }, (_, i) => i);
  const steps = Float64Array.from(new Set([0, ...Array.from({ length: 61 }, (_, i) => Math.round(10 ** (i / 12)))]));
  const last = steps[steps.length - 1];

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

  function choose(n, k) {
    if (k < 0 || k > n) return 0;
    let found = 1;
    for (let i = 1; i <= k; i++) found = (found * (n - k + i)) / i;
    return Math.round(found);
  }

  function signedCount(n, k, j) { // a parity of degree k, summed over the corners that differ in j places
    let sum = 0;
    for (let i = 0; i <= Math.min(k, j); i++) sum += (i % 2 ? -1 : 1) * choose(k, i) * choose(n - k, j - i);
    return sum;
  }

  function rates({ bits, depth, bias }) { // of degrees 0..6
    const top = kernel(0, depth, bias);
    const K = Array.from({ length: bits + 1 }, (_, j) => kernel(2 * Math.asin(Math.sqrt(j / bits)), depth, bias) / top);
    return Float64Array.from({ length: TOP + 1 }, (_, k) => {
      const found = K.reduce((sum, v, j) => sum + signedCount(bits, k, j) * v, 0) / 2 ** bits;
      return found < NOTHING ? 0 : found;
    });
  }

  // Parities of the first 1..6 bits on the corners of six: bits 1, 3, 5 across, from coarse to fine, and 2, 4, 6 up.
  const sign = (at, bit) => 1 - 2 * ((at >> (2 - bit)) & 1);
  const parities = Array.from(degrees, (top) => Float64Array.from({ length: SIDE * SIDE }, (_, at) => {
    let product = 1;
    for (let k = 0; k < top; k++) product *= sign(k % 2 ? at % SIDE : Math.floor(at / SIDE), k >> 1);
    return product;
  }));

  const init = (params) => ({ params });

  function frame({ params }) {
    const { amplitudes } = params, all = rates(params), lam = all.slice(1), lr = Math.min(params.lr, 1.9 / Math.max(...all));
    const z = lam.map((v) => lr * v), cells = SIDE * SIDE, target = new Float64Array(cells);
    const network = new Float64Array(steps.length * cells), residual = new Float64Array(steps.length * TOP), heat = residual.slice();
    parities.forEach((parity, k) => parity.forEach((v, i) => { target[i] += amplitudes[k] * v; }));
    steps.forEach((s, t) => z.forEach((step, k) => {
      const left = (1 - step) ** s, size = Math.abs(left);
      residual[t * TOP + k] = size * amplitudes[k];
      heat[t * TOP + k] = Math.log10(Math.max(size, 1e-4));
      parities[k].forEach((v, i) => { network[t * cells + i] += (1 - left) * amplitudes[k] * v; });
    }));
    const until = z.map((v) => {
      const found = v > 0 ? Math.max(1, Math.ceil(Math.log(LEFT) / Math.log(Math.abs(1 - v)))) : 0;
      return found <= last ? found : 0;
    });
    return {
      moments: steps, across: place, up: place, target, network, degrees, amplitudes: Float64Array.from(amplitudes), rates: lam, residual, heat,
      until, learned: until.filter((v) => v > 0), learned_degree: degrees.filter((_, k) => until[k] > 0),
    };
  }

  function verdicts({ amplitudes }, until) { // a sentence for each choice of the question
    if (!amplitudes[0] || !amplitudes[3] || !until[0]) return {};
    const what = until[3] ? `Degree 1 took ${until[0].toFixed(0)} steps and degree 4 ${until[3].toFixed(0)}: ${(until[3] / until[0]).toFixed(0)} times as long.`
      : `Degree 1 took ${until[0].toFixed(0)} steps, and degree 4 is not learned within ${last.toFixed(0)}.`;
    return Object.fromEntries(Object.entries(CHOICES).map(([key, words]) => [key, `You said ${words}. ${what}`]));
  }

  function report({ params }, { until, rates: lam }) {
    const asked = Array.from(degrees).filter((k) => params.amplitudes[k - 1] > 0), zero = Array.from(degrees).filter((k) => !lam[k - 1]);
    const words = asked.map((k) => `degree ${k} ${until[k - 1] ? until[k - 1].toFixed(0) : lam[k - 1] ? "later than the run" : "never"}`).join(", ");
    const summary = asked.length ? `Steps until 20 % is left: ${words}. Degrees of rate 0: ${zero.join(", ") || "none"}.`
      : "There is nothing to learn: every height is 0. Drag a handle up.";
    const top = Math.max(...rates(params)), cap = 1.9 / top;
    const note = params.lr <= cap ? ""
      : `Gradient descent grows without bound above 2/(largest rate) = ${(2 / top).toFixed(2)}: learning rate ${params.lr} is capped at ${cap.toFixed(2)}.`;
    return { summary, note, pace: 1, stride: 1, halt: false, verdicts: verdicts(params, until) };
  }
  return { init, aim: (s, params) => { s.params = params; }, step() {}, frame, report };
};
