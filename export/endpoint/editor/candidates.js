// What could stand at the caret: variables, our terms, prefixes, keywords.

import { KEYWORDS, tokens, variables } from "./tokens.js";

const MOST = 12;

/**
 * The completions for the word that ends at the caret, best first, as `{start, word, found}` with
 * `found` a list of `{text, kind, label, comment}`; null inside strings, comments and IRIs.
 * `asked` offers something even where no word was begun.
 */
export function candidates(text, caret, vocabulary, asked = false) {
  const inside = tokens(text).find((token) => token.start < caret && caret <= token.end);
  if (inside && (inside.kind === "comment" || inside.kind === "iri" || inside.kind === "string")) {
    const open = inside.kind === "comment" || caret < inside.end;
    if (open || inside.kind !== "iri") return null;
  }
  if (/<[^<>"{}|^`\\\s?$][^<>"{}|^`\\\s]*$/.test(text.slice(0, caret))) return null; // an IRI that has no end yet
  const [word] = /(?:[?$][\p{L}\p{N}_]*|[\p{L}\p{N}_][\p{L}\p{N}_.-]*:?[\p{L}\p{N}_.-]*|)$/u.exec(text.slice(0, caret));
  if (!word && !asked) return null;
  const start = caret - word.length;
  const found = /^[?$]/.test(word) ? ofVariables(text, word, start, caret) : ofTerms(word, vocabulary, asked);
  if (asked && !word) found.unshift(...ofVariables(text, "?", start, caret).slice(0, 4));
  const exact = found.length === 1 && found[0].text === word;
  return { start, word, found: exact ? [] : found.slice(0, MOST) };
}

function ofVariables(text, word, start, caret) {
  const others = variables(text.slice(0, start) + " " + text.slice(caret));
  const begun = "?" + word.slice(1).toLowerCase();
  return others
    .filter((name) => name.toLowerCase().startsWith(begun) && name.slice(1) !== word.slice(1))
    .map((name) => ({ text: word[0] === "$" ? "$" + name.slice(1) : name, kind: "variable", label: "", comment: "" }));
}

function ofTerms(word, vocabulary, asked) {
  const begun = word.toLowerCase();
  const ranked = [];
  const put = (rank, option) => rank < 9 && ranked.push([rank, ranked.length, option]);
  for (const term of vocabulary.terms) {
    const [prefix, local] = term.name.toLowerCase().split(":");
    let rank = 9;
    if (!begun) rank = 5;
    else if (term.name.toLowerCase().startsWith(begun)) rank = 0;
    else if (begun.includes(":")) {
      const rest = begun.slice(begun.indexOf(":") + 1);
      if (begun.startsWith(prefix + ":") && rest && local.includes(rest)) rank = 2;
    } else if (begun.length > 1 && local.startsWith(begun)) rank = 1;
    else if (begun.length > 2 && (local.includes(begun) || term.label.toLowerCase().includes(begun))) rank = 4;
    put(rank, { text: term.name, kind: term.kind, label: term.label, comment: term.comment });
  }
  if (begun && !begun.includes(":")) {
    for (const [prefix, namespace] of Object.entries(vocabulary.prefixes)) {
      if (prefix.startsWith(begun)) put(prefix === begun ? 0 : 3, { text: prefix + ":", kind: "prefix", label: "", comment: namespace });
    }
    for (const keyword of KEYWORDS) {
      if (keyword.toLowerCase().startsWith(begun) && (begun.length > 1 || asked) && keyword.toLowerCase() !== begun) {
        put(2, { text: keyword, kind: "keyword", label: "", comment: "" });
      }
    }
  }
  return ranked.sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, , option]) => option);
}
