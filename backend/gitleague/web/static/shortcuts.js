// The keyboard: what `?` lists. A key does nothing while somebody writes.
const root = document.querySelector("[data-league]");
const list = document.getElementById("shortcuts");
const PLACES = { h: "", l: "/standings", a: "/awards", s: "/seasons", r: "/records", o: "/hall-of-fame" };
let lead = "";

const writes = (element) => element.closest("input, select, textarea, [contenteditable]");
const rows = () => [...document.querySelectorAll("tr.line, .play")];

function step(by) {
  const all = rows();
  if (!all.length) return false;
  const now = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[Math.min(Math.max(now + by, 0), all.length - 1)];
  next.querySelector("summary").focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function does(key) {
  if (lead === "g") {
    lead = "";
    if (root && key in PLACES) location.assign(root.dataset.league + PLACES[key]);
    return key in PLACES;
  }
  if (key === "g") { lead = "g"; setTimeout(() => { lead = ""; }, 1500); return true; }
  if (key === "?") { list.showModal(); return true; }
  if (key === "/") {
    const search = document.querySelector("[type=search]");
    search?.focus();
    return Boolean(search);
  }
  if (/^[1-9]$/.test(key)) {
    const tab = document.querySelector(`[data-key="${key}"]`);
    tab?.click();
    return Boolean(tab);
  }
  if (key === "ArrowDown" || key === "j") return step(1);
  if (key === "ArrowUp" || key === "k") return step(-1);
  return false;
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || list.open || writes(event.target)) return;
  const inTable = event.target.closest("tr.line, .play");
  if (event.key.startsWith("Arrow") && !inTable) return; // arrows scroll the page elsewhere
  if (does(event.key)) event.preventDefault();
});
