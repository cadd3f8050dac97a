// A panel: its title, its legend, and a uPlot canvas on which marks draw themselves.

const FONT = "12px system-ui, sans-serif";
const TURN = 2 * Math.PI;
const SIDES = { x: 2, left: 3, right: 1 }; // as uPlot counts them

// The numbers at a moment between two recorded ones: rows of `size`, mixed evenly, or
// by equal ratios on a logarithmic axis.
function between(rows, size, moment, log) {
  const at = Math.floor(moment);
  const part = moment - at;
  const now = rows.subarray(at * size, (at + 1) * size);
  if (!part) return now;
  const next = rows.subarray((at + 1) * size, (at + 2) * size);
  return now.map((v, i) => {
    if (log && v > 0 && next[i] > 0) return v * (next[i] / v) ** part;
    return v + (next[i] - v) * part;
  });
}

// A curve on the circle goes on beyond both ends of the picture.
function around(x, y) {
  const last = x.length - 1;
  return [[x[last] - TURN, ...x, x[0] + TURN], [y[last], ...y, y[0]]];
}

function makePanel(panel, explorer) {
  const { spec } = explorer;
  const axes = { x: panel.x, left: panel.y };
  if (panel.right) axes.right = panel.right;
  const plot = make("div", { class: "fbkit-plot" });
  const sides = [panel.y, panel.right].filter(Boolean);
  const above = sides.map((axis) => make("span", {}, axis.label));
  const root = make("section", { class: "fbkit-panel", "aria-label": panel.title },
    make("div", { class: "fbkit-name" }, panel.title), legend(panel),
    make("div", { class: "fbkit-above" }, ...above), plot);
  const answers = panel.marks.every((mark) => mark.answer);
  const later = `appears with ${spec.question?.looks ? "your answer" : "Play"}`;
  if (answers) plot.append(make("div", { class: "fbkit-later" }, later));
  const color = (name) =>
    getComputedStyle(explorer.root).getPropertyValue(`--${name}`).trim();
  let chart = null;
  let handles = [];

  // What is still to come is not drawn; guides are, and what theory says of it.
  const whole = (mark) => !panel.time || mark.answer || mark.kind === "segments";
  const last = (mark) => (whole(mark) ? Infinity : explorer.clock());
  const shown = () => panel.marks.filter((mark) => explorer.begun() || !mark.answer);
  const arrayOf = (name) => explorer.frame?.arrays[name] ?? [];

  // The array behind x, y, z, ... of a mark, at the chosen moment if it moves.
  function read(mark, key) {
    const array = arrayOf(mark[key]);
    const time = explorer.time();
    const moves = mark.moving && key === (mark.kind === "heat" ? "z" : "y");
    if (!moves || !time) return array;
    const size = array.length / time.length;
    return between(array, size, explorer.moment(), axes[mark.axis].log);
  }

  // Of all moments and all marks, so that nothing jumps while time runs.
  function scaleOf(which) {
    const arrays = [];
    for (const mark of panel.marks) {
      const keys = which === "x" ? ["x", "x2"] : mark.axis === which ? ["y", "y2"] : [];
      for (const key of keys) if (mark[key]) arrays.push(arrayOf(mark[key]));
      if (mark.drag && mark.axis === which) arrays.push(explorer.values[mark.drag]);
    }
    return limits(axes[which], arrays);
  }

  // How much narrower bars must be to stand beside each other.
  function shrink(u) {
    const bars = panel.marks.filter((mark) => mark.kind === "stem");
    const widest = Math.max(...bars.map((mark) => mark.width));
    const room = bars.map((mark) => {
      const x = arrayOf(mark.x);
      return x.length > 1 ? u.valToPos(x[1], "x") - u.valToPos(x[0], "x") : Infinity;
    });
    return Math.min(1, (0.8 * Math.min(...room)) / widest);
  }

  function paintMark(u, mark, style) {
    // Time 0 stands at the edge of a logarithmic axis.
    const edge = (v) => (axes.x.log && v === 0 ? axes.x.low ?? u.scales.x.min : v);
    const across = (array) => Array.from(array, (v) => u.valToPos(edge(v), "x", true));
    const up = (array) => Array.from(array, (v) => u.valToPos(v, mark.axis, true));
    let x = read(mark, "x");
    let y = mark.drag ? explorer.values[mark.drag] : read(mark, "y");
    if (panel.x.pi && mark.kind === "line" && x.length) [x, y] = around(x, y);
    if (mark.kind === "heat") style.z = read(mark, "z");
    if (mark.x2) style.x2 = across(read(mark, "x2"));
    if (mark.y2) style.y2 = up(read(mark, "y2"));
    draw[mark.kind](u.ctx, across(x), up(y), style);
  }

  function paint(u) {
    const pen = u.ctx;
    const box = u.bbox;
    const unit = devicePixelRatio;
    const time = explorer.time();
    const right = box.left + box.width;
    const bottom = box.top + box.height;
    const at = panel.time && time ? u.valToPos(explorer.clock(), "x", true) : right;
    const now = clamp(at, box.left, right); // time 0 of a logarithmic axis is its edge
    const narrow = shrink(u);
    for (const mark of shown()) {
      const zero = clamp(u.valToPos(0, mark.axis, true) || 0, box.top, bottom);
      const floor = axes[mark.axis].log ? bottom : zero;
      const style = { mark, unit, floor, shrink: narrow, color: color(mark.color) };
      pen.save();
      pen.beginPath();
      pen.rect(box.left, box.top, (whole(mark) ? right : now) - box.left, box.height);
      pen.clip();
      paintMark(u, mark, style);
      pen.restore();
    }
    if (!panel.time || !time) return;
    const line = { mark: { width: 1.5, dash: true }, unit, color: color("ink") };
    pen.save();
    draw.segments(pen, [now], [box.top], { ...line, x2: [now], y2: [bottom] });
    pen.restore();
  }

  function axisOptions(which, side) {
    const below = which === "x";
    const names = (u) => (below ? u.width / 26 : u.height / 16);
    const numbers = (u) => Math.max(below ? 4 : 3, below ? u.width / 75 : u.height / 40);
    const room = (u) => (axes[which].names.length ? names(u) : numbers(u));
    return {
      scale: which, side, gap: 3, size: below ? 26 : 46, font: FONT, labelFont: FONT,
      ...(below ? { label: axes.x.label, labelSize: 18, labelGap: 0 } : {}),
      stroke: () => color("soft"),
      grid: { show: which !== "right", stroke: () => color("rule"), width: 1 },
      ticks: { stroke: () => color("rule"), size: 4 },
      splits: (u, i, low, high) => ticks(axes[which], low, high, room(u)),
      filter: (u, places) => places,
      values: (u, places) => ticksAsWords(axes[which], places),
    };
  }

  const size = () => ({ width: plot.clientWidth, height: plot.clientHeight });

  function build() {
    const names = Object.keys(axes);
    const distr = (which) => (axes[which].log ? 3 : 1);
    const scale = (which) =>
      ({ distr: distr(which), time: false, range: () => scaleOf(which) });
    const sides = names.slice(1);
    const series = (scale) => ({ scale, paths: () => null, points: { show: false } });
    const options = {
      ...size(), legend: { show: false }, cursor: { show: false },
      padding: [8, panel.right ? 0 : 12, 0, 0],
      scales: Object.fromEntries(names.map((which) => [which, scale(which)])),
      axes: names.map((which) => axisOptions(which, SIDES[which])),
      series: [{}, ...sides.map(series)],
      hooks: { draw: [paint], ready: [placeHandles], setSize: [placeHandles] },
    };
    chart = new uPlot(options, [[0, 1], ...sides.map(() => [0, 1])], plot);
    const words = `${panel.title}: its numbers are in the summary and the table below`;
    chart.ctx.canvas.setAttribute("role", "img");
    chart.ctx.canvas.setAttribute("aria-label", words);
    for (const mark of panel.marks.filter((one) => one.drag))
      explorer.values[mark.drag].forEach((_, index) => addHandle(mark, index));
    placeHandles(chart);
  }

  function addHandle(mark, index) {
    const top = () => chart.over.getBoundingClientRect().top;
    const toValue = (event) => chart.posToVal(event.clientY - top(), mark.axis);
    const node = makeHandle(explorer, mark, index, toValue);
    chart.over.append(node);
    handles.push({ node, mark, index });
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

  function update() {
    root.toggleAttribute("data-begun", explorer.begun());
    if (!chart) return;
    chart.setData(chart.data); // asks for the limits again, then paints
    queueMicrotask(() => placeHandles(chart));
  }

  const observer = new ResizeObserver(() => {
    if (!plot.clientWidth) return;
    if (chart) chart.setSize(size());
    else build();
    update();
  });
  observer.observe(plot);

  function stop() {
    observer.disconnect();
    chart?.destroy();
  }
  return { root, update, stop, rows: () => tables(panel, shown(), read, last) };
}

const KEYS = {
  ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 5, PageDown: -5,
};

// A handle moves one entry of an array parameter: by pointer, or by Tab and arrow keys.
function makeHandle(explorer, mark, index, toValue) {
  const param = explorer.spec.params[mark.drag];
  const now = () => explorer.values[mark.drag][index];
  function move(value) {
    const values = [...explorer.values[mark.drag]];
    const stepped = Math.round(value / param.step) * param.step;
    values[index] = Number(clamp(stepped, param.low, param.high).toFixed(6));
    if (!same(values, explorer.values[mark.drag])) explorer.set(mark.drag, values);
  }
  function press(event) {
    const steps = KEYS[event.key];
    if (steps) move(now() + steps * param.step);
    else if (event.key === "Home") move(param.low);
    else if (event.key === "End") move(param.high);
    else return;
    event.preventDefault();
  }
  const node = make("div", {
    class: "fbkit-handle", style: `--c: var(--${mark.color})`, tabindex: 0,
    role: "slider", "aria-orientation": "vertical",
    "aria-label": `${param.label}, ${param.names[index]}`,
    "aria-valuemin": param.low, "aria-valuemax": param.high,
    onpointerdown(event) {
      node.setPointerCapture(event.pointerId);
      event.preventDefault();
      node.focus();
    },
    onpointermove(event) {
      if (node.hasPointerCapture(event.pointerId)) move(toValue(event));
    },
    onkeydown: press,
  });
  return node;
}

function legend(panel) {
  const box = make("div", { class: "fbkit-legend" });
  for (const mark of panel.marks.filter((one) => one.label)) {
    const looks = [mark.drag ? "handle" : mark.kind];
    if (mark.dash) looks.push("dash");
    if (mark.hollow) looks.push("hollow");
    const ramp = `background: linear-gradient(90deg, ${RAMP})`;
    const style = mark.kind === "heat" ? ramp : `--c: var(--${mark.color})`;
    const entry = { class: mark.answer ? "fbkit-answer" : "" };
    const sign = make("i", { class: looks.join(" "), style });
    box.append(make("span", entry, sign, mark.label));
  }
  return box;
}

// ---- the numbers behind the picture -------------------------------------------------

const MOST_ROWS = 40;

function columnsOf(panel, mark, read, until) {
  const last = until(mark);
  if (mark.kind !== "heat") {
    const y = read(mark, "y");
    return [{ label: mark.label || mark.y, last, at: (i) => y[i] }];
  }
  const ys = Array.from(read(mark, "y"));
  const z = read(mark, "z");
  return ys.map((y, j) => ({
    label: `${panel.y.label} ${panel.y.names[y] ?? say(y)}`,
    last,
    at: (i) => z[i * ys.length + j],
  }));
}

// One table for each x array of a panel: rows of [x, y of each mark that shares it],
// each column up to its last x.
function tables(panel, marks, read, until) {
  const groups = new Map();
  for (const mark of marks) {
    if (mark.drag) continue;
    if (!groups.has(mark.x)) groups.set(mark.x, { mark, columns: [] });
    groups.get(mark.x).columns.push(...columnsOf(panel, mark, read, until));
  }
  return [...groups.values()].flatMap(({ mark, columns }) => {
    const x = Array.from(read(mark, "x"));
    if (!x.length) return [];
    const stride = Math.ceil(x.length / MOST_ROWS);
    const kept = [...x.keys()].filter((i) => i % stride === 0 || i === x.length - 1);
    const last = Math.max(...columns.map((column) => column.last));
    const cell = (column, i) => (x[i] <= column.last ? say(column.at(i)) : "");
    const cut = stride > 1 ? ` (1 in ${stride} of ${x.length} points)` : "";
    return [{
      caption: panel.title + cut,
      head: [panel.x.label, ...columns.map((column) => column.label)],
      rows: kept.filter((i) => x[i] <= last).map((i) => [
        panel.x.names[x[i]] ?? say(x[i]),
        ...columns.map((column) => cell(column, i)),
      ]),
    }];
  });
}

function makeTable({ caption, head, rows }) {
  const cells = (tag, words, attributes) =>
    make("tr", {}, ...words.map((word) => make(tag, attributes, word)));
  return make("table", {},
    make("caption", {}, caption),
    make("thead", {}, cells("th", head, { scope: "col" })),
    make("tbody", {}, ...rows.map((row) => cells("td", row))));
}
