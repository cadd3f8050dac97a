// What a link leads to is opened: the claim, and the groups around it.
function reveal() {
  const id = decodeURIComponent(location.hash.slice(1));
  const target = document.getElementById(id);
  if (!target?.closest(".fb-claim, .fb-group")) return;
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  target.scrollIntoView();
}

// The ledger's filter: a claim stays in view while all the words typed stand in it and it is of the kind chosen.
function filter(form) {
  const claims = [...document.querySelectorAll(".fb-ledger .fb-claim")];
  const groups = [...document.querySelectorAll(".fb-group")];
  const texts = claims.map((claim) => claim.textContent.toLowerCase());
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    const words = form.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const kind = form.kind.value;
    let count = 0;
    claims.forEach((claim, i) => {
      const kept = words.every((word) => texts[i].includes(word)) && (!kind || claim.dataset.kind.split(" ").includes(kind));
      claim.hidden = !kept;
      count += kept;
    });
    for (const group of groups) {
      group.hidden = !group.querySelector(".fb-claim:not([hidden])");
      group.open = (words.length > 0 || kind !== "") && !group.hidden;
    }
    for (const head of document.querySelectorAll(".fb-ledger h2")) {
      let next = head.nextElementSibling;
      while (next?.hidden) next = next.nextElementSibling;
      head.hidden = !next || next.matches("h2");
    }
    form.querySelector("output").textContent = `${count} of ${claims.length} claims`;
  });
}

addEventListener("DOMContentLoaded", () => {
  for (const form of document.querySelectorAll("form.fb-filter")) filter(form);
  reveal();
  addEventListener("hashchange", reveal);
});
// On paper every claim has its line.
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll(".fb-group:not([open])")];
  for (const group of opened) group.open = true;
});
addEventListener("afterprint", () => {
  for (const group of opened) group.open = false;
});
