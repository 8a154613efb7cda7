// One example: a picture as a picture on a canvas, a vector as bars; what can be read as text beside a hidden canvas.

import { theme } from "./colours.js";

export const isPicture = (event) => event.kind === "image" && event.shape.length === 3 && [1, 3, 4].includes(event.shape[2]);

export const line = (x, event, at = 0) => x.lines?.[at / cells(event)];

export function draw(canvas, x, event, at = 0) {
  const text = line(x, event, at);
  if (text !== undefined) return say(canvas, text);
  if (isPicture(event)) return drawPicture(canvas, x, event, at);
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
  const [h, w, c] = event.shape;
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  canvas.getContext("2d", { willReadFrequently: true }).putImageData(pixels(x, event, at), 0, 0);
}

export function pixels(x, event, at = 0) {
  const [h, w, c] = event.shape;
  const image = new ImageData(w, h);
  const [low, high] = range(event) ?? extent(x, at, cells(event));
  const scale = 255 / (high - low || 1);
  for (let i = 0; i < h * w; i++) {
    for (let k = 0; k < 3; k++) image.data[4 * i + k] = (x[at + i * c + (c >= 3 ? k : 0)] - low) * scale;
    image.data[4 * i + 3] = c === 4 ? (x[at + i * c + 3] - low) * scale : 255;
  }
  return image;
}

function extent(x, at, n) {
  let [low, high] = [Infinity, -Infinity];
  for (let i = at; i < at + n; i++) [low, high] = [Math.min(low, x[i]), Math.max(high, x[i])];
  return [low, high];
}

function drawBars(canvas, x, event) {
  const [w, h] = [220, 150];
  if (canvas.width !== 2 * w) Object.assign(canvas, { width: 2 * w, height: 2 * h });
  const g = canvas.getContext("2d");
  g.setTransform(2, 0, 0, 2, 0, 0);
  g.clearRect(0, 0, w, h);
  const [low, high] = [Math.min(0, ...x), Math.max(0, ...x)];
  const y = (v) => h - 8 - ((v - low) / (high - low || 1)) * (h - 16);
  g.fillStyle = theme("--main");
  const step = (w - 12) / x.length;
  x.forEach((v, i) => g.fillRect(6 + i * step, Math.min(y(0), y(v)), Math.max(1, step * 0.8), Math.max(1, Math.abs(y(v) - y(0)))));
}
