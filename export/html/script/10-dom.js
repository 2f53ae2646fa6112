// Building elements. Text only ever enters the page as text: nothing here or elsewhere parses markup.

const byId = (id) => document.getElementById(id);

function el(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "on") for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    else if (key === "class") node.className = value;
    else if (key === "data") for (const [name, item] of Object.entries(value)) node.dataset[name] = item;
    else if (key === "style") for (const [name, item] of Object.entries(value)) node.style.setProperty(name, item);
    else if (key === "hash") node.setAttribute("href", `#${new URLSearchParams(value)}`);
    else if (key === "href") { const safe = webAddress(value); if (safe) node.setAttribute("href", safe); }
    else node.setAttribute(key, value === true ? "" : value);
  }
  append(node, children);
  return node;
}

function svg(tag, props, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(props || {})) {
    if (value === undefined || value === null) continue;
    if (key === "on") for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    else node.setAttribute(key, value);
  }
  append(node, children);
  return node;
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child.nodeType ? child : document.createTextNode(String(child)));
  }
}

const fill = (node, ...children) => { node.replaceChildren(); append(node, children); return node; };

/** A web address that may be followed, or the empty string: only http and https, whatever the text claims. */
function webAddress(text) {
  try {
    const url = new URL(String(text));
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : "";
  } catch { return ""; }
}

const outside = (address, text) => webAddress(address)
  ? el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, text || address)
  : el("span", {}, text || address);

const number = (value) => value.toLocaleString("en-GB");
const plural = (count, one, many) => `${number(count)} ${count === 1 ? one : many || one + "s"}`;
const cut = (text, length) => (text.length <= length ? text : text.slice(0, length - 1).trimEnd() + "…");
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const words = (name) => name.replaceAll("_", " ");
const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const narrow = () => matchMedia("(max-width: 900px)").matches;
