// The left panel: a legend that is a filter too, sliders, and the line that says what is hidden and why.

const panels = (() => {
  const counts = new Map(), boxes = new Map();
  let playing = 0;

  const toggled = (set, name) => { const next = new Set(set); if (!next.delete(name)) next.add(name); return next; };

  function check(key, name, text, picture, count) {
    const box = el("input", { type: "checkbox", checked: !state[key].has(name), on: { change: () => change({ [key]: toggled(state[key], name) }) } });
    const shown = el("span", { class: "count" }, number(count));
    boxes.set(`${key} ${name}`, box);
    counts.set(`${key} ${name}`, shown);
    return el("label", { class: "check" }, box, picture, el("span", {}, text), shown);
  }

  const line = (family) => svg("svg", { class: `line line-${family}`, width: 16, height: 12, viewBox: "0 0 16 12", "aria-hidden": "true" }, svg("path", { d: "M1 6H15" }));

  function slider(id, text, low, high, step, value, format, act) {
    const out = el("output", { for: id }, format(value));
    return el("div", { class: "slider" }, el("label", { for: id }, text), out,
      el("input", { type: "range", id, min: low, max: high, step, value, on: { input: (event) => { out.textContent = format(Number(event.target.value)); act(Number(event.target.value)); } } }));
  }

  function build() {
    const now = filter.current();
    const kinds = model.kinds.filter((kind, k) => model.kind.includes(k));
    const byFamily = (family) => model.predicates.filter((name, i) => model.family[i] === family);
    const all = (key, names, text) => el("span", { class: "all" },
      el("button", { on: { click: () => change({ [key]: new Set([...state[key]].filter((n) => !names.includes(n))) }) } }, "all"),
      el("button", { on: { click: () => change({ [key]: new Set([...state[key], ...names]) }) }, "aria-label": `no ${text}` }, "none"));
    const families = [["role", "What papers do with them"], ["relation", "How entities relate"], ["paper", "Between papers"]]
      .map(([family, title]) => [family, title, byFamily(family)]).filter(([, , names]) => names.length);
    fill(byId("side"),
      el("button", { class: "only-narrow shut", "aria-label": "Close legend", on: { click: hide } }, "✕"),
      el("section", {}, el("h2", {}, "Legend", all("kindsOff", kinds, "types")),
        kinds.map((kind) => check("kindsOff", kind, KIND_PLURAL[kind], glyph(kind, 16), now.kindCount[model.kinds.indexOf(kind)])),
        el("p", { class: "hint" }, "Larger means more papers or more citations.")),
      el("section", {}, el("h2", {}, "Filter", el("button", { class: "reset", on: { click: reset } }, "reset")),
        years(),
        slider("confidence", "Confidence at least", 0, 1, 0.05, state.confidence, (v) => percent(v * 100), (v) => change({ confidence: v })),
        slider("degree", "Links at least", 0, 20, 1, state.degree, (v) => String(v), (v) => change({ degree: v }))),
      el("section", {}, el("h2", {}, "Links"), families.map(([family, title, names], i) => el("details", { open: i === 0 },
        el("summary", {}, line(family), title, all("predicatesOff", names, title)),
        names.map((name) => check("predicatesOff", name, forward(name), null, now.predicateCount[model.predicates.indexOf(name)]))))));
  }

  function years() {
    if (!model.span || model.span[0] === model.span[1]) return el("p", { class: "hint" }, model.span ? `All dated papers are of ${model.span[0]}.` : "No paper has a year.");
    const [low, high] = model.span;
    const thumb = (key, text) => el("input", { type: "range", id: `year-${key}`, "aria-label": text, min: low, max: high, step: 1, value: state[key],
      on: { input: (event) => {
        const value = Number(event.target.value);
        stop();
        change(key === "from" ? { from: value, until: Math.max(value, state.until) } : { until: value, from: Math.min(value, state.from) });
      } } });
    return el("div", { class: "slider range" }, el("span", { class: "label" }, "Years"), el("output", { id: "year-says" }),
      el("div", { class: "two" }, el("span", { class: "track" }), thumb("from", "First year"), thumb("until", "Last year")),
      el("button", { id: "play", class: "play", "aria-label": "Play the years", on: { click: () => (playing ? stop() : play()) } }, "▶ Play"));
  }

  function play() {
    const [low, high] = model.span;
    const from = state.from;
    let year = state.until >= high ? Math.max(low, from) : state.until + 1;
    const step = () => {
      change({ until: year });
      if (year >= high) return stop();
      year++;
      playing = setTimeout(step, 900);
    };
    playing = -1;
    byId("play").textContent = "❚❚ Pause";
    step();
  }
  function stop() {
    clearTimeout(playing);
    playing = 0;
    if (byId("play")) byId("play").textContent = "▶ Play";
  }
  function reset() {
    stop();
    const clean = initial();
    if (model.span) [clean.from, clean.until] = model.span;
    const { kindsOff, predicatesOff, confidence, from, until, degree, single, between, extra } = clean;
    change({ kindsOff, predicatesOff, confidence, from, until, degree, single, between, extra });
  }

  /** Make boxes, counts and sliders say what the state is, wherever it came from. */
  function update() {
    const now = filter.current();
    for (const [key, box] of boxes) { const [set, name] = key.split(" "); box.checked = !state[set].has(name); }
    model.kinds.forEach((kind, k) => { const out = counts.get(`kindsOff ${kind}`); if (out) out.textContent = number(now.kindCount[k]); });
    model.predicates.forEach((name, i) => { const out = counts.get(`predicatesOff ${name}`); if (out) out.textContent = number(now.predicateCount[i]); });
    const set = (id, value, text) => { const input = byId(id); if (!input) return; input.value = value; if (text !== undefined) input.parentNode.querySelector("output").textContent = text; };
    set("confidence", state.confidence, percent(state.confidence * 100));
    set("degree", state.degree, String(state.degree));
    if (byId("year-says")) {
      set("year-from", state.from); set("year-until", state.until);
      byId("year-says").textContent = state.from === state.until ? String(state.from) : `${state.from} – ${state.until}`;
      const [low, high] = model.span, track = byId("side").querySelector(".two .track");
      track.style.setProperty("--low", `${(100 * (state.from - low)) / (high - low)}%`);
      track.style.setProperty("--high", `${(100 * (state.until - low)) / (high - low)}%`);
    }
  }

  /** What is shown, what is not, and why: nothing is left out in silence. */
  function says() {
    const now = filter.current(), hidden = scene.hidden;
    const passing = now.pass.reduce((a, b) => a + b, 0);
    const act = (text, patch) => el("button", { on: { click: () => change(patch) } }, text);
    const lines = [el("b", {}, `${number(scene.shown.size)} of ${plural(model.size, "node")}, ${number(scene.links.length)} of ${plural(model.links, "link")} drawn.`)];
    if (!model.size) lines[0] = el("b", {}, "The graph is empty: there is nothing to draw.");
    if (passing < model.size) lines.push(`${number(model.size - passing)} do not pass the filters.`);
    if (now.undated) lines.push(`${plural(now.undated, "paper")} without a year ${now.undated === 1 ? "is" : "are"} hidden while years are limited.`);
    if (hidden.closed) lines.push(`${number(hidden.closed)} stand inside closed groups: click a group to unfold it.`);
    if (hidden.capped) lines.push(`${number(hidden.capped)} less connected ones are left out to keep the map readable; search finds them.`);
    if (hidden.folded) {
      lines.push(`${plural(hidden.folded, "entity", "entities")} named in only one paper ${hidden.folded === 1 ? "is" : "are"} folded away:`,
        model.closed ? "open the paper to see them." : act("show them", { single: true }), model.closed ? null : "or open the paper.");
    } else if (state.single) lines.push(act("Fold away what only one paper names", { single: false }));
    if (hidden.across) lines.push(`${number(hidden.across)} links between groups appear when you point at a node:`, act("draw them all", { between: true }));
    else if (state.between) lines.push(act("Hide links between groups", { between: false }));
    if (hidden.edges) lines.push(`${number(hidden.edges)} less certain links are not drawn.`);
    fill(byId("says"), lines.filter(Boolean).map((part) => [part, " "]));
  }

  const show = (name) => { document.body.dataset.panel = name; byId("show-side").setAttribute("aria-expanded", String(name === "side")); };
  const hide = () => { delete document.body.dataset.panel; byId("show-side").setAttribute("aria-expanded", "false"); };
  byId("show-side").addEventListener("click", () => (document.body.dataset.panel === "side" ? hide() : show("side")));

  return { build, update, says, show, hide, stop };
})();
