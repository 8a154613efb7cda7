// From A to B on a straight line, and how evenly the picture changes on the way.

import { bars, lead, listening, make, picture } from "./parts.js";
import { cells } from "./picture.js";
import { number, t } from "./words.js";

const STEPS = 32;
const SHOWN = 9;

export const path = {
  title: "A to B",
  fits: () => true,

  open(root, view) {
    const strip = make("div", { className: "strip" });
    const chart = make("canvas", { className: "chart", data: { role: "img" } });
    const said = make("p", { className: "sub" });
    const s = make("input", { type: "range", min: 0, max: STEPS, step: 0.1, value: 0, data: { "aria-label": t("place between A and B") } });
    const random = make("button", { type: "button", textContent: t("Two examples by chance") });
    const swap = make("button", { type: "button", textContent: t("Swap") });
    root.append(lead("Pin two places as A and B and move along the straight line between them. Bars are how much the picture changes at each of 32 steps: a bar far above the others is a jump."), make("div", { className: "row" }, random, swap), s, strip, chart, said);
    let turn = 0;
    const update = async () => {
      const now = ++turn;
      const { a, b } = view.pins;
      for (const e of [s, strip, chart, said]) e.hidden = !(a && b);
      if (!a || !b) return;
      const z = new Float32Array((STEPS + 1) * a.length);
      for (let i = 0; i <= STEPS; i++) z.set(view.between(i / STEPS), i * a.length);
      const x = await view.model.decode(z, STEPS + 1, view.label);
      if (now !== turn) return;
      show(view, x, strip, chart, said, Number(s.value));
    };
    s.addEventListener("input", (e) => {
      view.move(view.between(Number(s.value) / STEPS), { stamp: e.timeStamp });
      mark(chart, Number(s.value));
    });
    random.addEventListener("click", async () => {
      const [i, k] = [0, 1].map(() => Math.floor(Math.random() * view.n));
      view.pin("a", (await view.posterior(i)).mean);
      view.pin("b", (await view.posterior(k)).mean);
      view.move(view.pins.a);
      s.value = 0;
    });
    swap.addEventListener("click", () => {
      const { a, b } = view.pins;
      view.pin("a", b);
      view.pin("b", a);
    });
    update();
    return listening([view, "pins model", update]);
  },
};

function show(view, x, strip, chart, said, at) {
  const n = cells(view.about.event);
  const pictures = Array.from({ length: SHOWN }, (_, i) => {
    const k = Math.round((i * STEPS) / (SHOWN - 1));
    return picture(x, view.about.event, t("step {k} of {n}", { k, n: STEPS }), k * n);
  });
  strip.replaceChildren(...pictures);
  const step = x.lines ? (a, b) => Number(a !== b) : (a, b) => (b - a) ** 2; // between tokens there are no distances
  const lengths = Array.from({ length: STEPS }, (_, k) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += step(x[k * n + i], x[(k + 1) * n + i]);
    return Math.sqrt(sum / n);
  });
  const mean = lengths.reduce((a, b) => a + b, 0) / STEPS;
  const largest = Math.max(...lengths);
  chart.lengths = lengths;
  mark(chart, at);
  said.textContent = mean > 1e-9 ? t("The largest of {n} steps is {times} times the mean step ({mean}).", { n: STEPS, times: number(largest / mean), mean: number(mean, 2) }) : t("The picture does not change on this way: the decoder ignores the code.");
  chart.setAttribute("aria-label", said.textContent);
}

function mark(chart, at) {
  const mean = chart.lengths.reduce((a, b) => a + b, 0) / STEPS;
  bars(chart, chart.lengths, { mark: Math.min(STEPS - 1, Math.floor(at)), level: mean });
}
