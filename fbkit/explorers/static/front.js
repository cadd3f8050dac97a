// The front end of every explorer. A frame is {arrays: {name: Float64Array}, summary, note}; it comes from an engine
// (a worker in the page), a table (int16 presets embedded in the page) or the kernel (JupyterLab). This file draws it
// and holds the controls; it joins after uPlot, `CSS` and `engines` (see fbkit/explorers/widget.py).

// ---- small helpers -----------------------------------------------------------------------------------------------

const BUDGET = 8; // milliseconds of computing a frame may cost
const MOMENT = 80; // milliseconds a recorded moment stays, while time is played

const FOCUSABLE = ["input", "select", "button", "summary"]; // where JupyterLab must not take the arrow keys

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== false && value != null) node.setAttribute(key, value === true ? "" : value);
  }
  if (FOCUSABLE.includes(tag) || "tabindex" in attributes) node.setAttribute("data-lm-suppress-shortcuts", "true");
  node.append(...children);
  return node;
}

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

function say(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return Number(value.toPrecision(3)).toExponential().replace("e+", "e");
  return String(Number(value.toPrecision(size >= 1000 ? 6 : 3)));
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const nextFrame = () => new Promise((done) => requestAnimationFrame(done));

function bytes(view, Type) {
  const buffer = view.buffer ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) : view;
  return new Type(buffer);
}

function darkScheme() {
  const theme = document.documentElement.dataset.theme; // pydata theme
  if (theme === "dark" || theme === "light") return theme === "dark";
  const lab = document.body.dataset.jpThemeLight; // JupyterLab
  if (lab) return lab === "false";
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

function onSchemeChange(act) {
  const media = matchMedia("(prefers-color-scheme: dark)");
  const observer = new MutationObserver(act);
  for (const node of [document.documentElement, document.body])
    observer.observe(node, { attributes: true, attributeFilter: ["data-theme", "data-jp-theme-light"] });
  media.addEventListener("change", act);
  return () => { observer.disconnect(); media.removeEventListener("change", act); };
}

const stillPlease = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// ---- sources: each has change(values, names) and, for engines, advance(steps) ------------------------------------

function tableSource(spec, table) {
  const data = bytes(table.data, Int16Array);
  const axes = Object.entries(spec.presets);
  return {
    async change(values) {
      let setting = 0; // row-major index into the product of presets
      for (const [name, steps] of axes) setting = setting * steps.length + Math.max(0, steps.indexOf(values[name]));
      const arrays = {};
      for (const [name, { shape, log, start, scales }] of Object.entries(table.arrays)) {
        const size = shape.reduce((a, b) => a * b, 1), which = Math.min(setting, scales.length - 1);
        const [low, step] = scales[which];
        arrays[name] = Float64Array.from(data.subarray(start + which * size, start + (which + 1) * size), (v) => {
          const value = (v + 32768) * step + low;
          return log ? Math.exp(value) : value;
        });
      }
      return { arrays, summary: table.summaries[setting] };
    },
  };
}

function kernelSource(model) {
  const read = () => {
    const { arrays = {}, summary = "", error } = model.get("frame");
    if (error) throw new Error(error);
    return { arrays: Object.fromEntries(Object.entries(arrays).map(([k, v]) => [k, bytes(v.data, Float64Array)])), summary };
  };
  return {
    async change(values, names) {
      if (names.length) {
        const answered = new Promise((done) => {
          const heard = () => { model.off("change:frame", heard); done(); };
          model.on("change:frame", heard);
        });
        model.set("values", { ...values });
        model.save_changes();
        await answered;
      }
      return read();
    },
  };
}

// What runs beside an engine, in the worker or on this thread. Self-contained: its text is sent to the worker.
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

function startEngine(factory) {
  const here = () => {
    const answer = serve(factory(tools()));
    return { call: async (job) => answer(job), stop() {} };
  };
  const text = `const answer = (${serve})((${factory})((${tools})()));
    onmessage = ({ data }) => {
      try { postMessage({ id: data.id, frame: answer(data) }); }
      catch (error) { postMessage({ id: data.id, error: error.message }); }
    };`;
  let worker;
  try {
    const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    worker = new Worker(url);
  } catch (refused) {
    return here(); // a page's policy may forbid Blob workers
  }
  let id = 0, fallback = null;
  const waiting = new Map();
  const settle = (id, act) => { const job = waiting.get(id); waiting.delete(id); if (job) act(job); };
  worker.onmessage = ({ data }) =>
    settle(data.id, (job) => (data.error ? job.fail(new Error(data.error)) : job.done(data.frame)));
  worker.onerror = (event) => { // the worker never started: go on here
    event.preventDefault();
    fallback = fallback || here();
    for (const [key, job] of [...waiting]) settle(key, () => fallback.call(job.job).then(job.done, job.fail));
  };
  return {
    call: (job) => fallback ? fallback.call(job) : new Promise((done, fail) => {
      waiting.set(++id, { job, done, fail });
      worker.postMessage({ ...job, id });
    }),
    stop: () => worker.terminate(),
  };
}

function engineSource(spec) {
  const host = startEngine(engines[spec.name]);
  let limit = 1, pace = 1, stride = 1; // steps that fit the budget; steps worth a picture, worth a press of Step
  const keep = (frame) => { ({ pace, stride } = frame); return frame; };
  return {
    async change(values, names) {
      const live = names.length && names.every((name) => spec.params[name].live);
      return keep(await host.call({ action: live ? "aim" : "init", params: { ...values } }));
    },
    async advance(most = Infinity) {
      const steps = Math.max(1, Math.min(limit, pace, most));
      const frame = keep(await host.call({ action: "step", steps }));
      limit = Math.max(1, Math.floor(frame.took > 0.5 ? (steps * BUDGET) / frame.took : limit * 2));
      limit = Math.min(limit, 1e6);
      return { ...frame, steps };
    },
    stride: () => stride,
    stop: host.stop,
  };
}

// ---- axes --------------------------------------------------------------------------------------------------------

const QUARTERS = [[-1, "−π"], [-0.5, "−π/2"], [0, "0"], [0.5, "π/2"], [1, "π"]];

function niceStep(span, count) {
  const rough = span / Math.max(1, count), power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 5, 10].find((m) => m * power >= rough * 0.999);
}

