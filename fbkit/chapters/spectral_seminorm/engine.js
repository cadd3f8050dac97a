// The curve of least seminorm through eight points for an activation's price of frequencies: one bordered linear system, so
// `step` is empty. Twin: explorer.py.
engines.spectral_seminorm = function ({ solve }) {
  const PI = Math.PI, FLOOR = 1e-12, abs = Math.abs, square = (v) => v * v;
  const POWERS = ["step", "relu", "square"];
  const PLACES = {
    even: Array.from({ length: 8 }, (_, i) => -0.875 + i / 4), uneven: [-0.9, -0.7, -0.5, -0.15, 0.05, 0.4, 0.6, 0.9],
    gap: [-0.9, -0.7, -0.5, -0.3, 0.3, 0.5, 0.7, 0.9],
  };
  const grid = Float64Array.from({ length: 241 }, (_, i) => -1 + i / 120);
  const frequency = Float64Array.from({ length: 320 }, (_, i) => (i + 1) / 4);

  function erf(x) { // of x >= 0: the series for small x, the continued fraction of 1 - erf for large
    if (x > 6) return 1;
    let sum = 0, rest = 0;
    if (x < 2.5) {
      for (let k = 0, term = x; k < 60; k++) sum += term / (2 * k + 1), term *= (-x * x) / (k + 1);
      return (2 * sum) / Math.sqrt(PI);
    }
    for (let k = 60; k > 0; k--) rest = k / 2 / (x + rest);
    return 1 - Math.exp(-x * x) / Math.sqrt(PI) / (x + rest);
  }
  const bell = (z) => Math.exp((-z * z) / 4), csch2 = (x) => (4 * Math.exp(-2 * x)) / Math.expm1(-2 * x) ** 2;
  function gelu(z) { // |z|^3/12, -|z| and a spike, smoothed by a normal of variance 2
    const even = z * erf(z / 2) + (2 / Math.sqrt(PI)) * bell(z);
    const cube = (z ** 3 + 6 * z) * erf(z / 2) + (2 / Math.sqrt(PI)) * (z * z + 4) * bell(z);
    return cube / 12 - even + bell(z) / (2 * Math.sqrt(PI));
  }
  const SIGMAS = { // free degree, kernel of a distance, |sigma^|^2
    step: [0, (z) => -z / 2, (w) => 1 / w ** 2],
    relu: [1, (z) => z ** 3 / 12, (w) => 1 / w ** 4],
    square: [2, (z) => -(z ** 5) / 60, (w) => 4 / w ** 6],
    tanh: [0, (z) => (z === 0 ? -2 : (-2 * z) / Math.tanh(z)), (w) => PI ** 2 * csch2((PI * w) / 2)],
    arctan: [
      0, (z) => PI * (Math.log1p((z * z) / 4) - z * Math.atan(z / 2)), (w) => (PI ** 2 * Math.exp(-2 * w)) / w ** 2,
    ],
    gelu: [1, gelu, (w) => Math.exp(-w * w) * (1 + 1 / w ** 2) ** 2],
    gaussian: [-1, (z) => Math.sqrt(PI) * bell(z), (w) => 2 * PI * Math.exp(-w * w)],
  };

  function straight(X, Y, x) {
    const j = X.findIndex((p) => p > x);
    return j === 0 ? Y[0] : j < 0 ? Y[Y.length - 1] : Y[j - 1] + ((x - X[j - 1]) / (X[j] - X[j - 1])) * (Y[j] - Y[j - 1]);
  }

  const init = (params) => ({ params });

  function frame({ params: { heights: y, name, scale, places } }) {
    const [q, k, spectrum] = SIGMAS[name], X = PLACES[places], r = POWERS.includes(name) ? 1 : scale;
    const size = (abs(k(0)) + abs(k(2 * r))) / r; // keeps the system well scaled
    const kernel = (x) => X.map((p) => k(r * abs(x - p)) / r / size), zeros = Array(q + 1).fill(0);
    const free = (x) => zeros.map((_, j) => x ** j), rows = X.map((x) => [...kernel(x), ...free(x)]);
    zeros.forEach((_, j) => rows.push([...X.map((x) => x ** j), ...zeros]));
    const both = solve(rows, [...y, ...zeros]), c = Array.from(both.slice(0, 8), (v) => v / size);
    const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0), least = Math.max(dot(c, y), 0), among = dot(c, c);
    const part = (f, w) => square(dot(c, X.map((x) => f(w * x)))), wave = frequency.map((w) => part(Math.cos, w) + part(Math.sin, w));
    const offer = frequency.map((w) => spectrum(w / r) / r ** 2), paid = wave.map((v, i) => (v * offer[i]) / PI);
    let total = paid[0] * frequency[0], at = 0;
    while (total < least / 2 && at < 319) at++, total += (paid[at] + paid[at - 1]) / 8;
    return {
      x: grid, curve: grid.map((x) => dot([...kernel(x), ...free(x)], both)), lines: grid.map((x) => straight(X, y, x)),
      points: Float64Array.from(X), heights: Float64Array.from(y), frequency,
      power: wave.map((v, i) => Math.max(v * square(offer[i]), FLOOR)), offer: offer.map((v) => Math.max(among * v * v, FLOOR)),
      seminorm: Float64Array.of(least), middle: Float64Array.of(frequency[at]),
    };
  }

  function report({ params: { name } }, { x, curve, heights, seminorm: [least], middle: [half] }) {
    const inside = Array.from(curve).filter((_, i) => abs(x[i]) <= 0.9);
    const beyond = Math.max(Math.max(...inside) - Math.max(...heights), Math.min(...heights) - Math.min(...inside), 0);
    const summary = least <= 1e-9 ? "The points lie on a curve that is free: nothing to pay."
      : `The curve costs ${least.toFixed(least < 100 ? 3 : 0)}, half of it for frequencies above ${half.toFixed(2)}. `
        + `It leaves the range of the points by ${beyond.toFixed(2)}.`;
    const note = POWERS.includes(name) ? "Steps, ReLU and its square have no width of their own: w changes nothing." : "";
    return { summary, note, pace: 1, stride: 1, halt: false };
  }
  return { init, aim: (s, params) => { s.params = params; }, step() {}, frame, report };
};
