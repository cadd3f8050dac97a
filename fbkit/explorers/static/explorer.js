// The explorer: a source's frames, drawn by panels, with a player and settings. This
// file comes last; `CSS` and `engines` stand before it (see fbkit/explorers/widget.py).

const SWEEP = 7000; // milliseconds that Play takes from the first moment to the last
const FAST = 10; // what the speed button multiplies by
const PLAY = stillPlease() ? "▶ Play (a step)" : "▶ Play";
const NOT_YET = "Press Play: what comes out stands here.";
const NOT_SAID = "Answer first: what comes out stands here.";

// The values at the start, in the order of the parameters, which a notebook's file does
// not keep; a page's table knows its presets only.
function startValues(spec, model, table) {
  const given = model.get("values");
  const names = Object.keys(spec.params);
  const start = Object.fromEntries(names.map((name) => [name, given[name]]));
  for (const [name, steps] of Object.entries(table ? spec.presets : {}))
    if (!steps.includes(start[name])) start[name] = steps[nearest(steps, start[name])];
  return start;
}

function addStyle() {
  if (!CSS || document.getElementById("fbkit-style")) return;
  document.head.append(make("style", { id: "fbkit-style" }, CSS));
}

function render({ model, el }) {
  const spec = JSON.parse(model.get("spec"));
  const stored = model.get("table");
  const table = stored && stored.data ? stored : null;
  const source = spec.engine ? engineSource(spec)
    : table ? tableSource(spec, table) : kernelSource(model);
  const start = startValues(spec, model, table);
  const timeAxis = spec.panels.find((panel) => panel.time)?.x;
  const plays = Boolean(spec.still || spec.time); // a closed form has nothing to play
  addStyle();

  let moment = 0; // of the time axis; between two recorded ones while time runs
  let begun = !plays; // whether anything has been played since the start
  let runs = 0; // so that a new run ends the one before
  let arriving = false; // at the moment that a link asks for
  let [playing, fast, busy, stopped] = [false, false, false, false];
  let [linkNote, hashTimer, lastTable] = ["", 0, 0];
  const dirty = new Set();

  const root = make("div", {
    class: "fbkit", "data-explorer": spec.name, "data-panels": spec.panels.length,
    role: "group", "aria-label": spec.title,
  });
  const explorer = {
    spec, root, set, clock, values: { ...start }, frame: null,
    time: () => (spec.time ? explorer.frame?.arrays[spec.time] : null),
    moment: () => moment,
    begun: () => told(),
  };

  // ---- the page's parts -------------------------------------------------------------

  const panels = spec.panels.map((panel) => makePanel(panel, explorer));
  const note = make("p", { class: "fbkit-note", role: "status" });
  const summary = make("p", { class: "fbkit-summary", "aria-live": "polite" });
  const numbers = make("div", { class: "fbkit-tables", tabindex: 0, role: "region",
    "aria-label": `Numbers of ${spec.title}` });
  const ready = (act) => () => explorer.frame && act();
  const play = button(PLAY, ready(() => (playing ? pause() : startPlaying())),
    { class: "fbkit-play" });
  const step = button("Step", ready(() => { pause(); advance(); }));
  const toEnd = button("To the end", ready(runToEnd));
  const speed = button(`×${FAST}`, () => setSpeed(!fast),
    { "aria-label": `${FAST} times as fast` });
  const reset = button("Reset", restart);
  const copy = button("Copy link", copyLink);
  const scrub = make("input", { type: "range", min: 0, max: 0, step: 1, oninput() {
    pause();
    goTo(Number(scrub.value));
  } });
  const clockWords = make("b", { class: "fbkit-value" });
  const player = make("div", { class: "fbkit-player" });
  if (plays) player.append(play, step, toEnd, speed);
  player.append(reset);
  if (spec.site) player.append(copy);
  if (spec.time) player.append(labelled("Moment", scrub, clockWords));
  const question = spec.question
    ? makeQuestion(spec, predicted, () => location.href.split("#")[0]) : null;

  const knobs = {};
  const bar = make("div", { class: "fbkit-controls" });
  const presets = spec.engine ? makePresets(spec, choose) : null;
  if (presets) bar.append(presets.root);
  for (const [name, param] of Object.entries(spec.params)) {
    if (param.kind === "array") continue; // dragged on the picture
    const steps = table ? spec.presets[name] : null;
    knobs[name] = makeControl(param, steps, start[name], (value) => set(name, value));
    bar.append(knobs[name].root);
  }
  const settings = fold("Change the experiment", bar);
  settings.className = "fbkit-settings";
  settings.open = !plays && panels.length < 4; // nothing to play, and room for it

  root.append(
    make("div", { class: "fbkit-title" }, spec.title),
    ...(question ? [question.root] : []),
    make("div", { class: "fbkit-body" },
      make("div", { class: "fbkit-deck" },
        note, ...(question ? [question.outcome] : []), player),
      make("p", { class: "fbkit-hint" }, spec.hint),
      make("div", { class: "fbkit-panels" }, ...panels.map((panel) => panel.root)),
      summary,
      make("div", { class: "fbkit-folds" }, settings,
        fold("The numbers behind the picture", numbers),
        fold("What is computed", make("p", { class: "fbkit-about" }, spec.about)))));
  el.append(root);

  // ---- changing the settings --------------------------------------------------------

  function set(name, value) {
    const param = spec.params[name];
    linkNote = "";
    if (param.kind === "number") {
      const asked = Number.isFinite(value) ? value : explorer.values[name];
      value = clamp(param.whole ? Math.round(asked) : asked, param.low, param.high);
      if (value !== asked) {
        const bounds = `from ${say(param.low)} to ${say(param.high)}`;
        linkNote = `${param.label} goes ${bounds}: set to ${say(value)}.`;
      }
    }
    assign({ [name]: value });
  }

  function choose(values) {
    linkNote = "";
    assign(values);
  }

  // Sets what differs; an engine starts again unless all of it is live.
  function assign(values, opening = false) {
    const names = Object.keys(values).filter(
      (name) => !same(values[name], explorer.values[name]));
    explorer.values = { ...explorer.values, ...values };
    syncControls();
    if (names.some((name) => !spec.params[name].live)) {
      pause();
      if (spec.still) begun = false;
    }
    for (const name of names) dirty.add(name);
    redraw();
    if (dirty.size) refresh();
    clearTimeout(hashTimer);
    if (spec.site && !opening)
      hashTimer = setTimeout(() => writeHash(spec, start, explorer.values), 300);
  }

  function syncControls() {
    for (const [name, knob] of Object.entries(knobs)) knob.set(explorer.values[name]);
    presets?.set(explorer.values);
  }

  // ---- asking the source: one question at a time, the newest wins -------------------

  async function asking(work) {
    busy = true;
    const slow = setTimeout(() => { note.textContent = "Computing…"; }, 400);
    try {
      await work();
    } catch (error) {
      pause();
      note.textContent = error.message;
    }
    clearTimeout(slow);
    busy = false;
  }

  async function refresh() {
    if (busy || stopped) return;
    await asking(async () => {
      do {
        const names = [...dirty];
        dirty.clear();
        show(await source.change(explorer.values, names));
      } while (dirty.size);
    });
  }

  function show(frame) {
    if (stopped) return;
    explorer.frame = frame;
    if (spec.time) scrub.max = explorer.time().length - 1;
    if (frame.halt) pause();
    for (const one of [play, step, toEnd]) one.disabled = Boolean(frame.halt);
    note.textContent = [linkNote, frame.note].filter(Boolean).join(" ");
    redraw();
  }

  // ---- drawing ----------------------------------------------------------------------

  // The time at the moment; whole where all recorded times are.
  function clock() {
    return between(explorer.time(), 1, moment, timeAxis.log)[0];
  }

  function tellTime() {
    const counts = explorer.time().every(Number.isInteger);
    scrub.value = moment;
    clockWords.textContent = say(counts ? Math.round(clock()) : clock());
    scrub.setAttribute("aria-valuetext", `${timeAxis.label} ${clockWords.textContent}`);
  }

  function redraw() {
    for (const panel of panels) panel.update();
    if (!explorer.frame) return;
    if (spec.time) tellTime();
    if (playing && performance.now() - lastTable < 300) return;
    lastTable = performance.now();
    const said = explorer.frame.summary.replace(/\d[\d.]*e[+-]\d+/g, (x) => say(+x));
    const later = begun ? NOT_SAID : NOT_YET;
    const words = told() ? said.replace(/-(?=\d)/g, "−") : later;
    if (summary.textContent !== words) summary.textContent = words;
    question?.show(begun && atEnd() ? explorer.frame.verdicts : null);
    numbers.replaceChildren(...panels.flatMap((panel) => panel.rows()).map(makeTable));
  }

  function atEnd() {
    if (spec.time) return moment === explorer.time().length - 1;
    return Boolean(explorer.frame.done);
  }

  // Whether answers may be seen: after the start and, where a reader looks before
  // answering, after that answer or at the end.
  const told = () => begun && (!question?.waits() || atEnd());

  // ---- playing: only when asked, only while seen ------------------------------------

  // Goes on by one picture after the other, told the milliseconds that have passed.
  async function run(goOn, enough) {
    const mine = (runs += 1);
    playing = true;
    begun = true;
    play.textContent = "❚❚ Pause";
    summary.setAttribute("aria-live", "off"); // or it would not stop talking
    for (let last = performance.now(); mine === runs && playing && !enough(); ) {
      const now = await nextFrame();
      if (mine === runs && playing && !stopped) await goOn(now - last);
      last = now;
    }
    if (mine === runs) pause();
  }

  function pause() {
    if (!playing) return;
    playing = false;
    play.textContent = PLAY;
    summary.setAttribute("aria-live", "polite");
    redraw();
  }

  function startPlaying(enough = () => false) {
    if (stillPlease()) return advance();
    if (!spec.time) return run(() => train(source.pace() * (fast ? FAST : 1)), enough);
    if (atEnd()) moment = 0;
    return run(glide, atEnd);
  }

  function glide(passed) {
    const last = explorer.time().length - 1;
    moment += ((clamp(passed, 0, 100) * last) / SWEEP) * (fast ? FAST : 1);
    moment = Math.min(moment, last);
    redraw();
  }

  // An engine takes at most so many steps, in so many pictures' time.
  async function train(most, budgets = 1) {
    if (busy) return;
    await asking(async () => show(await source.advance(most, budgets)));
    if (dirty.size) refresh();
  }

  // One press of Step: the next recorded moment, or an engine's stride.
  async function advance() {
    if (spec.time) return goTo(atEnd() ? 0 : Math.floor(moment) + 1);
    begun = true;
    const goal = source.taken() + source.stride();
    for (let seen = -1; seen < source.taken() && source.taken() < goal; ) {
      seen = source.taken();
      await train(goal - seen);
      if (playing) return;
    }
  }

  function goTo(place) {
    if (!spec.time)
      return run(() => train(place - source.taken(), FAST),
        () => source.taken() >= place || explorer.frame.halt);
    begun = true;
    moment = Math.min(place, explorer.time().length - 1);
    redraw();
  }

  function runToEnd() {
    pause();
    if (spec.time) return goTo(Infinity);
    return run(() => train(Infinity, FAST),
      () => explorer.frame.done || explorer.frame.halt);
  }

  function setSpeed(on) {
    fast = on;
    speed.setAttribute("aria-pressed", fast);
  }

  // A reader has said what will come: the run begins anew, for all to see.
  async function predicted() {
    if (begun) rewind();
    if (dirty.size) await refresh();
    if (stillPlease()) runToEnd();
    else startPlaying(() => explorer.frame.done);
  }

  function rewind() {
    pause();
    moment = 0;
    begun = !plays;
    if (spec.still) for (const name of Object.keys(spec.params)) dirty.add(name);
    redraw();
  }

  // Back to what the page showed at first, settings included.
  function restart() {
    rewind();
    setSpeed(false);
    question?.reset();
    choose({ ...start });
  }

  // ---- the world outside ------------------------------------------------------------

  const choices = (name) => { // what a link may set; null: anything within the bounds
    const { kind, options, values } = spec.params[name];
    if (table) return spec.presets[name];
    if (kind === "choice") return Object.keys(options);
    return values?.length ? [...values, start[name]] : null;
  };

  // A link that names this explorer sets it in place; any other leaves it alone.
  async function follow(link, opening = false) {
    arriving = true;
    linkNote = link.note;
    assign(link.values, opening);
    do await refresh(); while (busy && (await nextFrame()));
    if (link.moment && plays) await goTo(link.moment);
    arriving = false;
  }

  const followHash = () => {
    const link = readHash(spec, choices);
    if (!link) return;
    follow(link);
    root.scrollIntoView({ block: "nearest" });
  };

  async function copyLink() {
    clearTimeout(hashTimer);
    writeHash(spec, start, explorer.values, spec.time ? moment : source.taken?.() ?? 0);
    const done = "Link copied: it opens this page as you see it.";
    const url = location.href;
    note.textContent = (await copied(url)) ? done : `Copy this address: ${url}`;
  }

  const paintScheme = () => {
    root.dataset.scheme = darkScheme() ? "dark" : "light";
    for (const panel of panels) panel.update();
  };
  const adopt = () => { // Python, or a linked widget, set the values
    const values = { ...model.get("values") };
    if (spec.engine) return assign(values);
    explorer.values = values;
    syncControls();
  };
  const renew = () => { if (!busy) refresh(); };
  const unwatch = onSchemeChange(paintScheme);
  const sight = new IntersectionObserver(([seen]) => {
    if (!seen.isIntersecting && !arriving) pause();
  });
  sight.observe(root);
  if (spec.site) addEventListener("hashchange", followHash);
  model.on("change:values", adopt);
  if (!spec.engine && !table) model.on("change:frame", renew);

  async function open() {
    setSpeed(false);
    paintScheme();
    syncControls();
    const link = spec.site ? readHash(spec, choices) : null;
    if (link) await follow(link, true);
    else await refresh();
    if (link) root.scrollIntoView({ block: "nearest" });
    root.dataset.ready = "";
  }
  el.opened = open();

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
