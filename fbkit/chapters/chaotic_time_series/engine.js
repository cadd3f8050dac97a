// The orbit of a map, its spectrum and its Lyapunov exponent. Chaos makes of the last bit of a number the whole picture,
// so the maps are sums and products in one order, the same as in the twin, and the sine is its power series. Twin: twin.py.
engines.chaotic_time_series = function () {
  const START = { logistic: 0.3, circle: 0.6 }, APART = 1e-6, WINDOW = 240, SHOWN = 60, END = 2000, FLOOR = 1e-5, STILL = 1e-10, LEAST = 1e-12, TERMS = 16, CALL = 0.01;
  const CHOICES = { regular: "regular", chaotic: "chaotic" };
  const waves = Float64Array.from({ length: WINDOW / 2 }, (_, k) => k + 1);
  const turns = Array.from({ length: WINDOW }, (_, i) => (2 * Math.PI * i) / WINDOW), cosine = turns.map(Math.cos), sineOf = turns.map(Math.sin);

  const init = (params) => {
    const state = {};
    aim(state, params);
    return state;
  };

  function aim(s, params) { // other parameters: the orbit goes on from where it is, the clock starts again; another map begins with a point of its own
    const x = s.map === params.map ? s.orbit[s.orbit.length - 1] : START[params.map];
    Object.assign(s, params, { orbit: [x], other: [x < 0.5 ? x + APART : x - APART], steps: 0, sum: 0, next: 1, moments: [], exponents: [] });
  }

  function sine(turn) { // sin(2 pi turn)
    const z = 2 * Math.PI * (turn - Math.floor(turn + 0.5));
    let total = z, term = z;
    for (let k = 1; k < TERMS; k++) {
      term = (-term * z * z) / (2 * k * (2 * k + 1));
      total = total + term;
    }
    return total;
  }

  function advance(s, x) {
    if (s.map === "logistic") return s.growth * x * (1 - x);
    const y = x + s.turn - (s.pull / (2 * Math.PI)) * sine(x);
    return y - Math.floor(y);
  }

  const slope = (s, x) => (s.map === "logistic" ? s.growth * (1 - 2 * x) : 1 - s.pull * sine(x + 0.25));

  function step(s, count) {
    const { orbit, other } = s;
    for (; count > 0 && s.steps < END; count--) {
      const x = orbit[orbit.length - 1];
      s.sum += Math.log(Math.max(Math.abs(slope(s, x)), LEAST));
      s.steps += 1;
      orbit.push(advance(s, x)), other.push(advance(s, other[other.length - 1]));
      if (s.steps < s.next) continue;
      s.moments.push(s.steps), s.exponents.push(s.sum / s.steps);
      s.next = Math.min(END, Math.max(s.next + 1, Math.ceil(s.next * 1.05)));
    }
    s.orbit = orbit.slice(-WINDOW), s.other = other.slice(-WINDOW);
  }

  function spectrum(points) { // shares of the power by wave, the mean left out
    const mean = points.reduce((sum, v) => sum + v, 0) / points.length, x = points.map((v) => v - mean);
    if (x.reduce((sum, v) => sum + v * v, 0) / x.length < STILL) return waves.map(() => FLOOR);
    const power = waves.map((k) => {
      let re = 0, im = 0;
      x.forEach((v, i) => { re += v * cosine[(k * i) % WINDOW], im += v * sineOf[(k * i) % WINDOW]; });
      return re * re + im * im;
    });
    const total = power.reduce((sum, v) => sum + v, 0);
    return power.map((v) => Math.max(v / total, FLOOR));
  }

  function frame(s) {
    const orbit = Float64Array.from(s.orbit.slice(-SHOWN)), other = Float64Array.from(s.other.slice(-SHOWN));
    return {
      step: orbit.map((_, i) => s.steps + 1 - orbit.length + i), orbit, other, waves, power: spectrum(s.orbit), moments: Float64Array.from(s.moments),
      exponents: Float64Array.from(s.exponents), ends: Float64Array.of(1, END), border: Float64Array.of(0, 0),
      state: Float64Array.of(s.steps, s.sum / Math.max(s.steps, 1)),
    };
  }

  const signed = (v) => (v < 0 ? "−" : "+") + Math.abs(v).toFixed(2);

  function verdicts(steps, exponent) { // at the end: a sentence for each choice
    if (steps < END) return {};
    return Object.fromEntries(Object.keys(CHOICES).map((key) => {
      const is = exponent > 0 ? "chaotic" : "regular", found = `After ${steps} steps the exponent is ${signed(exponent)}`;
      const what = Math.abs(exponent) < CALL ? `${found}, too close to 0 to call.`
        : `${found}: a small error ${exponent > 0 ? "grows" : "dies out"}. It is ${is}.`;
      return [key, `You said ${CHOICES[key]}. ${what}`];
    }));
  }

  function report(s, { state: [steps, exponent] }) {
    const grown = Math.exp(Math.max(-99, Math.min(99, exponent))), a = grown.toFixed(2);
    const summary = steps ? `After ${steps} steps the exponent is ${signed(exponent)}: a small error changes by a factor of ${a} in a step, on average.`
      : "The orbit starts, and a second one 0.000001 beside it. Nothing has happened yet.";
    const pace = Math.ceil((steps + 20) / 80), stride = Math.ceil((steps + 1) / 8);
    return { summary, note: "", pace, stride, halt: steps >= END, done: steps >= END, verdicts: verdicts(steps, exponent) };
  }
  return { init, aim, step, frame, report };
};
