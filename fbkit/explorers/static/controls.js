// The controls of the settings, and the question that a reader answers before the run.

function labelled(label, input, output = "") {
  const words = make("span", {}, label, output && " ", output);
  return make("label", { class: "fbkit-control" }, words, input);
}

// A section that opens: its words, and what is in it.
function fold(words, ...inside) {
  return make("details", {}, make("summary", {}, words), ...inside);
}

// The values that a slider steps over: given, or the presets of a table, or 200 even
// (log: geometric) steps, one of which is moved to the value at the start.
function ladder(param, presets, start) {
  if (presets) return presets;
  if (param.values.length)
    return [...new Set([...param.values, start])].sort((a, b) => a - b);
  const { low, high, log, whole } = param;
  const parts = whole ? Math.min(200, high - low) : 200;
  const steps = Array.from({ length: parts + 1 }, (_, i) => {
    const at = i / parts;
    const value = log ? low * (high / low) ** at : low + (high - low) * at;
    return Number((whole ? Math.round(value) : value).toPrecision(6));
  });
  steps[nearest(steps, start)] = start;
  return steps;
}

function makeChoice(param, presets, change) {
  const option = (key) => make("option", { value: key }, param.options[key]);
  const options = (presets ?? Object.keys(param.options)).map(option);
  const input = make("select", { onchange: () => change(input.value) }, ...options);
  const set = (value) => { input.value = value; };
  return { root: labelled(param.label, input), set };
}

function makeEntry(param, change) {
  const input = make("input", {
    type: "number", min: param.low, max: param.high, step: param.whole ? 1 : "any",
    onchange: () => change(Number(input.value)),
  });
  const set = (value) => { input.value = value; };
  return { root: labelled(param.label, input), set };
}

function makeSlider(param, presets, start, change) {
  const steps = ladder(param, presets, start);
  const output = make("b", { class: "fbkit-value" });
  const input = make("input", {
    type: "range", min: 0, max: steps.length - 1, step: 1,
    oninput() {
      tell(steps[input.value]);
      change(steps[input.value]);
    },
  });
  function tell(value) {
    output.textContent = say(value) + (param.unit ? ` ${param.unit}` : "");
    input.setAttribute("aria-valuetext", output.textContent);
  }
  function set(value) {
    input.value = nearest(steps, value);
    tell(value);
  }
  return { root: labelled(param.label, input, output), set };
}

function makeControl(param, presets, start, change) {
  if (param.kind === "choice") return makeChoice(param, presets, change);
  if (param.entry) return makeEntry(param, change);
  return makeSlider(param, presets, start, change);
}

// The settings that an engine offers by name.
function makePresets(spec, choose) {
  const names = Object.keys(spec.presets);
  const own = make("option", { value: "", hidden: true }, "your own");
  const options = names.map((name) => make("option", { value: name }, name));
  const input = make("select", { onchange: () => choose(whole(input.value)) },
    ...options, own);
  const whole = (name) => Object.fromEntries(Object.entries(spec.params).map(
    ([key, param]) => [key, spec.presets[name][key] ?? param.default]));
  function set(values) {
    input.value = names.find((name) => same(whole(name), values)) ?? "";
  }
  return { root: labelled("Setting", input), set };
}

// ---- the question -------------------------------------------------------------------

// What a reader said is kept in this browser, and nowhere else.
function remember(act) {
  try {
    return act(localStorage);
  } catch (refused) {
    return null; // storage may be forbidden
  }
}

// Buttons for the choices: one stop for Tab, the arrow keys move between them. The
// click is the prediction, and starts the run.
function makeQuestion({ name, question }, answered, link) {
  const place = `fbkit.said.${name}`;
  const keys = Object.keys(question.choices);
  const buttons = keys.map((key) => button(question.choices[key], () => say(key)));
  const verdict = make("p", { class: "fbkit-verdict", role: "status" });
  const copy = button("Copy my result", copyResult);
  const id = `fbkit-${name}-asks`;
  const row = make("div",
    { class: "fbkit-choices", role: "toolbar", "aria-labelledby": id, onkeydown: move },
    ...buttons);
  const root = make("div", { class: "fbkit-question" },
    make("b", { id }, question.ask), row);
  const outcome = make("div", { class: "fbkit-outcome", hidden: true }, verdict, copy);
  let choice = remember((storage) => storage.getItem(place));

  // The one button that Tab stops at.
  function stopAt(at) {
    buttons.forEach((one, i) => { one.tabIndex = i === at ? 0 : -1; });
  }

  function press() {
    buttons.forEach((one, i) => one.setAttribute("aria-pressed", keys[i] === choice));
    stopAt(Math.max(0, keys.indexOf(choice)));
  }

  function say(key) {
    choice = key;
    remember((storage) => storage.setItem(place, key));
    press();
    show(null);
    answered();
  }

  function move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = buttons.indexOf(document.activeElement) + step + keys.length;
    stopAt(at % keys.length);
    buttons[at % keys.length].focus();
    event.preventDefault();
  }

  // The verdicts of a run that has come to its end, a sentence for each choice.
  function show(verdicts) {
    const words = verdicts && keys.includes(choice) ? verdicts[choice] : "";
    if (verdict.textContent !== words) verdict.textContent = words;
    outcome.hidden = !words;
  }

  async function copyResult() {
    const mine = verdict.textContent.replace(/^You /, "I ");
    const text = `${question.ask} ${mine} ${link()}`;
    copy.textContent = (await copied(text)) ? "Copied" : text;
  }

  function reset() {
    choice = null;
    remember((storage) => storage.removeItem(place));
    copy.textContent = "Copy my result";
    press();
    show(null);
  }

  const waits = () => question.looks && choice === null;

  press();
  return { root, outcome, show, reset, waits };
}

const copied = (text) =>
  navigator.clipboard?.writeText(text).then(() => true, () => false);
