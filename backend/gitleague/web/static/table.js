// Comfort only: the table works without. A row opens wherever it is clicked; a choice sends itself.
addEventListener("click", (event) => {
  const line = event.target.closest("tr.line");
  if (!line || event.target.closest("a, summary, details") || getSelection().toString()) return;
  const box = line.querySelector("details");
  box.open = !box.open;
});
for (const form of document.querySelectorAll("[data-sends-itself]")) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, [type=checkbox]")) form.requestSubmit();
  });
}
