// The parameters of a named query are lines of its text, such as
//   VALUES ?dataset { "imagenet" } # param: the dataset's name
// so the inputs are made from the text, and typing into one rewrites its line.

import { make } from "./dom.js";

const LINE = /VALUES \?(\w+) \{ ("(?:[^"\\\n]|\\.)*"|-?\d+) \} # param: ([^\n]*)/g;
const ESCAPES = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** The parameters in a query: `{name, value, meaning, number}`. */
export function parametersOf(text) {
  return [...text.matchAll(LINE)].map(([, name, literal, meaning]) => {
    const number = !literal.startsWith('"');
    return { name, value: number ? literal : unescape(literal.slice(1, -1)), meaning: meaning.trim(), number };
  });
}

/** The query with one parameter set; what is typed becomes a literal and nothing else. */
export function withParameter(text, name, value) {
  return text.replace(LINE, (whole, found, literal, meaning) => {
    if (found !== name) return whole;
    let set = literal;
    if (literal.startsWith('"')) set = `"${escape(value.trim().toLowerCase())}"`;
    else if (/^-?\d+$/.test(value.trim())) set = value.trim();
    return `VALUES ?${found} { ${set} } # param: ${meaning}`;
  });
}

/** Show an input for every parameter of a text; `changed` hears of what is typed. */
export function showParameters(form, text, changed) {
  const wanted = parametersOf(text);
  form.hidden = wanted.length === 0;
  const shown = [...form.querySelectorAll("input")];
  if (shown.length === wanted.length && shown.every((input, i) => input.name === wanted[i].name)) {
    shown.forEach((input, i) => {
      if (input !== document.activeElement) input.value = wanted[i].value;
    });
    return;
  }
  form.replaceChildren(
    ...wanted.map(({ name, value, meaning, number }) =>
      make("label", {}, make("span", {}, name, make("small", {}, meaning)),
        make("input", {
          name, value, type: "text", inputmode: number ? "numeric" : null, autocomplete: "off", spellcheck: "false",
          oninput: (event) => changed(name, event.target.value),
        })),
    ),
  );
}

function escape(text) {
  return text.replace(/["\\\n\r\t]/g, (character) => ESCAPES[character]);
}

function unescape(text) {
  const back = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };
  return text.replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g, (_, short, long, one) =>
    short || long ? String.fromCodePoint(Math.min(parseInt(short ?? long, 16), 0x10ffff)) : (back[one] ?? one));
}
