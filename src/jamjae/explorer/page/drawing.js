// Draw something by hand, or drop a file: where does the encoder put it, what comes back, what is like it?

import { theme } from "./colours.js";
import { framed, lead, make, sheet } from "./parts.js";
import { cells, isPicture, range } from "./picture.js";
import { number, t } from "./words.js";

const LARGEST = 10 * 2 ** 20; // bytes of a dropped file
const ALIKE = 8;

export const drawing = {
  title: "Draw",
  fits: (view) => view.about.encodes && isPicture(view.about.event) && range(view.about.event) !== null,

  open(root, view) {
    const { event } = view.about;
    const [h, w] = event.shape;
    const pad = make("canvas", { className: "pad", width: w * SCALE, height: h * SCALE, tabIndex: 0, data: { role: "img", "aria-label": t("Drawing pad: drag to draw") } });
    const file = make("input", { type: "file", accept: "image/*", data: { "aria-label": t("A picture file") } });
    const clear = make("button", { type: "button", textContent: t("Clear") });
    const drop = make("div", { className: "drop" }, t("… or drop a picture here: "), file);
    const out = make("div", { className: "pair" });
    const alike = make("div", { className: "grid" });
    const said = make("p", { className: "sub", data: { "aria-live": "polite" } });
    root.append(lead("Draw with the mouse or a finger. The encoder sees the drawing as the run saw its data."), make("div", { className: "pair" }, pad, out), make("div", { className: "row" }, clear, drop), said, alike);
    const pen = ink(pad, SCALE * Math.max(0.075 * w, 1.7), () => look(view, read(pad, event), out, alike, said));
    clear.addEventListener("click", () => {
      pen.clear();
      out.replaceChildren();
      alike.replaceChildren();
    });
    const take = async (given) => {
      try {
        await put(pad, given, pen);
        await look(view, read(pad, event), out, alike, said);
      } catch (error) {
        said.textContent = t(error.message);
      }
    };
    file.addEventListener("change", () => file.files[0] && take(file.files[0]));
    root.addEventListener("dragover", (e) => (e.preventDefault(), drop.classList.add("over")));
    root.addEventListener("dragleave", () => drop.classList.remove("over"));
    root.addEventListener("drop", (e) => {
      e.preventDefault();
      drop.classList.remove("over");
      if (e.dataTransfer.files[0]) take(e.dataTransfer.files[0]);
    });
    return () => {};
  },
};

const SCALE = 10; // pad pixels per pixel of an example

function ink(pad, width, done) {
  const g = pad.getContext("2d", { willReadFrequently: true });
  const clear = () => {
    g.fillStyle = "#000";
    g.fillRect(0, 0, pad.width, pad.height);
  };
  clear();
  let last = null;
  const place = (e) => {
    const box = pad.getBoundingClientRect();
    return [((e.clientX - box.left) / box.width) * pad.width, ((e.clientY - box.top) / box.height) * pad.height];
  };
  const stroke = (e) => {
    const [x, y] = place(e);
    Object.assign(g, { strokeStyle: "#fff", lineWidth: width, lineCap: "round", lineJoin: "round" });
    g.beginPath();
    g.moveTo(...(last ?? [x, y]));
    g.lineTo(x, y + 0.01);
    g.stroke();
    last = [x, y];
    done();
  };
  pad.addEventListener("pointerdown", (e) => {
    pad.setPointerCapture(e.pointerId);
    last = null;
    stroke(e);
  });
  pad.addEventListener("pointermove", (e) => e.buttons && stroke(e));
  return { clear, g };
}

// The drawing as numbers, (height, width, channels), averaged over the pixels of the pad that fall on each.
function read(pad, event) {
  const [h, w, c] = event.shape;
  const small = new OffscreenCanvas(w, h);
  const g = small.getContext("2d");
  g.imageSmoothingQuality = "high";
  g.drawImage(pad, 0, 0, w, h);
  const { data } = g.getImageData(0, 0, w, h);
  const [low, high] = range(event);
  const x = new Float32Array(h * w * c);
  for (let i = 0; i < h * w; i++) {
    const grey = (0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]) / 255;
    for (let k = 0; k < c; k++) {
      const v = c >= 3 ? (k === 3 ? 1 : data[4 * i + k] / 255) : grey;
      x[i * c + k] = low + (high - low) * (event.levels === 2 ? Number(v >= 0.5) : v);
    }
  }
  return x;
}

