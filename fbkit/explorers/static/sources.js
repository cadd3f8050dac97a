// Where frames come from: a table in the page, Python's kernel, or an engine. A frame
// is {arrays: {name: Float64Array}, summary, note, verdicts}. Every source has
// change(values, names); an engine's can also advance.

const BUDGET = 8; // milliseconds of computing that a picture may cost

// ---- a table: int16 levels of all presets, as fbkit/explorers/table.py packs them ---

async function inflate(view) {
  const stream = new Blob([view]).stream();
  const plain = stream.pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

// The levels of one slice: low bytes, high bytes; each number is the difference from
// the one a row before, its sign in the lowest bit.
function levels(packed, start, size, row) {
  const half = packed.length / 2;
  const found = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const word = packed[start + i] | (packed[half + start + i] << 8);
    const change = (word >>> 1) ^ -(word & 1);
    found[i] = (i < row ? 0 : found[i - row]) + change;
  }
  return found;
}

function tableSource(spec, table) {
  const unpacked = inflate(table.data);
  const axes = Object.entries(spec.presets);

  function arrayOf(packed, { shape, log, start, scales }, setting) {
    const size = shape.reduce((a, b) => a * b, 1);
    const which = Math.min(setting, scales.length - 1); // stored once, or per setting
    const [low, step] = scales[which];
    const row = shape.length > 1 ? size / shape[0] : 1;
    return levels(packed, start + which * size, size, row).map((level) => {
      const value = level * step + low;
      return log ? Math.exp(value) : value;
    });
  }

  return {
    async change(values) {
      const packed = await unpacked;
      const setting = axes.reduce(
        (at, [name, steps]) => at * steps.length + steps.indexOf(values[name]), 0);
      const arrays = Object.entries(table.arrays).map(
        ([name, stored]) => [name, arrayOf(packed, stored, setting)]);
      const summary = table.summaries[setting];
      const verdicts = table.verdicts?.[setting];
      return { arrays: Object.fromEntries(arrays), summary, verdicts };
    },
  };
}

// ---- the kernel ---------------------------------------------------------------------

function float64({ data: { buffer, byteOffset, byteLength } }) {
  return new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

function kernelSource(model) {
  function read() {
    const { arrays = {}, error, ...words } = model.get("frame");
    if (error) throw new Error(error);
    const floats = Object.entries(arrays).map(([name, one]) => [name, float64(one)]);
    return { ...words, arrays: Object.fromEntries(floats) };
  }
  async function change(values, names) {
    if (!names.length) return read();
    let heard;
    const answered = new Promise((done) => { heard = done; });
    model.on("change:frame", heard);
    model.set("values", { ...values });
    model.save_changes();
    await answered;
    model.off("change:frame", heard);
    return read();
  }
  return { change };
}

// ---- an engine, in a worker or on this thread ---------------------------------------

// Its text is sent to the worker, so it stands alone.
function serve(engine) {
  let state;
  return ({ action, params, steps }) => {
    const began = performance.now();
    if (action === "init") state = engine.init(params);
    else if (action === "aim") engine.aim(state, params);
    else engine.step(state, steps);
    const took = performance.now() - began;
    const arrays = engine.frame(state);
    return { arrays, ...engine.report(state, arrays), took };
  };
}

function hostHere(factory) {
  const answer = serve(factory(tools()));
  return { call: async (job) => answer(job), stop() {} };
}

function startWorker(factory) {
  const text = `const answer = (${serve})((${factory})((${tools})()));
    onmessage = ({ data }) => {
      try { postMessage({ id: data.id, frame: answer(data) }); }
      catch (error) { postMessage({ id: data.id, error: error.message }); }
    };`;
  return new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
}

function startEngine(factory) {
  let worker;
  try {
    worker = startWorker(factory);
  } catch (refused) {
    return hostHere(factory); // a page's policy may forbid Blob workers
  }
  const waiting = new Map();
  let count = 0;
  let fallback = null;
  worker.onmessage = ({ data: { id, frame, error } }) => {
    const job = waiting.get(id);
    waiting.delete(id);
    if (error) job?.fail(new Error(error));
    else job?.done(frame);
  };
  worker.onerror = (event) => { // the worker never started: go on here
    event.preventDefault();
    fallback ??= hostHere(factory);
    for (const { job, done, fail } of waiting.values())
      fallback.call(job).then(done, fail);
    waiting.clear();
  };
  function call(job) {
    if (fallback) return fallback.call(job);
    return new Promise((done, fail) => {
      count += 1;
      waiting.set(count, { job, done, fail });
      worker.postMessage({ ...job, id: count });
    });
  }
  return { call, stop: () => worker.terminate() };
}

function engineSource(spec) {
  const host = startEngine(engines[spec.name]);
  let limit = 1; // steps that fit the budget
  let [pace, stride] = [1, 1]; // steps worth a picture, worth a press of Step
  let [taken, made] = [0, false];

  function keep(frame) {
    ({ pace, stride } = frame);
    return frame;
  }

  return {
    async change(values, names) {
      if (made && !names.length) return host.call({ action: "step", steps: 0 });
      const live = made && names.every((name) => spec.params[name].live);
      const action = live ? "aim" : "init";
      made = true;
      taken = 0;
      return keep(await host.call({ action, params: { ...values } }));
    },
    // At most so many steps, in so many budgets of time.
    async advance(most, budgets = 1) {
      const steps = Math.max(1, Math.floor(Math.min(limit * budgets, most)));
      const frame = keep(await host.call({ action: "step", steps }));
      const fits = frame.took > 0.5 ? (steps * BUDGET) / frame.took : limit * 2;
      limit = clamp(Math.floor(fits), 1, 1e6);
      taken += steps;
      return frame;
    },
    taken: () => taken, pace: () => pace, stride: () => stride, stop: host.stop,
  };
}