function ticks(low, high, log, count) {
  const found = [];
  if (log) {
    const decades = Math.log10(high / low);
    const stride = Math.max(1, Math.ceil(decades / count));
    const within = decades > 1.6 ? [1] : [1, 2, 5];
    for (let p = Math.floor(Math.log10(low)); p <= Math.ceil(Math.log10(high)); p++)
      for (const m of within) {
        const value = Number((m * 10 ** p).toPrecision(3));
        if (p % stride === 0 && value >= low * 0.999 && value <= high * 1.001) found.push(value);
      }
  } else {
    const step = niceStep(high - low, count);
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) found.push(Number((i * step).toPrecision(12)));
  }
  return found;
}

// Limits of an axis from its own settings and the arrays on it, snapped outward so that a running picture stays calm.
function limits(axis, arrays) {
  let low = Infinity, high = -Infinity;
  for (const array of arrays) for (const value of array)
    if (Number.isFinite(value) && (!axis.log || value > 0)) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  if (!(low <= high)) [low, high] = axis.log ? [0.1, 10] : [0, 1];
  if (axis.log) [low, high] = [low / 1.25, high * 1.25];
  else if (low === high) [low, high] = [low - 1, high + 1];
  if (!axis.log && (axis.low == null || axis.high == null)) {
    const step = niceStep(high - low, 8);
    [low, high] = [Math.floor(low / step) * step, Math.ceil(high / step) * step];
  }
  return [axis.low ?? low, axis.high ?? high];
}

// ---- marks: each draws itself on a uPlot canvas, given pixel positions -------------------------------------------

const RAMP = ["#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"];
const LEVELS = Array.from({ length: 128 }, (_, i) => {
  const at = (i / 127) * (RAMP.length - 1), left = Math.min(RAMP.length - 2, Math.floor(at)), part = at - left;
  const mix = (j) => Math.round(parseInt(RAMP[left].slice(j, j + 2), 16) * (1 - part) + parseInt(RAMP[left + 1].slice(j, j + 2), 16) * part);
  return `rgb(${mix(1)},${mix(3)},${mix(5)})`;
});

// Borders between neighbouring pixel centres, the outer cells as wide as their inner halves.
function borders(centres) {
  const n = centres.length, edges = new Array(n + 1);
  for (let i = 1; i < n; i++) edges[i] = (centres[i - 1] + centres[i]) / 2;
  edges[0] = n > 1 ? 2 * centres[0] - edges[1] : centres[0] - 4;
  edges[n] = n > 1 ? 2 * centres[n - 1] - edges[n - 1] : centres[0] + 4;
  return edges;
}

