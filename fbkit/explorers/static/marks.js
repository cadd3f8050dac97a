// Axes, and what is drawn over them: a mark draws itself from pixel positions.

// ---- axes ---------------------------------------------------------------------------

const QUARTERS = [[-1, "−π"], [-0.5, "−π/2"], [0, "0"], [0.5, "π/2"], [1, "π"]];

function niceStep(span, count) {
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 5, 10].find((m) => m * power >= rough * 0.999);
}

function logTicks(low, high, count) {
  const decades = Math.log10(high / low);
  const stride = Math.max(1, Math.ceil(decades / count));
  const within = decades > 1.6 ? [1] : [1, 2, 5];
  const found = [];
  const last = Math.ceil(Math.log10(high));
  for (let power = Math.floor(Math.log10(low)); power <= last; power++)
    for (const m of within) {
      const value = Number((m * 10 ** power).toPrecision(3));
      const inside = value >= low * 0.999 && value <= high * 1.001;
      if (power % stride === 0 && inside) found.push(value);
    }
  return found;
}

function evenTicks(low, high, count) {
  const step = niceStep(high - low, count);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++)
    found.push(Number((i * step).toPrecision(12)));
  return found;
}

// As many names as `count`, evenly far apart.
function nameTicks(names, count) {
  const named = [...names.keys()].filter((i) => names[i]);
  const stride = Math.ceil(named.length / count);
  return named.filter((_, i) => i % stride === 0);
}

function ticks(axis, low, high, count) {
  if (axis.pi) return QUARTERS.map(([at]) => at * Math.PI);
  if (axis.names.length) return nameTicks(axis.names, count);
  return axis.log ? logTicks(low, high, count) : evenTicks(low, high, count);
}

function ticksAsWords(axis, places) {
  if (axis.pi) return QUARTERS.map(([, words]) => words);
  if (axis.names.length) return places.map((at) => axis.names[at]);
  return tickLabels(places);
}

function extent(arrays, log) {
  let low = Infinity;
  let high = -Infinity;
  for (const array of arrays)
    for (const value of array)
      if (Number.isFinite(value) && (!log || value > 0)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
  if (low <= high) return [low, high];
  return log ? [0.1, 10] : [0, 1];
}

// Limits of an axis from its own settings and the arrays on it, snapped outward so that
// a running picture stays calm.
function limits(axis, arrays) {
  let [low, high] = extent(arrays, axis.log);
  if (axis.log) [low, high] = [low / 1.25, high * 1.25];
  else if (low === high) [low, high] = [low - 1, high + 1];
  if (!axis.log && (axis.low == null || axis.high == null)) {
    const step = niceStep(high - low, 8);
    low = Math.floor(low / step) * step;
    high = Math.ceil(high / step) * step;
  }
  return [axis.low ?? low, axis.high ?? high];
}

// ---- marks --------------------------------------------------------------------------

const RAMP = ["#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89",
  "#35b779", "#6ece58", "#b5de2b", "#fde725"];
const SHADES = Array.from({ length: 128 }, (_, i) => {
  const at = (i / 127) * (RAMP.length - 1);
  const left = Math.min(RAMP.length - 2, Math.floor(at));
  const channel = (color, j) => parseInt(color.slice(j, j + 2), 16);
  const mix = (j) => {
    const from = channel(RAMP[left], j);
    return Math.round(from + (channel(RAMP[left + 1], j) - from) * (at - left));
  };
  return `rgb(${mix(1)},${mix(3)},${mix(5)})`;
});

// Borders between neighbouring centres, the outer cells as wide as their inner halves.
function borders(centres) {
  const n = centres.length;
  const edges = new Array(n + 1);
  for (let i = 1; i < n; i++) edges[i] = (centres[i - 1] + centres[i]) / 2;
  edges[0] = n > 1 ? 2 * centres[0] - edges[1] : centres[0] - 4;
  edges[n] = n > 1 ? 2 * centres[n - 1] - edges[n - 1] : centres[0] + 4;
  return edges;
}

function startPath(pen, { mark, color, unit }) {
  pen.strokeStyle = color;
  pen.lineWidth = mark.width * unit;
  pen.setLineDash(mark.dash ? [6 * unit, 4 * unit] : []);
  pen.beginPath();
}

const draw = {
  line(pen, x, y, style) {
    startPath(pen, style);
    let lifted = true;
    for (let i = 0; i < x.length; i++) {
      const there = Number.isFinite(y[i]);
      if (there) pen[lifted ? "moveTo" : "lineTo"](x[i], y[i]);
      lifted = !there;
    }
    pen.stroke();
  },
  segments(pen, x, y, style) {
    startPath(pen, style);
    for (let i = 0; i < x.length; i++) {
      pen.moveTo(x[i], y[i]);
      pen.lineTo(style.x2[i], style.y2[i]);
    }
    pen.stroke();
  },
  stem(pen, x, y, { mark, color, unit, floor, shrink }) {
    const wide = mark.width * shrink * unit;
    pen.fillStyle = color;
    pen.globalAlpha = mark.hollow ? 0.38 : 1;
    for (let i = 0; i < x.length; i++)
      if (Number.isFinite(y[i])) {
        const top = Math.min(y[i], floor);
        pen.fillRect(x[i] - wide / 2, top, wide, Math.abs(floor - y[i]));
      }
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
  heat(pen, x, y, { mark, z }) {
    const across = borders(x).map(Math.round);
    const down = borders(y).map(Math.round);
    const scale = (SHADES.length - 1) / (mark.high - mark.low);
    for (let i = 0; i < x.length; i++)
      for (let j = 0; j < y.length; j++) {
        const value = z[i * y.length + j];
        if (!Number.isFinite(value)) continue;
        const shade = clamp((value - mark.low) * scale, 0, SHADES.length - 1);
        pen.fillStyle = SHADES[Math.round(shade)];
        const wide = across[i + 1] - across[i];
        pen.fillRect(across[i], down[j], wide, down[j + 1] - down[j]);
      }
  },
};
