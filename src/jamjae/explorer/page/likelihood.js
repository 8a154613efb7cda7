// Maximum likelihood by hand: real values of one cell, a distribution, and parameters to drag until it fits.

import { theme } from "./colours.js";
import { LAWS, total } from "./laws.js";
import { curve, lead, listening, make, sheet, slider } from "./parts.js";
import { isPicture } from "./picture.js";
import { number, t } from "./words.js";

const BINS = 40;

export const likelihood = {
  title: "Likelihood",
  fits: (view) => view.about.event.kind !== "text",

  open(root, view) {
    const { event } = view.about;
    const cellOf = chooser(event);
    const law = make("select", { data: { "aria-label": t("Distribution") } });
    const density = make("canvas", { className: "chart", tabIndex: 0, data: { role: "img" } });
    const ascent = make("canvas", { className: "chart", data: { role: "img" } });
    const sliders = make("div", {});
    const said = make("p", { className: "sub", data: { "aria-live": "polite" } });
    const best = make("button", { type: "button", textContent: t("Go to the maximum") });
    root.append(lead("Real values of one cell of the data. Choose a distribution and drag it over them: the log-likelihood climbs as it fits better, and the mark shows where it is highest. Its negative is the loss."), make("div", { className: "row" }, cellOf.root, law, best), density, sliders, said, ascent);
    const state = { x: [], law: "gaussian", parameters: [0, 1] };
    const paint = () => show(state, density, ascent, said);
    const choose = () => {
      const found = LAWS[(state.law = law.value)];
      state.best = found.best(state.x);
      state.parameters = state.best.map((v, i) => (found.positive[i] ? v * 1.7 + 0.05 : v + 0.8 * (spread(state.x) || 1)));
      if (state.law === "bernoulli") state.parameters = [Math.min(0.95, state.parameters[0])];
      controls(state, sliders, paint);
      paint();
    };
    const load = async () => {
      try {
        const { values } = await view.source.call(view.id, "column", { cell: cellOf.value() });
        state.x = Array.from(values).filter(Number.isFinite);
      } catch (error) {
        said.textContent = t(error.message);
        return;
      }
      law.replaceChildren(...Object.entries(LAWS).filter(([, l]) => l.fits(state.x)).map(([k, l]) => new Option(t(l.title), k)));
      if ([...law.options].some((o) => o.value === "bernoulli")) law.value = "bernoulli";
      choose();
    };
    law.addEventListener("change", choose);
    cellOf.root.addEventListener("change", load);
    best.addEventListener("click", () => climb(state, sliders, paint));
    drag(density, state, sliders, paint);
    load();
    return listening([window, "resize", paint]);
  },
};

function chooser(event) {
  const picture = isPicture(event);
  const sizes = picture ? event.shape.slice(0, 2) : [event.shape.reduce((a, b) => a * b, 1)];
  const names = picture ? ["row", "column"] : ["column"];
  const inputs = sizes.map((n, i) => make("input", { type: "number", min: 0, max: n - 1, value: picture ? n >> 1 : 0, data: { "aria-label": t(names[i]) } }));
  const root = make("span", { className: "row" }, ...inputs.flatMap((input, i) => [make("span", { className: "sub", textContent: t(names[i]) }), input]));
  const at = (i) => Math.min(sizes[i] - 1, Math.max(0, Math.round(Number(inputs[i].value) || 0)));
  return { root, value: () => (picture ? (at(0) * sizes[1] + at(1)) * event.shape[2] : at(0)) };
}

const spread = (x) => {
  const m = x.reduce((a, b) => a + b, 0) / x.length;
  return Math.sqrt(x.reduce((a, b) => a + (b - m) ** 2, 0) / x.length);
};

function reach(state, i) {
  const law = LAWS[state.law];
  if (state.law === "bernoulli") return [0.001, 0.999];
  const size = Math.max(spread(state.x), Math.abs(state.best[i]) * 0.5, 0.05);
  return law.positive[i] ? [Math.max(1e-3, state.best[i] * 0.1), state.best[i] * 4 + size] : [state.best[i] - 3 * size, state.best[i] + 3 * size];
}

function controls(state, root, paint) {
  const rows = LAWS[state.law].parameters.map((name, i) => {
    const [low, high] = reach(state, i);
    return slider(t(name), low, high, state.parameters[i], (high - low) / 400, (v) => {
      state.parameters[i] = v;
      paint();
    });
  });
  root.replaceChildren(...rows);
}

function put(state, root, paint) {
  [...root.children].forEach((row, i) => row.set(state.parameters[i]));
  paint();
}

// To the maximum, in a few steps that one can follow.
function climb(state, root, paint) {
  const from = [...state.parameters];
  const frames = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1 : 30;
  let k = 0;
  const tick = () => {
    k++;
    state.parameters = from.map((v, i) => v + (state.best[i] - v) * (k / frames));
    put(state, root, paint);
    if (k < frames) requestAnimationFrame(tick);
  };
  tick();
}

