// What scrolls in its own box can be reached by keyboard: equations, tables and outputs wider than the page.
const boxes = "div.math, mjx-container, .cell_output, .cell_output > .output, .pst-scrollable-table-container, pre, .fb-picture";
// A formula in a line that is wider than its column stands by itself, and scrolls.
function holdWide() {
  for (const formula of document.querySelectorAll("mjx-container:not([display]):not(.wide)")) {
    const column = formula.closest("p, li, td, dd, summary, figcaption");
    if (column && formula.offsetWidth > column.clientWidth) formula.classList.add("wide");
  }
}
function reachable() {
  holdWide();
  for (const box of document.querySelectorAll(boxes)) {
    const scrolls = box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX !== "visible";
    if (scrolls) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}
addEventListener("load", () => {
  const set = () => requestAnimationFrame(reachable);
  (window.MathJax?.startup?.promise ?? Promise.resolve()).then(set);
  new ResizeObserver(set).observe(document.querySelector("main") ?? document.body);
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
