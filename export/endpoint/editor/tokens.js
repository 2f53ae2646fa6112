// A light tokenizer for SPARQL: enough to colour a query and to know what stands at the caret.

export const KEYWORDS = [
  "SELECT", "DISTINCT", "REDUCED", "WHERE", "ASK", "CONSTRUCT", "DESCRIBE", "PREFIX", "BASE", "OPTIONAL", "UNION",
  "MINUS", "FILTER", "NOT", "EXISTS", "IN", "BIND", "AS", "VALUES", "UNDEF", "GRAPH", "ORDER", "BY", "ASC", "DESC",
  "GROUP", "HAVING", "LIMIT", "OFFSET", "COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT", "SEPARATOR",
  "STR", "LANG", "LANGMATCHES", "DATATYPE", "BOUND", "IRI", "BNODE", "ABS", "CEIL", "FLOOR", "ROUND", "CONCAT",
  "STRLEN", "UCASE", "LCASE", "CONTAINS", "STRSTARTS", "STRENDS", "STRBEFORE", "STRAFTER", "YEAR", "MONTH", "DAY",
  "COALESCE", "IF", "ISIRI", "ISLITERAL", "ISNUMERIC", "REGEX", "SUBSTR", "REPLACE", "TRUE", "FALSE",
];
const KNOWN = new Set(KEYWORDS);

const TOKEN = new RegExp(
  [
    /(?<comment>#[^\n]*)/,
    /(?<iri><[^<>"{}|^`\\\s]*>)/,
    /(?<string>"""(?:"{0,2}(?:[^"\\]|\\[^]))*(?:"""|$)|'''(?:'{0,2}(?:[^'\\]|\\[^]))*(?:'''|$)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?)/,
    /(?<variable>[?$][\p{L}\p{N}_]+)/u,
    /(?<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)/,
    /(?<name>[\p{L}\p{N}_][\p{L}\p{N}_.-]*:[\p{L}\p{N}_.:%\\-]*|:[\p{L}\p{N}_][\p{L}\p{N}_.:%-]*)/u,
    /(?<number>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/,
    /(?<word>[\p{L}_][\p{L}\p{N}_]*)/u,
    /(?<punctuation>[{}()[\].;,|/^*+!=<>&?-])/,
  ].map((part) => part.source).join("|"),
  "gu",
);

/** The tokens of a text as `{kind, text, start, end}`; what lies between them is space, or nothing SPARQL knows. */
export function tokens(text) {
  const found = [];
  for (const match of text.matchAll(TOKEN)) {
    let kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
    if (kind === "word") kind = KNOWN.has(match[0].toUpperCase()) || match[0] === "a" ? "keyword" : "word";
    found.push({ kind, text: match[0], start: match.index, end: match.index + match[0].length });
  }
  return found;
}

/** The variables of a query, each once, in the order they come. */
export function variables(text) {
  return [...new Set(tokens(text).filter((token) => token.kind === "variable").map((token) => "?" + token.text.slice(1)))];
}
