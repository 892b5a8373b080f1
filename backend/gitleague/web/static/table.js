// Comfort only: the table works without. A row opens wherever it is clicked; a choice sends itself.
for (const line of document.querySelectorAll("tr.line")) {
  line.addEventListener("click", (event) => {
    if (event.target.closest("a, summary, details") || getSelection().toString()) return;
    const box = line.querySelector("details");
    box.open = !box.open;
  });
}
for (const form of document.querySelectorAll("[data-sends-itself]")) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, [type=checkbox]")) form.requestSubmit();
  });
}
