// Elements are made here and nowhere else, and text only ever becomes a text node: nothing is parsed as HTML.

/** An element with properties (`class`, `on...` and attributes by name) and children, of which text stays text. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null));
  return element;
}

/** The element of that id. */
export function find(id) {
  return document.getElementById(id);
}

/** A number with thin groups of three and the noun it counts. */
export function counted(number, noun, plural = noun + "s") {
  return `${number.toLocaleString("en")} ${number === 1 ? noun : plural}`;
}
