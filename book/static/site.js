// What scrolls in its own box can be reached by keyboard: equations, tables and outputs wider than the page.
const boxes = "div.math, mjx-container[display=true], .cell_output, .cell_output > .output, .pst-scrollable-table-container";
function reachable() {
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
// The ledger's filter: a claim stays in view while all the words typed stand in its row.
addEventListener("DOMContentLoaded", () => {
  for (const field of document.querySelectorAll("input.fb-filter")) {
    const rows = document.getElementById(field.dataset.filters).querySelectorAll("tr[id]");
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/\s+/);
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
      }
    });
  }
});
