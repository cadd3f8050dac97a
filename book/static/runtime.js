// Shows the widgets of a built page without Jupyter: reads the state that myst-nb writes into the page, and gives each
// widget's module a model that holds that state. Nothing is sent anywhere, so save_changes and send do nothing.
(() => {
  const read = (script) => JSON.parse(script.textContent);

  function bytes(text) {
    const raw = atob(text), array = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i++) array[i] = raw.charCodeAt(i);
    return new DataView(array.buffer);
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
      off: (event, act) => act ? listeners[event]?.delete(act) : delete listeners[event],
      save_changes() {},
      send() {},
    };
  }

  async function show(script, entry) {
    const state = restore(entry);
    const url = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
    const { default: widget } = await import(url);
    const el = document.createElement("div");
    script.after(el);
    const model = makeModel(state);
    await widget.initialize?.({ model });
    await widget.render({ model, el });
  }

  function start() {
    const models = Object.assign({}, ...[...document.querySelectorAll('script[type="application/vnd.jupyter.widget-state+json"]')].map((s) => read(s).state));
    for (const script of document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]')) {
      const entry = models[read(script).model_id];
      if (entry?.state._esm) show(script, entry).catch((error) => console.error(error));
    }
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
