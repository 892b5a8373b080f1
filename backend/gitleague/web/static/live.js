// The page follows the league: what changed is asked for anew, and drawn where it stands.
const root = document.querySelector("[data-league]");
const said = document.getElementById("live-said");
const parts = () => [...document.querySelectorAll("[data-live]")];
const isBusy = (part) => part.querySelector("details[open], :focus") !== null;

async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.dispatchEvent(new CustomEvent("league:fresh", { detail: fresh }));
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
  said.textContent = waits ? said.dataset.waits : "";
  if (changed) document.dispatchEvent(new CustomEvent("league:changed"));
}

let later = 0;
const soon = () => { clearTimeout(later); later = setTimeout(refresh, 300); };

if (root && parts().length) {
  let events;
  const listen = () => {
    events = new EventSource(`/api/v1${root.dataset.league}/events`);
    events.addEventListener("standings.changed", soon);
    events.addEventListener("award.given", soon);
    if (!root.dataset.fantasy) return;
    events.addEventListener("fantasy.changed", ({ data }) => {
      if (JSON.parse(data).fantasy_id === root.dataset.fantasy) soon();
    });
  };
  listen();
  const waited = () => { if (!said.hidden) soon(); };
  addEventListener("toggle", waited, true);
  addEventListener("focusout", waited);
  addEventListener("pagehide", () => events.close());
  addEventListener("pageshow", (event) => { if (event.persisted) { listen(); soon(); } }); // by Back
}