const draw = {
  line(pen, x, y, { mark, color, unit }) {
    pen.strokeStyle = color;
    pen.lineWidth = mark.width * unit;
    pen.setLineDash(mark.dash ? [6 * unit, 4 * unit] : []);
    pen.beginPath();
    for (let i = 0, lifted = true; i < x.length; i++) {
      if (Number.isFinite(y[i])) { pen[lifted ? "moveTo" : "lineTo"](x[i], y[i]); lifted = false; } else lifted = true;
    }
    pen.stroke();
    pen.setLineDash([]);
  },
  stem(pen, x, y, { mark, color, unit, floor }) {
    const wide = mark.width * unit;
    pen.fillStyle = color;
    pen.globalAlpha = mark.hollow ? 0.38 : 1;
    for (let i = 0; i < x.length; i++) if (Number.isFinite(y[i])) pen.fillRect(x[i] - wide / 2, Math.min(y[i], floor), wide, Math.abs(floor - y[i]));
    pen.globalAlpha = 1;
  },
  scatter(pen, x, y, { mark, color, unit }) {
    pen.strokeStyle = pen.fillStyle = color;
    pen.lineWidth = 2 * unit;
    for (let i = 0; i < x.length; i++) {
      if (!Number.isFinite(y[i])) continue;
      pen.beginPath();
      pen.arc(x[i], y[i], (mark.width + 2) * unit, 0, 7);
      pen[mark.hollow ? "stroke" : "fill"]();
    }
  },
  segments(pen, x, y, { mark, color, unit, x2, y2 }) {
    pen.strokeStyle = color;
    pen.lineWidth = mark.width * unit;
    pen.setLineDash(mark.dash ? [6 * unit, 4 * unit] : []);
    pen.beginPath();
    for (let i = 0; i < x.length; i++) { pen.moveTo(x[i], y[i]); pen.lineTo(x2[i], y2[i]); }
    pen.stroke();
    pen.setLineDash([]);
  },
  heat(pen, x, y, { mark, z }) {
    const across = borders(x), down = borders(y), scale = (LEVELS.length - 1) / (mark.high - mark.low);
    for (let i = 0; i < x.length; i++)
      for (let j = 0; j < y.length; j++) {
        const value = z[i * y.length + j];
        if (!Number.isFinite(value)) continue;
        pen.fillStyle = LEVELS[Math.round(clamp((value - mark.low) * scale, 0, LEVELS.length - 1))];
        const left = Math.floor(across[i]), top = Math.floor(Math.min(down[j], down[j + 1]));
        pen.fillRect(left, top, Math.ceil(across[i + 1]) - left, Math.ceil(Math.max(down[j], down[j + 1])) - top);
      }
  },
};

// ---- a panel -----------------------------------------------------------------------------------------------------

