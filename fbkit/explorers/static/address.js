// An explorer's state in the address: #name.param=value&name.moment=12. A hash without
// such a key is somebody else's.

const encode = (value) => (Array.isArray(value) ? value.join(",") : String(value));

// The value of a parameter that a link asks for, and a sentence if it is another.
function readNumbers(name, param, text, options) {
  const numbers = text.split(",").map(Number);
  const count = [param.default].flat().length;
  if (numbers.length !== count || !text.trim() || !numbers.every(Number.isFinite)) {
    const wanted = count === 1 ? "a number" : `${count} numbers`;
    return { note:
      `The link sets ${name} to ${text}; expected ${wanted}, so it stays as it was.` };
  }
  const inside = (v) => v >= param.low && v <= param.high;
  let kept = numbers.map(
    (v) => clamp(param.whole ? Math.round(v) : v, param.low, param.high));
  if (options) kept = kept.map((v) => options[nearest(options, v)]);
  const value = param.kind === "array" ? kept : kept[0];
  if (same(kept, numbers)) return { value };
  const why = numbers.every(inside)
    ? "which is between the steps on offer" : "out of range";
  const note = `The link asks for ${name} = ${text}, ${why}: set to ${encode(kept)}.`;
  return { value, note };
}

function readOne(spec, name, text, choices) {
  if (!Object.hasOwn(spec.params, name))
    return { note: `The link sets ${name}, which this explorer does not have.` };
  const param = spec.params[name];
  const options = choices(name);
  if (param.kind !== "choice") return readNumbers(name, param, text, options);
  if (options.includes(text)) return { value: text };
  return { note:
    `The link sets ${name} to ${text}, which is not on offer; it stays as it was.` };
}

// What the address says about this explorer, or null: values within bounds, a sentence
// on each that was not, and the moment.
function readHash(spec, choices) {
  const prefix = `${spec.name}.`;
  const entries = [...new URLSearchParams(location.hash.slice(1))];
  const own = entries.filter(([key]) => key.startsWith(prefix));
  if (!own.length) return null;
  const link = { values: {}, moment: null, note: "" };
  const notes = [];
  for (const [key, text] of own) {
    const name = key.slice(prefix.length);
    if (name === "moment" && Number(text) >= 0) {
      link.moment = Number(text);
      continue;
    }
    const { value, note } = readOne(spec, name, text, choices);
    if (value !== undefined) link.values[name] = value;
    if (note) notes.push(note);
  }
  link.note = notes.join(" ");
  return link;
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
