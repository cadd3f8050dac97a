// The curve of a kernel with slow waves and a spike through 24 labels on the circle, its error and where the wrong part lies, for
// ever narrower spikes. All of it is a closed form, so `step` is empty. Twin: twin.py.
engines.benign_overfitting = function () {
  const COUNT = 24, HIGHEST = 8192, BANDS = 13, PI = Math.PI;
  const table = (count, make) => Float64Array.from({ length: count }, (_, i) => make(i));
  const sharpness = table(41, (i) => 500 ** (i / 40)), samples = table(COUNT, (i) => -PI + (2 * PI * (i + 0.5)) / COUNT);
  const truth = samples.map(Math.sin), none = new Float64Array(COUNT), band = table(BANDS, (i) => i);
  const away = table(12, (i) => (0.004 ** (1 - i / 11) * PI) / COUNT), offsets = [...away.map((v) => -v).reverse(), 0, ...away];
  const angle = Float64Array.from(Array.from(samples).flatMap((x) => offsets.map((v) => x + v)));

  function kernel(theta, { head, tail }, w) {
    let waves = 1;
    for (let k = 1; k <= head; k++) waves += 2 * Math.cos(k * theta);
    const spike = (Math.exp(-theta / w) + Math.exp(-(2 * PI - theta) / w)) / (1 + Math.exp((-2 * PI) / w));
    return ((1 - tail) * waves) / (2 * head + 1) + tail * spike;
  }

  function eigenvalues({ head, tail }, w) {
    const once = Math.exp((-2 * PI) / w), top = ((w / PI) * (1 - once)) / (1 + once);
    return table(HIGHEST, (k) => (k <= head ? (1 - tail) / (2 * head + 1) : 0) + (tail * top) / (1 + (k * w) ** 2));
  }

  const turn = table(COUNT, (i) => Math.cos((2 * PI * i) / COUNT)), quarter = table(COUNT, (i) => Math.sin((2 * PI * i) / COUNT));
  function transform(values) { // real and imaginary parts at each of the 24 waves that the samples tell apart
    const at = (part) => table(COUNT, (c) => values.reduce((sum, v, j) => sum + v * part[(c * j) % COUNT], 0));
    return [at(turn), at(quarter)];
  }

  // Mean square of curve less truth in each wave; the truth is made of wave 1.
  function power(labels, goal, mu, size) {
    const [re, im] = transform(labels), seen = size.map((s, c) => (re[c] ** 2 + im[c] ** 2) / (s * s));
    const found = mu.map((m, k) => (k ? 2 : 1) * m * m * seen[k % COUNT]), dot = (a, f) => a.reduce((sum, v, j) => sum + v * f(samples[j]), 0);
    const share = mu[1] / size[1], cosine = share * dot(labels, Math.cos), sine = share * dot(labels, Math.sin) - dot(goal, Math.sin) / COUNT;
    found[1] = 2 * (cosine ** 2 + sine ** 2);
    return found;
  }

  const total = (values) => Math.max(1e-5, values.reduce((a, b) => a + b));

  function frame({ params }) {
    const y = Float64Array.from(params.labels), off = y.map((v, j) => v - truth[j]);
    const curve = new Float64Array(sharpness.length * angle.length), noise = new Float64Array(sharpness.length * BANDS);
    const wrong = new Float64Array(sharpness.length), right = new Float64Array(sharpness.length);
    sharpness.forEach((s, t) => {
      const w = 1 / s, mu = eigenvalues(params, w), size = transform(table(COUNT, (i) => kernel((2 * PI * i) / COUNT, params, w)))[0];
      const inverse = transform(size.map((v) => 1 / (COUNT * v)))[0];
      const weights = y.map((_, i) => y.reduce((sum, v, j) => sum + v * inverse[(i - j + COUNT) % COUNT], 0));
      angle.forEach((x, i) => {
        let sum = 0;
        for (let j = 0; j < COUNT; j++) sum += weights[j] * kernel(Math.abs(x - samples[j]), params, w);
        curve[t * angle.length + i] = sum;
      });
      wrong[t] = total(power(y, truth, mu, size)), right[t] = total(power(truth, truth, mu, size));
      power(off, none, mu, size).forEach((v, k) => { noise[t * BANDS + (k < 2 ? 0 : Math.floor(Math.log2(k)))] += v; });
    });
    return { sharpness, angle, truth: angle.map(Math.sin), curve, samples, labels: y, wrong, right, band, noise };
  }

  const CHOICES = { grow: "it grows", stay: "it stays", fall: "it falls" };
  const ends = (values) => [values[0], values[values.length - 1]];

  function verdicts(wrong) { // a sentence for each choice of the question
    const [first, last] = ends(wrong), what = last > 1.25 * first ? "grows" : last < 0.8 * first ? "falls" : "stays nearly what it was";
    const said = `It ${what}: ${first.toFixed(3)} with the widest spikes, ${last.toFixed(3)} with the narrowest.`;
    return Object.fromEntries(Object.entries(CHOICES).map(([k, words]) => [k, `You said ${words}. ${said}`]));
  }

  function report(state, { wrong, right }) {
    const [first, last] = ends(wrong), [before, after] = ends(right);
    const summary = `Every label is fitted. Mean square error against sin x: ${first.toFixed(3)} with the widest spikes, ${last.toFixed(3)} with the`
      + ` narrowest. Were all labels right: ${before.toFixed(3)} and ${after.toFixed(3)}.`;
    return { summary, note: "", pace: 1, stride: 1, halt: false, verdicts: verdicts(wrong) };
  }
  return { init: (params) => ({ params }), aim: (s, params) => { s.params = params; }, step() {}, frame, report };
};
