// Which methods meet which datasets: how many papers bring the two together.

const matrix = (() => {
  const ROWS = 36, COLUMNS = 24;
  const SIDES = { "Methods and models": ["Method", "Model"], Methods: ["Method"], Models: ["Model"], Tasks: ["Task"], Datasets: ["Dataset"], Metrics: ["Metric"], Concepts: ["Concept"], Software: ["Software"] };
  let rows = "Methods and models", columns = "Datasets", picked = null;

  /** For each pair of a row and a column entity the papers that name both. */
  function count() {
    const { pass, link } = filter.current();
    const pairs = new Map(), total = new Map();
    for (let paper = 0; paper < model.papers; paper++) {
      if (!pass[paper]) continue;
      const things = new Set();
      for (const i of model.linksOf(paper)) if (link[i] && model.s[i] === paper && !model.isPaper(model.o[i])) things.add(model.o[i]);
      const left = [...things].filter((n) => SIDES[rows].includes(model.kindName(n)));
      const right = [...things].filter((n) => SIDES[columns].includes(model.kindName(n)));
      for (const a of left) for (const b of right) {
        if (a === b) continue;
        const key = `${a} ${b}`;
        if (!pairs.has(key)) pairs.set(key, []);
        pairs.get(key).push(paper);
      }
      if (left.length && right.length) for (const [side, list] of [["r", left], ["c", right]]) for (const n of list) total.set(side + n, (total.get(side + n) || 0) + 1);
    }
    const best = (side, most) => [...total].filter(([key]) => key[0] === side).sort((a, b) => b[1] - a[1] || Number(a[0].slice(1)) - Number(b[0].slice(1)))
      .map(([key]) => Number(key.slice(1))).slice(0, most);
    const all = (side) => [...total.keys()].filter((key) => key[0] === side).length;
    const shownColumns = best("c", COLUMNS);
    const shownRows = best("r", 4 * ROWS).filter((a) => shownColumns.some((b) => pairs.has(`${a} ${b}`))).slice(0, ROWS);
    return { pairs, left: shownRows, right: shownColumns, allLeft: all("r"), allRight: all("c") };
  }

  const pick = (label, value, act) => el("label", { class: "pick" }, label, " ", el("select", { on: { change: (event) => { act(event.target.value); picked = null; draw(); } } },
    Object.keys(SIDES).map((name) => el("option", { value: name, selected: name === value }, name))));

  function draw() {
    const { pairs, left, right, allLeft, allRight } = count();
    const most = Math.max(1, ...left.flatMap((a) => right.map((b) => pairs.get(`${a} ${b}`)?.length || 0)));
    const cell = (a, b) => {
      const papers = pairs.get(`${a} ${b}`);
      if (!papers) return el("td", {});
      return el("td", {}, el("button", { class: papers.length > most * 0.45 ? "cell deep" : "cell", "aria-pressed": String(picked === `${a} ${b}`), style: { "--share": `${Math.round(22 + (78 * papers.length) / most)}%` },
        "aria-label": `${model.labels[a]} and ${model.labels[b]}: ${plural(papers.length, "paper")}`, title: `${model.labels[a]} × ${model.labels[b]}: ${plural(papers.length, "paper")}`,
        on: { click: () => { picked = `${a} ${b}`; draw(); byId("picked").scrollIntoView({ block: "nearest" }); } } }, String(papers.length)));
    };
    const chosen = picked && pairs.get(picked) ? picked.split(" ").map(Number) : null;
    fill(byId("matrix"), el("h2", { class: "view-title" }, `${rows} by ${columns.toLowerCase()}`),
      el("p", { class: "view-note" }, pick("Rows", rows, (v) => { rows = v; }), " ", pick("Columns", columns, (v) => { columns = v; })),
      el("p", { class: "view-note" }, left.length ? `A number is how many papers bring the two together; click it to see them. Shown are the ${left.length} of ${number(allLeft)} rows and ${right.length} of ${number(allRight)} columns with most.`
        : "No paper that passes the filters names one of each."),
      left.length ? el("div", { class: "scroller", tabindex: 0, role: "region", "aria-label": "Matrix" }, el("table", { class: "grid" },
        el("thead", {}, el("tr", {}, el("td", {}), right.map((b) => el("th", { scope: "col" }, el("button", { title: model.labels[b], on: { click: () => go.select({ node: b }) } }, cut(model.labels[b], 26)))))),
        el("tbody", {}, left.map((a) => el("tr", {}, el("th", { scope: "row" }, el("button", { title: model.labels[a], on: { click: () => go.select({ node: a }) } }, glyph(model.kindName(a), 11), " ", cut(model.labels[a], 34))), right.map((b) => cell(a, b))))))) : null,
      el("div", { id: "picked", "aria-live": "polite" }, chosen ? [el("h3", {}, `${model.labels[chosen[0]]} and ${model.labels[chosen[1]]}`),
        el("ul", { class: "plain" }, pairs.get(picked).map((paper) => el("li", {}, paperLine(paper))))] : null));
  }

  return { draw };
})();
