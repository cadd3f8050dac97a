// What a page keeps in this browser: the switch for code, predictions, answers, pages read.
// Everything stands in the page before this runs; without it answers are plain folds.
(() => {
  const NAME = "course", root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  const pageOf = (link) => {
    const base = new URL(root.dataset.content_root ?? "./", location.href).pathname;
    return decodeURI(new URL(link, location.href).pathname.slice(base.length)).replace(/\.html$/, "");
  };
  const here = pageOf(location.href);

  // {code: shown?, said: {page#box: text}, tried: {page#question: [options]}, read: {page: 1, or 2 when all is answered}}
  function load() {
    try {
      return JSON.parse(localStorage.getItem(NAME)) ?? {};
    } catch {
      return {};
    }
  }
  function keep(group, key, value) {
    const kept = load();
    kept[group] = { ...kept[group], [key]: value };
    save(kept);
  }
  let leaving = false; // the page that was told to forget says nothing more
  function save(kept) {
    if (leaving) return;
    try {
      localStorage.setItem(NAME, JSON.stringify(kept));
    } catch {} // private windows may refuse
  }

  function showCode(shown) {
    root.classList.toggle("code", shown);
    for (const button of all(".show-code")) {
      button.textContent = shown ? "Hide code" : "Show code";
      button.setAttribute("aria-pressed", shown);
    }
  }

  // A prediction is a choice's number, or what was typed.
  function showPrediction(box, value) {
    const buttons = all("button", box);
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", value === i));
    const given = value !== undefined && value !== "";
    box.classList.toggle("given", given);
    for (const line of all(`[data-of="${box.id}"]`)) {
      const words = all(":scope > span", line);
      line.hidden = !given;
      if (!buttons.length) words[0].textContent = value ?? "";
      else words.forEach((word, i) => (word.hidden = value !== i));
    }
  }
  function wirePrediction(box) {
    const key = `${here}#${box.id}`, text = box.querySelector("textarea"), note = box.querySelector(".box-note");
    const kept = load().said?.[key];
    const set = (value) => {
      keep("said", key, value);
      showPrediction(box, value);
      note.textContent = "Kept in this browser. You can change it.";
    };
    all("button", box).forEach((button, i) => button.addEventListener("click", () => set(i)));
    text?.addEventListener("change", () => set(text.value.trim()));
    if (text) text.value = kept ?? "";
    showPrediction(box, kept);
  }

  function answer(box, i) {
    const item = all("li", box)[i], right = "right" in item.dataset;
    item.className = right ? "is-right" : "is-wrong";
    item.querySelector("details").open = true;
    return right;
  }
  function wireQuestion(box) {
    const key = `${here}#${box.id}`, note = box.querySelector(".box-note");
    const tried = () => load().tried?.[key] ?? [];
    all("button", box).forEach((button, i) => button.addEventListener("click", () => {
      const right = answer(box, i);
      note.textContent = right ? "Right." : "Not this one. Read why, and try another.";
      keep("tried", key, [...new Set([...tried(), i])]);
      finish();
    }));
    for (const i of tried()) answer(box, i);
  }

  // A page is read when its end has been in view, finished when every question of it was answered right.
  function finish() {
    const questions = all(".quiz");
    const done = questions.length && questions.every((box) => box.querySelector(".is-right"));
    const read = load().read?.[here];
    if (done && read) keep("read", here, 2);
    showRead();
  }
  function showRead() {
    const read = load().read ?? {};
    for (const link of all("nav.bd-links a.internal, a[data-page]")) {
      const state = read[link.dataset.page ?? pageOf(link.href)];
      link.classList.toggle("read", state > 0);
      link.classList.toggle("finished", state > 1);
    }
  }
  function watchEnd(card) {
    const observer = new IntersectionObserver(([seen]) => {
      if (!seen.isIntersecting) return;
      if (!load().read?.[here]) keep("read", here, 1);
      finish();
    });
    observer.observe(card);
  }

  function forget() {
    const { code } = load();
    save({ code });
    leaving = true;
    location.reload();
  }

  showCode(root.classList.contains("code"));
  for (const button of all(".show-code")) button.addEventListener("click", () => {
    const shown = !root.classList.contains("code");
    save({ ...load(), code: shown });
    showCode(shown);
  });
  all(".predict").forEach(wirePrediction);
  all(".quiz").forEach(wireQuestion);
  all(".end-card").forEach(watchEnd);
  for (const button of all("button.forget")) button.addEventListener("click", forget);
  showRead();
})();
