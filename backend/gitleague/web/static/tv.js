// One panel after the other, for a screen on the wall. Without a script all of them stand there.
const SECONDS = 15;
const panels = () => [...document.querySelectorAll(".panel")]; // drawn anew when the league changes
let shown = 0;

function show(number) {
  const all = panels();
  shown = (number + all.length) % all.length;
  all.forEach((panel, place) => { panel.hidden = place !== shown; });
}

if (panels().length > 1) {
  show(0);
  setInterval(() => show(shown + 1), SECONDS * 1000);
  document.addEventListener("league:changed", () => show(shown));
  addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") show(shown + 1);
    if (event.key === "ArrowLeft") show(shown - 1);
  });
}
