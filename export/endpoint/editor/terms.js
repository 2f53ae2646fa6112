// IRIs and literals as people read them.

// What names papers and authors elsewhere (graph/iris.py): the server has a page on each, which leads on to the web.
const IDENTIFIERS = [
  "https://doi.org/", "https://arxiv.org/abs/", "https://aclanthology.org/", "https://pubmed.ncbi.nlm.nih.gov/",
  "https://openalex.org/", "https://www.semanticscholar.org/paper/", "https://orcid.org/",
];
let known = [];
let ours = null;

/** Take the prefixes that the server knows. */
export function learn(prefixes) {
  known = Object.entries(prefixes).sort((a, b) => b[1].length - a[1].length);
  ours = prefixes.cw ? prefixes.cw.replace(/ontology#$/, "id/") : null;
}

/** An IRI shortened by a prefix where one fits, so that it could stand in a query as it is. */
export function shorten(iri) {
  for (const [prefix, namespace] of known) {
    if (!iri.startsWith(namespace)) continue;
    const local = iri.slice(namespace.length);
    if (/^[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_-])?$/u.test(local)) return `${prefix}:${local}`;
  }
  return iri;
}

/** The address to link an IRI to: our own page on it, or else the web; null where it is no link (javascript:, urn:). */
export function address(iri) {
  const spaces = ours ? [ours, ...IDENTIFIERS] : IDENTIFIERS;
  if (spaces.some((space) => iri.startsWith(space))) return "resource?iri=" + encodeURIComponent(iri);
  return /^(?:https?|ftp|mailto):/i.test(iri) ? iri : null;
}

/** A term of SPARQL Query Results JSON as text. */
export function textOf(term) {
  if (!term) return "";
  if (term.type === "uri") return shorten(term.value);
  if (term.type === "bnode") return `_:${term.value}`;
  if (term.type === "triple") {
    const { subject, predicate, object } = term.value;
    return `<<( ${textOf(subject)} ${textOf(predicate)} ${textOf(object)} )>>`;
  }
  return term.value;
}

/** The number a literal stands for, or null for a term that is none. */
export function numberOf(term) {
  if (!term || !/#(?:integer|decimal|double|float|gYear|nonNegativeInteger)$/.test(term.datatype ?? "")) return null;
  const number = Number(term.value);
  return Number.isNaN(number) ? null : number;
}
