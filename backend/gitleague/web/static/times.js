// Moments in the zone of whoever reads; the server wrote them in the league's. Hovering tells all of it.
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });
const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "long" });

function localise(root) {
  for (const time of root.querySelectorAll("time[data-moment]")) {
    const moment = new Date(time.dateTime);
    time.textContent = `${day.format(moment)}, ${hour.format(moment)}`;
    time.title = exact.format(moment);
  }
}

localise(document);
// What the page asked for anew is compared with what stands here, and so must look like it.
document.addEventListener("league:fresh", (event) => localise(event.detail));
