// Search with completion over titles, entities, their other names, and authors.

const search = (() => {
  const box = byId("search"), list = byId("found");
  let hits = [], active = -1, index = null;

  /** One entry a name: folded text, the node, how much the node weighs, and the name as written. */
  function build() {
    index = [];
    for (let node = 0; node < model.size; node++) {
      if (model.labels[node]) index.push([fold(model.labels[node]), node, model.labels[node]]);
      for (const alias of model.aliasesOf(node)) index.push([fold(alias), node, alias]);
    }
  }

  function find(query, most = 12) {
    if (!index) build();
    const wanted = fold(query.trim());
    if (!wanted) return [];
    const parts = wanted.split(/\s+/);
    const best = new Map();
    for (const [text, node, name] of index) {
      let score;
      if (text === wanted) score = 1000;
      else if (text.startsWith(wanted)) score = 500;
      else if (text.includes(` ${wanted}`) || text.includes(`-${wanted}`) || text.includes(`(${wanted}`)) score = 300;
      else if (text.includes(wanted)) score = 100;
      else if (parts.length > 1 && parts.every((part) => text.includes(part))) score = 80;
      else continue;
      score += Math.min(90, 8 * Math.sqrt(model.named[node])) - Math.min(30, text.length / 6) + (model.isPaper(node) ? 0 : 10);
      const known = best.get(node);
      if (!known || known.score < score) best.set(node, { node, name, score });
    }
    const ranked = [...best.values()].sort((a, b) => b.score - a.score || a.node - b.node);
    // a third of the places is for papers, however many entities have short names, and the other way round
    const papers = ranked.filter((hit) => model.isPaper(hit.node)), things = ranked.filter((hit) => !model.isPaper(hit.node));
    const third = Math.round(most / 3);
    const forPapers = clamp(most - things.length, Math.min(third, papers.length), papers.length);
    const kept = new Set([...things.slice(0, most - forPapers), ...papers.slice(0, forPapers)]);
    return ranked.filter((hit) => kept.has(hit));
  }

  function show() {
    hits = find(box.value);
    active = hits.length ? 0 : -1;
    const empty = box.value.trim() && !hits.length;
    fill(list, hits.map((hit, i) => el("li", {
      role: "option", id: `hit-${i}`, "aria-selected": i === active ? "true" : "false",
      on: { mousedown: (event) => { event.preventDefault(); choose(i); }, mousemove: () => mark(i) },
    },
    glyph(model.kindName(hit.node), 15),
    el("span", { class: "hit-name" }, cut(hit.name, 110),
      hit.name !== model.labels[hit.node] ? el("small", {}, ` → ${cut(model.labels[hit.node], 60)}`) : null),
    el("span", { class: "hit-count" }, model.isPaper(hit.node) ? model.date[hit.node].slice(0, 4) : plural(model.named[hit.node], "paper")))),
    empty ? el("li", { class: "none" }, "Nothing here is called that.") : null);
    list.hidden = !hits.length && !empty;
    box.setAttribute("aria-expanded", String(!list.hidden));
    mark(active);
  }

  function mark(i) {
    active = i;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", at === i ? "true" : "false"));
    if (i >= 0) { box.setAttribute("aria-activedescendant", `hit-${i}`); list.children[i].scrollIntoView({ block: "nearest" }); }
    else box.removeAttribute("aria-activedescendant");
  }

  function close() { list.hidden = true; box.setAttribute("aria-expanded", "false"); box.removeAttribute("aria-activedescendant"); }

  function choose(i) {
    const hit = hits[i];
    if (!hit) return;
    box.value = hit.name;
    close();
    go.to(hit.node);
  }

  box.addEventListener("input", show);
  box.addEventListener("focus", () => { if (box.value.trim()) show(); });
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (hits.length) mark((active + (event.key === "ArrowDown" ? 1 : hits.length - 1)) % hits.length);
    } else if (event.key === "Enter") choose(Math.max(active, 0));
    else if (event.key === "Escape") { if (list.hidden) box.blur(); close(); }
  });

  return { find, focus: () => { box.focus(); box.select(); } };
})();
