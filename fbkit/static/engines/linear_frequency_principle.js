// The curve of least seminorm through six points for the rates A/w^4 + B/w^2, with both its limits: bordered linear systems
// of 8 equations, so `step` is empty. Twin: fbkit/explorers/linear_frequency_principle.py.
engines.linear_frequency_principle = function ({ solve }) {
  const PLACES = {
    six: [-0.9, -0.6, -0.25, 0.2, 0.6, 0.85], even: [-0.9, -0.54, -0.18, 0.18, 0.54, 0.9], gap: [-0.9, -0.8, -0.7, 0.5, 0.7, 0.9],
  };
  const frequency = Float64Array.from({ length: 81 }, (_, i) => 10 ** (i / 40));
  const ratios = Float64Array.from({ length: 49 }, (_, i) => 10 ** ((i - 12) / 6));
  const shares = (ratio) => [ratio / (1 + ratio), 1 / (1 + ratio)]; // A, B

  // sum_i c_i k(x - X_i) + b0 + b1 x with sum c_i = sum c_i X_i = 0, k(z) = A|z|^3/12 - B|z|/2.
  function through(X, Y, x, A, B) {
    const n = X.length, kernel = (z) => (A * Math.abs(z) ** 3) / 12 - (B * Math.abs(z)) / 2;
    const rows = X.map((p) => [...X.map((q) => kernel(p - q)), 1, p]);
    rows.push([...X.map(() => 1), 0, 0], [...X, 0, 0]);
    const c = solve(rows, [...Y, 0, 0]);
    return x.map((at) => X.reduce((sum, q, i) => sum + c[i] * kernel(at - q), c[n] + c[n + 1] * at));
  }

  const init = (params) => ({ params });

  function frame({ params: { ratio, places, heights } }) {
    const X = PLACES[places], n = X.length, size = Math.max(...heights) - Math.min(...heights) || 1;
    const x = Float64Array.from({ length: 241 }, (_, i) => X[0] + ((X[n - 1] - X[0]) * i) / 240);
    const curve = (A, B) => through(X, heights, x, A, B), cubic = curve(1, 0), lines = curve(0, 1);
    const far = (one, other) => (100 * one.reduce((most, v, i) => Math.max(most, Math.abs(v - other[i])), 0)) / size;
    const [A, B] = shares(ratio), now = curve(A, B), at = Math.sqrt(ratio), other = Array.from(ratios, (r) => curve(...shares(r)));
    const inside = at >= frequency[0] && at <= frequency[80] ? [at] : [];
    return {
      x, curve: now, cubic, lines, points: Float64Array.from(X), heights: Float64Array.from(heights), frequency,
      rate: frequency.map((w) => A / w ** 4 + B / w ** 2), outer: frequency.map((w) => A / w ** 4), offset: frequency.map((w) => B / w ** 2),
      crossing: Float64Array.from(inside), crossing_rate: Float64Array.from(inside, (w) => A / w ** 4 + B / w ** 2),
      ratios, from_cubic: Float64Array.from(other, (v) => far(v, cubic)), from_lines: Float64Array.from(other, (v) => far(v, lines)),
      ratio: Float64Array.of(at ** 2), cubic_now: Float64Array.of(far(now, cubic)), lines_now: Float64Array.of(far(now, lines)),
    };
  }

  function report({ params }, { cubic_now: [cubic], lines_now: [lines] }) {
    const summary = `Distance from the cubic spline ${cubic.toFixed(1)} %, from straight lines ${lines.toFixed(1)} % of the range. `
      + `Both parts of the rate are equal at frequency ${Math.sqrt(params.ratio).toFixed(2)}.`;
    return { summary, note: "", pace: 1, stride: 1, halt: false };
  }
  return { init, aim: (s, params) => { s.params = params; }, step() {}, frame, report };
};
