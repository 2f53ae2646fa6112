// The answer as a table, a yes or no, or Turtle.

import { counted, make } from "./dom.js";
import { address, numberOf, textOf } from "./terms.js";

const STEP = 500;
const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Show an answer; returns what was found in words ("12 rows"). */
export function show(target, { media, body }) {
  if (!media.endsWith("json")) {
    target.replaceChildren(make("pre", { class: "turtle", tabindex: "0", "aria-label": "Turtle" }, body));
    return "a graph";
  }
  const answer = JSON.parse(body);
  if (typeof answer.boolean === "boolean") {
    target.replaceChildren(make("p", { class: "verdict" }, answer.boolean ? "Yes" : "No"));
    return answer.boolean ? "yes" : "no";
  }
  const rows = answer.results.bindings;
  if (rows.length) new Table(target, answer.head.vars, rows);
  else target.replaceChildren(make("p", { class: "quiet" }, "Nothing in the graph matches."));
  return counted(rows.length, "row");
}

class Table {
  constructor(target, variables, rows) {
    Object.assign(this, { target, variables, rows, shown: 0, column: "", down: false });
    this.head = make("tr", {}, variables.map((name) =>
      make("th", { scope: "col", "aria-sort": "none" },
        make("button", { type: "button", title: "Sort", onclick: () => this.#sort(name) }, name))));
    this.body = make("tbody");
    this.more = make("button", { type: "button", hidden: true, onclick: () => this.#grow() });
    target.replaceChildren(make("div", { class: "scroll" }, make("table", {}, make("thead", {}, this.head), this.body)), this.more);
    this.#grow();
  }

  #grow() {
    const next = this.rows.slice(this.shown, this.shown + STEP);
    this.body.append(...next.map((row) => make("tr", {}, this.variables.map((name) => cell(row[name])))));
    this.shown += next.length;
    const left = this.rows.length - this.shown;
    this.more.hidden = left === 0;
    this.more.textContent = `Show ${Math.min(left, STEP).toLocaleString("en")} more of ${counted(left, "row")} left`;
  }

  #sort(name) {
    this.down = this.column === name && !this.down;
    this.column = name;
    const sign = this.down ? -1 : 1;
    const keyed = this.rows.map((row) => [numberOf(row[name]), textOf(row[name]), row]);
    keyed.sort((a, b) => {
      if (!a[1] !== !b[1]) return a[1] ? -1 : 1; // what is unbound comes last, either way
      return sign * (a[0] !== null && b[0] !== null ? a[0] - b[0] : collator.compare(a[1], b[1]));
    });
    this.rows = keyed.map(([, , row]) => row);
    [...this.head.children].forEach((one, i) =>
      one.setAttribute("aria-sort", this.variables[i] !== name ? "none" : this.down ? "descending" : "ascending"));
    this.body.replaceChildren();
    this.shown = 0;
    this.#grow();
  }
}

function cell(term) {
  if (!term) return make("td", { class: "unbound" });
  const text = textOf(term);
  if (term.type === "uri") {
    const href = address(term.value);
    return make("td", {}, href === null ? text : make("a", { href, title: term.value, rel: "noopener noreferrer" }, text));
  }
  const language = term["xml:lang"];
  return make("td", { class: numberOf(term) === null ? null : "number", title: term.datatype ?? null, lang: language ?? null, dir: "auto" },
    text, language ? make("small", {}, ` @${language}`) : null);
}
