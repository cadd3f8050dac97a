// Small helpers of the front end: nodes, numbers as words, the page's colours.

const FOCUSABLE = ["input", "select", "button", "summary"];

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  // Where JupyterLab must not take the arrow keys.
  if (FOCUSABLE.includes(tag) || "tabindex" in attributes)
    node.setAttribute("data-lm-suppress-shortcuts", "true");
  node.append(...children);
  return node;
}

function button(text, act, attributes = {}) {
  return make("button", { type: "button", onclick: act, ...attributes }, text);
}

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const nextFrame = () => new Promise((done) => requestAnimationFrame(done));
const stillPlease = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function nearest(steps, value) {
  const far = (step) => Math.abs(step - value);
  return steps.reduce((best, step, i) => (far(step) < far(steps[best]) ? i : best), 0);
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function powerOfTen(power) {
  const digits = String(Math.abs(power)).replace(/\d/g, (digit) => RAISED[digit]);
  return `10${power < 0 ? "⁻" : ""}${digits}`;
}

// A number as a reader expects it: 0.25, −3, 10⁵, 2.4 × 10⁻⁶.
function say(value) {
  const size = Math.abs(value);
  const plain = size === 0 || (size >= 1e-3 && size < 1e5);
  const digits = size >= 1000 ? 6 : 3;
  const text = String(Number(value.toPrecision(digits)));
  if (plain || !Number.isFinite(value)) return text.replace("-", "−");
  const [factor, power] = Number(value.toPrecision(3)).toExponential().split("e");
  const front = { 1: "", "-1": "−" }[factor] ?? `${factor.replace("-", "−")} × `;
  return front + powerOfTen(Number(power));
}

// The numbers at an axis, all in one notation.
function tickLabels(values) {
  const sizes = values.map(Math.abs);
  const far = Math.max(...sizes) >= 1e4 || Math.min(...sizes) < 1e-2;
  const power = (v) => Math.round(Math.log10(v));
  const decades = values.every((v) => v > 0 && Math.abs(v / 10 ** power(v) - 1) < 1e-9);
  return values.map((v) => (decades && far ? powerOfTen(power(v)) : say(v)));
}

function darkScheme() {
  const theme = document.documentElement.dataset.theme; // of the site
  if (theme === "dark" || theme === "light") return theme === "dark";
  const lab = document.body.dataset.jpThemeLight; // of JupyterLab
  if (lab) return lab === "false";
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

function onSchemeChange(act) {
  const media = matchMedia("(prefers-color-scheme: dark)");
  const observer = new MutationObserver(act);
  const attributeFilter = ["data-theme", "data-jp-theme-light"];
  for (const node of [document.documentElement, document.body])
    observer.observe(node, { attributes: true, attributeFilter });
  media.addEventListener("change", act);
  return () => {
    observer.disconnect();
    media.removeEventListener("change", act);
  };
}
