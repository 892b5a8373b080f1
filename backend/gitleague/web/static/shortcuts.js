// The keyboard: what `?` lists. A key does nothing while somebody writes.
const list = document.getElementById("shortcuts");
const place = (key) => document.querySelector(`[data-path][data-key="${key}"]`); // of the palette
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
    const there = /^[a-z]$/.test(key) ? place(key) : null;
    if (there) location.assign(there.dataset.path);
    return Boolean(there);
  }
  if (key === "g") { lead = "g"; setTimeout(() => { lead = ""; }, 1500); return true; }
  if (key === "?") { list.showModal(); return true; }
  if (key === "/") {
    const search = document.querySelector("main [type=search]");
    if (search) search.focus();
    else document.querySelector("[data-palette-switch]").click();
    return true;
  }
  if (/^[1-9]$/.test(key)) {
    const tabs = document.querySelector("main .of-player") ?? document.querySelector("main .tabs");
    const tab = tabs?.querySelectorAll("a")[key - 1];
    tab?.click();
    return Boolean(tab);
  }
  if (key === "ArrowDown" || key === "j") return step(1);
  if (key === "ArrowUp" || key === "k") return step(-1);
  return false;
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") || writes(event.target)) return;
  const inTable = event.target.closest("tr.line, .play");
  if (event.key.startsWith("Arrow") && !inTable) return; // arrows scroll the page elsewhere
  if (does(event.key)) event.preventDefault();
});
