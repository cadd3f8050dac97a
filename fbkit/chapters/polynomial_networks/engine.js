// Kernels of product networks and of the plain one on the circle, their rates by wave, and what gradient flow leaves of a
// target. All of it is a closed form, so `step` is empty. Twin: twin.py.
engines.polynomial_networks = function () {
  const PI = Math.PI, LAST = 2048, COUNT = 33;
  const waves = Float64Array.from({ length: 8 }, (_, i) => i + 1), frequencies = Float64Array.from({ length: COUNT - 1 }, (_, i) => i + 1);
  const moments = Float64Array.from({ length: 62 }, (_, i) => (i ? 10 ** ((i - 1) / 15 - 1) : 0));
  const angle = Float64Array.from({ length: 129 }, (_, i) => (PI / 64) * (i - 64)), half = Float64Array.from({ length: LAST + 1 }, (_, i) => (PI / LAST) * i);
  const cosine = Float64Array.from({ length: 2 * LAST }, (_, i) => Math.cos((PI / LAST) * i));
  const CHOICES = { none: "none", odd: "3 and 5", fast: "4 and 5", slow: "2 and 3" };
  const PLAIN = { factors: 1, linear: "no", bias: "no" };

  function kernel(theta, { factors, linear, bias }) { // values' part, plus (cos + b) times slopes' part
    const t = Math.abs(theta), cos = Math.cos(t), share = 1 - t / PI, value = Math.sin(t) / PI + share * cos;
    let values = value ** factors, slopes = factors * share * value ** (factors - 1);
    if (linear === "yes") slopes = slopes * cos + values, values *= cos;
    return values + (cos + (bias === "yes" ? 1 : 0)) * slopes;
  }

  function rates(setting) { // averages against cos k theta
    const profile = half.map((t, i) => kernel(t, setting) * (i % LAST ? 1 : 0.5));
    return Float64Array.from({ length: COUNT }, (_, k) => {
      const mean = profile.reduce((sum, v, i) => sum + v * cosine[(k * i) % (2 * LAST)], 0) / LAST;
      return mean < 1e-9 ? 0 : mean;
    });
  }

  function one(name, setting, equal, amplitudes) { // the arrays of one of the two networks
    const scale = equal === "start" ? 2 / kernel(0, setting) : 1, rate = rates(setting).map((v) => scale * v);
    const left = new Float64Array(moments.length * 8), learned = waves.filter((k) => rate[k] > 0);
    moments.forEach((t, i) => waves.forEach((k, j) => { left[i * 8 + j] = Math.exp(-t * rate[k]) * amplitudes[j]; }));
    return {
      [`${name}_kernel`]: angle.map((t) => scale * kernel(t, setting)), [`${name}_rates`]: rate.slice(1), [`${name}_left`]: left,
      [`${name}_half`]: waves.map((k) => (rate[k] ? Math.LN2 / rate[k] : 0)), [`${name}_learned`]: learned.map((k) => Math.LN2 / rate[k]),
      [`${name}_learned_wave`]: learned,
    };
  }

  const init = (params) => ({ params });

  function frame({ params }) {
    const { equal, amplitudes } = params, yours = one("yours", params, equal, amplitudes), heat = new Float64Array(moments.length * 8);
    moments.forEach((t, i) => waves.forEach((k, j) => { heat[i * 8 + j] = Math.log10(Math.max(Math.exp(-t * yours.yours_rates[j]), 1e-4)); }));
    return {
      moments, angle, waves, amplitudes: Float64Array.from(amplitudes), left_side: waves.map((k) => k - 0.17),
      right_side: waves.map((k) => k + 0.17), frequencies, ...yours, ...one("plain", PLAIN, equal, amplitudes), heat,
    };
  }

  const listed = (list) => (list.length < 2 ? list.join("") : `${list.slice(0, -1).join(", ")} and ${list[list.length - 1]}`);
  const named = (list) => `wave${list.length > 1 ? "s" : ""} ${listed(list)}`;

  function verdicts({ amplitudes }, yours, plain) { // a sentence for each choice of the question
    if ([2, 3, 4, 5].some((k) => !amplitudes[k - 1])) return {};
    const among = [2, 3, 4, 5], gained = among.filter((k) => yours[k - 1] && !plain[k - 1]), lost = among.filter((k) => !yours[k - 1] && plain[k - 1]);
    const more = gained.length ? `It learns ${named(gained)}, and the plain network never does: it has the rate 0 there.`
      : "With these settings it learns none that the plain network does not.";
    const less = lost.length ? ` But ${named(lost)} is what it never learns.` : "";
    return Object.fromEntries(Object.entries(CHOICES).map(([key, words]) => [key, `You said ${words}. ${more}${less}`]));
  }

  function report({ params }, { yours_half: yours, plain_half: plain }) {
    const time = (t) => (t ? t.toPrecision(3) : "never"), asked = Array.from(waves).filter((k) => params.amplitudes[k - 1] > 0);
    const words = asked.map((k) => `${k} at ${time(yours[k - 1])} (${time(plain[k - 1])})`).join(", ");
    const summary = asked.length ? `Half is left, by yours (by the plain network), of wave ${words}.`
      : "There is nothing to learn: every amplitude is 0. Drag a handle up.";
    return { summary, note: "", pace: 1, stride: 1, halt: false, verdicts: verdicts(params, yours, plain) };
  }
  return { init, aim: (s, params) => { s.params = params; }, step() {}, frame, report };
};
