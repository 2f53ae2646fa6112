// The cards: what the pile is about, a paper, an entity, a link, a group.

const cards = (() => {
  const heading = (kind, title) => [
    el("p", { class: `kind kind-${kind}` }, model.kinds.includes(kind) ? glyph(kind, 13) : null, kind === "CitedPaper" ? "Cited paper, not itself in the pile" : kind),
    el("h2", { dir: "auto" }, title)];

  function byPredicate(node, outward) {
    const found = new Map();
    for (const link of model.linksOf(node)) {
      if ((model.s[link] === node) !== outward) continue;
      const name = model.predicate(link);
      if (!found.has(name)) found.set(name, []);
      found.get(name).push(link);
    }
    return model.predicates.filter((name) => found.has(name)).map((name) => [name, found.get(name)]);
  }

  function paper(node) {
    const text = model.text(node), whole = model.whole(node), titleLength = (text.title || "").length;
    const addresses = [];
    const ids = text.ids || {};
    if (ids.doi) addresses.push(outside(`https://doi.org/${encodeURI(ids.doi)}`, `doi:${ids.doi}`));
    if (ids.arxiv) addresses.push(outside(`https://arxiv.org/abs/${encodeURI(ids.arxiv)}`, `arXiv:${ids.arxiv}`));
    for (const [scheme, value] of Object.entries(ids)) if (scheme !== "doi" && scheme !== "arxiv") addresses.push(outside(value, scheme === "url" ? value : `${scheme}:${value}`));
    for (const link of text.links || []) addresses.push(outside(link));
    const authors = text.authors?.length ? longNames(text.authors) : text.count ? plural(text.count, "author") + " (not named in the source)" : "";
    const facts = [authors, model.date[node] || "no date", text.venue].filter(Boolean);
    const roles = byPredicate(node, true).filter(([name]) => model.family[model.predicates.indexOf(name)] === "role");
    const out = byPredicate(node, true).filter(([name]) => model.family[model.predicates.indexOf(name)] === "paper");
    const hiddenHere = model.neighbours(node).filter((n) => !scene.shown.has(n) && filter.current().pass[n]);
    return [
      heading(model.kindName(node), text.title ? marked(node, 0, titleLength) : model.labels[node]),
      el("p", { class: "facts", dir: "auto" }, facts.join(" · ")),
      addresses.length ? el("p", { class: "addresses" }, addresses) : null,
      hiddenHere.length ? el("button", { class: "action", on: { click: () => { go.unfold(node); } } }, `Show ${plural(hiddenHere.length, "folded neighbour")} on the map`) : null,
      text.abstract ? el("p", { class: "abstract", dir: "auto" }, marked(node, titleLength + 1, whole.length)) : el("p", { class: "facts" }, "No abstract in the source."),
      roles.map(([name, links]) => section(ROLE_TITLE[name] || words(name), el("div", { class: "chips" }, links.map((link) => linkChip(link, model.o[link]))))),
      out.map(([name, links]) => section(sentence(forward(name)), longList(links, (link) => [paperLine(model.o[link]), why(link)]))),
      byPredicate(node, false).map(([name, links]) => section(sentence(RELATION_BACK[name] || words(name)), longList(links, (link) => [paperLine(model.s[link]), why(link)]))),
      alike(node),
      text.sources ? el("p", { class: "sources" }, `Read from ${text.sources.join(", ")}`) : null,
    ];
  }

  const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  const longNames = (names) => (names.length > 12 ? `${names.slice(0, 12).join(", ")} and ${names.length - 12} more` : names.join(", "));
  const linkChip = (link, node) => el("span", { class: "pair" }, chip(node), why(link));
  const why = (link) => el("button", { class: "why", title: "Which sentence says so?", "aria-label": `Evidence: ${linkName(link)}`, on: { click: () => go.toLink(link) } }, "❝");

  /** Papers that share the most entities, the rarer the better. */
  function alike(node) {
    const score = new Map();
    for (const thing of model.neighbours(node)) {
      if (model.isPaper(thing) || model.named[thing] < 2 || model.named[thing] > 400) continue;
      for (const paper of model.papersOf(thing)) if (paper !== node) score.set(paper, (score.get(paper) || 0) + 1 / Math.log2(1 + model.named[thing]));
    }
    const best = [...score].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 5).filter(([, value]) => value > 0.6);
    return best.length ? section("Papers most like this one", longList(best, ([paper]) => paperLine(paper))) : null;
  }

  function entity(node) {
    const aliases = model.aliasesOf(node), papers = model.papersOf(node);
    const incoming = byPredicate(node, false), relations = new Map();
    for (const link of model.linksOf(node)) {
      if (model.family[model.p[link]] !== "relation") continue;
      const title = model.s[link] === node ? forward(model.predicate(link)) : RELATION_BACK[model.predicate(link)] || words(model.predicate(link));
      if (!relations.has(title)) relations.set(title, []);
      relations.get(title).push(link);
    }
    const roles = incoming.filter(([name]) => model.family[model.predicates.indexOf(name)] === "role");
    const dated = papers.map((p) => model.date[p]).filter((d) => /^\d/.test(d)).sort();
    const hiddenHere = model.neighbours(node).filter((n) => !scene.shown.has(n) && filter.current().pass[n]);
    const together = new Map();
    for (const paper of papers.slice(0, 400)) {
      for (const n of model.neighbours(paper)) if (n !== node && !model.isPaper(n) && model.named[n] > 1) together.set(n, (together.get(n) || 0) + 1);
    }
    const often = [...together].sort((a, b) => b[1] - a[1] || a[0] - b[0]).filter(([, n]) => n > 1).slice(0, 10);
    return [
      heading(model.kindName(node), model.labels[node]),
      aliases.length ? el("p", { class: "facts", dir: "auto" }, `Also written ${aliases.slice(0, 12).join(", ")}${aliases.length > 12 ? ` and ${aliases.length - 12} more ways` : ""}`) : null,
      el("p", { class: "facts" }, `Named in ${plural(papers.length, "paper")}${dated.length ? `, first dated ${dated[0]}` : ""}`),
      best(node, roles),
      hiddenHere.length ? el("button", { class: "action", on: { click: () => go.unfold(node) } }, `Show ${plural(hiddenHere.length, "folded neighbour")} on the map`) : null,
      yearBars(papers),
      roles.map(([name, links]) => section(`${ROLE_OF_PAPERS[name] || words(name)} ${plural(links.length, "paper")}`, longList(sortByDate(links), (link) => [paperLine(model.s[link]), why(link)], name === "mentions" ? 3 : 6))),
      relations.size ? section("Related", [...relations].map(([title, links]) => el("div", { class: "relation" }, el("h4", {}, title),
        el("div", { class: "chips" }, links.slice(0, 14).map((link) => linkChip(link, model.other(link, node))))))) : null,
      often.length ? section("Often in the same paper", el("div", { class: "chips" }, often.map(([n, count]) => chip(n, ` ${count}`)))) : null,
    ];
  }

  const sortByDate = (links) => [...links].sort((a, b) => model.date[model.s[b]].localeCompare(model.date[model.s[a]]) || a - b);

  const newestFirst = (papers) => [...papers].sort((a, b) => model.date[b].localeCompare(model.date[a]) || a - b);

  /** The sentence that tells most about an entity: where it is introduced, else where it is studied. */
  function best(node, roles) {
    for (const name of ["introduces", "studies", "extends", "addresses", "uses", "evaluates_on", "compares", "measures", "mentions"]) {
      const links = roles.find(([role]) => role === name)?.[1];
      if (!links) continue;
      const proofs = links.map((link) => model.evidence(link)[0]).filter(Boolean).sort((a, b) => b.score - a.score);
      if (proofs.length) return section(name === "introduces" ? "The sentence that introduces it" : "A sentence that says what it is about", quote(proofs[0], new Set([node])));
    }
    return null;
  }

  function link(i) {
    const proofs = model.evidence(i), ends = new Set([model.s[i], model.o[i]]);
    return [
      el("p", { class: "kind" }, "Link"),
      el("div", { class: "triple" }, chip(model.s[i]), el("span", {}, `${forward(model.predicate(i))} ↓`), chip(model.o[i])),
      el("p", { class: "facts" }, `Confidence ${percent(model.c[i])}`, el("meter", { min: 0, max: 100, value: model.c[i], "aria-label": "confidence" })),
      proofs.length ? section(plural(proofs.length, "sentence says so", "sentences say so"), longList(proofs, (proof) => quote(proof, ends), 6))
        : el("p", { class: "facts" }, "From the paper's metadata or reference list; no sentence is quoted."),
    ];
  }

  function group(g) {
    const each = model.groups[g], { pass } = filter.current();
    const papers = each.members.filter((n) => model.isPaper(n)), things = each.members.filter((n) => !model.isPaper(n));
    const opened = state.open.includes(g), passing = each.members.filter((n) => pass[n]);
    const isRest = g === model.rest;
    return [
      el("p", { class: "kind" }, isRest ? "The rest" : "Group"),
      el("h2", {}, each.name),
      el("p", { class: "facts" }, `${plural(papers.length, "paper")} and ${plural(things.length, "entity", "entities")} that several papers name`),
      isRest ? el("p", {}, "These papers have hardly any entity in common with the others, so they stand in a grid instead of in a group.") : null,
      model.closed ? el("button", { class: "action", on: { click: () => (opened ? scene.close(g) : go.toGroup(g)) } }, opened ? "Close this group" : "Unfold this group") : null,
      model.closed && opened && passing.length > scene.GROUP_CAP ? el("p", { class: "facts" }, `The ${scene.GROUP_CAP} best connected of ${number(passing.length)} are drawn; search finds the others.`) : null,
      each.telling.length ? section("What it is about", el("div", { class: "chips" }, each.telling.map((n) => chip(n, ` ${model.named[n]}`)))) : null,
      yearBars(papers),
      section("Papers", longList(papers, paperLine, 12)),
    ];
  }

  function overview() {
    const { pass } = filter.current();
    const all = [...Array(model.papers).keys()].filter((n) => model.kindName(n) === "Paper");
    const papers = all.filter((n) => pass[n]);
    if (!model.size) return [el("h2", {}, "Nothing here yet"), el("p", {}, "The graph is empty: it has no papers and no entities.")];
    const things = [...Array(model.size - model.papers).keys()].map((i) => i + model.papers);
    const top = (kinds, most) => things.filter((n) => pass[n] && kinds.includes(model.kindName(n)) && (model.named[n] > 1 || model.size < 300))
      .sort((a, b) => model.named[b] - model.named[a] || a - b).slice(0, most);
    const chips = (nodes) => el("div", { class: "chips" }, nodes.map((n) => chip(n, ` ${model.named[n]}`)));
    const asked = [["Tasks and concepts", ["Task", "Concept"], 9], ["Methods and models", ["Method", "Model"], 9], ["Datasets and metrics", ["Dataset", "Metric"], 7]];
    const undated = all.filter((n) => !model.year[n]).length;
    return [
      el("h2", {}, "What these papers are about"),
      model.scope ? el("p", { class: "facts" }, `This page shows a part of the graph: ${model.scope}.`) : null,
      el("ol", { class: "groups" }, model.groups.filter((g) => g.members.some((n) => pass[n])).map((g) => el("li", {}, el("button", { on: { click: () => go.toGroup(g.index) } },
        el("span", {}, g.name), el("small", {}, plural(g.members.filter((n) => model.isPaper(n) && pass[n]).length, "paper")))))),
      yearBars(all),
      papers.length < all.length ? section(`${plural(papers.length, "paper passes", "papers pass")} the filters`, longList(newestFirst(papers), paperLine, 12)) : null,
      undated ? el("p", { class: "facts" }, `${plural(undated, "paper has", "papers have")} no year in the source.`) : null,
      asked.map(([title, kinds, most]) => { const found = top(kinds, most); return found.length ? section(title, chips(found)) : null; }),
      section("Finding your way", el("p", { class: "facts" }, "Click a node to read about it, double-click to unfold what it is linked with, press / to search. Every link carries the sentence that says so: click the line, or ❝ in a card.")),
    ];
  }

  function draw() {
    const content = state.node >= 0 ? (model.isPaper(state.node) ? paper(state.node) : entity(state.node))
      : state.link >= 0 ? link(state.link) : state.group >= 0 ? group(state.group) : overview();
    fill(byId("details"), content);
    byId("card").scrollTop = 0;
  }

  return { draw };
})();
