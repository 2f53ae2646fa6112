// Papers by time: one lane a group, one column a period.
const matrix = (() => {
  const draw = () => fill(byId("matrix"), "soon");
  return { draw };
})();
