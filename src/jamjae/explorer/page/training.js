// The loss while it falls: the log of the run, asked for again every two seconds until training has ended.

import { curve, lead, listening, make, sheet } from "./parts.js";
import { number, t } from "./words.js";

const PAUSE = 2000; // milliseconds

export const training = {
  title: "Training",
  fits: (view, source) => source.live,

  open(root, view, source) {
    const chart = make("canvas", { className: "chart", data: { role: "img" } });
    const said = make("p", { className: "sub", data: { "aria-live": "polite" } });
    root.append(lead("The loss at every logged step; dashed, the loss of the validation split."), chart, said);
    const rows = [];
    let timer = 0;
    let closed = false;
    const ask = async () => {
      try {
        const last = rows.at(-1)?.step ?? -1;
        const found = await source.get(view.id, "log", { after: last });
        if (closed) return;
        rows.push(...found.rows);
        show(chart, said, rows, found.ended);
        if (found.version !== view.about.version && found.version) await renew(view, said);
        if (!found.ended) timer = setTimeout(ask, PAUSE);
      } catch (error) {
        said.textContent = t(error.message);
        if (!closed) timer = setTimeout(ask, 3 * PAUSE);
      }
    };
    ask();
    const stop = listening([window, "resize", () => show(chart, said, rows, false)]);
    return () => {
      closed = true;
      clearTimeout(timer);
      stop();
    };
  },
};

async function renew(view, said) {
  said.textContent += ` ${t("Other weights: the map is drawn again.")}`;
  await view.load();
}

// Every loss that is logged: one of the model, or one of each player.
function losses(rows) {
  const found = {};
  for (const row of rows) {
    for (const kind of ["train", "validation"]) {
      for (const [key, value] of Object.entries(row[kind] ?? {})) {
        if (key !== "loss" && !key.endsWith(".loss")) continue;
        if (Number.isFinite(value)) ((found[key] ??= {})[kind] ??= []).push({ step: row.step, value });
      }
    }
  }
  return found;
}

const COLOURS = ["--main", "--other", "--ink"];

function show(chart, said, rows, ended) {
  const { g, w, h } = sheet(chart);
  const found = losses(rows);
  const all = Object.values(found).flatMap((kinds) => Object.values(kinds).flat());
  if (!all.length) {
    said.textContent = t("Nothing was logged yet.");
    return;
  }
  const sorted = all.map((r) => r.value).sort((a, b) => a - b);
  const [low, high] = [sorted[0], sorted[Math.floor(0.98 * (sorted.length - 1))]];
  const end = Math.max(...all.map((r) => r.step), 1);
  const toX = (s) => 6 + (s / end) * (w - 12);
  const toY = (v) => h - 8 - ((Math.min(v, high) - low) / (high - low || 1)) * (h - 24);
  Object.values(found).forEach((kinds, i) => {
    for (const [kind, line] of Object.entries(kinds)) {
      g.setLineDash(kind === "validation" ? [5, 4] : []);
      curve(g, line.map((r) => r.step), line.map((r) => r.value), toX, toY, COLOURS[i % COLOURS.length]);
    }
  });
  g.setLineDash([]);
  g.fillText(number(high), 8, 12);
  g.fillText(number(low), 8, h - 12);
  const last = rows.at(-1);
  const loss = Object.entries(found).map(([key, kinds]) => `${key.replace(".", " ")} ${number((kinds.train ?? kinds.validation).at(-1).value, 4)}`).join(", ");
  said.textContent = t(ended ? "Training has ended at step {step}: {loss}." : "Step {step}: {loss}.", { step: last.step.toLocaleString("en"), loss });
  chart.setAttribute("aria-label", said.textContent);
}
