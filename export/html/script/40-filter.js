// Which nodes and links pass the filters, and how many there would be of each kind.

const filter = (() => {
  function inYears(from, until) {
    const all = !model.span || (from <= model.span[0] && until >= model.span[1]);
    const ok = new Uint8Array(model.size).fill(all ? 1 : 0);
    if (all) return ok;
    for (let i = 0; i < model.papers; i++) ok[i] = model.year[i] >= from && model.year[i] <= until ? 1 : 0;
    for (let i = 0; i < model.links; i++) if (model.s[i] < model.papers && ok[model.s[i]] && model.o[i] >= model.papers) ok[model.o[i]] = 1;
    return ok;
  }

  /** All of it for one state of the filters. An entity is there as long as one link of it is. */
  function compute(current) {
    const { s, p, o, c } = model;
    const dated = inYears(current.from, current.until);
    const kindOn = model.kinds.map((kind) => !current.kindsOff.has(kind));
    const predicateOn = model.predicates.map((name) => !current.predicatesOff.has(name));
    const least = Math.round(current.confidence * 100);
    const link = new Uint8Array(model.links);
    const degree = new Uint32Array(model.size);
    const sure = new Uint32Array(model.size);
    const predicateCount = new Uint32Array(model.predicates.length);
    for (let i = 0; i < model.links; i++) {
      const a = s[i], b = o[i];
      if (c[i] < least || !dated[a] || !dated[b]) continue;
      if (predicateOn[p[i]]) { sure[a]++; sure[b]++; }
      if (!kindOn[model.kind[a]] || !kindOn[model.kind[b]]) continue;
      predicateCount[p[i]]++;
      if (!predicateOn[p[i]]) continue;
      link[i] = 1;
      degree[a]++; degree[b]++;
    }
    const pass = new Uint8Array(model.size);
    const kindCount = new Uint32Array(model.kinds.length);
    let undated = 0;
    for (let i = 0; i < model.size; i++) {
      // papers stand for themselves; entities, only for what papers still say of them
      const least = Math.max(current.degree, model.isPaper(i) || !model.degree(i) ? 0 : 1);
      const on = kindOn[model.kind[i]];
      if (dated[i] && (on ? degree[i] : sure[i]) >= least) {
        kindCount[model.kind[i]]++;
        if (on) pass[i] = 1;
      } else if (model.isPaper(i) && !model.year[i] && !dated[i]) undated++;
    }
    for (let i = 0; i < model.links; i++) if (link[i] && !(pass[s[i]] && pass[o[i]])) link[i] = 0;
    return { pass, link, degree, kindCount, predicateCount, undated };
  }

  let last = null, of = null;
  const current = () => {
    if (!of || !filtersAre(of, state)) { last = compute(state); of = state; }
    return last;
  };
  return { current };
})();
