// A prior of Gaussians to play with: drag the means on the map, change widths and weights, see what it makes.

import { normal } from "./codes.js";
import { lead, listening, make, picture, slider } from "./parts.js";
import { cells } from "./picture.js";
import { t } from "./words.js";

const SAMPLES = 32;
const REACH = 16; // CSS pixels around a mean that grab it

export const prior = {
  title: "Prior",
  fits: (view) => view.plane.layout === "plane",

  open(root, view) {
    const { components } = view.about.prior;
    const first = components ?? { weights: [[1]], means: [Array.from(view.plane.mean)], deviations: [view.about.axes.length ? spread(view) : [1]] };
    const parts = (view.components = structuredClone(first));
    const noise = Float32Array.from({ length: SAMPLES * view.plane.width }, normal);
    const lots = Array.from({ length: SAMPLES }, () => Math.random());
    const rows = make("div", {});
    const grid = make("div", { className: "grid" });
    const add = make("button", { type: "button", textContent: t("Add a Gaussian") });
    const back = make("button", { type: "button", textContent: t("As it was") });
    root.append(lead(components ? "The prior as it was fitted: drag its means on the map. The pictures are the same random numbers, pushed through the prior you shape." : "This prior is no mixture of Gaussians, so here is one Gaussian as wide as the codes: drag its mean on the map."), make("div", { className: "row" }, add, back), rows, grid);
    let turn = 0;
    const sample = async () => {
      view.map.paintOver();
      const now = ++turn;
      const z = drawn(view, parts, noise, lots);
      const x = await view.model.decode(z, SAMPLES, view.label);
      if (now === turn) grid.replaceChildren(...Array.from({ length: SAMPLES }, (_, i) => picture(x, view.about.event, t("sample {i}", { i: i + 1 }), i * cells(view.about.event))));
    };
    const list = () => {
      const one = (m) => {
        const size = slider(t("width of {m}", { m: m + 1 }), 0.1, 3, 1, 0.01, (v) => {
          parts.deviations[m] = first.deviations[m]?.map((d) => d * v) ?? parts.deviations[m].map(() => v);
          sample();
        });
        const weight = slider(t("weight of {m}", { m: m + 1 }), 0, 1, parts.weights[m][0], 0.01, (v) => {
          parts.weights[m][0] = v;
          sample();
        });
        return parts.means.length > 1 ? [size, weight] : [size];
      };
      rows.replaceChildren(...parts.means.slice(0, 12).flatMap((_, m) => one(m)));
    };
    add.addEventListener("click", () => {
      parts.means.push(Array.from(view.z));
      parts.deviations.push(new Array(view.plane.width).fill(0.5));
      parts.weights.push([1 / parts.means.length]);
      list();
      sample();
    });
    back.addEventListener("click", () => {
      Object.assign(parts, structuredClone(first));
      list();
      sample();
    });
    list();
    sample();
    grab(view, parts, sample);
    const stop = listening([view, "model", sample]);
    return () => {
      stop();
      view.components = view.grabbed = view.dragged = view.dropped = null;
      view.map.paintOver();
    };
  },
};

const spread = (view) => {
  const found = new Array(view.plane.width).fill(1);
  for (const a of view.about.axes) found[a.axis] = a.deviation || 1;
  return found;
};

// Codes from the mixture: the same noise for every shape, so that what moves is the prior.
function drawn(view, { weights, means, deviations }, noise, lots) {
  const d = view.plane.width;
  const total = weights.reduce((a, [w]) => a + w, 0) || 1;
  const z = new Float32Array(SAMPLES * d);
  for (let i = 0; i < SAMPLES; i++) {
    let [m, sum] = [0, weights[0][0] / total];
    while (sum < lots[i] && m < means.length - 1) sum += weights[++m][0] / total;
    for (let k = 0; k < d; k++) z[i * d + k] = means[m][k] + deviations[m][k] * noise[i * d + k];
  }
  return z;
}

function grab(view, parts, changed) {
  let held = -1;
  view.grabbed = (e) => {
    const reach = (REACH * view.map.ratio) / view.map.view.scale;
    const far = parts.means.map((mean) => Math.hypot(...view.plane.place(mean).map((v, i) => v - e.place[i])));
    const near = far.indexOf(Math.min(...far));
    held = far[near] < reach ? near : -1;
    return held >= 0;
  };
  view.dragged = (e) => {
    if (held < 0) return false;
    const at = view.plane.place(parts.means[held]);
    const [dx, dy] = e.place.map((v, i) => v - at[i]);
    const [u, v] = view.plane.axes;
    parts.means[held] = parts.means[held].map((m, i) => m + dx * u[i] + dy * v[i]);
    changed();
    return true;
  };
  view.dropped = () => {
    const was = held >= 0;
    held = -1;
    return was;
  };
}
