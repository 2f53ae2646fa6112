// How it is drawn: the regions under the nodes, the shapes, and names that never cover each other.

const paint = (() => {
  const FONT = getComputedStyle(document.documentElement).getPropertyValue("--font") || "sans-serif";
  let hover = -1, focus = null, focusLinks = [], order = null, scale = 1;
  const widths = new Map();

  /** The node, link or group that stands out, with what belongs to it; null when nothing does. */
  function focused() {
    if (focus) return focus.size ? focus : null;
    focus = new Set(); focusLinks = [];
    const { link } = filter.current();
    const centre = hover >= 0 ? hover : state.node;
    if (centre >= 0) {
      focus.add(centre);
      for (const i of model.linksOf(centre)) {
        const other = model.other(i, centre);
        if (link[i] && scene.shown.has(other)) { focus.add(other); focusLinks.push(i); }
      }
    } else if (state.link >= 0) {
      focus.add(model.s[state.link]); focus.add(model.o[state.link]); focusLinks.push(state.link);
    }
    return focus.size ? focus : null;
  }
  function forget() { focus = null; order = null; }

  function node({ ctx, id, x, y }) {
    const size = id < 0 ? model.groups[-1 - id].r || model.groups[-1 - id].w : model.radius[id];
    return {
      drawNode() {
        if (id < 0) return; // a closed group is drawn with the regions
        const kind = model.kindName(id), standsOut = focused();
        const on = !standsOut || standsOut.has(id);
        const paper = kind === "Paper" || kind === "CitedPaper";
        const small = model.folded[id] ? 0.8 : 1;
        ctx.globalAlpha = on ? 1 : 0.13;
        ctx.translate(x, y);
        ctx.scale(size * small, size * small);
        ctx.fillStyle = colours[kind];
        ctx.fill(paths[kind]);
        ctx.lineWidth = (paper ? 1.3 : 1.1) / size;
        ctx.strokeStyle = paper ? colours.paperline : colours.outline;
        if (id === state.node || id === hover) { ctx.lineWidth = 3 / size; ctx.strokeStyle = colours.focus; }
        ctx.stroke(paths[kind]);
      },
      nodeDimensions: { width: size * 2, height: size * 2 },
    };
  }

  function before(ctx) {
    scale = scene.network.getScale();
    const opened = new Set(state.open);
    for (const group of model.groups) {
      if (!group.members.length || !(group.r || group.w)) continue;
      const closed = model.closed && !opened.has(group.index);
      ctx.beginPath();
      if (group.r) ctx.arc(group.x, group.y, group.r + 10, 0, 2 * Math.PI);
      else ctx.roundRect(group.x - group.w - 8, group.y - group.h - 8, 2 * group.w + 16, 2 * group.h + 16, 16);
      ctx.fillStyle = closed ? colours.closed : colours.region;
      ctx.fill();
      ctx.lineWidth = (state.group === group.index ? 2.5 : 1) / scale;
      ctx.strokeStyle = state.group === group.index ? colours.focus : colours.regionline;
      ctx.stroke();
    }
    if (focused()) {
      for (const i of focusLinks) highlight(ctx, i);
      ctx.globalAlpha = 0.18; // vis-network draws the other edges next, and leaves this as it is
    }
  }

  function highlight(ctx, link) {
    const [ax, ay] = model.place(model.s[link]), [bx, by] = model.place(model.o[link]);
    const length = Math.hypot(bx - ax, by - ay) || 1, ux = (bx - ax) / length, uy = (by - ay) / length;
    const reach = model.radius[model.o[link]] + 2 / scale, head = 7 / Math.max(scale, 0.5);
    const ex = bx - ux * reach, ey = by - uy * reach;
    ctx.strokeStyle = ctx.fillStyle = colours[{ role: "ink", relation: "relation", paper: "cite" }[model.family[model.p[link]]]];
    ctx.globalAlpha = 0.75;
    ctx.lineWidth = 1.4 / Math.max(scale, 0.35);
    ctx.beginPath(); ctx.moveTo(ax, ay); ctx.lineTo(ex, ey); ctx.stroke();
    ctx.beginPath(); ctx.moveTo(ex, ey);
    ctx.lineTo(ex - ux * head - uy * head * 0.45, ey - uy * head + ux * head * 0.45);
    ctx.lineTo(ex - ux * head + uy * head * 0.45, ey - uy * head - ux * head * 0.45);
    ctx.closePath(); ctx.fill();
    ctx.globalAlpha = 1;
  }

  function width(ctx, text, font) {
    const key = `${font}|${text}`;
    if (!widths.has(key)) { ctx.font = font; widths.set(key, ctx.measureText(text).width); }
    return widths.get(key);
  }

  /** Every name that finds room, the more important ones first: {text, x, y, font, size, colour} in screen pixels. */
  function names(ctx) {
    const { width: w, height: h } = byId("canvas").getBoundingClientRect();
    const [cx, cy] = scene.view();
    const toScreen = (x, y) => [(x - cx) * scale + w / 2, (y - cy) * scale + h / 2];
    const taken = [], out = [];
    const place = (lines, x, y, size, weight, colour, force) => {
      const font = `${weight} ${size}px ${FONT}`;
      const half = Math.max(...lines.map((line) => width(ctx, line, font))) / 2 + 3;
      const box = [x - half, y - size * 0.75, x + half, y + size * (1.25 * lines.length - 0.5)];
      if (box[2] < 0 || box[0] > w || box[3] < 0 || box[1] > h) return false;
      if (!force && taken.some((t) => box[0] < t[2] && box[2] > t[0] && box[1] < t[3] && box[3] > t[1])) return false;
      taken.push(box);
      lines.forEach((text, i) => out.push({ text, x, y: y + i * size * 1.22, font, size, weight, colour }));
      return true;
    };
    for (const [x, name] of model.axis) place([name], toScreen(x, 0)[0], 14, 13, 650, colours.soft);
    const standsOut = focused();
    const centre = hover >= 0 ? hover : state.node;
    if (centre >= 0 && scene.shown.has(centre)) nodeName(centre, true);
    if (standsOut) for (const node of standsOut) if (node !== centre) nodeName(node, standsOut.size < 14);
    for (const group of model.groups) {
      if (!group.members.length || (model.groups.length < 2 && group.r)) continue;
      const [x, y] = toScreen(group.x, group.y - (group.h || group.r) - (group.r || group.h ? 10 / scale : 0));
      const room = 2 * (group.r || group.w || 160) * scale;
      if (room < 36 || standsOut) continue;
      const lane = model.axis.length > 0; // lanes leave room for one line only
      const size = lane ? clamp(60 * scale, 9, 15) : clamp(11 + room / 45, 12, 17);
      const lines = wrap(ctx, group.name, Math.max(room * 1.05, 120), `650 ${size}px ${FONT}`);
      const most = room < 80 || lane ? 1 : 2;
      // a quoted title goes on after its last line; a list of terms just has fewer of them
      if (lines.length > most && group.name.startsWith("“")) lines[most - 1] += " …";
      lines.length = Math.min(lines.length, most);
      place(lines, x, y - size * 1.22 * (lines.length - 1) - 7, size, 650, group.index === model.rest ? colours.soft : colours.ink);
    }
    order = order || [...scene.shown].sort((a, b) => model.importance(b) - model.importance(a) || a - b);
    let count = 0;
    for (const node of order) {
      if (count > 110 || model.radius[node] * scale < 4.6) { if (count > 110) break; continue; }
      if (standsOut) { if (standsOut.has(node)) continue; break; }
      if (nodeName(node, false)) count++;
    }
    return out;

    function nodeName(node, force) {
      const [sx, sy] = toScreen(...model.place(node));
      if (sx < -60 || sx > w + 60 || sy < -30 || sy > h + 30) return false;
      const paper = model.isPaper(node), size = clamp(9.5 + model.radius[node] * scale * 0.16, 10.5, 14);
      const text = cut(model.labels[node], node === centre ? 80 : paper ? 34 : 30);
      return place([text], sx, sy + model.radius[node] * scale + size * 0.85, node === centre ? 14 : size,
        node === centre ? 650 : paper ? 400 : 520, paper && node !== centre ? colours.soft : colours.ink, force);
    }
  }

  function wrap(ctx, text, room, font) {
    const lines = [];
    const add = (part, joint) => {
      const line = lines.length ? `${lines[lines.length - 1]}${joint}${part}` : part;
      if (lines.length && width(ctx, line, font) <= room) lines[lines.length - 1] = line;
      else lines.push(part);
    };
    for (const part of text.split(" · ")) {
      if (!text.startsWith("“")) add(part, " · "); // a term stays whole
      else part.split(" ").forEach((word, i) => add(word, i ? " " : " · "));
    }
    return lines;
  }

  function after(ctx) {
    ctx.globalAlpha = 1;
    const ratio = scene.network.canvas.pixelRatio || 1;
    const found = names(ctx);
    ctx.save();
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.textAlign = "center"; ctx.textBaseline = "middle"; ctx.lineJoin = "round";
    for (const { text, x, y, font, colour } of found) {
      ctx.font = font;
      ctx.lineWidth = 3.5; ctx.strokeStyle = colours.page; ctx.globalAlpha = 0.85;
      ctx.strokeText(text, x, y);
      ctx.globalAlpha = 1; ctx.fillStyle = colour;
      ctx.fillText(text, x, y);
    }
    ctx.restore();
  }

  function start() {
    scene.network.on("beforeDrawing", before);
    scene.network.on("afterDrawing", after);
    darkness.addEventListener("change", () => { colours = darkness.matches ? COLOURS.dark : COLOURS.light; scene.recolour(); });
  }
  const point = (node) => { if (node !== hover) { hover = node; focus = null; scene.network.redraw(); } };

  return { node, start, forget, point, names, FONT, get focusLinks() { focused(); return focusLinks; } };
})();
