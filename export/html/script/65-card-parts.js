// Pieces that the cards share: names that can be clicked, marked text, quoted sentences.

const ROLE_TITLE = { __proto__: null,
  introduces: "Introduces", evaluates_on: "Evaluates on", addresses: "Addresses", measures: "Measures",
  compares: "Compares with", extends: "Extends", uses: "Uses", studies: "Studies", mentions: "Mentions",
};
const ROLE_OF_PAPERS = { __proto__: null,
  introduces: "Introduced by", evaluates_on: "Evaluated on by", addresses: "Addressed by", measures: "Measured by",
  compares: "Compared with by", extends: "Extended by", uses: "Used by", studies: "Studied by", mentions: "Mentioned by",
};
const RELATION_BACK = { __proto__: null,
  used_for: "done with", evaluated_on: "evaluates", trained_on: "trains", measured_by: "measures", part_of: "has part",
  subtype_of: "has kind", based_on: "is the base of", outperforms: "outperformed by", compared_with: "compared with",
  has_property: "property of", broader: "narrower", cites: "cited by", cites_in_text: "cited in the text of", builds_on: "built on by",
};
const FORWARD = { __proto__: null, subtype_of: "kind of", broader: "kind of", cites_in_text: "cites in its text" };
const forward = (name) => ROLE_TITLE[name]?.toLowerCase() || FORWARD[name] || words(name);

const percent = (score) => `${Math.round(score)} %`;

/** A paper or entity as something to click. */
function chip(node, extra) {
  return el("button", { class: `chip kind-${model.kindName(node)}`, title: `${model.kindName(node)}: ${model.labels[node]}`,
    on: { click: () => go.to(node), mouseenter: () => paint.point(node), mouseleave: () => paint.point(-1) } },
  glyph(model.kindName(node), 12), el("span", {}, cut(model.labels[node], 90)), extra ? el("small", {}, extra) : null);
}

/** Text between two offsets with the entities in it marked; `strong` are those that the quote is about. */
function marked(paper, start, end, strong = new Set()) {
  const whole = model.whole(paper), out = [];
  let at = start;
  for (const [from, to, node] of model.text(paper).mentions || []) {
    if (from < at || to > end) continue;
    out.push(whole.slice(at, from));
    out.push(nodeLink(node, `mark kind-${model.kindName(node)}${strong.has(node) ? " strong" : ""}`, `${model.kindName(node)}: ${model.labels[node]}`, whole.slice(from, to)));
    at = to;
  }
  out.push(whole.slice(at, end));
  return out;
}

/** Evidence: the sentence, who says so, how sure that is. */
function quote(proof, strong, withPaper = true) {
  return el("figure", { class: "quote" },
    el("blockquote", { dir: "auto" }, marked(proof.paper, proof.start, proof.end, strong)),
    el("figcaption", {}, withPaper ? paperLine(proof.paper) : null,
      el("span", { class: "by", title: "The component that read this, and how sure it is" }, `${proof.by} · ${percent(proof.score)}`)));
}

/** A link inside running text: it wraps as text does, and copying it gives the address of that node. */
const nodeLink = (node, className, title, ...content) => el("a", { class: className, title, dir: "auto", hash: { node: model.ids[node] },
  on: { click: (event) => { event.preventDefault(); go.to(node); } } }, content);

const paperLine = (paper) => nodeLink(paper, "paper-line", null, cut(model.labels[paper], 120), model.year[paper] ? el("small", {}, ` ${model.date[paper]}`) : null);

/** A list that shows its first rows, and the rest when asked. */
function longList(items, render, most = 8) {
  const list = el("ul", { class: "plain" }, items.slice(0, most).map((item) => el("li", {}, render(item))));
  if (items.length <= most) return list;
  const more = el("button", { class: "more", on: { click: () => {
    append(list, items.slice(most).map((item) => el("li", {}, render(item))));
    more.remove();
  } } }, `Show ${number(items.length - most)} more`);
  return [list, more];
}

const section = (title, ...content) => el("section", {}, el("h3", {}, title), content);

/** Little bars, one a year; a click limits the years. */
function yearBars(papers) {
  const count = new Map();
  for (const paper of papers) if (model.year[paper]) count.set(model.year[paper], (count.get(model.year[paper]) || 0) + 1);
  if (count.size < 2) return null;
  const low = Math.min(...count.keys()), high = Math.max(...count.keys()), top = Math.max(...count.values());
  const bars = [];
  for (let year = low; year <= high; year++) {
    const n = count.get(year) || 0;
    bars.push(el("button", { class: "bar-year", title: `${year}: ${plural(n, "paper")}. Click to show this year only`, "aria-label": `${year}: ${plural(n, "paper")}`,
      style: { "--height": `${Math.round((100 * n) / top)}%` }, on: { click: () => change({ from: year, until: year }) } }));
  }
  return el("div", { class: "years" }, el("div", { class: "year-bars" }, bars), el("div", { class: "year-ends" }, el("span", {}, low), el("span", {}, high)));
}