function makePanel(panel, explorer) {
  const root = make("section", { class: `fbkit-panel${panel.wide ? " fbkit-wide" : ""}`, "aria-label": panel.title });
  const plot = make("div", { class: "fbkit-plot" });
  root.append(make("div", { class: "fbkit-name" }, panel.title), legend(panel), plot);
  const above = [panel.y, panel.right].map((axis) => make("span", {}, axis ? axis.label : ""));
  plot.append(make("div", { class: "fbkit-above" }, ...above));
  const axes = { x: panel.x, left: panel.y, ...(panel.right ? { right: panel.right } : {}) };
  const color = (name) => getComputedStyle(explorer.root).getPropertyValue(`--${name}`).trim();
  let chart = null, handles = [];

  // The array a mark shows now: a moving mark's slice at the chosen moment.
  function read(mark, key) {
    const array = explorer.frame?.arrays[mark[key]] ?? [];
    const time = explorer.time();
    if (!mark.moving || key === "x" || !time) return array;
    const size = array.length / time.length;
    return array.subarray(explorer.moment() * size, (explorer.moment() + 1) * size);
  }

  // Limits look at all moments of a moving mark, so that scrubbing does not move the axes.
  function scaleOf(which) {
    const arrays = [];
    for (const mark of panel.marks) {
      const keys = which === "x" ? ["x", "x2"] : mark.axis === which ? ["y", "y2"] : [];
      for (const key of keys) if (mark[key]) arrays.push(explorer.frame?.arrays[mark[key]] ?? []);
      if (mark.drag && mark.axis === which) arrays.push(explorer.values[mark.drag]);
    }
    return limits(axes[which], arrays);
  }

  function paint(u) {
    const pen = u.ctx, unit = devicePixelRatio, box = u.bbox;
    pen.save();
    pen.beginPath();
    pen.rect(box.left, box.top, box.width, box.height);
    pen.clip();
    for (const mark of panel.marks) {
      const across = (array) => Array.from(array, (v) => u.valToPos(v, "x", true));
      const up = (array) => Array.from(array, (v) => u.valToPos(v, mark.axis, true));
      // A panel of curves over time shows them up to the chosen moment.
      const until = (array) => (panel.time && mark.x === explorer.spec.time && array.length ? array.subarray(0, explorer.moment() + 1) : array);
      const y = mark.drag ? explorer.values[mark.drag] : until(read(mark, "y"));
      const more = { mark, unit, color: color(mark.color), floor: clamp(u.valToPos(0, mark.axis, true) || 0, box.top, box.top + box.height) };
      if (axes[mark.axis].log) more.floor = box.top + box.height;
      if (mark.kind === "heat") more.z = read(mark, "z");
      if (mark.kind === "segments") Object.assign(more, { x2: across(read(mark, "x2")), y2: up(read(mark, "y2")) });
      draw[mark.kind](pen, across(until(read(mark, "x"))), up(y), more);
    }
    const time = explorer.time();
    if (panel.time && time) {
      const x = u.valToPos(time[explorer.moment()], "x", true);
      draw.segments(pen, [x], [box.top], { mark: { width: 1.5, dash: true }, unit, color: color("ink"), x2: [x], y2: [box.top + box.height] });
    }
    pen.restore();
  }

  function build() {
    const pick = (which) => ({ distr: axes[which].log ? 3 : 1, time: false, range: () => scaleOf(which) });
    const axis = (which, side) => ({
      scale: which, side, ...(which === "x" ? { label: axes.x.label, labelSize: 18, labelGap: 0 } : {}), size: side % 2 ? 46 : 26, gap: 3,
      font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif", stroke: () => color("soft"),
      grid: { show: which !== "right", stroke: () => color("rule"), width: 1 }, ticks: { stroke: () => color("rule"), size: 4 },
      splits: (u, i, low, high) => axes[which].pi ? QUARTERS.map(([at]) => at * Math.PI)
        : axes[which].names.length ? axes[which].names.map((_, i) => i)
        : ticks(low, high, axes[which].log, side % 2 ? 5 : Math.max(3, u.width / 75)),
      filter: (u, splits) => splits,
      values: (u, splits) => splits.map((v, i) => (axes[which].pi ? QUARTERS[i][1] : axes[which].names[v] ?? say(v))),
    });
    const names = Object.keys(axes).slice(1);
    const options = {
      width: Math.max(200, plot.clientWidth), height: panel.wide ? 250 : 230, legend: { show: false }, cursor: { show: false },
      padding: [8, panel.right ? 0 : 12, 0, 0],
      scales: Object.fromEntries(Object.keys(axes).map((which) => [which, pick(which)])),
      axes: [axis("x", 2), axis("left", 3), ...(panel.right ? [axis("right", 1)] : [])],
      series: [{}, ...names.map((scale) => ({ scale, paths: () => null, points: { show: false } }))],
      hooks: { draw: [paint], ready: [placeHandles], setSize: [placeHandles] },
    };
    chart = new uPlot(options, [[0, 1], ...names.map(() => [0, 1])], plot);
    chart.ctx.canvas.setAttribute("role", "img");
    chart.ctx.canvas.setAttribute("aria-label", `${panel.title}: its numbers are in the summary and the table below`);
    handles = panel.marks.filter((mark) => mark.drag).flatMap((mark) =>
      explorer.values[mark.drag].map((_, index) => makeHandle(mark, index)));
    placeHandles(chart);
  }

  // A handle moves one entry of an array parameter: by pointer, or Tab to it and the arrow keys.
  function makeHandle(mark, index) {
    const param = explorer.spec.params[mark.drag];
    const move = (value) => {
      const values = [...explorer.values[mark.drag]];
      values[index] = Number(clamp(Math.round(value / param.step) * param.step, param.low, param.high).toFixed(6));
      if (!same(values, explorer.values[mark.drag])) explorer.set(mark.drag, values);
    };
    const keys = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 5, PageDown: -5 };
    const node = make("div", {
      class: "fbkit-handle", role: "slider", tabindex: 0, style: `--c: var(--${mark.color})`, "aria-orientation": "vertical",
      "aria-label": `${param.label}, ${param.names[index]}`, "aria-valuemin": param.low, "aria-valuemax": param.high,
      onpointerdown: (event) => { node.setPointerCapture(event.pointerId); event.preventDefault(); node.focus(); },
      onpointermove: (event) => {
        if (!node.hasPointerCapture(event.pointerId)) return;
        move(chart.posToVal(event.clientY - chart.over.getBoundingClientRect().top, mark.axis));
      },
      onkeydown: (event) => {
        const now = explorer.values[mark.drag][index];
        if (event.key in keys) move(now + keys[event.key] * param.step);
        else if (event.key === "Home") move(param.low);
        else if (event.key === "End") move(param.high);
        else return;
        event.preventDefault();
      },
    });
    chart.over.append(node);
    return { node, mark, index };
  }

  function placeHandles(u) {
    for (const { node, mark, index } of handles) {
      const value = explorer.values[mark.drag][index];
      node.style.left = `${u.valToPos(read(mark, "x")[index] ?? index, "x")}px`;
      node.style.top = `${u.valToPos(value, mark.axis)}px`;
      node.setAttribute("aria-valuenow", value);
      node.setAttribute("aria-valuetext", say(value));
    }
  }

  const observer = new ResizeObserver(() => {
    if (!plot.clientWidth) return;
    if (chart) chart.setSize({ width: plot.clientWidth, height: chart.height });
    else { build(); update(); }
  });
  observer.observe(plot);

  function update() {
    if (!chart) return;
    chart.setData(chart.data); // asks for the limits again, then paints
    queueMicrotask(() => placeHandles(chart));
  }

  return { root, update, rows: () => tables(panel, read), stop: () => { observer.disconnect(); chart?.destroy(); } };
}

