// One shape and one colour for each kind of node, told apart also without colour.
// Colours after Okabe and Ito, which people with any form of colour blindness can tell apart.

const turned = (sides, start, radius = 1) => {
  const points = [];
  for (let i = 0; i < sides; i++) {
    const angle = start + (2 * Math.PI * i) / sides;
    points.push(`${(radius * Math.cos(angle)).toFixed(3)} ${(radius * Math.sin(angle)).toFixed(3)}`);
  }
  return `M${points.join("L")}Z`;
};

/** Outlines in a unit box around the origin, as SVG path data: for the canvas, the legend and the SVG export. */
const OUTLINE = {
  Paper: "M-.78 -1H.38L.78 -.6V1H-.78Z",
  CitedPaper: "M-.78 -1H.38L.78 -.6V1H-.78Z",
  Method: "M1 0A1 1 0 1 1 -1 0A1 1 0 1 1 1 0Z",
  Model: turned(6, 0, 1.06),
  Dataset: "M-.86 -.62C-.86 -1.12 .86 -1.12 .86 -.62V.62C.86 1.12 -.86 1.12 -.86 .62Z",
  Task: "M0 -1.1L1.08 .82H-1.08Z",
  Metric: "M0 -1.18L1.18 0L0 1.18L-1.18 0Z",
  Concept: turned(5, -Math.PI / 2, 1.1),
  Software: "M-.38 -1H.38V-.38H1V.38H.38V1H-.38V.38H-1V-.38H-.38Z",
};

const COLOURS = {
  light: {
    Paper: "#ffffff", CitedPaper: "#e8ecf1", Method: "#0072b2", Model: "#d55e00", Dataset: "#009e73", Task: "#c4679a",
    Metric: "#e69f00", Concept: "#4ba6dc", Software: "#7a6f12",
    ink: "#1c2733", soft: "#5b6b7c", page: "#fbfbf9", edge: "#8493a3", relation: "#7b5ea7", cite: "#b06a1b",
    outline: "#ffffff", paperline: "#5b6b7c", region: "#eef1f3", regionline: "#dde3e8", closed: "#e3e9ee", focus: "#111820",
  },
  dark: {
    Paper: "#2b3744", CitedPaper: "#1d262f", Method: "#4aa3df", Model: "#f0803c", Dataset: "#2cc197", Task: "#e08cba",
    Metric: "#f2b632", Concept: "#8ccbf2", Software: "#c9bb4a",
    ink: "#e9eef3", soft: "#9fb0c0", page: "#12171d", edge: "#607080", relation: "#a78bd4", cite: "#d99a4e",
    outline: "#12171d", paperline: "#a9b8c6", region: "#1a2129", regionline: "#26303a", closed: "#212b35", focus: "#ffffff",
  },
};

const darkness = matchMedia("(prefers-color-scheme: dark)");
let colours = darkness.matches ? COLOURS.dark : COLOURS.light;
const paths = Object.fromEntries(Object.entries(OUTLINE).map(([kind, d]) => [kind, new Path2D(d)]));

const KIND_PLURAL = {
  Paper: "Papers", CitedPaper: "Cited papers", Method: "Methods", Model: "Models", Dataset: "Datasets", Task: "Tasks",
  Metric: "Metrics", Concept: "Concepts", Software: "Software",
};

/** The legend's small picture of a kind. */
function glyph(kind, size = 14) {
  const paper = kind === "Paper" || kind === "CitedPaper";
  return svg("svg", { class: `glyph kind-${kind}`, width: size, height: size, viewBox: "-1.3 -1.3 2.6 2.6", "aria-hidden": "true" },
    svg("path", { d: OUTLINE[kind], class: paper ? "paper-shape" : "shape" }));
}
