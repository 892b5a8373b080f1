// Copy buttons: each copies the text of the element that it names. Browsers allow it over HTTPS only.
for (const button of document.querySelectorAll("[data-copies]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copies);
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}
// Loading the page again must not make another key.
if (document.querySelector(".new-key")) history.replaceState(null, "", "/api-keys");
if (document.querySelector(".setup #full-key")) history.replaceState(null, "", location.pathname.replace(/\/key$/, ""));