function legend(panel) {
  const box = make("div", { class: "fbkit-legend" });
  for (const mark of panel.marks.filter((m) => m.label)) {
    const kind = mark.drag ? "handle" : `${mark.kind}${mark.dash ? " dash" : ""}${mark.hollow ? " hollow" : ""}`;
    const ramp = mark.kind === "heat" ? `background: linear-gradient(90deg, ${RAMP})` : `--c: var(--${mark.color})`;
    box.append(make("span", {}, make("i", { class: kind, style: ramp }), mark.label));
  }
  return box;
}

// ---- the data table ----------------------------------------------------------------------------------------------

const MOST_ROWS = 40;

// One table for each x array of a panel: rows of [x, y of each mark that shares it]; a heat map has a column for each y.
function tables(panel, read) {
  const groups = new Map();
  for (const mark of panel.marks) {
    if (mark.drag) continue;
    if (!groups.has(mark.x)) groups.set(mark.x, { x: Array.from(read(mark, "x")), columns: [] });
    const { columns } = groups.get(mark.x);
    if (mark.kind === "heat") {
      const ys = Array.from(read(mark, "y")), z = read(mark, "z");
      ys.forEach((y, j) => columns.push({ label: `${panel.y.label} ${say(y)}`, at: (i) => z[i * ys.length + j] }));
    } else {
      const y = read(mark, "y");
      columns.push({ label: mark.label || mark.y, at: (i) => y[i] });
    }
  }
  return [...groups.values()].filter(({ x }) => x.length).map(({ x, columns }) => {
    const stride = Math.ceil(x.length / MOST_ROWS) || 1;
    const kept = x.map((_, i) => i).filter((i) => i % stride === 0 || i === x.length - 1);
    return {
      caption: panel.title + (stride > 1 ? ` (1 in ${stride} of ${x.length} points)` : ""),
      head: [panel.x.label, ...columns.map((c) => c.label)],
      rows: kept.map((i) => [panel.x.names[x[i]] ?? say(x[i]), ...columns.map((c) => say(c.at(i)))]),
    };
  });
}

function fillTables(box, panels) {
  box.replaceChildren(...panels.flatMap((panel) => panel.rows()).map(({ caption, head, rows }) =>
    make("table", {}, make("caption", {}, caption),
      make("thead", {}, make("tr", {}, ...head.map((h) => make("th", { scope: "col" }, h)))),
      make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map((cell) => make("td", {}, cell))))))));
}

// ---- controls ----------------------------------------------------------------------------------------------------

function labelled(label, input, output = "") {
  return make("label", { class: "fbkit-control" }, make("span", {}, label, output && " ", output), input);
}

// The ladder of values that a slider steps over: given, or the presets of a table, or 200 even (log: geometric) steps,
// one of which is moved to the value at the start.
function ladder(param, presets, start) {
  if (presets) return presets;
  if (param.values.length) return [...new Set([...param.values, start])].sort((a, b) => a - b);
  const parts = param.whole ? Math.min(200, param.high - param.low) : 200;
  const steps = Array.from({ length: parts + 1 }, (_, i) => {
    const value = param.log ? param.low * (param.high / param.low) ** (i / parts) : param.low + ((param.high - param.low) * i) / parts;
    return Number((param.whole ? Math.round(value) : value).toPrecision(6));
  });
  steps[nearest(steps, start)] = start;
  return steps;
}

function nearest(steps, value) {
  return steps.reduce((best, step, i) => (Math.abs(step - value) < Math.abs(steps[best] - value) ? i : best), 0);
}

