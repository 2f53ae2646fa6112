// Saving what is seen: the canvas as PNG, the same drawing as SVG, the drawn graph as GraphML.

const exporting = (() => {
  function download(name, blob) {
    const address = URL.createObjectURL(blob);
    const link = el("a", { download: name });
    link.href = address;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }

  function png() {
    const source = byId("canvas").querySelector("canvas");
    const copy = el("canvas", { width: source.width, height: source.height });
    const ctx = copy.getContext("2d");
    ctx.fillStyle = colours.page;
    ctx.fillRect(0, 0, copy.width, copy.height);
    ctx.drawImage(source, 0, 0);
    return new Promise((done) => copy.toBlob(done, "image/png"));
  }

  // Characters that XML cannot carry, whatever they are written as.
  const xmlText = (text) => String(text).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");

  function drawing() {
    const { width, height } = byId("canvas").getBoundingClientRect();
    const [cx, cy, scale] = scene.view();
    const inside = svg("g", { transform: `translate(${width / 2} ${height / 2}) scale(${scale}) translate(${-cx} ${-cy})` });
    for (const group of model.groups) {
      if (!group.members.length) continue;
      const look = { fill: colours.region, stroke: colours.regionline, "stroke-width": 1 / scale };
      if (group.r) inside.append(svg("circle", { cx: group.x, cy: group.y, r: group.r + 10, ...look }));
      else if (group.w) inside.append(svg("rect", { x: group.x - group.w - 8, y: group.y - group.h - 8, width: 2 * group.w + 16, height: 2 * group.h + 16, rx: 16, ...look }));
    }
    const lines = (links, opacity) => links.map((i) => {
      const [ax, ay] = model.place(model.s[i]), [bx, by] = model.place(model.o[i]);
      return svg("line", { x1: ax, y1: ay, x2: bx, y2: by, stroke: colours[{ role: "edge", relation: "relation", paper: "cite" }[model.family[model.p[i]]]], "stroke-opacity": opacity, "stroke-width": 1 });
    });
    append(inside, [lines(scene.links, 0.34), lines(paint.focusLinks, 0.9)]);
    for (const node of scene.shown) {
      const [x, y] = model.place(node), kind = model.kindName(node), r = model.radius[node], paper = model.isPaper(node);
      inside.append(svg("path", { d: OUTLINE[kind], transform: `translate(${x} ${y}) scale(${r})`, fill: colours[kind],
        stroke: paper ? colours.paperline : colours.outline, "stroke-width": 1.2 / r }, svg("title", {}, xmlText(model.labels[node]))));
    }
    const ctx = byId("canvas").querySelector("canvas").getContext("2d");
    const names = paint.names(ctx).map(({ text, x, y, size, weight, colour }) => svg("text", { x, y, "font-size": size, "font-weight": weight, fill: colour,
      stroke: colours.page, "stroke-width": 3, "paint-order": "stroke", "text-anchor": "middle", "dominant-baseline": "middle" }, xmlText(text)));
    const root = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "font-family": paint.FONT.replaceAll('"', "'") },
      svg("rect", { width, height, fill: colours.page }), inside, names);
    return new Blob([new XMLSerializer().serializeToString(root)], { type: "image/svg+xml" });
  }

  function graphml() {
    const NS = "http://graphml.graphdrawing.org/xmlns";
    const doc = document.implementation.createDocument(NS, "graphml");
    const add = (parent, tag, attributes, text) => {
      const node = doc.createElementNS(NS, tag);
      for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, xmlText(value));
      if (text !== undefined) node.textContent = xmlText(text);
      parent.append(node);
      return node;
    };
    const root = doc.documentElement;
    const keys = { node: { kind: "string", label: "string", year: "int", papers: "int", x: "double", y: "double" }, edge: { predicate: "string", confidence: "double", quote: "string", by: "string" } };
    for (const [of, names] of Object.entries(keys)) for (const [name, type] of Object.entries(names)) add(root, "key", { id: `${of}-${name}`, for: of, "attr.name": name, "attr.type": type });
    const graph = add(root, "graph", { id: "view", edgedefault: "directed" });
    for (const node of scene.shown) {
      const item = add(graph, "node", { id: model.ids[node] }), [x, y] = model.place(node);
      const facts = { kind: model.kindName(node), label: model.labels[node], year: model.year[node] || undefined, papers: model.named[node], x, y };
      for (const [name, value] of Object.entries(facts)) if (value !== undefined) add(item, "data", { key: `node-${name}` }, value);
    }
    const { link } = filter.current();
    for (let i = 0; i < model.links; i++) {
      if (!link[i] || !scene.shown.has(model.s[i]) || !scene.shown.has(model.o[i])) continue;
      const item = add(graph, "edge", { id: `e${i}`, source: model.ids[model.s[i]], target: model.ids[model.o[i]] });
      const proof = model.evidence(i)[0];
      const facts = { predicate: model.predicate(i), confidence: model.c[i] / 100, quote: proof ? model.whole(proof.paper).slice(proof.start, proof.end) : "", by: proof ? proof.by : "" };
      for (const [name, value] of Object.entries(facts)) add(item, "data", { key: `edge-${name}` }, value);
    }
    return new Blob(['<?xml version="1.0" encoding="UTF-8"?>\n', new XMLSerializer().serializeToString(doc)], { type: "application/xml" });
  }

  const makers = { png, svg: drawing, graphml };
  function listen() {
    for (const button of document.querySelectorAll("[data-save]")) {
      button.addEventListener("click", async () => {
        const format = button.dataset.save;
        byId("save").open = false;
        download(`citeweave-view.${format}`, await makers[format]());
      });
    }
  }
  return { listen, makers };
})();
