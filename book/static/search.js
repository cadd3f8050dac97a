// The search: answers while you type, in the theme's dialog and on the search page. The library and the index load when
// the field is first used, as scripts, so that pages opened as files can search, too.
(() => {
  const root = document.documentElement.dataset.content_root;
  const most = { explains: 12, functions: 6 };
  let engine = null, loading = null;

  const load = (name) => new Promise((done, failed) => {
    const script = document.createElement("script");
    Object.assign(script, { src: `${root}_static/${name}`, onload: done, onerror: failed });
    document.head.append(script);
  });

  // Records are [address, page, part, words, 1 for a function or 2 for a word of the glossary], each found by its number.
  async function prepare() {
    await Promise.all([load("minisearch/minisearch.js"), load("search_index.js")]);
    const made = new MiniSearch({
      fields: ["part", "page", "words"],
      searchOptions: { boost: { part: 4, page: 2 }, prefix: true, fuzzy: (term) => term.length > 4 ? 0.15 : 0 },
    });
    made.addAll(courseIndex.map(([, page, part, words], id) => ({ id, page, part, words })));
    engine = made;
  }

  const ready = () => loading ??= prepare();

  // The word that was asked for is first; what explains a thing comes before the functions that compute it.
  function find(words) {
    let hits = engine.search(words, { combineWith: "AND" });
    if (!hits.length) hits = engine.search(words);
    // A page that speaks of it in many parts comes before one that names it once.
    const pageOf = (hit) => courseIndex[hit.id][1], parts = {};
    for (const hit of hits) parts[pageOf(hit)] = (parts[pageOf(hit)] ?? 0) + 1;
    const weight = (hit) => hit.score * (1 + Math.log(parts[pageOf(hit)]));
    hits.sort((a, b) => weight(b) - weight(a));
    const kind = (hit) => courseIndex[hit.id][4] ?? 0;
    const named = (hit) => courseIndex[hit.id][2].toLowerCase() === words.trim().toLowerCase();
    return [
      ...hits.filter((hit) => kind(hit) === 2 && named(hit)),
      ...hits.filter((hit) => kind(hit) === 0).slice(0, most.explains),
      ...hits.filter((hit) => kind(hit) === 1).slice(0, most.functions),
    ];
  }

  const element = (tag, className, ...inside) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...inside);
    return made;
  };

  // The text with the words that were found marked.
  function marked(text, terms) {
    const escaped = terms.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const parts = text.split(new RegExp(`(${escaped.join("|")})`, "i"));
    return parts.map((part, i) => i % 2 ? element("mark", "", part) : part);
  }

  function excerpt(words, terms) {
    const lower = words.toLowerCase();
    const places = terms.map((term) => lower.indexOf(term)).filter((place) => place >= 0);
    const first = places.length ? Math.min(...places) : 0;
    const from = first > 60 ? words.indexOf(" ", first - 60) + 1 : 0;
    const to = from + 150;
    return (from ? "… " : "") + words.slice(from, to) + (to < words.length ? " …" : "");
  }

  function row(hit) {
    const [address, page, part, words] = courseIndex[hit.id];
    // The longest first: "frequencies" is marked whole, not its beginning.
    const terms = [...hit.terms].sort((a, b) => b.length - a.length);
    const link = element("a", "", element("span", "fb-found-part", ...marked(part, terms)));
    if (part !== page) link.append(element("span", "fb-found-page", page));
    link.append(element("span", "fb-found-words", ...marked(excerpt(words, terms), terms)));
    link.href = root + address;
    return element("li", "", link);
  }

  function show(place, words) {
    const hits = words.trim() ? find(words) : [];
    const says = hits.length ? [element("ul", "", ...hits.map(row))] : words.trim() ? [element("p", "", `Nothing found for “${words}”.`)] : [];
    place.replaceChildren(...says);
  }

  function connect(form) {
    const field = form.querySelector("input[type=search]");
    const place = form.parentElement.querySelector(".fb-found");
    if (!place) return;
    const answer = () => ready().then(() => show(place, field.value));
    field.addEventListener("focus", ready);
    field.addEventListener("input", answer);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer().then(() => place.querySelector("a")?.click());
    });
    // Arrows walk through what was found; the field is above it.
    form.parentElement.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      const stops = [field, ...place.querySelectorAll("a")];
      const next = stops[stops.indexOf(document.activeElement) + step];
      if (next) next.focus();
      event.preventDefault();
    });
    return { field, answer };
  }

  for (const form of document.querySelectorAll("form.bd-search")) {
    const made = connect(form);
    const asked = new URLSearchParams(location.search).get("q");
    if (made && form.closest("article")) {
      made.field.value = asked ?? "";
      made.field.focus();
      if (asked) made.answer();
    }
  }
})();