function drag(canvas, state, root, paint) {
  const go = (e) => {
    if (!e.buttons || !state.axis) return;
    const box = canvas.getBoundingClientRect();
    const [low, high] = state.axis;
    const v = low + ((e.clientX - box.left) / box.width) * (high - low);
    const [least, most] = reach(state, 0);
    state.parameters[0] = Math.min(most, Math.max(least, state.law === "log-normal" ? Math.log(Math.max(v, 1e-6)) : v));
    put(state, root, paint);
  };
  canvas.addEventListener("pointerdown", (e) => {
    canvas.setPointerCapture(e.pointerId);
    go(e);
  });
  canvas.addEventListener("pointermove", go);
}

function show(state, density, ascent, said) {
  if (!state.x.length) return;
  const law = LAWS[state.law];
  histogram(state, law, density);
  climbed(state, ascent);
  const [now, top] = [total(state.law, state.x, state.parameters), total(state.law, state.x, state.best)];
  const values = law.parameters.map((n, i) => `${t(n)} = ${number(state.parameters[i])}`).join(", ");
  said.textContent = t("{values}: log-likelihood {now} nats per value; the highest is {top}.", { values, now: number(now, 4), top: number(top, 4) });
  density.setAttribute("aria-label", said.textContent);
  ascent.setAttribute("aria-label", said.textContent);
}

function histogram(state, law, canvas) {
  const { g, w, h } = sheet(canvas);
  const [a, b] = [Math.min(...state.x), Math.max(...state.x)];
  const room = law.discrete ? 0.6 : 0.15 * (b - a || 1);
  const [low, high] = (state.axis = [a - room, b + room]);
  const toX = (v) => ((v - low) / (high - low)) * w;
  const bins = law.discrete ? Math.max(2, Math.round(b - a) + 1) : BINS;
  const width = law.discrete ? 1 : (b - a || 1) / bins;
  const counts = new Array(bins).fill(0);
  for (const v of state.x) counts[law.discrete ? Math.round(v - a) : Math.min(bins - 1, Math.floor((v - a) / width))]++;
  const heights = counts.map((c) => c / state.x.length / width);
  const xs = law.discrete ? heights.map((_, i) => a + i) : Array.from({ length: 300 }, (_, i) => low + (i / 299) * (high - low));
  const ys = xs.map((v) => Math.exp(law.log(v, state.parameters)));
  const most = Math.max(...heights, ...ys.filter(Number.isFinite).map((y) => Math.min(y, 3 * Math.max(...heights)))) * 1.08;
  const toY = (v) => h - 4 - (Math.min(v, most) / most) * (h - 10);
  g.fillStyle = theme("--main");
  g.globalAlpha = 0.45;
  heights.forEach((v, i) => {
    const left = law.discrete ? a + i - 0.3 : a + i * width;
    g.fillRect(toX(left), toY(v), Math.max(1, toX(left + (law.discrete ? 0.6 : width)) - toX(left) - 1), h - 4 - toY(v));
  });
  g.globalAlpha = 1;
  if (law.discrete) {
    g.fillStyle = theme("--other");
    for (const [i, v] of xs.entries()) g.fillRect(toX(v) - 3, toY(ys[i]) - 3, 6, 6);
  } else curve(g, xs, ys, toX, toY, "--other");
}

function climbed(state, canvas) {
  const { g, w, h } = sheet(canvas);
  const [low, high] = reach(state, 0);
  const xs = Array.from({ length: 120 }, (_, i) => low + (i / 119) * (high - low));
  const at = (v) => total(state.law, state.sample ?? state.x, [v, ...state.parameters.slice(1)]);
  const ys = xs.map(at);
  const finite = ys.filter(Number.isFinite);
  const [bottom, top] = [Math.min(...finite), Math.max(...finite)];
  const toX = (v) => ((v - low) / (high - low)) * w;
  const toY = (v) => h - 8 - ((v - bottom) / (top - bottom || 1)) * (h - 26);
  curve(g, xs, ys, toX, toY, "--main");
  const peak = xs[ys.indexOf(top)];
  g.strokeStyle = theme("--soft");
  g.setLineDash([4, 3]);
  g.beginPath();
  g.moveTo(toX(peak), 14);
  g.lineTo(toX(peak), h);
  g.stroke();
  g.setLineDash([]);
  g.fillText(t("maximum"), Math.min(w - 60, toX(peak) + 4), 12);
  g.fillStyle = theme("--other");
  g.beginPath();
  g.arc(toX(state.parameters[0]), toY(at(state.parameters[0])), 5, 0, 2 * Math.PI);
  g.fill();
}
