// Small pieces of the tools: elements, charts, listening until the tool is closed.

import { theme } from "./colours.js";
import { draw, line } from "./picture.js";
import { t } from "./words.js";

export function make(tag, properties = {}, ...children) {
  const { data, ...rest } = properties;
  const e = Object.assign(document.createElement(tag), rest);
  for (const [k, v] of Object.entries(data ?? {})) e.setAttribute(k, v);
  e.append(...children);
  return e;
}

// Listen to several targets; the result stops all of it.
export function listening(...pairs) {
  const stop = new AbortController();
  for (const [target, names, f] of pairs) for (const name of names.split(" ")) target.addEventListener(name, f, { signal: stop.signal });
  return () => stop.abort();
}

export function picture(x, event, label, at = 0) {
  const text = line(x, event, at);
  if (text !== undefined) return make("p", { className: "said", title: label, textContent: text });
  const canvas = make("canvas", { data: { role: "img", "aria-label": label } });
  draw(canvas, x, event, at);
  return canvas;
}

export function framed(x, event, text, at = 0) {
  return make("figure", {}, picture(x, event, text, at), make("figcaption", { textContent: text }));
}

// A canvas that is sharp on every screen. Gives the context and its size in CSS pixels.
export function sheet(canvas) {
  const ratio = Math.min(2, devicePixelRatio || 1);
  const [w, h] = [canvas.clientWidth || 300, canvas.clientHeight || 140];
  Object.assign(canvas, { width: w * ratio, height: h * ratio });
  const g = canvas.getContext("2d");
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, w, h);
  g.font = "11px system-ui, sans-serif";
  g.fillStyle = theme("--soft");
  return { g, w, h };
}

export function bars(canvas, values, { mark = -1, level = null, colour = "--main" } = {}) {
  const { g, w, h } = sheet(canvas);
  const high = Math.max(...values, level ?? 0, 1e-12);
  const step = (w - 8) / values.length;
  values.forEach((v, i) => {
    g.fillStyle = theme(i === mark ? "--other" : colour);
    g.fillRect(4 + i * step, h - 4 - (v / high) * (h - 12), Math.max(1, step - 1), (v / high) * (h - 12));
  });
  if (level !== null) dashed(g, 4, h - 4 - (level / high) * (h - 12), w - 4);
}

function dashed(g, x, y, to) {
  g.strokeStyle = theme("--ink");
  g.setLineDash([4, 3]);
  g.beginPath();
  g.moveTo(x, y);
  g.lineTo(to, y);
  g.stroke();
  g.setLineDash([]);
}

export function curve(g, xs, ys, toX, toY, colour, width = 2) {
  g.strokeStyle = theme(colour);
  g.lineWidth = width;
  g.beginPath();
  let pen = false;
  xs.forEach((x, i) => {
    if (!Number.isFinite(ys[i])) return (pen = false);
    if (pen) g.lineTo(toX(x), toY(ys[i]));
    else g.moveTo(toX(x), toY(ys[i]));
    pen = true;
  });
  g.stroke();
}

export function slider(name, low, high, value, step, change) {
  const out = make("output", { textContent: value.toFixed(2) });
  const input = make("input", { type: "range", min: low, max: high, step, value, data: { "aria-label": name } });
  input.addEventListener("input", () => {
    out.textContent = Number(input.value).toFixed(2);
    change(Number(input.value));
  });
  const row = make("label", { className: "field" }, make("span", { textContent: name }), input, out);
  row.set = (v) => {
    input.value = v;
    out.textContent = Number(v).toFixed(2);
  };
  return row;
}

export const lead = (text) => make("p", { className: "lead", textContent: t(text) });
