// Learning curves of kernel regression on the sphere, degree by degree, in closed form up to one number found by bisection,
// so `step` is empty. Twin: explorer.py.
engines.samples_as_time = function () {
  const SHOWN = 7, HANDLES = 4, HIGHEST = 40, FLOOR = 0.01;
  const KERNELS = { cao: [2, 1, 0], "first layer with bias": [0, 0.5, 0.5] }; // of A1, cos A0 and A0
  const degrees = Float64Array.from({ length: SHOWN }, (_, k) => k), handles = degrees.slice(1, HANDLES + 1);
  const samples = Float64Array.from(new Set(Array.from({ length: 121 }, (_, i) => Math.round(10 ** (i / 20)))));
  const table = (make) => Float64Array.from({ length: HIGHEST + 1 }, (_, k) => make(k));

  function multiplicity(d, k) { // (2k + d - 2)/k C(k + d - 3, k - 1)
    let choose = 1;
    for (let i = 1; i < k; i++) choose = (choose * (d - 2 + i)) / i;
    return k ? ((2 * k + d - 2) / k) * choose : 1;
  }

  function halfLine(a, d) { // eigenvalues of max(t, 0)^a, a = 0 or 1, up to sign
    let ratio = d % 2 ? Math.sqrt(Math.PI) : 2 / Math.sqrt(Math.PI); // Gamma(d/2) / Gamma((d + 1)/2)
    for (let s = d - 2; s > 0; s -= 2) ratio *= s / (s + 1);
    const first = ratio / (2 * Math.sqrt(Math.PI)), found = new Float64Array(HIGHEST + 2);
    found.set(a ? [first, 0.5 / d, first / (d + 1)] : [0.5, first, 0]);
    for (let k = a + 1; k + 2 < found.length; k += 2) found[k + 2] = (found[k] * (k - a)) / (k + a + d);
    return found;
  }

  function eigenvalues(d, [outer, inner, offset]) {
    const a0 = halfLine(0, d).map((v) => v * v), a1 = halfLine(1, d).map((v) => d * v * v);
    const turned = (k) => (k ? (k * a0[k - 1] + (k + d - 2) * a0[k + 1]) / (2 * k + d - 2) : a0[1]);
    return table((k) => outer * a1[k] + inner * turned(k) + offset * a0[k]);
  }

  function solve(p, mu, many, floor) { // kappa = floor + sum N kappa mu / (p mu + kappa)
    let low = floor, high = mu.reduce((sum, v, k) => sum + many[k] * v, floor);
    for (let turn = 0; turn < 100; turn++) {
      const kappa = Math.sqrt(low * high);
      const other = mu.reduce((sum, v, k) => sum + (many[k] * kappa * v) / (p * v + kappa), floor);
      if (kappa < other) low = kappa; else high = kappa;
    }
    return Math.sqrt(low * high);
  }

  const init = (params) => ({ params });

  function frame({ params: { dim, kernel, ridge, noise, power } }) {
    const parts = KERNELS[kernel], mu = eigenvalues(dim, parts), many = table((k) => multiplicity(dim, k));
    const mass = mu.reduce((sum, v, k) => sum + many[k] * v, 0), floor = ridge + Math.max((parts[0] + parts[1] + parts[2]) / 2 - mass, 0);
    const target = table((k) => (k && k <= HANDLES ? power[k - 1] : 0)), total = new Float64Array(samples.length);
    const left = new Float64Array(samples.length * HANDLES), paid = new Float64Array(samples.length * SHOWN);
    samples.forEach((p, t) => {
      const kappa = solve(p, mu, many, floor), missed = mu.map((v) => kappa / (p * v + kappa));
      const shaky = mu.map((v, k) => many[k] * p * (v / (p * v + kappa)) ** 2), gamma = shaky.reduce((a, b) => a + b);
      const missing = target.reduce((sum, a, k) => sum + a * missed[k] ** 2, 0);
      total[t] = (missing + noise * gamma) / (1 - gamma);
      for (let k = 1; k <= HANDLES; k++) left[t * HANDLES + k - 1] = target[k] * missed[k] ** 2 + shaky[k] * (total[t] + noise);
      for (let k = 0; k < SHOWN; k++) paid[t * SHOWN + k] = Math.max((many[k] * p * mu[k]) / (p * mu[k] + kappa), FLOOR);
    });
    const curve = (k) => samples.map((_, t) => left[t * HANDLES + k]);
    const half = Float64Array.from(power, (a, k) => { // first number below one half that stays there; 0 for never
      const last = curve(k).findLastIndex((e) => e > a / 2);
      return a > 0 && last < samples.length - 1 ? samples[last + 1] : 0;
    });
    const curves = Object.fromEntries(Array.from(handles, (k) => [`error ${k}`, curve(k - 1)]));
    return { ...curves, samples, total, half, handles, power: Float64Array.from(power), left, degrees, modes: many.slice(0, SHOWN), paid };
  }

  function verdicts(power, half, modes) { // a sentence for each choice of the question
    if (power[1] === 0) return {};
    const choices = { 15: "about 15 samples", 54: "about 54, as many as it has harmonics", 120: "about 120", 1000: "about 1,000" };
    const when = half[1] ? `Half of degree 2 is left at ${half[1]} samples` : "More than half of degree 2 is left to the end";
    const said = ([key, words]) => [key, `You said ${words}. ${when}; it has ${modes[2].toFixed(0)} harmonics.`];
    return Object.fromEntries(Object.entries(choices).map(said));
  }

  function report({ params: { power } }, { half, modes }) {
    const asked = Array.from(handles).filter((k) => power[k - 1] > 0);
    const words = asked.map((k) => `degree ${k} (${modes[k].toFixed(0)} harmonics) ${half[k - 1] ? `at ${half[k - 1]} samples` : "never"}`);
    const summary = asked.length ? `Half is left: ${words.join(", ")}.` : "Nothing to learn: every power is 0. Drag a handle up.";
    return { summary, note: "", pace: 1, stride: 1, halt: false, verdicts: verdicts(power, half, modes) };
  }
  return { init, aim: (s, params) => { s.params = params; }, step() {}, frame, report };
};
