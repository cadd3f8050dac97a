// What scrolls in its own box can be reached by keyboard: equations, tables and outputs wider than the page.
const boxes = "div.math, mjx-container, .cell_output, .cell_output > .output, .pst-scrollable-table-container, pre, .fb-picture";
// A formula in a line that is wider than its column stands by itself, and scrolls.
function holdWide() {
  for (const formula of document.querySelectorAll("mjx-container:not([display]):not(.wide)")) {
    const column = formula.closest("p, li, td, dd, summary, figcaption");
    if (column && formula.offsetWidth > column.clientWidth) formula.classList.add("wide");
  }
}
// A formula that is set speaks for itself; until then its source stands for it.
function unname() {
  for (const formula of document.querySelectorAll(".math[aria-label]:has(mjx-math)")) {
    formula.removeAttribute("role");
    formula.removeAttribute("aria-label");
  }
}
function reachable() {
  unname();
  holdWide();
  for (const box of document.querySelectorAll(boxes)) {
    const scrolls = box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX !== "visible";
    if (scrolls) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
    fade(box, scrolls);
  }
}
// It fades at the right as long as there is more.
function fade(box, scrolls = true) {
  const left = box.scrollWidth - box.clientWidth - box.scrollLeft;
  box.classList.toggle("has-more", scrolls && left > 1);
}
addEventListener("scroll", ({ target }) => { if (target.matches?.(boxes)) fade(target); }, true);
addEventListener("load", () => {
  const set = () => requestAnimationFrame(reachable);
  (window.MathJax?.startup?.promise ?? Promise.resolve()).then(set);
  const main = document.querySelector("main") ?? document.body;
  new ResizeObserver(set).observe(main);
  // Formulas are set as they come near, into places that are kept for them.
  let asked = false;
  const once = () => {
    if (asked) return;
    asked = true;
    setTimeout(() => { asked = false; set(); }, 200);
  };
  for (const formula of main.querySelectorAll(".math[aria-label]"))
    new MutationObserver(once).observe(formula, { childList: true, subtree: true });
});
// The theme's arrows that fold a part of the contents have no name of their own.
addEventListener("DOMContentLoaded", () => {
  for (const arrow of document.querySelectorAll("nav summary")) {
    const page = arrow.closest("li")?.querySelector("a")?.textContent.trim() ?? "this part";
    arrow.setAttribute("aria-label", `Pages of ${page}`);
  }
});
// The skip link leads past the header's buttons, to the text.
addEventListener("DOMContentLoaded", () => {
  const skip = document.querySelector("#pst-skip-link a");
  const article = document.querySelector("article.bd-article");
  if (!skip || !article) return;
  article.id ||= "article";
  article.tabIndex = -1;
  skip.href = `#${article.id}`;
});