function makeControl(param, presets, start, change) {
  const unit = param.unit ? ` ${param.unit}` : "";
  if (param.kind === "choice") {
    const names = presets ?? Object.keys(param.options);
    const input = make("select", { onchange: () => change(input.value) }, ...names.map((k) => make("option", { value: k }, param.options[k])));
    return { root: labelled(param.label, input), set: (value) => { input.value = value; } };
  }
  if (param.entry) {
    const input = make("input", { type: "number", min: param.low, max: param.high, step: param.whole ? 1 : "any",
      onchange: () => change(Number(input.value)) });
    return { root: labelled(param.label, input), set: (value) => { input.value = value; } };
  }
  const steps = ladder(param, presets, start), output = make("b", { class: "fbkit-value" });
  const input = make("input", { type: "range", min: 0, max: steps.length - 1, step: 1, oninput: () => { tell(); change(steps[input.value]); } });
  const tell = (value = steps[input.value]) => {
    output.textContent = say(value) + unit;
    input.setAttribute("aria-valuetext", output.textContent);
  };
  return { root: labelled(param.label, input, output), set: (value) => { input.value = nearest(steps, value); tell(value); } };
}

// ---- state in the address ----------------------------------------------------------------------------------------

const encode = (value) => (Array.isArray(value) ? value.join(",") : String(value));

// What the address says about this explorer: values within bounds, and a sentence on each that was not.
function readHash(spec, choices) {
  const values = {}, notes = [];
  for (const [key, text] of new URLSearchParams(location.hash.slice(1))) {
    if (!key.startsWith(`${spec.name}.`)) continue;
    const name = key.slice(spec.name.length + 1), param = spec.params[name];
    if (!param) { notes.push(`The link sets ${name}, which this explorer does not have.`); continue; }
    const options = choices(name);
    if (param.kind === "choice") {
      if (options.includes(text)) values[name] = text;
      else notes.push(`The link sets ${name} to ${text}, which is not on offer; it stays at ${param.default}.`);
      continue;
    }
    const numbers = text.split(",").map(Number), wanted = [param.default].flat();
    if (numbers.length !== wanted.length || text.trim() === "" || !numbers.every(Number.isFinite)) {
      notes.push(`The link sets ${name} to ${text}; expected ${wanted.length === 1 ? "a number" : `${wanted.length} numbers`}, so it stays as it was.`);
      continue;
    }
    let kept = numbers.map((v) => clamp(param.whole ? Math.round(v) : v, param.low, param.high));
    const why = numbers.every((v) => v >= param.low && v <= param.high) ? "which is between the steps on offer" : "out of range";
    if (options) kept = kept.map((v) => options[nearest(options, v)]);
    values[name] = param.kind === "array" ? kept : kept[0];
    if (!same(kept, numbers)) notes.push(`The link asks for ${name} = ${text}, ${why}: set to ${encode(kept)}.`);
  }
  return { values, note: notes.join(" ") };
}

function writeHash(spec, start, values) {
  const others = location.hash.slice(1).split("&").filter((part) => part.includes("=") && !part.startsWith(`${spec.name}.`));
  const own = Object.keys(spec.params).filter((k) => !same(values[k], start[k])).map((k) => `${spec.name}.${k}=${encode(values[k])}`);
  const hash = [...others, ...own].join("&");
  const plain = location.pathname + location.search;
  if (`#${hash}` !== location.hash && (hash || location.hash.includes("="))) history.replaceState(history.state, "", hash ? `#${hash}` : plain);
}

// ---- the explorer ------------------------------------------------------------------------------------------------

