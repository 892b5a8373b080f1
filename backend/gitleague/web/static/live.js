// The page follows the league: what changed is asked for anew, and drawn where it stands.
const root = document.querySelector("[data-league]");
const said = document.getElementById("live-said");
const parts = () => [...document.querySelectorAll("[data-live]")];
const isBusy = (part) => part.querySelector("details[open], :focus") !== null;

async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  let changed = false;
  let waits = false;
  for (const part of parts()) {
    const other = fresh.getElementById(part.id);
    if (!other || other.innerHTML === part.innerHTML) continue;
    if (isBusy(part)) { waits = true; continue; } // nothing is taken away from who reads it
    part.replaceChildren(...other.childNodes);
    changed = true;
  }
  said.hidden = !waits;
  said.textContent = waits ? "There are new numbers. They show once you close what is open." : "";
  if (changed) document.dispatchEvent(new CustomEvent("league:changed"));
}

let later = 0;
const soon = () => { clearTimeout(later); later = setTimeout(refresh, 300); };

if (root && parts().length) {
  const events = new EventSource(`/api/v1${root.dataset.league}/events`);
  events.addEventListener("standings.changed", soon);
  events.addEventListener("award.given", soon);
  addEventListener("toggle", () => { if (!said.hidden) soon(); }, true);
  addEventListener("pagehide", () => events.close());
}
