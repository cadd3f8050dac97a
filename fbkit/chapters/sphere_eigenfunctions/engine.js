// Degrees on the sphere in closed form: eigenvalues of the bias-free ReLU kernel 2 A1 + cos A0 in R^d, and what gradient
// descent leaves of degrees 1, 2, 4 on training and on fresh points. Twin: explorer.py.
engines.sphere_eigenfunctions = function () {
  const TOP = 8, SHOWN = [1, 2, 4], NODES = 200;
  const CHOICES = { half: "about half", "two thirds": "about two thirds", more: "more than three quarters" };
  const degree = Float64Array.from({ length: TOP + 1 }, (_, k) => k);
  const step = Float64Array.from(new Set([0, ...Array.from({ length: 151 }, (_, i) => Math.round(10 ** (i / 30)))]));
  const angles = Array.from({ length: NODES }, (_, i) => (Math.PI * (i + 0.5)) / NODES);
  const share = angles.map((a) => Math.sin(a) ** 2 / (NODES / 2)); // of each node; their sum is 1

  function multiplicity(d, k) { // (2k + d - 2)/k C(k + d - 3, k - 1)
    if (k === 0) return 1;
    let choose = 1;
    for (let i = 1; i < k; i++) choose = (choose * (d - 2 + i)) / i;
    return Math.round(((2 * k + d - 2) / k) * choose);
  }

  function halfLine(a, d, top) { // eigenvalues of max(t, 0)^a, a = 0 or 1, up to sign
    let ratio = d % 2 ? Math.sqrt(Math.PI) : 2 / Math.sqrt(Math.PI); // Gamma(d/2) / Gamma((d + 1)/2)
    for (let s = d - 2; s > 0; s -= 2) ratio *= s / (s + 1);
    const first = ratio / (2 * Math.sqrt(Math.PI)), found = new Float64Array(top + 1);
    found.set(a ? [first, 0.5 / d, first / (d + 1)] : [0.5, first, 0]);
    for (let k = a + 1; k + 2 <= top; k += 2) found[k + 2] = (found[k] * (k - a)) / (k + a + d);
    return found;
  }

  function eigenvalues(d) {
    const a0 = halfLine(0, d, TOP + 1).map((v) => v * v), a1 = halfLine(1, d, TOP + 1).map((v) => d * v * v);
    return degree.map((k) => 2 * a1[k] + (k ? (k * a0[k - 1] + (k + d - 2) * a0[k + 1]) / (2 * k + d - 2) : a0[1]));
  }

  function init({ dim, samples, lr }) {
    const mu = eigenvalues(dim), many = degree.map((k) => multiplicity(dim, k));
    let below = 0;
    const tail = mu.map((v, k) => 1.5 - (below += many[k] * v));
    const cap = 1.9 / Math.max(...mu.map((v, k) => v * (1 + Math.sqrt(many[k] / samples)) ** 2 + tail[k] / samples));
    return { dim, samples, mu, many, tail, asked: lr, lr: Math.min(lr, cap) };
  }

  function effective({ samples, mu, many, tail }) { // mean eigenvalue that each degree shows on the samples
    return mu.map((own, k) => {
      let taken = 0, rest = tail[TOP];
      mu.forEach((other, l) => {
        if (other > own || (other === own && l < k)) taken += many[l];
        else if (l !== k) rest += many[l] * other;
      });
      return (own * Math.max(samples - taken, 0) + rest) / samples;
    });
  }

  function left({ samples, lr, mu, many }, seen, k) { // on training and on fresh points, after each step of `step`
    const lower = Array.from(degree).filter((l) => mu[l] > mu[k]);
    const room = 1 - lower.reduce((sum, l) => sum + many[l] / samples, 0), own = mu[k] * room;
    const q = many[k] / (samples * room);
    const rates = angles.map((a) => seen[k] + own * (q + 2 * Math.sqrt(q) * Math.cos(a)));
    // Each part: its rate, its weight on the training points, and how much of it counts on fresh ones.
    const parts = rates.map((rate, i) => [rate, room * share[i], (share[i] * own) / rate]);
    for (const l of lower) parts.push([seen[l], many[l] / samples, ((many[l] / samples) * mu[k]) / seen[l]]);
    const train = new Float64Array(step.length), test = train.slice();
    step.forEach((steps, j) => {
      let points = 0, fresh = 0;
      for (const [rate, weight, counts] of parts) {
        const decay = (1 - lr * rate) ** steps;
        points += weight * decay, fresh += counts * (1 - decay);
      }
      train[j] = Math.abs(points), test[j] = Math.abs(1 - fresh);
    });
    return [train, test];
  }

  function frame(s) {
    const seen = effective(s), arrays = { degree, step, mu: s.mu, many: s.many, seen };
    for (const k of SHOWN) [arrays[`train_${k}`], arrays[`test_${k}`]] = left(s, seen, k);
    arrays.alone = Float64Array.from(SHOWN, (k) => Math.log(0.5) / Math.log(Math.max(1e-9, Math.abs(1 - s.lr * s.mu[k]))));
    arrays.half = Float64Array.of(0.5, 0.5, 0.5);
    arrays.place = Float64Array.of(0, 1, 2);
    for (const set of ["train", "test"]) { // by step, then by degree
      arrays[`${set}_now`] = Float64Array.from({ length: 3 * step.length }, (_, i) => arrays[`${set}_${SHOWN[i % 3]}`][Math.floor(i / 3)]);
    }
    return { ...arrays, from: Float64Array.of(-0.5), to: Float64Array.of(8.5), samples: Float64Array.of(s.samples) };
  }

  function verdicts(train_4, test_4) { // a sentence for each choice of the question
    const at = train_4.findIndex((v) => v < 0.5);
    if (at < 0) return {};
    const what = `When half of degree 4 was left on the training points, ${(100 * test_4[at]).toFixed(0)} % of it was left on fresh ones.`;
    return Object.fromEntries(Object.entries(CHOICES).map(([key, words]) => [key, `You said ${words}. ${what}`]));
  }

  function report(s, { seen, mu, many, train_4, test_4 }) {
    const half = (curve) => {
      const at = curve.findIndex((v) => v < 0.5);
      return at < 0 ? "not within 100000 steps" : `after ${step[at]} steps`;
    };
    const summary = `Degree 4 has ${many[4]} harmonics in ${s.dim} dimensions, and ${s.samples} samples see ${(seen[4] / mu[4]).toFixed(1)} times ` +
      `its eigenvalue. Half of it is left on the training points ${half(train_4)}, on fresh points ${half(test_4)}.`;
    const note = s.lr < s.asked ? `Step size ${s.asked} is too long for the largest eigenvalue: capped at ${s.lr.toFixed(2)}.` : "";
    return { summary, note, pace: 1, stride: 1, halt: false, verdicts: verdicts(train_4, test_4) };
  }
  return { init, aim() {}, step() {}, frame, report };
};
