"use strict";
// Looks words up in window.siteIndex, which search-index.js sets; nothing is asked of any server.
(function () {
  const most = 50;
  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const input = document.getElementById("query");
  const count = document.getElementById("count");
  const hits = document.getElementById("hits");
  const index = (window.siteIndex || []).map((entry) => ({
    ...entry, head: fold(entry.title), body: fold(entry.title + " " + entry.text),
  }));

  function found(words) {
    const all = index.filter((entry) => words.every((word) => entry.body.includes(word)));
    const rank = (entry) => (words.every((word) => entry.head.includes(word)) ? 0 : 1);
    return all.map((entry, place) => [rank(entry), place, entry])
      .sort((a, b) => a[0] - b[0] || a[1] - b[1]).map((each) => each[2]);
  }

  function show() {
    const words = fold(input.value).split(/\s+/).filter(Boolean);
    hits.replaceChildren();
    count.textContent = "";
    if (!words.length) return;
    const all = found(words);
    const said = all.length > most ? count.dataset.more : count.dataset.found;
    count.textContent = all.length
      ? said.replace("{number}", all.length).replace("{shown}", most) : count.dataset.none;
    for (const entry of all.slice(0, most)) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = entry.url;
      link.textContent = entry.title;
      const kind = document.createElement("span");
      kind.className = "small";
      kind.textContent = " (" + entry.kind + ") ";
      const text = document.createElement("div");
      text.textContent = entry.text;
      item.append(link, kind, text);
      hits.append(item);
    }
  }

  input.value = new URLSearchParams(window.location.search).get("q") || "";
  input.addEventListener("input", show);
  document.getElementById("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    show();
  });
  show();
})();
