// The curve of least seminorm through six points for the rates Q/ξ^4 + B/ξ^2, with both its limits: bordered linear systems
// of 8 equations, so `step` is empty. Twin: explorer.py.
engines.linear_frequency_principle = function ({ solve }) {
  const X = [-0.9, -0.6, -0.25, 0.2, 0.6, 0.85], n = 6, moments = Float64Array.from({ length: 41 }, (_, i) => 10 ** (i / 10 - 2.5));
  const frequency = Float64Array.from({ length: 81 }, (_, i) => 10 ** (i / 40));
  const ratios = Float64Array.from({ length: 49 }, (_, i) => 10 ** ((i - 12) / 6));
  const shares = (ratio) => [ratio / (1 + ratio), 1 / (1 + ratio)]; // Q, B

  // sum_i c_i k(x - X_i) + b0 + b1 x with sum c_i = sum c_i X_i = 0, k(z) = Q|z|^3/12 - B|z|/2.
  const spline = (Q, B) => (z) => (Q * Math.abs(z) ** 3) / 12 - (B * Math.abs(z)) / 2;
  function through(Y, x, Q, B) {
    const kernel = spline(Q, B);
    const rows = X.map((p) => [...X.map((q) => kernel(p - q)), 1, p]);
    rows.push([...X.map(() => 1), 0, 0], [...X, 0, 0]);
    const c = solve(rows, [...Y, 0, 0]);
    return x.map((at) => X.reduce((sum, q, i) => sum + c[i] * kernel(at - q), c[n] + c[n + 1] * at));
  }

  // Eigenvalues and rows of eigenvectors of a symmetric matrix, by Jacobi's rotations.
  function eigen(M) {
    const S = M.map((row) => [...row]), V = S.map((_, i) => S.map((_, j) => Number(i === j)));
    for (let sweep = 0; sweep < 30; sweep++)
      for (let p = 0; p < S.length; p++)
        for (let q = p + 1; q < S.length; q++) {
          if (S[p][q] === 0) continue;
          const half = (S[q][q] - S[p][p]) / (2 * S[p][q]), t = (half < 0 ? -1 : 1) / (Math.abs(half) + Math.hypot(half, 1));
          const c = 1 / Math.hypot(t, 1), s = t * c;
          const turn = (a, b) => [c * a - s * b, s * a + c * b];
          for (const row of S) [row[p], row[q]] = turn(row[p], row[q]);
          for (let k = 0; k < S.length; k++) [S[p][k], S[q][k]] = turn(S[p][k], S[q][k]);
          for (let k = 0; k < S.length; k++) [V[p][k], V[q][k]] = turn(V[p][k], V[q][k]);
        }
    return [S.map((row, i) => row[i]), V];
  }

  // Residuals at each moment: straight lines taken off, then a rate for each eigenvector of the kernel.
  function left(Y, Q, B) {
    const mean = X.reduce((a, b) => a + b) / n, square = X.reduce((a, b) => a + (b - mean) ** 2, 0), kernel = spline(Q, B);
    const off = X.map((p, i) => X.map((q, j) => Number(i === j) - 1 / n - ((p - mean) * (q - mean)) / square));
    const times = (a, b) => a.map((row) => b[0].map((_, j) => row.reduce((sum, v, k) => sum + v * b[k][j], 0)));
    const [values, vectors] = eigen(times(times(off, X.map((p) => X.map((q) => kernel(p - q)))), off));
    const kept = [...values.keys()].sort((a, b) => values[b] - values[a]).slice(0, n - 2), slow = values[kept[n - 3]];
    const size = kept.map((k) => vectors[k].reduce((sum, v, i) => sum + v * Y[i], 0));
    return Array.from(moments, (t) => Y.map((_, i) =>
      kept.reduce((sum, k, j) => sum + Math.exp((-t * values[k]) / slow) * size[j] * vectors[k][i], 0)));
  }

  const init = (params) => ({ params });

  function frame({ params: { ratio, heights } }) {
    const size = Math.max(...heights) - Math.min(...heights) || 1;
    const x = Float64Array.from({ length: 241 }, (_, i) => X[0] + ((X[n - 1] - X[0]) * i) / 240);
    const curve = (Q, B) => through(heights, x, Q, B), cubic = curve(1, 0), lines = curve(0, 1);
    const far = (one, other) => (100 * one.reduce((most, v, i) => Math.max(most, Math.abs(v - other[i])), 0)) / size;
    const [Q, B] = shares(ratio), end = curve(Q, B), other = Array.from(ratios, (r) => curve(...shares(r)));
    const rest = left(heights, Q, B), error = Float64Array.from(rest, (r) => Math.sqrt(r.reduce((sum, v) => sum + v * v, 0) / n));
    const network = Float64Array.from(rest.flatMap((r) => Array.from(through(heights.map((v, i) => v - r[i]), x, Q, B))));
    return {
      moments, network, error, x, end, cubic, lines, points: Float64Array.from(X), heights: Float64Array.from(heights), frequency,
      rate: frequency.map((w) => Q / w ** 4 + B / w ** 2), outer: frequency.map((w) => Q / w ** 4), offset: frequency.map((w) => B / w ** 2),
      ratios, from_cubic: Float64Array.from(other, (v) => far(v, cubic)), from_lines: Float64Array.from(other, (v) => far(v, lines)),
      now: Float64Array.of(ratio, ratio), now_far: Float64Array.of(far(end, cubic), far(end, lines)),
    };
  }

  const CHOICES = { bow: "a smooth bow", lines: "straight lines", between: "something between" };
  function verdicts(cubic, lines) { // a sentence for each choice of the question
    const what = lines < 1 ? "at straight lines" : cubic < 1 ? "at the smooth bow" : "between the two";
    const said = `It ends ${what}: ${cubic.toFixed(1)} % of the range from the bow, ${lines.toFixed(1)} % from straight lines.`;
    return Object.fromEntries(Object.entries(CHOICES).map(([k, words]) => [k, `You said ${words}. ${said}`]));
  }

  function report({ params }, { now_far: [cubic, lines] }) {
    const summary = `Distance from the cubic spline ${cubic.toFixed(1)} %, from straight lines ${lines.toFixed(1)} % of the range. `
      + `Both parts of the rate are equal at frequency ${Math.sqrt(params.ratio).toFixed(2)}.`;
    return { summary, note: "", pace: 1, stride: 1, halt: false, verdicts: verdicts(cubic, lines) };
  }
  return { init, aim: (s, params) => { s.params = params; }, step() {}, frame, report };
};
