// What the user looks at. Everything in here can be written into the address after '#', and read back from it.

const initial = () => ({
  tab: "map", node: -1, link: -1, group: -1,
  kindsOff: new Set(), predicatesOff: new Set(), confidence: 0, from: 0, until: 9999, degree: 0,
  single: false, between: false, open: [], extra: new Set(), view: null,
});

let state = initial();
const listeners = [];
const onChange = (listener) => listeners.push(listener);

const filtersAre = (one, other) => ["kindsOff", "predicatesOff", "confidence", "from", "until", "degree"]
  .every((key) => one[key] === other[key]);
const selectionIs = (one, other) => one.node === other.node && one.link === other.link && one.group === other.group;

/** Change some of the state; whoever listens is told what it was before. */
function change(patch, remember = true) {
  const before = state;
  state = { ...state, ...patch };
  for (const listener of listeners) listener(state, before);
  if (remember) keepInAddress(selectionIs(state, before) && state.tab === before.tab);
}

const linkName = (link) => `${model.ids[model.s[link]]} ${model.predicate(link)} ${model.ids[model.o[link]]}`;

function toFragment() {
  const out = new URLSearchParams();
  if (state.tab !== "map") out.set("tab", state.tab);
  if (state.node >= 0) out.set("node", model.ids[state.node]);
  if (state.link >= 0) out.set("link", linkName(state.link));
  if (state.group >= 0) out.set("group", state.group);
  if (state.kindsOff.size) out.set("hide", [...state.kindsOff].sort().join(","));
  if (state.predicatesOff.size) out.set("without", [...state.predicatesOff].sort().join(","));
  if (state.confidence) out.set("confidence", state.confidence);
  if (model.span && (state.from > model.span[0] || state.until < model.span[1])) out.set("years", `${state.from}-${state.until}`);
  if (state.degree) out.set("degree", state.degree);
  if (state.single) out.set("single", 1);
  if (state.between) out.set("between", 1);
  if (state.open.length) out.set("open", state.open.join(","));
  for (const node of [...state.extra].slice(0, 60)) out.append("also", model.ids[node]);
  if (state.view) out.set("at", state.view.map((v) => Math.round(v * 1000) / 1000).join(","));
  return out.toString();
}

/** Read the part of the address after '#'. It may come from anybody: unknown names and wild numbers are dropped. */
function fromFragment(fragment) {
  const given = new URLSearchParams(fragment);
  const next = initial();
  if (model.span) [next.from, next.until] = model.span;
  const numeric = (key, low, high) => { const v = Number(given.get(key)); return Number.isFinite(v) ? clamp(v, low, high) : low; };
  const list = (key) => (given.get(key) || "").split(",").filter(Boolean);
  if (["map", "timeline", "matrix", "table"].includes(given.get("tab"))) next.tab = given.get("tab");
  if (model.row.has(given.get("node"))) next.node = model.row.get(given.get("node"));
  if (given.has("link")) {
    for (let i = 0; i < model.links && next.link < 0; i++) if (linkName(i) === given.get("link")) next.link = i;
  }
  const isGroup = (g) => Number.isInteger(g) && g >= 0 && g < model.groups.length;
  if (given.has("group") && isGroup(Number(given.get("group")))) next.group = Number(given.get("group"));
  next.kindsOff = new Set(list("hide").filter((kind) => model.kinds.includes(kind)));
  next.predicatesOff = new Set(list("without").filter((name) => model.predicates.includes(name)));
  next.confidence = numeric("confidence", 0, 1);
  next.degree = Math.round(numeric("degree", 0, 1000));
  const years = /^(\d{1,4})-(\d{1,4})$/.exec(given.get("years") || "");
  if (years && model.span) {
    next.from = clamp(Number(years[1]), ...model.span);
    next.until = clamp(Number(years[2]), next.from, model.span[1]);
  }
  next.single = given.get("single") === "1";
  next.between = given.get("between") === "1";
  next.open = list("open").map(Number).filter(isGroup);
  next.extra = new Set(given.getAll("also").filter((id) => model.row.has(id)).map((id) => model.row.get(id)));
  const view = (given.get("at") || "").split(",").map(Number);
  if (view.length === 3 && view.every(Number.isFinite) && view[2] > 0.001 && view[2] < 50) next.view = view;
  return next;
}

let lastFragment = "";
function keepInAddress(replace) {
  lastFragment = toFragment();
  const address = `#${lastFragment}`;
  try {
    if (replace) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
  } catch { /* some browsers limit how often the address may change; the next change carries it all */ }
}

addEventListener("popstate", () => {
  if (location.hash.slice(1) === lastFragment) return;
  lastFragment = location.hash.slice(1);
  change(fromFragment(lastFragment), false);
  if (state.view) scene.look(state.view);
});
