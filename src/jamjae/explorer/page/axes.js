// A slider for every latent axis, those that carry most first.

import { lead, listening, make } from "./parts.js";
import { number, t } from "./words.js";

const ALIVE = 0.01; // nats: an axis below it says nothing about the example

export const axes = {
  title: "Axes",
  fits: () => true,

  open(root, view) {
    const { about } = view;
    const known = about.axes.every((a) => a.kl !== null);
    const dead = (a) => (known ? a.kl < ALIVE : a.deviation < 1e-6);
    const list = make("div", { className: "axes" });
    const sliders = about.axes.map((a) => row(view, a, dead(a), known));
    list.append(...sliders);
    const zero = make("button", { type: "button", textContent: t("Reset") });
    zero.addEventListener("click", () => view.move(new Float32Array(view.plane.mean)));
    const play = make("button", { type: "button", textContent: t("Traverse") });
    const pick = make("select", { data: { "aria-label": t("Axis to traverse") } }, ...about.axes.map((a) => new Option(`z${a.axis}`, a.axis)));
    const stopPlay = traverse(view, play, pick);
    const said = known ? "Ordered by how much each axis tells about an example, in nats (its KL). Axes below 0.01 nats are dead: moving them changes nothing that was learned." : "Ordered by the variance of the codes.";
    root.append(lead(said), make("div", { className: "row" }, zero, pick, play), list);
    const stop = listening([view, "move", () => sliders.forEach((s) => s.show())]);
    return () => {
      stop();
      stopPlay();
    };
  },
};

function row(view, a, dead, known) {
  const reach = Math.max(3, Math.abs(a.mean) + 4 * a.deviation);
  const out = make("output", {});
  const input = make("input", { type: "range", min: -reach, max: reach, step: reach / 300, data: { "aria-label": t("axis {axis}", { axis: a.axis }) } });
  const kl = known ? t("{kl} nats", { kl: number(a.kl, 2) }) : t("sd {sd}", { sd: number(a.deviation, 2) });
  const line = make("label", { className: dead ? "axis dead" : "axis" }, make("span", { textContent: `z${a.axis}` }), input, out, make("span", { className: "kl", textContent: dead ? t("dead") : kl }));
  input.addEventListener("input", (e) => {
    const z = Float32Array.from(view.z);
    z[a.axis] = Number(input.value);
    view.move(z, { stamp: e.timeStamp });
  });
  line.show = () => {
    if (document.activeElement !== input) input.value = view.z[a.axis];
    out.textContent = view.z[a.axis].toFixed(2);
  };
  line.show();
  return line;
}

// Move one axis to and fro, until somebody stops it.
function traverse(view, button, choice) {
  let frame = 0;
  const stop = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    button.textContent = t("Traverse");
  };
  button.addEventListener("click", () => {
    if (frame) return stop();
    button.textContent = t("Stop");
    const axis = Number(choice.value);
    const { mean, deviation } = view.about.axes.find((a) => a.axis === axis);
    const from = Float32Array.from(view.z);
    const begun = performance.now();
    const tick = (now) => {
      from[axis] = mean + 2.5 * (deviation || 1) * Math.sin((now - begun) / 900);
      view.move(Float32Array.from(from));
      frame = requestAnimationFrame(tick);
    };
    frame = requestAnimationFrame(tick);
  });
  return stop;
}
