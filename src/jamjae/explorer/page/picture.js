// One example: pictures and spectrograms as pixels on a canvas, a sequence as a line for each channel, a vector as bars;
// what can be read as text beside a hidden canvas.

import { ofClass, theme } from "./colours.js";

export const isPicture = (event) => event.kind === "image" && event.shape.length === 3 && [1, 3, 4].includes(event.shape[2]);

export const isSpectrogram = (event) => event.kind === "audio" && event.shape[1] > 1;

export const hasPixels = (event) => isPicture(event) || isSpectrogram(event);

// Height and width in pixels; a spectrogram has time to the right and its lowest band below.
export const size = (event) => (isSpectrogram(event) ? [event.shape[1], event.shape[0]] : event.shape.slice(0, 2));

// An example as text, where it can be read: a row of a table column by column, a sentence as the server wrote it.
export const line = (x, event, at = 0) => (event.columns ? event.columns.map((c, k) => `${c.name}: ${cell(c, x[at + k])}`).join("\n") : x.lines?.[at / cells(event)]);

function cell(column, value) {
  if (Number.isNaN(value)) return "?";
  if (column.categories.length) return column.categories[Math.round(value)] ?? "?";
  if (column.kind === "date") return new Date(Math.round(value) * 864e5).toISOString().slice(0, 10);
  return column.kind === "count" ? String(Math.round(value)) : String(Number(value.toPrecision(5)));
}

export function draw(canvas, x, event, at = 0) {
  const text = line(x, event, at);
  if (text !== undefined) return say(canvas, text);
  if (hasPixels(event)) return drawPicture(canvas, x, event, at);
  if (event.scales) return drawLines(canvas, x.subarray(at, at + cells(event)), event);
  return drawBars(canvas, x.subarray(at, at + cells(event)), event);
}

function say(canvas, text) {
  if (!canvas.hidden) canvas.after(Object.assign(document.createElement("p"), { className: "said" }));
  canvas.hidden = true;
  canvas.nextElementSibling.textContent = text;
}

export const cells = (event) => event.shape.reduce((a, b) => a * b, 1);

export function range(event) {
  return event.low === null || event.high === null ? null : [event.low, event.high];
}

function drawPicture(canvas, x, event, at) {
  const [h, w] = size(event);
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  canvas.getContext("2d", { willReadFrequently: true }).putImageData(pixels(x, event, at), 0, 0);
}

export function pixels(x, event, at = 0) {
  const [h, w] = size(event);
  const c = isSpectrogram(event) ? 1 : event.shape[2];
  const cell = isSpectrogram(event) ? (i) => (i % w) * h + (h - 1 - Math.floor(i / w)) : (i) => i * c;
  const image = new ImageData(w, h);
  const [low, high] = range(event) ?? extent(x, at, cells(event));
  const scale = 255 / (high - low || 1);
  for (let i = 0; i < h * w; i++) {
    for (let k = 0; k < 3; k++) image.data[4 * i + k] = (x[at + cell(i) + (c >= 3 ? k : 0)] - low) * scale;
    image.data[4 * i + 3] = c === 4 ? (x[at + cell(i) + 3] - low) * scale : 255;
  }
  return image;
}

function extent(x, at, n) {
  let [low, high] = [Infinity, -Infinity];
  for (let i = at; i < at + n; i++) [low, high] = [Math.min(low, x[i]), Math.max(high, x[i])];
  return [low, high];
}

// An empty canvas of w x h, drawn at twice that.
function cleared(canvas, w, h) {
  if (canvas.width !== 2 * w) Object.assign(canvas, { width: 2 * w, height: 2 * h });
  const g = canvas.getContext("2d");
  g.setTransform(2, 0, 0, 2, 0, 0);
  g.clearRect(0, 0, w, h);
  return g;
}

// Each channel in the scale that it has in the data.
function drawLines(canvas, x, event) {
  const [w, h] = [220, 150];
  const g = cleared(canvas, w, h);
  const [places, channels] = event.shape;
  for (let c = 0; c < channels; c++) {
    const [low, high] = event.scales[c];
    g.strokeStyle = channels === 1 ? theme("--main") : ofClass(c);
    g.lineWidth = 1.5;
    g.beginPath();
    for (let i = 0; i < places; i++) {
      const y = h - 8 - ((x[i * channels + c] - low) / (high - low || 1)) * (h - 16);
      g.lineTo(6 + ((w - 12) * (i + 0.5)) / places, Math.max(1, Math.min(h - 1, y)));
    }
    g.stroke();
  }
}

function drawBars(canvas, x, event) {
  const [w, h] = [220, 150];
  const g = cleared(canvas, w, h);
  const [low, high] = [Math.min(0, ...x), Math.max(0, ...x)];
  const y = (v) => h - 8 - ((v - low) / (high - low || 1)) * (h - 16);
  g.fillStyle = theme("--main");
  const step = (w - 12) / x.length;
  x.forEach((v, i) => g.fillRect(6 + i * step, Math.min(y(0), y(v)), Math.max(1, step * 0.8), Math.max(1, Math.abs(y(v) - y(0)))));
}
