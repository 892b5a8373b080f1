// How long a turn still takes. Without a script its end stands there, which is enough.
const filled = (words, count) => words.replace("%(count)s", count);

function say(left) {
  const minutes = Math.ceil((new Date(left.dataset.countsDown) - Date.now()) / 60000);
  const { over, still, day, hour, minute } = left.parentElement.dataset;
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  const parts = [days && filled(day, days), hours && filled(hour, hours), filled(minute, minutes % 60)];
  left.textContent = minutes <= 0 ? over : still.replace("%(time)s", parts.filter(Boolean).join(" "));
}

const sayAll = (root) => root.querySelectorAll("[data-counts-down]").forEach(say);
sayAll(document);
setInterval(() => sayAll(document), 15000);
document.addEventListener("league:fresh", (event) => sayAll(event.detail)); // as in times.js