function render({ model, el }) {
  const spec = JSON.parse(model.get("spec")), table = model.get("table");
  const embedded = table && table.data;
  const source = spec.engine ? engineSource(spec) : embedded ? tableSource(spec, table) : kernelSource(model);
  const choices = (name) => { // what a link may set: table presets, options, a ladder, or (null) anything within bounds
    const { kind, options, values } = spec.params[name];
    return (embedded && spec.presets[name]) || (kind === "choice" ? Object.keys(options) : values?.length ? [...values, start[name]] : null);
  };
  const start = { ...model.get("values") };
  if (embedded) for (const [name, steps] of Object.entries(spec.presets))
    if (!steps.includes(start[name])) start[name] = steps[nearest(steps, start[name])];
  if (!document.getElementById("fbkit-style")) document.head.append(make("style", { id: "fbkit-style" }, CSS));

  const root = make("div", { class: "fbkit", "data-explorer": spec.name, role: "group", "aria-label": spec.title });
  const explorer = { spec, root, values: { ...start }, frame: null, set, time: () => (spec.time ? explorer.frame?.arrays[spec.time] : null), moment: () => moment };
  let moment = 0, playing = false, busy = false, stopped = false, linkNote = "", hashTimer = 0, lastTable = 0;
  const dirty = new Set();

  // -- the page's parts
  const bar = make("div", { class: "fbkit-controls" });
  const note = make("p", { class: "fbkit-note", role: "status" });
  const summary = make("p", { class: "fbkit-summary", "aria-live": "polite" });
  const boxes = make("div", { class: "fbkit-tables", tabindex: 0, role: "region", "aria-label": `Numbers of ${spec.title}` });
  const panels = spec.panels.map((panel) => makePanel(panel, explorer));
  const knobs = {};
  let setting = null;
  if (spec.engine) {
    setting = make("select", { onchange: () => choose(setting.value) },
      ...Object.keys(spec.presets).map((name) => make("option", { value: name }, name)), make("option", { value: "", hidden: true }, "your own"));
    bar.append(labelled("Setting", setting));
  }
  for (const [name, param] of Object.entries(spec.params)) {
    if (param.kind === "array") continue; // dragged on the picture
    knobs[name] = makeControl(param, embedded ? spec.presets[name] : null, start[name], (value) => set(name, value));
    bar.append(knobs[name].root);
  }
  const play = make("button", { type: "button", class: "fbkit-play", onclick: () => (playing ? pause() : startPlaying()) }, "▶ Play");
  const step = make("button", { type: "button", onclick: () => { pause(); advance(); } }, "Step");
  const reset = make("button", { type: "button", onclick: restart }, "Reset");
  const scrub = make("input", { type: "range", min: 0, max: 0, step: 1, oninput: () => { pause(); moment = Number(scrub.value); redraw(); } });
  const clock = make("b", { class: "fbkit-value" });
  const copy = make("button", { type: "button", onclick: copyLink }, "Copy link");
  const player = make("div", { class: "fbkit-player" });
  if (spec.still || spec.time) player.append(play, step); // a closed form has nothing to play
  if (spec.engine || spec.time) player.append(reset);
  if (spec.time) player.append(labelled("Moment", scrub, clock));
  if (spec.site) player.append(copy);
  root.append(make("div", { class: "fbkit-title" }, spec.title), make("p", { class: "fbkit-hint" }, spec.hint), bar, player, note,
    make("div", { class: "fbkit-panels" }, ...panels.map((p) => p.root)), summary, make("p", { class: "fbkit-about" }, spec.about),
    make("details", {}, make("summary", {}, "The numbers behind the picture"), boxes));
  el.append(root);

  // -- changing parameters
  function set(name, value) {
    const param = spec.params[name];
    if (param.kind === "number") {
      if (!Number.isFinite(value)) value = explorer.values[name];
      const kept = clamp(param.whole ? Math.round(value) : value, param.low, param.high);
      linkNote = kept === value ? "" : `${param.label} goes from ${say(param.low)} to ${say(param.high)}: set to ${say(kept)}.`;
      value = kept;
    } else linkNote = "";
    explorer.values = { ...explorer.values, [name]: value };
    changed([name]);
  }

  function choose(name) {
    explorer.values = Object.fromEntries(Object.entries(spec.params).map(([k, p]) => [k, spec.presets[name][k] ?? p.default]));
    linkNote = "";
    changed(Object.keys(spec.params));
  }

  function changed(names) {
    syncControls();
    if (names.some((name) => !spec.params[name].live)) pause();
    for (const name of names) dirty.add(name);
    redraw();
    refresh();
    if (spec.site) { clearTimeout(hashTimer); hashTimer = setTimeout(() => writeHash(spec, start, explorer.values), 300); }
  }

  function syncControls() {
    for (const [name, knob] of Object.entries(knobs)) knob.set(explorer.values[name]);
    if (!setting) return;
    const full = (preset) => Object.fromEntries(Object.entries(spec.params).map(([k, p]) => [k, preset[k] ?? p.default]));
    setting.value = Object.keys(spec.presets).find((name) => same(full(spec.presets[name]), explorer.values)) ?? "";
  }

  // -- asking the source; one question at a time, the newest wins
  async function refresh(first = false) {
    if (busy || stopped) return;
    busy = true;
    const slow = setTimeout(() => { root.setAttribute("aria-busy", "true"); note.textContent = "Computing…"; }, 400);
    try {
      do {
        const names = [...dirty];
        dirty.clear();
        show(await source.change(explorer.values, names));
      } while (dirty.size);
    } catch (error) { fail(error); }
    clearTimeout(slow);
    root.removeAttribute("aria-busy");
    busy = false;
    if (first) root.dataset.ready = "";
  }

  async function advance() {
    if (spec.time) {
      moment = (moment + 1) % explorer.time().length;
      if (moment === explorer.time().length - 1) pause();
      redraw();
    } else if (!busy) {
      busy = true;
      try {
        if (playing) show(await source.advance());
        else for (let left = source.stride(); left > 0; ) { // in pieces that fit the budget
          const frame = await source.advance(left);
          left -= frame.steps;
          show(frame);
        }
      } catch (error) { fail(error); }
      busy = false;
      if (dirty.size) refresh();
    }
  }

  function show(frame) {
    if (stopped) return;
    explorer.frame = frame;
    const time = explorer.time();
    if (time && Number(scrub.max) !== time.length - 1) { scrub.max = time.length - 1; moment = time.length - 1; }
    if (frame.halt) pause();
    step.disabled = play.disabled = Boolean(frame.halt);
    note.textContent = [linkNote, frame.note].filter(Boolean).join(" ");
    redraw();
  }

  function fail(error) {
    pause();
    note.textContent = error.message;
  }

  function redraw() {
    for (const panel of panels) panel.update();
    const time = explorer.time();
    if (time) {
      scrub.value = moment;
      const axis = spec.panels.find((p) => p.time).x.label;
      clock.textContent = `${axis} ${say(time[moment])}`;
      scrub.setAttribute("aria-valuetext", clock.textContent);
    }
    if (!explorer.frame || (playing && performance.now() - lastTable < 300)) return;
    lastTable = performance.now();
    if (summary.textContent !== explorer.frame.summary) summary.textContent = explorer.frame.summary;
    fillTables(boxes, panels);
  }

  // -- playing: only when asked, only while seen
  async function startPlaying() {
    if (stillPlease()) return advance();
    playing = true;
    play.textContent = "❚❚ Pause";
    summary.setAttribute("aria-live", "off"); // a running summary would not stop talking
    if (spec.time && moment === explorer.time().length - 1) moment = 0;
    for (let last = 0; playing && !stopped; ) {
      const now = await nextFrame();
      if (!playing || (spec.time && now - last < MOMENT)) continue;
      last = now;
      await advance();
    }
  }

  function pause() {
    if (!playing) return;
    playing = false;
    play.textContent = "▶ Play";
    summary.setAttribute("aria-live", "polite");
    redraw();
  }

  function restart() {
    pause();
    if (spec.time) { moment = 0; return redraw(); }
    for (const name of Object.keys(spec.params)) dirty.add(name);
    refresh();
  }

  async function copyLink() {
    clearTimeout(hashTimer);
    writeHash(spec, start, explorer.values);
    try { await navigator.clipboard.writeText(location.href); note.textContent = "Link copied: it opens this page with these settings."; }
    catch (refused) { note.textContent = `Copy this address: ${location.href}`; }
  }

  // -- the world outside
  const paintScheme = () => {
    root.dataset.scheme = darkScheme() ? "dark" : "light";
    for (const panel of panels) panel.update();
  };
  const unwatch = onSchemeChange(paintScheme);
  const sight = new IntersectionObserver(([seen]) => { if (!seen.isIntersecting) pause(); });
  sight.observe(root);
  const followHash = () => {
    const link = readHash(spec, choices);
    const next = { ...start, ...link.values };
    if (same(next, explorer.values) && !link.note) return;
    explorer.values = next;
    changed(Object.keys(spec.params));
    linkNote = link.note;
    note.textContent = linkNote;
  };
  if (spec.site) addEventListener("hashchange", followHash);
  const adopt = () => { // Python, or a linked widget, set the values
    if (same(model.get("values"), explorer.values)) return;
    explorer.values = { ...model.get("values") };
    syncControls();
    if (spec.engine) { for (const name of Object.keys(spec.params)) dirty.add(name); refresh(); }
  };
  const renew = () => { if (!busy) refresh(); };
  model.on("change:values", adopt);
  if (!spec.engine && !embedded) model.on("change:frame", renew);

  if (spec.site) {
    const link = readHash(spec, choices);
    Object.assign(explorer.values, link.values);
    linkNote = link.note;
  }
  if (stillPlease()) play.textContent = "▶ Play (a step)";
  paintScheme();
  syncControls();
  refresh(true);

  return () => {
    stopped = true;
    pause();
    unwatch();
    sight.disconnect();
    removeEventListener("hashchange", followHash);
    model.off("change:values", adopt);
    model.off("change:frame", renew);
    for (const panel of panels) panel.stop();
    source.stop?.();
  };
}
