// Mathematics that engines share: the random generator, kernels on the circle and a linear solver. `tools` goes into each engine.
function tools() {
  // mulberry32, then the ratio of uniforms: the same floats as fbkit/explorers/generator.py.
  function normals(seed, count) {
    let state = seed >>> 0;
    const uniform = () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = Math.imul(state ^ (state >>> 15), state | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4294967296;
    };
    const found = new Float64Array(count);
    for (let i = 0; i < count; ) {
      const u = uniform(), v = (2 * uniform() - 1) * 0.8577638849607068;
      if ((v / u) ** 2 <= -4 * Math.log(u)) found[i++] = v / u;
    }
    return found;
  }

  const activations = { // value, slope
    relu: [(z) => (z > 0 ? z : 0), (z) => (z > 0 ? 1 : 0)],
    tanh: [Math.tanh, (z) => 1 - Math.tanh(z) ** 2],
    sine: [Math.sin, Math.cos],
  };

  // E[g(z) g(z')] for normal z, z' of variance 2 and covariance c, by the trapezoid rule in two dimensions.
  const nodes = Array.from({ length: 129 }, (_, i) => (i - 64) / 8), bell = nodes.map((x) => Math.exp((-x * x) / 2));
  const total = bell.reduce((a, b) => a + b), weight = bell.map((w) => w / total);
  function average(g, c) {
    const rho = c / 2, other = Math.sqrt(Math.max(0, 1 - rho * rho));
    let sum = 0;
    nodes.forEach((x, i) => {
      const first = weight[i] * g(Math.SQRT2 * x);
      nodes.forEach((y, j) => { sum += first * weight[j] * g(Math.SQRT2 * (rho * x + other * y)); });
    });
    return sum;
  }

  // Infinite-width kernel of the two-layer network at n even angles, all variances 1: fbkit.ntk().profile.
  function profile(name, n) {
    const [value, slope] = activations[name];
    const at = (theta) => {
      const c = Math.cos(theta) + 1, up = Math.exp(c - 2), down = Math.exp(-c - 2);
      if (name === "sine") return (up - down) / 2 + (c * (up + down)) / 2;
      if (name === "tanh") return average(value, c) + c * average(slope, c);
      const psi = 2 * Math.asin(Math.abs(Math.sin(theta / 2)) / Math.SQRT2);
      return (Math.sin(psi) + Math.cos(psi) * (Math.PI - psi)) / Math.PI + (c * (Math.PI - psi)) / (2 * Math.PI);
    };
    const half = Array.from({ length: n / 2 + 1 }, (_, i) => at((2 * Math.PI * i) / n));
    return Float64Array.from({ length: n }, (_, i) => half[Math.min(i, n - i)]);
  }

  // Rates of frequencies 0 .. count - 1 from a kernel's row over n even angles.
  function rates(row, count) {
    const n = row.length;
    return Float64Array.from({ length: count }, (_, k) =>
      row.reduce((sum, v, i) => sum + v * Math.cos((2 * Math.PI * ((k * i) % n)) / n), 0) / n);
  }

  // Largest eigenvalue of a symmetric n x n matrix, by 100 turns of power iteration from v.
  function largest(K, v) {
    const n = v.length;
    let top = 0;
    for (let turn = 0; turn < 100; turn++) {
      const next = v.map((_, i) => {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += K[i * n + k] * v[k];
        return sum;
      });
      top = Math.hypot(...next) / Math.hypot(...v);
      v = next.map((x) => x / top);
    }
    return top;
  }

  // The solution of M x = v by Gauss, with pivots; M as rows.
  function solve(M, v) {
    const n = v.length, rows = M.map((row, i) => [...row, v[i]]), found = new Float64Array(n);
    for (let k = 0; k < n; k++) {
      let best = k;
      for (let i = k + 1; i < n; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[best][k])) best = i;
      [rows[k], rows[best]] = [rows[best], rows[k]];
      for (let i = k + 1; i < n; i++) {
        const factor = rows[i][k] / rows[k][k];
        for (let j = k; j <= n; j++) rows[i][j] -= factor * rows[k][j];
      }
    }
    for (let k = n - 1; k >= 0; k--) {
      let sum = rows[k][n];
      for (let j = k + 1; j < n; j++) sum -= rows[k][j] * found[j];
      found[k] = sum / rows[k][k];
    }
    return found;
  }

  return { normals, activations, profile, rates, largest, solve };
}
