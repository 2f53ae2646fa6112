// The page: a query, what it answers, and queries to start from.

import { Completion } from "./completion.js";
import { find, make } from "./dom.js";
import { forget, remember, remembered, showHistory } from "./history.js";
import { offsetOf, paint } from "./paint.js";
import { parametersOf, showParameters, withParameter } from "./parameters.js";
import { show } from "./results.js";
import { ask, load, Refusal } from "./server.js";
import { learn } from "./terms.js";

const START = `SELECT ?title ?thing WHERE {
  ?paper cw:introduces ?entity ; dcterms:title ?title .
  ?entity skos:prefLabel ?thing .
}
ORDER BY ?title
LIMIT 100
`;
const ANY = "application/sparql-results+json, text/turtle;q=0.9";
const FORMS = {
  table: [["CSV", "text/csv", "csv"], ["TSV", "text/tab-separated-values", "tsv"], ["JSON", "application/sparql-results+json", "json"]],
  graph: [["Turtle", "text/turtle", "ttl"], ["N-Triples", "application/n-triples", "nt"], ["JSON-LD", "application/ld+json", "jsonld"]],
};

const area = find("query");
let running = null;
let examples = [];

const completion = new Completion(area, find("paint"), find("options"), (start, end, text) => {
  area.setSelectionRange(start, end);
  // the only way in that the browser's own undo knows
  if (!document.execCommand("insertText", false, text)) area.setRangeText(text, start, end, "end");
});

// ---- the query ----

function changed(wrong = -1) {
  paint(find("paint"), area.value, wrong);
  showParameters(find("parameters"), area.value, (name, value) => set(withParameter(area.value, name, value)));
  const shape = outline(area.value);
  for (const button of find("examples").querySelectorAll("button")) {
    button.setAttribute("aria-current", String(outline(button.dataset.query) === shape));
  }
}

/** The query without the values of its parameters, which tells named queries apart. */
function outline(text) {
  return parametersOf(text).reduce((said, { name, number }) => withParameter(said, name, number ? "0" : ""), text).trim();
}

function set(text) {
  area.value = text;
  find("problem").hidden = true;
  completion.close();
  changed();
}

function address() {
  return "#query=" + encodeURIComponent(area.value.toWellFormed ? area.value.toWellFormed() : area.value);
}

function fromAddress() {
  const found = /^#query=(.*)$/.exec(location.hash);
  try {
    return found ? decodeURIComponent(found[1]) : null;
  } catch {
    return null; // a fragment cut in the middle of a character
  }
}

// ---- running it ----

async function run() {
  if (running) running.abort();
  const query = area.value;
  const mine = (running = new AbortController());
  const begun = performance.now();
  const seconds = () => ((performance.now() - begun) / 1000).toFixed(2) + " s";
  const clock = setInterval(() => say(`running, ${seconds()}`, true), 100);
  find("cancel").disabled = false;
  find("problem").hidden = true;
  find("downloads").replaceChildren();
  changed();
  history.replaceState(null, "", address());
  try {
    const answer = await ask(query, ANY, mine.signal);
    const took = seconds();
    await started; // without the prefixes nothing is shortened
    say(`${show(find("results"), answer)} in ${took}`);
    offer(query, answer);
    remember(query);
    list();
  } catch (error) {
    if (running !== mine) return; // a newer query took over
    find("results").replaceChildren();
    if (error.name === "AbortError") say(`cancelled after ${seconds()}`);
    else complain(error, query);
  } finally {
    clearInterval(clock);
    if (running === mine) {
      running = null;
      find("cancel").disabled = true;
    }
  }
}

function say(text, quietly = false) {
  find("status").setAttribute("aria-live", quietly ? "off" : "polite");
  find("status").textContent = text;
}

function complain(error, query) {
  say("");
  find("problem").textContent = error instanceof Refusal ? error.message : `The page failed: ${error.message}`;
  find("problem").hidden = false;
  if (!error.line || area.value !== query) return;
  const offset = offsetOf(query, error.line, error.column);
  changed(offset);
  area.focus();
  area.setSelectionRange(offset, offset);
  find("wrong")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function offer(query, { media, body }) {
  const forms = media.endsWith("json") ? FORMS.table : FORMS.graph;
  find("downloads").replaceChildren(
    ...forms.map(([name, type, suffix]) =>
      make("button", {
        type: "button",
        onclick: async () => {
          try {
            save(type === media ? body : (await ask(query, type)).body, type, `answer.${suffix}`);
          } catch (error) {
            complain(error, query);
          }
        },
      }, name)),
  );
}

function save(text, type, name) {
  const href = URL.createObjectURL(new Blob([text], { type }));
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

// ---- queries to start from ----

function list() {
  const wanted = find("filter").value.trim().toLowerCase();
  const shown = examples.filter((one) => `${one.name} ${one.comment}`.toLowerCase().includes(wanted));
  find("examples").replaceChildren(
    ...shown.map((one) =>
      make("li", {}, make("button", { type: "button", "data-query": one.query, onclick: () => choose(one.query) },
        make("strong", {}, one.name), make("span", {}, one.comment)))),
  );
  find("forget").hidden = showHistory(find("history"), choose) === 0;
  changed();
}

function choose(query) {
  set(query);
  (find("parameters").querySelector("input") ?? area).focus();
}

// ---- wiring ----

area.addEventListener("input", (event) => {
  find("problem").hidden = true;
  changed();
  if (event.inputType === "insertText" || event.inputType?.startsWith("delete") && completion.open) completion.offer();
  else completion.close();
});
area.addEventListener("keydown", (event) => {
  if (event.ctrlKey && event.code === "Space") completion.offer(true);
  else if (!completion.key(event)) return;
  event.preventDefault();
});
area.addEventListener("click", () => completion.close());
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  completion.close();
  run();
});
find("parameters").addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
find("run").addEventListener("click", run);
find("cancel").addEventListener("click", () => running?.abort());
find("filter").addEventListener("input", list);
find("forget").addEventListener("click", () => {
  forget();
  list();
});
find("share").addEventListener("click", async () => {
  history.replaceState(null, "", address());
  try {
    await navigator.clipboard.writeText(location.href);
    say("link copied");
  } catch {
    say("the link is in the address bar");
  }
});
window.addEventListener("hashchange", () => {
  const text = fromAddress();
  if (text !== null && text !== area.value) set(text);
});

set(fromAddress() ?? remembered()[0] ?? START);
const started = Promise.all([load("vocabulary.json"), load("queries.json")]).then(
  ([vocabulary, queries]) => {
    completion.vocabulary = vocabulary;
    learn(vocabulary.prefixes);
    examples = queries;
  },
  (error) => complain(error, area.value),
);
await started;
list();
document.body.dataset.ready = "true";