async function put(pad, file, pen) {
  if (!file.type.startsWith("image/")) throw new Error("This is no picture: drop a .png, .jpg or .webp file.");
  if (file.size > LARGEST) throw new Error("The file is larger than 10 MB.");
  let image;
  try {
    image = await createImageBitmap(file);
  } catch {
    throw new Error("The picture cannot be read: the file is damaged or of another kind than its name says.");
  }
  pen.clear();
  const scale = Math.min(pad.width / image.width, pad.height / image.height);
  const [w, h] = [image.width * scale, image.height * scale];
  pen.g.drawImage(image, (pad.width - w) / 2, (pad.height - h) / 2, w, h);
}

async function look(view, x, out, alike, said) {
  const { about } = view;
  let code;
  try {
    code = await view.model.encode(x, 1, view.label);
  } catch (error) {
    said.textContent = t(error.message);
    return;
  }
  const mean = Float32Array.from(code.mean);
  await view.move(mean);
  const restored = Float32Array.from(await view.model.decode(mean, 1, view.label));
  const chart = make("canvas", { className: "chart", data: { role: "img", "aria-label": t("the code: mean and standard deviation of each axis") } });
  out.replaceChildren(framed(x, about.event, t("what the encoder sees")), framed(restored, about.event, t("what comes back")), make("figure", {}, chart, make("figcaption", { textContent: t("the code, μ ± σ") })));
  posterior(chart, mean, code.deviation);
  let off = 0;
  for (let i = 0; i < x.length; i++) off += (x[i] - restored[i]) ** 2;
  const error = off / x.length;
  const usual = view.data.errors ? share(view.data.errors, error) : null;
  said.textContent = t("mean squared error {error}", { error: number(error) }) + (usual === null ? "" : ` · ${t("{share} % of the test examples are restored worse", { share: Math.round(100 * usual) })}`);
  await neighbours(view, mean, alike);
}

const share = (errors, error) => errors.reduce((n, e) => n + (e > error), 0) / errors.length;

export function posterior(canvas, mean, deviation) {
  const { g, w, h } = sheet(canvas);
  const reach = Math.max(3, ...mean.map((m, i) => Math.abs(m) + 2 * (deviation?.[i] ?? 0)));
  const step = (w - 12) / mean.length;
  const y = (v) => h / 2 - (v / reach) * (h / 2 - 6);
  g.strokeStyle = theme("--line");
  g.strokeRect(6, h / 2, w - 12, 0);
  mean.forEach((m, i) => {
    const x = 6 + (i + 0.5) * step;
    g.strokeStyle = theme("--other");
    g.lineWidth = Math.min(6, 0.5 * step);
    if (deviation) {
      g.globalAlpha = 0.45;
      g.beginPath();
      g.moveTo(x, y(m - deviation[i]));
      g.lineTo(x, y(m + deviation[i]));
      g.stroke();
      g.globalAlpha = 1;
    }
    g.fillStyle = theme("--main");
    g.beginPath();
    g.arc(x, y(m), Math.min(4, 1 + 0.3 * step), 0, 2 * Math.PI);
    g.fill();
  });
}

async function neighbours(view, mean, alike) {
  const rows = view.like(mean, ALIKE);
  try {
    const x = await view.examples(rows);
    const n = cells(view.about.event);
    alike.replaceChildren(
      ...rows.map((row, i) => {
        const f = framed(x, view.about.event, view.className(row) ?? String(row), i * n);
        const b = make("button", { type: "button", title: view.described(row) }, f);
        b.addEventListener("click", () => view.pick(row));
        return b;
      }),
    );
  } catch {
    alike.replaceChildren();
  }
}
