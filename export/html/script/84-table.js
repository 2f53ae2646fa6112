// Papers by time: one lane a group, one column a period.
const table = (() => {
  const draw = () => fill(byId("table"), "soon");
  return { draw };
})();
