// Small comforts; every page works without them.
(() => {
  const isTyping = (element) => element.closest("input, select, textarea, [contenteditable]");

  // `/` goes to the search field; j and k walk the rows; Enter opens, x marks.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const search = document.querySelector("[data-search]");
    if (event.key === "/" && search) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "j" || event.key === "k") {
      step(event.key === "j" ? 1 : -1);
    } else if (event.key === "x") {
      const box = document.querySelector("tr.here td.pick input");
      if (box) { box.checked = !box.checked; count(); }
    }
  });

  function step(by) {
    const rows = [...document.querySelectorAll("[data-row]")];
    if (!rows.length) return;
    const now = rows.findIndex((row) => row.classList.contains("here"));
    const next = rows[Math.max(0, Math.min(rows.length - 1, now === -1 ? 0 : now + by))];
    rows.forEach((row) => row.classList.toggle("here", row === next));
    next.querySelector("a, summary, button")?.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  // Choosing rows for a common action.
  const boxes = () => [...document.querySelectorAll("td.pick input")];
  function count() {
    const chosen = boxes().filter((box) => box.checked).length;
    const words = document.querySelector("[data-chosen]");
    if (words) words.textContent = chosen ? `${chosen} order dipilih:` : "Centang order, lalu:";
  }
  function prepare() {
    for (const all of document.querySelectorAll("[data-choose-all]")) all.hidden = false;
    if (navigator.clipboard) for (const copy of document.querySelectorAll("[data-copy]")) copy.hidden = false;
    count();
  }
  document.addEventListener("click", async (event) => {
    const copy = event.target.closest("[data-copy]");
    if (!copy) return;
    await navigator.clipboard.writeText(copy.previousElementSibling.textContent);
    copy.textContent = "Tersalin";
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-choose-all]")) {
      for (const box of boxes()) box.checked = event.target.checked;
      count();
    } else if (event.target.matches("td.pick input")) {
      count();
    }
  });
  document.addEventListener("htmx:afterSwap", prepare);
  prepare();

  // What htmx could not fetch is opened as an ordinary page: an expired session, a refusal, a fault.
  document.addEventListener("htmx:responseError", () => location.reload());
})();
