// Fourier features of whole frequencies on the circle: rate = share of the features / 2, and the shares that leave the least
// power at a given time. All of it is a closed form, so `step` is empty. Twin: twin.py.
engines.fourier_feature_init = function () {
  const HIGHEST = 12, ANGLES = 241, modes = Float64Array.from({ length: HIGHEST }, (_, k) => k + 1);
  const angle = Float64Array.from({ length: ANGLES }, (_, i) => -Math.PI + ((2 * Math.PI) / (ANGLES - 1)) * i);
  const times = Float64Array.from({ length: 61 }, (_, i) => 10 ** (i / 30)), sines = Array.from(modes, (k) => angle.map((x) => Math.sin(k * x)));
  const THREE = { 2: 1, 8: 0.5, 12: 0.15 };
  const TARGETS = {
    three: (k) => THREE[k] ?? 0, sines: (k) => Number([1, 5, 10].includes(k)), square: (k) => (k % 2) / k, edge: (k) => 1 / k, flat: () => 0.4,
  };
  const sum = (list) => list.reduce((a, b) => a + b, 0);

  function waterfill(amplitude, budget) { // shares, and the power that they leave at that time
    const level = amplitude.map((c) => Math.log((c * c) / 2)), top = Array.from(level).filter(Number.isFinite).sort((a, b) => b - a);
    let total = 0, nu = -Infinity; // the sum of level - nu above 0 is the budget
    top.forEach((l, i) => { total += l, nu = Math.max(nu, (total - budget) / (i + 1)); });
    return [level.map((l) => Math.max(l - nu, 0) / budget), level.map((l) => Math.exp(Math.min(l, nu)))];
  }

  const init = (params) => ({ params });

  function frame({ params: { target, budget, counts } }) {
    const amplitude = modes.map(TARGETS[target]), power = amplitude.map((c) => (c * c) / 2), all = sum(counts);
    const share = Float64Array.from(counts, (n) => n / Math.max(all, 1)), [best, least] = waterfill(amplitude, budget);
    const network = new Float64Array(times.length * ANGLES), left = new Float64Array(times.length * HIGHEST), heat = left.slice();
    times.forEach((t, i) => share.forEach((s, k) => {
      const rest = Math.exp((-t * s) / 2), c = (1 - rest) * amplitude[k];
      left[i * HIGHEST + k] = power[k] * Math.max(rest * rest, 1e-6);
      heat[i * HIGHEST + k] = Math.log10(Math.max(rest, 1e-4));
      if (c) for (let j = 0; j < ANGLES; j++) network[i * ANGLES + j] += c * sines[k][j];
    }));
    const until = share.map((s) => (s > 0 ? (2 * Math.log(5)) / s : 0));
    const found = modes.filter((k) => amplitude[k - 1] > 0 && until[k - 1] > 0 && until[k - 1] <= times[times.length - 1]);
    const now = share.map((s, k) => power[k] * Math.exp(-s * budget));
    return {
      moments: times, angle, target: angle.map((_, j) => sum(amplitude.map((c, k) => c * sines[k][j]))), modes, network,
      counts: Float64Array.from(counts), power, best: best.map((p) => p * all), left, heat,
      least: least.map((rest) => rest && Math.max(rest, 1.2e-5)), // at the bottom of the panel, not below it
      learned: found.map((k) => until[k - 1]), learned_mode: found, until, at: Float64Array.of(budget), low: Float64Array.of(0.5),
      high: Float64Array.of(12.5), end: Float64Array.of((100 * sum(now)) / sum(power), (100 * sum(least)) / sum(power)),
    };
  }

  const CHOICES = {
    none: "none: it is too faint", power: "1 for every 44 at 2, as its power", some: "1 for every 4 at 2", same: "as many as 2",
  };
  function verdicts({ target, budget }, best) { // a sentence for each choice of the question
    if (target !== "three" || !best[1]) return {};
    const each = best[11] / best[1], many = each > 0 ? `${each.toFixed(2)} for each one at 2` : "none";
    const found = `For T = ${budget.toFixed(0)} the best shares give frequency 12 ${many}.`;
    return Object.fromEntries(Object.entries(CHOICES).map(([k, words]) => [k, `You said ${words}. ${found}`]));
  }

  function report({ params }, { until, end, best }) {
    const { target, budget } = params;
    const asked = Array.from(modes).filter((k) => TARGETS[target](k) > 0);
    const words = asked.map((k) => (until[k - 1] ? `${k} at time ${until[k - 1].toFixed(1)}` : `${k} never`)).join(", of ");
    const summary = `20 % is left of frequency ${words}. At T = ${budget.toFixed(0)} there is ${end[0].toFixed(2)} % of the `
      + `power left; the best shares leave ${end[1].toFixed(2)} %.`;
    return { summary, note: "", pace: 1, stride: 1, halt: false, verdicts: verdicts(params, best) };
  }
  return { init, aim: (s, params) => { s.params = params; }, step() {}, frame, report };
};
