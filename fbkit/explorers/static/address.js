// An explorer's state in the address: #name.param=value&name.moment=12. A hash without
// such a key is somebody else's.

const MOMENT = { kind: "number", default: 0, low: 0, high: Number.MAX_VALUE };
const FEW = 3; // sentences about one link
const encode = (value) => (Array.isArray(value) ? value.join(",") : String(value));
const brief = (text) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

// The value of a parameter that a link asks for, and a sentence if it is another.
function readNumbers(name, param, text, options) {
  const words = text.split(","), numbers = words.map(Number);
  const count = [param.default].flat().length;
  const whole = numbers.length === count && words.every((word) => word.trim());
  if (!whole || !numbers.every(Number.isFinite)) {
    const wanted = count === 1 ? "a number" : `${count} numbers`;
    return { note: `The link sets ${name} to ${brief(text)}; expected ${wanted}, so it`
      + " stays as it was." };
  }
  const inside = (v) => v >= param.low && v <= param.high;
  let kept = numbers.map(
    (v) => clamp(param.whole ? Math.round(v) : v, param.low, param.high));
  if (options) kept = kept.map((v) => options[nearest(options, v)]);
  const value = param.kind === "array" ? kept : kept[0];
  if (same(kept, numbers)) return { value };
  const why = numbers.every(inside)
    ? "which is between the steps on offer" : "out of range";
  const asked = `The link asks for ${name} = ${brief(text)}, ${why}`;
  return { value, note: `${asked}: set to ${encode(kept)}.` };
}

function readOne(params, name, text, choices) {
  if (!Object.hasOwn(params, name))
    return { note: `The link sets ${brief(name)}, which this explorer does not have.` };
  const options = name === "moment" ? null : choices(name);
  if (params[name].kind !== "choice")
    return readNumbers(name, params[name], text, options);
  if (options.includes(text)) return { value: text };
  return { note: `The link sets ${name} to ${brief(text)}, which is not on offer; it`
    + " stays as it was." };
}

// What the address says about this explorer, or null: values within bounds, a few
// sentences on those that were not, and the moment.
function readHash(spec, choices) {
  const prefix = `${spec.name}.`;
  const entries = [...new URLSearchParams(location.hash.slice(1))];
  const own = entries.filter(([key]) => key.startsWith(prefix));
  if (!own.length) return null;
  const params = { ...spec.params, moment: MOMENT };
  const found = {}, notes = [];
  for (const [key, text] of own) {
    const name = key.slice(prefix.length);
    const { value, note } = readOne(params, name, text, choices);
    if (value !== undefined) found[name] = value;
    if (note) notes.push(note);
  }
  if (notes.length > FEW) notes.splice(FEW, Infinity, `${notes.length - FEW} more.`);
  const { moment = null, ...values } = found;
  return { values, moment, note: notes.join(" ") };
}

function writeHash(spec, start, values, moment = 0) {
  const prefix = `${spec.name}.`;
  const parts = location.hash.slice(1).split("&");
  const others = parts.filter((part) => part.includes("=") && !part.startsWith(prefix));
  const own = Object.keys(spec.params)
    .filter((key) => !same(values[key], start[key]))
    .map((key) => `${prefix}${key}=${encode(values[key])}`);
  if (moment) own.push(`${prefix}moment=${Number(moment.toFixed(2))}`);
  const hash = [...others, ...own].join("&");
  // The hash of a place on the page stays unless there is something to say.
  if (!hash && !location.hash.includes("=")) return;
  const plain = location.pathname + location.search;
  history.replaceState(history.state, "", hash ? `#${hash}` : plain);
}
