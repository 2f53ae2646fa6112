// The data of the page: columns by row number (papers first, then entities), and the links between rows.

const read = (id) => {
  const block = byId(id);
  return block ? JSON.parse(block.textContent) : null;
};

const model = (() => {
  const core = read("core");
  const size = core.ids.length;
  const { s, p, o, c } = core.links;
  const links = s.length;

  const row = new Map(core.ids.map((id, i) => [id, i]));
  const first = new Uint32Array(size + 1);
  for (let i = 0; i < links; i++) { first[s[i] + 1]++; first[o[i] + 1]++; }
  for (let i = 0; i < size; i++) first[i + 1] += first[i];
  const at = first.slice();
  const touching = new Uint32Array(2 * links);
  for (let i = 0; i < links; i++) { touching[at[s[i]]++] = i; touching[at[o[i]]++] = i; }

  const kindName = (node) => core.kinds[core.kind[node]];
  const isPaper = (node) => node < core.papers;
  const linksOf = (node) => touching.subarray(first[node], first[node + 1]);
  const degree = (node) => first[node + 1] - first[node];
  const other = (link, node) => (s[link] === node ? o[link] : s[link]);
  const predicate = (link) => core.predicates[p[link]];

  // Roles lead from a paper to an entity, relations from entity to entity, the rest from paper to paper.
  const family = core.predicates.map(() => "relation");
  for (let i = 0; i < links; i++) {
    family[p[i]] = isPaper(s[i]) ? (isPaper(o[i]) ? "paper" : "role") : "relation";
  }

  const groups = core.regions.map((region, g) => ({
    index: g,
    telling: core.groups[g] ? core.groups[g].telling : [],
    x: region[0], y: region[1], r: region[2], w: region[3], h: region[4],
    members: [],
  }));
  const rest = core.groups.length;
  const group = core.group.map((g) => (g >= 0 ? g : rest));
  for (let i = 0; i < size; i++) if (core.x[i] !== null && groups[group[i]]) groups[group[i]].members.push(i);
  const importance = (node) => core.radius[node] + (isPaper(node) ? 0 : 3);
  for (const each of groups) {
    each.members.sort((a, b) => importance(b) - importance(a) || a - b);
    each.name = each.index === rest ? "Share little with the others"
      : each.telling.length ? each.telling.slice(0, 3).map((node) => cut(core.labels[node], 32)).join(" · ")
        : `“${cut(core.labels[each.members[0]] ?? "", 40)}”`;
  }

  const years = core.year.filter((y) => y > 0);
  const span = years.length ? [years.reduce((a, b) => Math.min(a, b)), years.reduce((a, b) => Math.max(a, b))] : null;

  // A folded entity stands by the paper that names it; where, follows from its turn among the others there.
  const petals = new Map();
  const paperOf = (node) => { for (const i of linksOf(node)) if (isPaper(s[i]) && o[i] === node) return s[i]; return -1; };
  function place(node) {
    if (core.x[node] !== null) return [core.x[node], core.y[node]];
    const paper = paperOf(node);
    if (paper < 0 || core.x[paper] === null) return [0, 0];
    if (!petals.has(paper)) {
      const mine = [...linksOf(paper)].map((i) => other(i, paper)).filter((n) => core.folded[n] && paperOf(n) === paper);
      petals.set(paper, [...new Set(mine)]);
    }
    const turn = petals.get(paper).indexOf(node);
    const reach = core.radius[paper] + 15 + 5.5 * Math.sqrt(turn);
    return [core.x[paper] + reach * Math.cos(2.4 * turn), core.y[paper] + reach * Math.sin(2.4 * turn)];
  }

  let proof = null;
  const evidence = (link) => {
    proof = proof || read("evidence");
    if (!proof) return []; // that part of the file has not arrived yet
    return (proof.links[link] || []).map(([paper, start, end, by, score]) => ({ paper, start, end, by: proof.by[by], score }));
  };
  const blocks = new Map();
  const text = (paper) => {
    const block = Math.floor(paper / core.block);
    if (!blocks.has(block)) {
      const found = read(`texts-${block}`);
      if (!found) return {};
      blocks.set(block, found);
    }
    return blocks.get(block)[paper % core.block] || {};
  };
  const whole = (paper) => { const t = text(paper); return `${t.title || ""}\n${t.abstract || ""}`; };

  /** Rows that a node is linked with, each once. */
  const neighbours = (node) => [...new Set([...linksOf(node)].map((i) => other(i, node)))].filter((n) => n !== node);
  const papersOf = (node) => neighbours(node).filter(isPaper);
  const groupOf = (node) => groups[group[core.folded[node] ? Math.max(0, paperOf(node)) : node]];

  return { ...core, size, links, s, p, o, c, row, kindName, isPaper, linksOf, degree, other, predicate, family, groups,
    rest, group, importance, span, place, paperOf, evidence, text, whole, neighbours, papersOf, groupOf,
    aliasesOf: (node) => core.aliases[node] || [] };
})();
