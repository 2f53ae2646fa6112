// The coloured copy of the query that lies under the transparent textarea, character for character.

import { make } from "./dom.js";
import { tokens } from "./tokens.js";

/** Colour a text into a `pre`; `wrong` (an offset) is the place that an error names. */
export function paint(target, text, wrong = -1) {
  const parts = [];
  let at = 0;
  for (const token of tokens(text)) {
    if (token.start > at) parts.push(text.slice(at, token.start));
    parts.push(make("span", { class: token.kind }, token.text));
    at = token.end;
  }
  parts.push(text.slice(at) + "\n"); // the last line is there even when it is empty
  target.replaceChildren(...parts);
  if (wrong >= 0) mark(target, Math.min(wrong, Math.max(0, text.length - 1)), text);
}

/** Where a character of a painted text is on the screen. */
export function place(target, offset) {
  const range = document.createRange();
  const [node, within] = locate(target, offset);
  range.setStart(node, within);
  range.collapse(true);
  return range.getBoundingClientRect();
}

/** The offset of a line and column (both from 1, columns in code points) in a text. */
export function offsetOf(text, line, column) {
  const lines = text.split("\n");
  const index = Math.min(Math.max(line, 1), lines.length) - 1;
  const before = lines.slice(0, index).reduce((sum, one) => sum + one.length + 1, 0);
  return before + Array.from(lines[index]).slice(0, column - 1).join("").length;
}

function mark(target, offset, text) {
  const token = tokens(text).find((one) => one.start <= offset && offset < one.end);
  const [start, end] = token && token.kind !== "comment" ? [token.start, token.end] : [offset, offset + 1];
  const range = document.createRange();
  range.setStart(...locate(target, start));
  range.setEnd(...locate(target, end));
  const wrong = make("mark", { id: "wrong" });
  wrong.append(range.extractContents());
  range.insertNode(wrong);
}

function locate(target, offset) {
  const walker = document.createTreeWalker(target, NodeFilter.SHOW_TEXT);
  let left = offset;
  let last = null;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (left <= node.length) return [node, left];
    left -= node.length;
    last = node;
  }
  return last ? [last, last.length] : [target, 0];
}
