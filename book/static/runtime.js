// Shows the widgets of a built page without Jupyter: reads the state that myst-nb
// writes into the page, and gives each explorer a model that holds that state. Nothing
// is sent anywhere, so save_changes and send do nothing.
(() => {
  const WIDGET = "application/vnd.jupyter.widget";
  const all = (kind) =>
    [...document.querySelectorAll(`script[type="${WIDGET}-${kind}+json"]`)];
  const read = (script) => JSON.parse(script.textContent);

  function bytes(text) {
    return new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  }

  function restore({ state, buffers = [] }) {
    for (const { path, data } of buffers) {
      let place = state;
      for (const key of path.slice(0, -1)) place = place[key] ??= {};
      place[path.at(-1)] = bytes(data);
    }
    return state;
  }

  function makeModel(state) {
    const listeners = {};
    return {
      get: (key) => state[key],
      set(key, value) {
        state[key] = value;
        for (const act of listeners[`change:${key}`] ?? []) act();
      },
      on: (event, act) => (listeners[event] ??= new Set()).add(act),
      off: (event, act) => listeners[event]?.delete(act),
      save_changes() {},
      send() {},
    };
  }

  // Of the front end, without a module of its own: it draws at once.
  function show(script, entry) {
    const box = script.closest(".fbkit-place")?.querySelector(".fbkit-mount");
    const el = box ?? document.createElement("div");
    if (!box) script.after(el);
    fbkit.render({ model: makeModel(restore(entry)), el });
  }

  const models = Object.assign({}, ...all("state").map((script) => read(script).state));
  for (const script of all("view")) {
    const entry = models[read(script).model_id];
    if (entry?.state._esm) show(script, entry);
  }
})();
