// Keeps the parts of a page that are marked `data-live="ADDRESS"` as they are on the server (server-sent events:
// each message is the part's new HTML). Without this script the page is right, too, when it is loaded again.
for (const part of document.querySelectorAll("[data-live]")) {
  const source = new EventSource(part.dataset.live);
  source.addEventListener("message", (event) => {
    if (part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea")) return;
    const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
    part.innerHTML = event.data;
    if (focused) document.getElementById(focused)?.focus();
  });
  source.addEventListener("gone", () => source.close());
  window.addEventListener("pagehide", () => source.close());
}
