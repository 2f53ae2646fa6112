// What is drawn: keeps vis-network's nodes and edges in step with filters, opened groups and unfolded nodes.

const scene = (() => {
  const MOST_EDGES = 2600, GROUP_CAP = 450, OPEN_AT_ONCE = 3, FEW_EDGES = 350, PREVIEW = 300;
  const made = read("pyvis");
  const nodes = new vis.DataSet(made.nodes), edges = new vis.DataSet(made.edges);
  const options = read("options");
  options.groups = { useDefaultGroups: false };
  for (const kind of [...model.kinds, "Group"]) options.groups[kind] = { shape: "custom", ctxRenderer: (...given) => paint.node(...given) };
  const network = new vis.Network(byId("canvas"), { nodes, edges }, options);

  const groupId = (g) => -1 - g;
  const placed = model.groups.reduce((sum, group) => sum + group.members.length, 0);
  let shown = new Set(), drawnLinks = [], hidden = {};
  const byDegree = model.closed || model.size - model.folded.reduce((a, b) => a + b, 0) <= model.limit ? null
    : new Set([...Array(model.size).keys()].filter((n) => model.x[n] !== null)
      .sort((a, b) => model.degree(b) - model.degree(a) || a - b).slice(0, model.limit));

  function wantedNodes({ pass }) {
    const wanted = new Set();
    const opened = new Set(state.open);
    hidden = { folded: 0, capped: 0, closed: 0 };
    for (const group of model.groups) {
      const room = model.closed ? (opened.has(group.index) ? GROUP_CAP : clamp(Math.floor((PREVIEW * group.members.length) / placed), 3, 60)) : Infinity;
      let taken = 0;
      for (const node of group.members) {
        if (!pass[node] || (model.folded[node] && !state.single)) continue;
        if (taken < room && (!byDegree || byDegree.has(node))) { wanted.add(node); taken++; }
        else hidden[model.closed && !opened.has(group.index) ? "closed" : "capped"]++;
      }
    }
    for (let node = model.papers; node < model.size; node++) {
      if (!model.folded[node] || !pass[node]) continue;
      if (state.single && !model.closed) wanted.add(node);
      else if (!state.extra.has(node)) hidden.folded++;
    }
    for (const node of state.extra) if (pass[node]) wanted.add(node);
    if (state.node >= 0) wanted.add(state.node);
    if (state.link >= 0) { wanted.add(model.s[state.link]); wanted.add(model.o[state.link]); }
    return wanted;
  }

  function wantedLinks({ link }) {
    const pairs = new Set(), within = [], across = [];
    for (let i = 0; i < model.links; i++) {
      const a = model.s[i], b = model.o[i];
      if (!link[i] || !shown.has(a) || !shown.has(b)) continue;
      const pair = Math.min(a, b) * model.size + Math.max(a, b);
      if (pairs.has(pair)) continue;
      pairs.add(pair);
      (model.groupOf(a) === model.groupOf(b) ? within : across).push(i);
    }
    hidden.across = 0; hidden.edges = 0;
    let chosen = within;
    if (state.between || within.length + across.length <= FEW_EDGES || model.groups.length < 2) chosen = within.concat(across);
    else {
      for (const i of across) if (state.extra.has(model.s[i]) || state.extra.has(model.o[i])) chosen.push(i); else hidden.across++;
    }
    if (chosen.length > MOST_EDGES) {
      hidden.edges = chosen.length - MOST_EDGES;
      chosen = chosen.sort((a, b) => model.c[b] - model.c[a] || a - b).slice(0, MOST_EDGES);
    }
    return chosen;
  }

  const edgeColour = (link) => ({ color: colours[{ role: "edge", relation: "relation", paper: "cite" }[model.family[model.p[link]]]], opacity: 0.34 });

  function sync() {
    const now = filter.current();
    shown = wantedNodes(now);
    drawnLinks = wantedLinks(now);
    const keep = new Set(shown);
    if (model.closed) for (const group of model.groups) if (group.members.some((n) => now.pass[n])) keep.add(groupId(group.index));
    const fresh = [];
    for (const node of keep) {
      if (nodes.get(node)) continue;
      if (node < 0) { const g = model.groups[-1 - node]; fresh.push({ id: node, group: "Group", x: g.x, y: g.y, size: g.r }); continue; }
      const [x, y] = model.place(node);
      fresh.push({ id: node, group: model.kindName(node), x, y, size: model.radius[node] });
    }
    const links = new Set(drawnLinks);
    edges.remove(edges.getIds().filter((id) => !links.has(id)));
    nodes.remove(nodes.getIds().filter((id) => !keep.has(id)));
    nodes.add(fresh);
    edges.add(drawnLinks.filter((id) => !edges.get(id)).map((id) => ({ id, from: model.s[id], to: model.o[id], color: edgeColour(id) })));
    paint.forget();
    network.redraw();
  }

  const recolour = () => { edges.update(edges.getIds().map((id) => ({ id, color: edgeColour(id) }))); network.redraw(); };

  // Where the camera is: [x, y, scale].
  const view = () => { const { x, y } = network.getViewPosition(); return [x, y, network.getScale()]; };
  const move = ([x, y, scale], animate = true) => network.moveTo({
    position: { x, y }, scale,
    animation: animate && !still() ? { duration: 520, easingFunction: "easeInOutCubic" } : false,
  });
  const look = (at) => move(at, false);

  /** The camera that shows a box of the map whole, with room above (in pixels) for a name. */
  function framing(left, top, right, bottom, most = 1.6, above = 0) {
    const box = byId("canvas").getBoundingClientRect();
    const scale = clamp(Math.min((box.width - 24) / (right - left + 30), (box.height - above - 16) / (bottom - top + 30)), 0.004, most);
    return [(left + right) / 2, (top + bottom) / 2 - above / 2 / scale, scale];
  }
  const outline = (g) => [g.x - (g.w || g.r), g.y - (g.h || g.r), g.x + (g.w || g.r), g.y + (g.h || g.r)];
  function everything() {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    const widen = (x0, y0, x1, y1) => { left = Math.min(left, x0); top = Math.min(top, y0); right = Math.max(right, x1); bottom = Math.max(bottom, y1); };
    for (const group of model.groups) if (group.members.length && (group.r || group.w)) widen(...outline(group));
    for (const node of shown) { const [x, y] = model.place(node); widen(x - 20, y - 20, x + 20, y + 20); }
    return left === Infinity ? [0, 0, 1] : framing(left, top, right, bottom, 1.6, 48);
  }

  function flyTo(node) {
    const [x, y] = model.place(node);
    const home = model.groupOf(node);
    let reach = 130; // far enough to see what it is linked with in its own group
    for (const n of model.neighbours(node)) {
      if (!shown.has(n) || model.groupOf(n) !== home) continue;
      const [nx, ny] = model.place(n);
      reach = Math.max(reach, Math.abs(nx - x), Math.abs(ny - y));
    }
    const [cx, cy, scale] = framing(x - reach, y - reach, x + reach, y + reach, 1.4);
    // on a small screen the card covers the lower part of the map
    move([cx, cy + (narrow() ? (byId("canvas").clientHeight * 0.3) / scale : 0), scale]);
  }
  function flyToGroup(g) {
    const group = model.groups[g];
    if (group.r || group.w) move(framing(...outline(group), 1.6, 48));
    else if (group.members.length) move([group.x, group.y, Math.max(network.getScale(), 0.8)]);
  }

  /** Open a group (closing the one opened longest ago when there are too many), or the group a node is in. */
  const open = (g) => {
    if (!model.closed || state.open.includes(g)) return;
    change({ open: [...state.open, g].slice(-OPEN_AT_ONCE) });
  };
  const close = (g) => change({ open: state.open.filter((one) => one !== g) });

  const reveal = (list) => change({ extra: new Set([...state.extra, ...list]) });

  return { network, nodes, edges, sync, recolour, view, move, look, everything, flyTo, flyToGroup, open, close, reveal,
    GROUP_CAP, groupId, outline, get shown() { return shown; }, get links() { return drawnLinks; }, get hidden() { return hidden; } };
})();
