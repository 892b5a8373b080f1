// Ctrl or Cmd and K: a combobox that leads to any page, and to what the league's search finds.
const dialog = document.getElementById("palette");
const wish = document.getElementById("palette-wish");
const list = document.getElementById("palette-list");
const said = document.getElementById("palette-said");
const button = document.querySelector("[data-palette-switch]");
const league = document.querySelector("[data-league]")?.dataset.league;
const pages = [...list.children];
const LIMIT = 5; // of each kind
const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.platform);
let later = 0;
let asked = new AbortController();

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const matches = (page, words) => words.every((word) => plain(page.textContent).includes(word));
const options = () => [...list.children];
const chosen = () => list.querySelector("[aria-selected=true]");

function choose(option) {
  for (const each of options()) each.setAttribute("aria-selected", String(each === option));
  if (option) {
    wish.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else wish.removeAttribute("aria-activedescendant");
}

function show(found) {
  list.replaceChildren(...found);
  wish.setAttribute("aria-expanded", String(found.length > 0));
  list.hidden = found.length === 0;
  choose(found[0]);
}

function tell(count, text) {
  const { found, none } = said.dataset;
  said.textContent = count ? found.replace("%(count)s", count) : none.replace("%(text)s", () => text);
  said.classList.toggle("unseen", count > 0);
}

function written(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function optionOf(found, number) {
  const option = document.createElement("li");
  option.setAttribute("role", "option");
  option.id = `go-found-${number}`;
  option.dataset.path = found.page;
  const what = written("span", "palette-what", "");
  what.append(written("bdi", "palette-name", found.title));
  if (found.detail) what.append(" ", written("small", "soft", found.detail));
  option.append(what, " ", written("span", "chip", list.dataset[found.kind]));
  return option;
}

async function find(text, fitting) {
  asked.abort();
  asked = new AbortController();
  const query = new URLSearchParams({ q: text, limit: LIMIT });
  try {
    const answer = await fetch(`/api/v1${league}/search?${query}`, { signal: asked.signal });
    if (!answer.ok) throw new Error(`the search answered ${answer.status}`);
    const found = (await answer.json()).items.map(optionOf);
    show([...fitting, ...found]);
    tell(fitting.length + found.length, text);
  } catch (error) {
    if (error.name === "AbortError") return;
    said.textContent = said.dataset.silent;
    said.classList.remove("unseen");
  }
  list.removeAttribute("aria-busy");
}

function look() {
  clearTimeout(later);
  asked.abort();
  list.removeAttribute("aria-busy");
  const text = wish.value.trim();
  const words = plain(text).split(/\s+/).filter(Boolean);
  const fitting = pages.filter((page) => matches(page, words));
  show(fitting);
  said.textContent = "";
  if (!text) return;
  if (!league) { tell(fitting.length, text); return; }
  list.setAttribute("aria-busy", "true"); // drawn as the rows to come
  list.hidden = false;
  later = setTimeout(() => find(text, fitting), 150);
}

function open() {
  wish.value = "";
  look();
  dialog.showModal();
  wish.focus();
}

function go(option) {
  if (!option) return;
  dialog.close();
  location.assign(option.dataset.path);
}

button.hidden = false;
if (IS_APPLE) button.querySelector("kbd").textContent = "⌘ K";
button.addEventListener("click", open);
wish.addEventListener("input", look);
wish.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const all = options();
  const now = all.indexOf(chosen());
  if (event.key === "ArrowDown") choose(all[(now + 1) % all.length]);
  else if (event.key === "ArrowUp") choose(all[(now - 1 + all.length) % all.length]);
  else if (event.key === "Enter") go(chosen());
  else return;
  event.preventDefault();
});
list.addEventListener("click", (event) => go(event.target.closest("[role=option]")));
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || event.altKey || event.shiftKey) return;
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  if (dialog.open) dialog.close();
  else if (!document.querySelector("dialog[open]")) open();
});
