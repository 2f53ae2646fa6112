// Start: read the address, draw once, listen.

const tabs = (() => {
  const names = ["map", "timeline", "matrix", "table"];
  const views = { timeline: () => timeline.draw(), matrix: () => matrix.draw(), table: () => table.draw() };
  function show() {
    for (const name of names) {
      const on = name === state.tab;
      byId(name).hidden = !on;
      const tab = byId(`tab-${name}`);
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
    }
    if (views[state.tab]) views[state.tab]();
    else requestAnimationFrame(() => scene.network.redraw());
  }
  names.forEach((name, i) => byId(`tab-${name}`).addEventListener("click", () => change({ tab: name })));
  byId("tab-map").parentNode.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const next = names[(names.indexOf(state.tab) + by + names.length) % names.length];
    change({ tab: next });
    byId(`tab-${next}`).focus();
  });
  return { show };
})();

const tip = (() => {
  const box = byId("tip");
  const hide = () => { box.hidden = true; };
  function show(text, { x, y }) {
    fill(box, text);
    box.hidden = false;
    const area = byId("canvas").getBoundingClientRect();
    box.style.setProperty("left", `${clamp(x + 14, 4, Math.max(4, area.width - box.offsetWidth - 8))}px`);
    box.style.setProperty("top", `${clamp(y + 16, 4, Math.max(4, area.height - box.offsetHeight - 8))}px`);
  }
  return { show, hide };
})();

function aboutNode(node) {
  if (node < 0) {
    const group = model.groups[-1 - node];
    return [el("b", {}, group.name), el("br"), plural(group.members.filter((n) => model.isPaper(n)).length, "paper"), state.open.includes(group.index) ? "" : ", click to unfold"];
  }
  const facts = model.isPaper(node) ? [model.kindName(node) === "Paper" ? "Paper" : "Cited paper", model.date[node]].filter(Boolean).join(", ")
    : `${model.kindName(node)}, named in ${plural(model.named[node], "paper")}`;
  return [el("b", { dir: "auto" }, cut(model.labels[node], 160)), el("br"), facts];
}

function listenToMap() {
  const { network } = scene;
  const groupAt = ({ x, y }) => model.groups.findIndex((g) => g.members.length && (g.r ? Math.hypot(x - g.x, y - g.y) <= g.r + 10
    : g.w && Math.abs(x - g.x) <= g.w + 8 && Math.abs(y - g.y) <= g.h + 8));
  network.on("click", ({ nodes, edges, pointer }) => {
    tip.hide();
    byId("canvas").focus({ preventScroll: true });
    if (nodes.length && nodes[0] >= 0) return go.select({ node: nodes[0] });
    if (nodes.length) return go.toGroup(-1 - nodes[0]);
    if (edges.length) return go.toLink(edges[0]);
    const group = groupAt(pointer.canvas);
    return group >= 0 && state.node < 0 && state.link < 0 ? go.select({ group }) : go.nothing();
  });
  network.on("doubleClick", ({ nodes }) => { if (nodes.length && nodes[0] >= 0) go.unfold(nodes[0]); });
  network.on("hoverNode", ({ node, pointer }) => { tip.show(aboutNode(node), pointer.DOM); paint.point(node >= 0 ? node : -1); byId("canvas").style.cursor = "pointer"; });
  network.on("blurNode", () => { tip.hide(); paint.point(-1); byId("canvas").style.cursor = ""; });
  network.on("dragStart", tip.hide);
  network.on("zoom", tip.hide);
  let waiting = 0;
  const keep = () => { clearTimeout(waiting); waiting = setTimeout(() => { state = { ...state, view: scene.view() }; keepInAddress(true); }, 250); };
  for (const event of ["dragEnd", "zoom", "animationFinished"]) network.on(event, keep);
  byId("zoom-in").addEventListener("click", () => zoom(1.35));
  byId("zoom-out").addEventListener("click", () => zoom(1 / 1.35));
  byId("zoom-all").addEventListener("click", () => scene.move(scene.everything()));
}

function zoom(by) { const [x, y, scale] = scene.view(); scene.move([x, y, clamp(scale * by, 0.004, 6)]); }
function pan(dx, dy) { const [x, y, scale] = scene.view(); scene.move([x + dx / scale, y + dy / scale, scale], false); }

function listenToKeys() {
  const step = { ArrowLeft: [-60, 0], ArrowRight: [60, 0], ArrowUp: [0, -60], ArrowDown: [0, 60] };
  let turn = -1, around = -1;
  function next(by) {
    const start = around >= 0 ? around : state.node;
    const ring = start >= 0 ? model.neighbours(start).filter((n) => scene.shown.has(n)) : [...scene.shown].sort((a, b) => model.importance(b) - model.importance(a));
    if (!ring.length) return;
    around = start;
    turn = (turn + by + ring.length) % ring.length;
    go.to(ring[turn]);
  }
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select");
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && (!typing || typing.type !== "search")) { event.preventDefault(); search.focus(); return; }
    if (typing) return;
    if (event.key === "Escape") { if (document.body.dataset.panel) panels.hide(); else go.nothing(); }
    if (event.target !== byId("canvas") && event.target !== document.body) return;
    if (state.tab !== "map") return;
    if (step[event.key]) { event.preventDefault(); pan(...step[event.key]); }
    else if (event.key === "+" || event.key === "=") zoom(1.35);
    else if (event.key === "-") zoom(1 / 1.35);
    else if (event.key === "0") scene.move(scene.everything());
    else if (event.key === "n" || event.key === "N") next(1);
    else if (event.key === "p" || event.key === "P") next(-1);
    else if (event.key === "Enter" && state.node >= 0) { around = state.node; turn = -1; go.unfold(state.node); byId("details").focus(); }
  });
}

function start() {
  state = fromFragment(location.hash.slice(1));
  lastFragment = location.hash.slice(1);
  if (model.centre && state.node < 0 && !location.hash && model.row.has(model.centre)) state = { ...state, node: model.row.get(model.centre) };
  paint.start();
  scene.recolour();
  scene.sync();
  scene.look(state.view || (state.node >= 0 && location.hash ? [...model.place(state.node), 1.15] : scene.everything()));
  panels.build();
  panels.update();
  panels.says();
  cards.draw();
  go.start();
  tabs.show();
  listenToMap();
  listenToKeys();
  exporting.listen();
  onChange((now, before) => {
    const drawn = ["single", "between", "open", "extra"].some((key) => now[key] !== before[key]);
    const filtered = !filtersAre(now, before), selected = !selectionIs(now, before);
    if (filtered || drawn || selected) { paint.forget(); scene.sync(); panels.says(); }
    if (filtered) panels.update();
    if (selected || drawn || (filtered && now.node < 0 && now.link < 0)) cards.draw();
    if (now.tab !== before.tab || (filtered && now.tab !== "map")) tabs.show();
  });
  let width = innerWidth;
  addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; scene.look(scene.everything()); } });
  whenWhole(() => {
    cards.draw();
    tabs.show();
    document.body.dataset.ready = "true";
  });
}

/** The map needs only the first block of data, and is drawn before the browser has read the others. */
function whenWhole(act) {
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", act, { once: true });
  else act();
}

window.citeweave = { model, scene, go, search, filter, exporting, firstDrawn: 0, get state() { return state; } };
scene.network.once("afterDrawing", () => requestAnimationFrame(() => { window.citeweave.firstDrawn = performance.now(); }));
start();
