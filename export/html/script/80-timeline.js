// Papers by time: how many in each period, and one lane a group with a mark for each paper.

const timeline = (() => {
  const LANES = 18;

  /** Periods short enough that a pile of a few years still shows a course: months, quarters or years. */
  function periods(papers) {
    const low = Math.min(...papers.map((n) => model.year[n])), high = Math.max(...papers.map((n) => model.year[n]));
    const monthly = papers.filter((n) => model.date[n].length >= 7).length > papers.length * 0.7;
    const parts = !monthly || high - low > 6 ? 1 : high - low > 2 ? 4 : 12;
    const of = (n) => (model.year[n] - low) * parts + (parts > 1 ? Math.floor(((Number(model.date[n].slice(5, 7)) || 1) - 1) / (12 / parts)) : 0);
    const name = (i) => {
      const year = low + Math.floor(i / parts), part = i % parts;
      if (parts === 1) return String(year);
      return parts === 4 ? `${year} Q${part + 1}` : `${year}-${String(part + 1).padStart(2, "0")}`;
    };
    const used = papers.map(of);
    const first = Math.min(...used), last = Math.max(...used);
    return { of: (n) => of(n) - first, name: (i) => name(i + first), count: last - first + 1, parts };
  }

  function draw() {
    const { pass, undated } = filter.current();
    const papers = [], without = [];
    for (let n = 0; n < model.papers; n++) if (pass[n] && model.kindName(n) === "Paper") (model.year[n] ? papers : without).push(n);
    const about = el("p", { class: "view-note" }, papers.length ? `${plural(papers.length, "paper")} by date; a mark is a paper, a row a group of the map.` : "No paper that passes the filters has a year.",
      without.length || undated ? ` ${plural(without.length + undated, "paper")} without a year cannot stand here.` : "", " The filters on the left hold here too.");
    if (!papers.length) { fill(byId("timeline"), el("h2", { class: "view-title" }, "Timeline"), about); return; }
    const time = periods(papers);
    const lanes = new Map();
    for (const n of papers) { const g = model.groupOf(n)?.index ?? -1; if (!lanes.has(g)) lanes.set(g, []); lanes.get(g).push(n); }
    const ordered = [...lanes].sort((a, b) => (a[0] === model.rest) - (b[0] === model.rest) || b[1].length - a[1].length || a[0] - b[0]);
    const total = Array(time.count).fill(0);
    for (const n of papers) total[time.of(n)]++;
    const columns = withoutGaps(total);
    const head = el("tr", {}, el("th", { scope: "col" }, "Group"), columns.map((i) => el("th", { scope: "col" }, i < 0 ? "…" : time.name(i))));
    const top = Math.max(...total);
    const sum = el("tr", { class: "sum" }, el("th", { scope: "row" }, "All papers"), columns.map((i) => el("td", {}, i < 0 ? null :
      el("button", { class: "column", "aria-label": `${time.name(i)}: ${plural(total[i], "paper")}`, title: `${time.name(i)}: ${plural(total[i], "paper")}. Click to limit the years`,
        style: { "--height": `${Math.round((100 * total[i]) / top)}%` }, on: { click: () => { const year = Number(time.name(i).slice(0, 4)); change({ from: year, until: year }); } } }, el("span", {}, total[i] ? String(total[i]) : "")))));
    const row = ([g, members]) => {
      const cells = Array.from({ length: time.count }, () => []);
      for (const n of members) cells[time.of(n)].push(n);
      return el("tr", {}, el("th", { scope: "row" }, g >= 0 && model.groups[g] ? el("button", { on: { click: () => go.select({ group: g }) } }, model.groups[g].name) : "In no group"),
        columns.map((i) => cells[i] || []).map((cell) => el("td", {}, cell.slice(0, 60).map(mark), cell.length > 60 ? el("small", {}, `+${cell.length - 60}`) : null)));
    };
    fill(byId("timeline"), el("h2", { class: "view-title" }, "Timeline"), about,
      el("div", { class: "scroller", tabindex: 0, role: "region", "aria-label": "Timeline table" },
        el("table", { class: "time" }, el("thead", {}, head), el("tbody", {}, sum, ordered.slice(0, LANES).map(row)))),
      ordered.length > LANES ? el("p", { class: "view-note" }, `${ordered.length - LANES} smaller groups are left out.`) : null,
      firsts(papers, time));
  }

  /** Two and more empty periods on end become one narrow column, -1. */
  function withoutGaps(total) {
    const out = [];
    for (let i = 0; i < total.length; i++) {
      let end = i;
      while (end < total.length && !total[end]) end++;
      if (end - i >= 2) { out.push(-1); i = end - 1; } else out.push(i);
    }
    return out;
  }

  const mark = (n) => el("button", { class: `dot${state.node === n ? " on" : ""}`, title: `${model.labels[n]} (${model.date[n]})`, "aria-label": `${cut(model.labels[n], 120)} (${model.date[n]})`, on: { click: () => go.to(n) } });

  /** What each year brought: the entities that its papers introduce. */
  function firsts(papers, time) {
    const introduces = model.predicates.indexOf("introduces");
    const { link } = filter.current();
    const years = new Map();
    for (const n of papers) for (const i of model.linksOf(n)) {
      if (model.p[i] !== introduces || !link[i] || model.s[i] !== n) continue;
      if (!years.has(model.year[n])) years.set(model.year[n], new Set());
      years.get(model.year[n]).add(model.o[i]);
    }
    if (!years.size) return null;
    return el("section", { class: "firsts" }, el("h3", {}, "What each year introduced"), [...years].sort((a, b) => b[0] - a[0]).map(([year, things]) => {
      const ranked = [...things].sort((a, b) => model.named[b] - model.named[a] || a - b);
      return el("div", { class: "first" }, el("h4", {}, year), el("div", { class: "chips" }, ranked.slice(0, 16).map((n) => chip(n)), ranked.length > 16 ? el("small", {}, `and ${ranked.length - 16} more`) : null));
    }));
  }

  return { draw };
})();
