// Going places: selecting, flying there, and the trail of where one has been.

const go = (() => {
  let trail = [];

  const label = ({ node, link, group }) => (node >= 0 ? model.labels[node]
    : link >= 0 ? `${model.labels[model.s[link]]} → ${model.labels[model.o[link]]}` : model.groups[group].name);
  const here = () => ({ node: state.node, link: state.link, group: state.group });
  const nowhere = (place) => place.node < 0 && place.link < 0 && place.group < 0;

  function select(place) {
    change({ node: -1, link: -1, group: -1, ...place });
    if (!nowhere(here())) {
      const at = trail.findIndex((past) => selectionIs(past, here()));
      trail = at >= 0 ? trail.slice(0, at + 1) : [...trail, here()].slice(-8);
    } else trail = [];
    drawTrail();
    if (narrow() && !nowhere(here())) panels.show("card");
  }

  /** Make sure a node is drawn, select it and fly there. */
  function to(node) {
    const group = model.groupOf(node);
    if (model.closed && group && group.index >= 0) scene.open(group.index);
    if (!scene.shown.has(node)) scene.reveal([node]);
    select({ node });
    if (state.tab === "map") scene.flyTo(node);
  }
  const toGroup = (group) => { select({ group }); scene.open(group); if (state.tab === "map") scene.flyToGroup(group); };
  const toLink = (link) => select({ link });
  const nothing = () => select({});

  function drawTrail() {
    const steps = [el("button", { on: { click: () => { nothing(); scene.move(scene.everything()); } } }, "Overview")];
    for (const place of trail) {
      const last = selectionIs(place, here());
      steps.push(el("span", { "aria-hidden": "true" }, "›"),
        el("button", { "aria-current": last ? "location" : null, title: label(place), on: { click: () => revisit(place) } }, cut(label(place), 28)));
    }
    fill(byId("trail"), steps, el("button", { class: "only-narrow shut", "aria-label": "Close details", on: { click: () => panels.hide() } }, "✕"));
  }
  function revisit(place) {
    if (place.node >= 0) to(place.node);
    else if (place.group >= 0) toGroup(place.group);
    else select(place);
  }

  /** Show all that a node is linked with, also what was folded away. */
  function unfold(node) {
    const { pass } = filter.current();
    const more = model.neighbours(node).filter((n) => pass[n] && !scene.shown.has(n));
    more.sort((a, b) => model.importance(b) - model.importance(a) || a - b);
    scene.reveal(more.slice(0, 150));
    return more.length;
  }

  /** What the address selects belongs to the trail too. */
  function start() {
    if (!nowhere(here()) && !trail.some((past) => selectionIs(past, here()))) trail = [...trail, here()].slice(-8);
    drawTrail();
  }
  onChange((now, before) => { if (!selectionIs(now, before)) start(); });

  return { to, toGroup, toLink, nothing, select, unfold, start };
})();
