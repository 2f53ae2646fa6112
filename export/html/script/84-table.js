// The same content as plain tables: for screen readers, for printing, for those who would rather read.

const table = (() => {
  const STEP = 200;
  let what = "papers", sort = null, most = STEP;

  const joined = (paper, names) => {
    const { link } = filter.current(), out = [];
    for (const i of model.linksOf(paper)) if (link[i] && model.s[i] === paper && names.includes(model.predicate(i))) out.push(model.labels[model.o[i]]);
    return out.slice(0, 6).join("; ") + (out.length > 6 ? ` and ${out.length - 6} more` : "");
  };
  const authors = (paper) => { const t = model.text(paper); return t.authors ? t.authors.slice(0, 6).join(", ") + (t.authors.length > 6 ? " et al." : "") : t.count ? plural(t.count, "author") : ""; };
  const roles = (node) => {
    const found = new Map();
    for (const i of model.linksOf(node)) if (model.o[i] === node && model.isPaper(model.s[i])) found.set(model.predicate(i), (found.get(model.predicate(i)) || 0) + 1);
    return [...found].sort((a, b) => b[1] - a[1]).map(([name, n]) => `${forward(name)} ${n}`).join(", ");
  };
  const group = (node) => model.groupOf(node)?.name || "";
  const open = (node) => nodeLink(node, "paper-line", null, cut(model.labels[node], 200));

  // Columns: heading, what a cell shows, what to sort by.
  const COLUMNS = {
    papers: [["Title", open, (n) => (model.text(n).title ? "" : "~") + fold(model.labels[n])], ["Authors", authors, null], ["Date", (n) => model.date[n], (n) => model.date[n] || "~"],
      ["Introduces", (n) => joined(n, ["introduces"]), null], ["Studies and addresses", (n) => joined(n, ["studies", "addresses"]), null],
      ["Evaluates on", (n) => joined(n, ["evaluates_on"]), null], ["Group", group, (n) => fold(group(n))]],
    entities: [["Name", open, (n) => fold(model.labels[n])], ["Type", (n) => [glyph(model.kindName(n), 12), " ", model.kindName(n)], (n) => model.kindName(n)],
      ["Papers", (n) => number(model.named[n]), (n) => -model.named[n]], ["Also written", (n) => model.aliasesOf(n).slice(0, 8).join(", "), null], ["In papers", roles, null], ["Group", group, (n) => fold(group(n))]],
  };

  function rowsOf() {
    const { pass } = filter.current(), rows = [];
    for (let n = 0; n < model.size; n++) if (pass[n] && model.isPaper(n) === (what === "papers")) rows.push(n);
    const by = sort ? COLUMNS[what][sort.column][2] : what === "papers" ? COLUMNS.papers[0][2] : (n) => -model.named[n];
    const keys = new Map(rows.map((n) => [n, by(n)]));
    const way = sort?.down ? -1 : 1;
    return rows.sort((a, b) => { const x = keys.get(a), y = keys.get(b); return way * (typeof x === "number" ? x - y : x < y ? -1 : x > y ? 1 : 0) || a - b; });
  }

  function draw() {
    const rows = rowsOf(), columns = COLUMNS[what];
    const choose = (name, text) => el("button", { "aria-pressed": String(what === name), on: { click: () => { what = name; sort = null; most = STEP; draw(); } } }, text);
    const head = columns.map(([name, , by], c) => el("th", { scope: "col", "aria-sort": sort?.column === c ? (sort.down ? "descending" : "ascending") : null },
      by ? el("button", { on: { click: () => { sort = { column: c, down: sort?.column === c && !sort.down }; draw(); } } }, name, sort?.column === c ? (sort.down ? " ↓" : " ↑") : "") : name));
    fill(byId("table"), el("h2", { class: "view-title" }, what === "papers" ? "Papers" : "Entities"),
      el("p", { class: "view-note switch" }, choose("papers", "Papers"), choose("entities", "Entities")),
      el("p", { class: "view-note" }, `${plural(rows.length, "row")} pass the filters${rows.length > most ? `, the first ${number(most)} are listed` : ""}. Entities named in only one paper are listed here too.`),
      el("div", { class: "scroller" }, el("table", { class: "list" }, el("caption", {}, `${what === "papers" ? "Papers" : "Entities"} of ${model.title}`), el("thead", {}, el("tr", {}, head)),
        el("tbody", {}, rows.slice(0, most).map((n) => el("tr", {}, columns.map(([, show], c) => el(c ? "td" : "th", c ? { dir: "auto" } : { scope: "row", dir: "auto" }, show(n)))))))),
      rows.length > most ? el("p", { class: "view-note" }, el("button", { class: "more", on: { click: () => { most += 1000; draw(); } } }, `List ${number(Math.min(1000, rows.length - most))} more`), " ",
        el("button", { class: "more", on: { click: () => { most = Infinity; draw(); } } }, "List all (to print)")) : null);
  }

  // What is printed is the table, whole, whatever was on the screen.
  addEventListener("beforeprint", () => { const before = most; most = Infinity; draw(); most = before; });
  return { draw };
})();
