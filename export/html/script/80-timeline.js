// Papers by time: one lane a group, one column a period.
const timeline = (() => {
  const draw = () => fill(byId("timeline"), "soon");
  return { draw };
})();
