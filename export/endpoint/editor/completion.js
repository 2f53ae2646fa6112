// The list of completions under the caret, worked by keyboard or mouse.

import { candidates } from "./candidates.js";
import { make } from "./dom.js";
import { place } from "./paint.js";

export class Completion {
  /** `insert(start, end, text)` puts a completion into the text. */
  constructor(area, sheet, list, insert) {
    Object.assign(this, { area, sheet, list, insert, vocabulary: { prefixes: {}, terms: [] }, now: null, at: 0 });
    area.addEventListener("blur", () => this.close());
  }

  get open() {
    return this.now !== null;
  }

  /** Offer what fits at the caret; `asked` (Ctrl+Space) offers more than typing does. */
  offer(asked = false) {
    const { area } = this;
    if (area.selectionStart !== area.selectionEnd) return this.close();
    const now = candidates(area.value, area.selectionStart, this.vocabulary, asked);
    if (!now || !now.found.length) return this.close();
    this.now = now;
    this.list.replaceChildren(
      ...now.found.map((option, i) =>
        make("li", { id: `option-${i}`, role: "option", "aria-selected": "false", onmousedown: (event) => this.#take(event, i) },
          make("span", { class: option.kind }, option.text),
          make("small", {}, option.comment || option.label || option.kind))),
    );
    this.list.hidden = false;
    this.#put();
    this.#choose(0);
  }

  close() {
    this.now = null;
    this.list.hidden = true;
    this.list.replaceChildren();
    this.area.removeAttribute("aria-activedescendant");
  }

  /** Handle a key while the list is open; true where it was one of the list's. */
  key(event) {
    if (!this.open || event.ctrlKey || event.metaKey || event.altKey) return false;
    const last = this.now.found.length - 1;
    if (event.key === "ArrowDown") this.#choose(this.at === last ? 0 : this.at + 1);
    else if (event.key === "ArrowUp") this.#choose(this.at === 0 ? last : this.at - 1);
    else if (event.key === "Escape") this.close();
    else if ((event.key === "Tab" || event.key === "Enter") && !event.shiftKey) this.#accept();
    else return false;
    return true;
  }

  #take(event, i) {
    event.preventDefault(); // the textarea keeps the focus
    this.#choose(i);
    this.#accept();
  }

  #accept() {
    const { text, kind } = this.now.found[this.at];
    const { start, word } = this.now;
    this.close();
    this.insert(start, start + word.length, text);
    if (kind === "prefix") this.offer();
  }

  #choose(i) {
    this.at = i;
    [...this.list.children].forEach((one, k) => one.setAttribute("aria-selected", String(k === i)));
    this.list.children[i].scrollIntoView({ block: "nearest" });
    this.area.setAttribute("aria-activedescendant", `option-${i}`);
  }

  #put() {
    const caret = place(this.sheet, this.now.start);
    const frame = this.list.parentElement.getBoundingClientRect();
    const room = window.innerWidth - this.list.offsetWidth - 8;
    this.list.style.left = `${Math.max(0, Math.min(caret.left, room) - frame.left)}px`;
    const below = caret.bottom + this.list.offsetHeight + 8 < window.innerHeight || caret.top < this.list.offsetHeight;
    const top = below ? caret.bottom + 2 : caret.top - this.list.offsetHeight - 2;
    this.list.style.top = `${top - frame.top}px`;
  }
}
