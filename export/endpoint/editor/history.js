// The last queries, kept in this browser where it allows that.

import { make } from "./dom.js";

const KEY = "citeweave.queries";
const MOST = 30;

/** The last queries, newest first; none where the browser keeps nothing, or something else under our name. */
export function remembered() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string").slice(0, MOST) : [];
  } catch {
    return [];
  }
}

/** Put a query first. */
export function remember(query) {
  keep([query, ...remembered().filter((one) => one !== query)].slice(0, MOST));
}

/** Keep nothing any more. */
export function forget() {
  keep([]);
}

/** List the queries; `chosen` hears of the one that is clicked. */
export function showHistory(list, chosen) {
  const queries = remembered();
  list.replaceChildren(
    ...queries.map((query) =>
      make("li", {}, make("button", { type: "button", title: query, onclick: () => chosen(query) }, gist(query)))),
  );
  return queries.length;
}

function keep(queries) {
  try {
    localStorage.setItem(KEY, JSON.stringify(queries));
  } catch {
    // a browser that keeps nothing (private mode, full) forgets, and all else works
  }
}

function gist(query) {
  const said = query.split("\n").filter((line) => line.trim() && !/^\s*(?:#|PREFIX\b|BASE\b)/i.test(line)).join(" ");
  const text = (said || query).replace(/\s+/g, " ").trim();
  return text.length > 90 ? `${text.slice(0, 90)}…` : text;
}
