// One run on the page: its map, the decoded picture, and where we are in its latent space.

import { byClass, byValue, ofClass, plain, ramp, theme } from "./colours.js";
import { along, extent, nearest, Plane } from "./codes.js";
import { Field } from "./field.js";
import { LatentMap } from "./map.js";
import { Latest, Model } from "./model.js";
import { unpack } from "./pack.js";
import { draw } from "./picture.js";
import { add, number, t, translate } from "./words.js";

const HTML = `
<header class="bar"><h2></h2><p class="sub"></p></header>
<div class="bar">
  <label><span data-t>Colour by</span> <select class="colour"></select></label>
  <label class="told" hidden><span data-t>Label</span> <select></select><input type="number" step="any" hidden></label>
  <label class="tiles"><input type="checkbox"> <span data-t>Decoded field</span></label>
  <label class="prior"><input type="checkbox" checked> <span data-t>Prior</span></label>
  <label class="dots"><input type="checkbox" checked> <span data-t>Points</span></label>
  <button type="button" class="home" data-t>Whole map</button>
</div>
<div class="stage">
  <div class="map" tabindex="0" role="application" aria-roledescription="map"
    data-label="Map of the latent space. Arrow keys move, shift with arrow keys pans, plus and minus zoom, Enter picks the nearest example, A and B pin the ends of a path."><span class="tip"></span></div>
  <div class="side">
    <figure class="made"><canvas role="img"></canvas><figcaption aria-live="polite"></figcaption><button type="button" class="play" data-t hidden>Play</button></figure>
    <figure class="given" hidden><canvas role="img"></canvas><figcaption></figcaption><button type="button" class="play" data-t hidden>Play</button></figure>
    <div class="row"><button type="button" class="pin" data-pin="a"></button><button type="button" class="pin" data-pin="b"></button></div>
  </div>
</div>
<ul class="legend"></ul>`;


export class View extends EventTarget {
  row = null;
  pins = { a: null, b: null };
  label = null;

  constructor(source, id) {
    super();
    Object.assign(this, { source, id });
    this.root = Object.assign(document.createElement("article"), { className: "card run", innerHTML: HTML });
    this.$ = (q) => this.root.querySelector(q);
  }

  async load() {
    this.about = await this.source.get(this.id, "about");
    add(this.about.korean);
    this.model = new Model(this.source, this.id, this.about);
    this.plane = new Plane(this.about.plane);
    this.map ??= new LatentMap(this.$(".map"));
    this.field ??= new Field(this);
    this.latest ??= new Latest((job) => this.#show(job));
    this.label = this.about.conditional ? (this.label ?? this.about.classes[0] ?? "0") : null;
    this.data = unpack(await this.source.get(this.id, "points"));
    this.n = this.data.places.length / 2;
    this.rest = null;
    this.#controls();
    this.map.over = [this.#paintPrior, this.#paintMarks];
    this.map.under = this.field.paint;
    this.#colour();
    this.map.fit(this.#box());
    this.ready = this.model.load().then(() => {
      this.dispatchEvent(new Event("model"));
      this.move(this.z, { keep: true });
      const flat = this.plane.flat && this.field.possible;
      if (flat || this.field.on) {
        this.$(".tiles input").checked = true;
        this.field.switch(true);
      }
    });
    this.move(new Float32Array(this.plane.mean));
  }

  // -- where we are ---------------------------------------------------------------------------------------------------

  // Go to a code; `stamp` is the time of the event that led here.
  move(z, { keep = false, stamp = 0 } = {}) {
    this.z = z;
    this.spot = this.place(z);
    if (!keep) {
      this.row = null;
      this.rest = this.plane.flat ? null : this.plane.rest(z);
    }
    return this.latest.push({ z, stamp });
  }

  // Where a code lies on the map; on one that is no plane, where the example with the nearest code lies.
  place(z) {
    if (this.plane.layout === "plane") return this.plane.place(z);
    const row = this.data.codes ? nearest(this.data.codes, z, 1)[0] : 0;
    return [this.data.places[2 * row], this.data.places[2 * row + 1]];
  }

  moveTo(place, stamp = 0) {
    if (this.plane.layout !== "plane") return this.posterior(this.at(place)).then(({ mean }) => this.move(mean, { stamp }));
    return this.move(this.plane.code(place, this.rest), { keep: !this.plane.flat && this.rest !== null, stamp });
  }

  async #show({ z, stamp }) {
    let x;
    try {
      x = await this.model.decode(z, 1, this.label);
    } catch (error) {
      if (error.name !== "AbortError") this.dispatchEvent(Object.assign(new Event("trouble"), { error }));
      return;
    }
    this.x = x;
    draw(this.$(".made canvas"), x, this.about.event);
    this.map.paintOver();
    this.#caption();
    if (stamp) performance.measure("drag to picture", { start: stamp, end: performance.now() });
    this.dispatchEvent(new Event("move"));
  }

  #caption() {
    const at = this.z.length <= 3 ? Array.from(this.z, (v) => v.toFixed(2)).join(", ") : this.spot.map((v) => v.toFixed(2)).join(", ");
    const text = this.z.length <= 3 ? t("decoded at ({at})", { at }) : t("decoded at ({at}) on the map", { at });
    this.$(".made figcaption").textContent = text;
    this.$(".made canvas").setAttribute("aria-label", text);
  }

  async pick(row, quiet = false) {
    if (row === null || row >= this.n) return;
    this.row = row;
    const { mean } = await this.posterior(row);
    this.rest = this.plane.flat ? null : this.plane.rest(mean);
    if (this.data.classes && this.about.conditional) this.label = this.about.classes[this.data.classes[row]] ?? this.label;
    this.$(".told select").value = this.label;
    await this.move(mean, { keep: true });
    await this.#given(row);
    if (!quiet) this.dispatchEvent(new Event("pick"));
  }

  async #given(row) {
    const figure = this.$(".given");
    if (!this.about.encodes) return;
    try {
      const x = await this.example(row);
      figure.hidden = false;
      draw(figure.querySelector("canvas"), x, this.about.event);
      figure.querySelector("figcaption").textContent = this.described(row);
      figure.querySelector("canvas").setAttribute("aria-label", this.described(row));
    } catch {
      figure.hidden = true; // its picture is not in the file
    }
  }

  described(row) {
    const name = this.className(row);
    return name === null ? t("example {row}", { row }) : t("example {row}, class {name}", { row, name });
  }

  className(row) {
    const k = this.data.classes?.[row];
    return k === undefined || k < 0 ? null : (this.about.classes[k] ?? String(k));
  }

  async example(row) {
    return (await this.source.call(this.id, "examples", { rows: [row] })).x;
  }

  async examples(rows) {
    return (await this.source.call(this.id, "examples", { rows })).x;
  }

  async posterior(row) {
    const d = this.plane.width;
    if (this.data.codes) {
      const part = (a) => a?.subarray(row * d, (row + 1) * d) ?? null;
      return { mean: Float32Array.from(part(this.data.codes)), deviation: part(this.data.deviations) };
    }
    const found = await this.source.call(this.id, "posterior", { rows: [row] });
    return { mean: Float32Array.from(found.mean), deviation: found.deviation ?? null };
  }

  // The example whose point is nearest to a place on the map, within reach on the screen.
  at([x, y], reach = Infinity) {
    const { places } = this.data;
    let [best, least] = [null, (reach / this.map.view.scale) ** 2];
    for (let i = 0; i < this.n; i++) {
      const sum = (places[2 * i] - x) ** 2 + (places[2 * i + 1] - y) ** 2;
      if (sum < least) [best, least] = [i, sum];
    }
    return best;
  }

  like(z, count) {
    return this.data.codes ? nearest(this.data.codes, z, count) : [this.at(this.place(z))];
  }

  pin(name, z = this.z) {
    this.pins[name] = z && Float32Array.from(z);
    this.map.paintOver();
    this.dispatchEvent(new Event("pins"));
  }

  between(s) {
    return along(this.pins.a, this.pins.b, s);
  }

  // -- what is drawn --------------------------------------------------------------------------------------------------

  #box() {
    const [x0, x1, y0, y1] = extent(this.data.places);
    if (!this.data.draws) return [x0, x1, y0, y1];
    const [u0, u1, v0, v1] = extent(this.data.draws);
    const near = Math.max(x1 - x0, y1 - y0) * 2 > Math.max(u1 - u0, v1 - v0);
    const box = near ? [Math.min(x0, u0), Math.max(x1, u1), Math.min(y0, v0), Math.max(y1, v1)] : [x0, x1, y0, y1];
    return this.plane.width === 1 ? [box[0], box[1], -(box[1] - box[0]) / 2, (box[1] - box[0]) / 2] : box;
  }

  #controls() {
    const { about, data } = this;
    this.$("h2").textContent = about.name;
    this.$(".sub").textContent = t("{recipe} on {data}, {count} points", { recipe: about.recipe, data: about.data, count: this.n.toLocaleString("en") });
    const spread = data.deviations && meanDeviation(data.deviations, this.plane.width);
    this.colours = {
      class: data.classes && [t("class"), null],
      label: data.labels && [t("label"), data.labels],
      error: data.errors && [t("reconstruction error"), data.errors],
      uncertainty: spread && [t("uncertainty (mean deviation)"), spread],
      density: data.densities && [t("log density of the prior"), data.densities],
      none: [t("nothing"), null],
    };
    const chosen = this.$(".colour").value;
    this.$(".colour").replaceChildren(...Object.entries(this.colours).filter(([, v]) => v).map(([k, [text]]) => new Option(text, k)));
    if (this.colours[chosen]) this.$(".colour").value = chosen;
    this.#told();
    this.$(".tiles").hidden = !this.field.possible;
    for (const b of this.root.querySelectorAll(".play")) b.hidden = !(about.sound && this.source.live);
    for (const name of ["a", "b"]) this.$(`[data-pin=${name}]`).textContent = t(name === "a" ? "Pin A" : "Pin B");
    this.$(".prior").hidden = about.plane.layout !== "plane";
    const tsne = about.plane.layout === "tsne";
    this.$(".tip").textContent = tsne ? t("t-SNE: neighbours are close, distances mean nothing") : about.plane.flat ? t("the two latent axes") : t("plane of two principal components: {share} % of the codes' variance", { share: Math.round(100 * about.plane.explained) });
    translate(this.root);
    if (!this.listening) this.#listen();
  }

  // Say everything again, in another language.
  speak() {
    this.#controls();
    this.#colour();
    this.#caption();
    if (this.row !== null) this.#given(this.row);
  }

  // The label that a conditional model is told: one of the classes, or a number.
  #told() {
    const [classes, values] = [this.$(".told select"), this.$(".told input")];
    this.$(".told").hidden = this.label === null;
    classes.hidden = !(values.hidden = this.about.classes.length > 0);
    classes.replaceChildren(...this.about.classes.map((c) => new Option(c, c)));
    classes.value = values.value = this.label;
  }

  #tell(label) {
    this.label = label;
    this.move(this.z, { keep: true });
    this.dispatchEvent(new Event("model"));
  }

  #listen() {
    this.listening = true;
    for (const e of this.root.querySelectorAll(".told select, .told input")) e.addEventListener("change", () => this.#tell(e.value || "0"));
    const { map } = this;
    const there = (e) => this.moveTo(e.place, e.stamp);
    map.addEventListener("grab", (e) => {
      this.dispatchEvent(new Event("active"));
      if (!this.grabbed?.(e)) there(e);
    });
    map.addEventListener("drag", (e) => (this.dragged?.(e) ? null : there(e)));
    map.addEventListener("drop", (e) => this.dropped?.(e));
    map.addEventListener("click", (e) => {
      const row = this.dropped?.(e) ? null : this.at(e.place, 9 * map.ratio);
      if (row !== null) this.pick(row);
    });
    this.$(".colour").addEventListener("change", () => this.#colour());
    this.$(".tiles input").addEventListener("change", (e) => this.field.switch(e.target.checked));
    this.$(".prior input").addEventListener("change", () => map.paintOver());
    this.$(".dots input").addEventListener("change", () => this.#colour());
    this.$(".home").addEventListener("click", () => map.reset());
    this.root.addEventListener("focusin", () => this.dispatchEvent(new Event("active")));
    this.$(".made .play").addEventListener("click", () => this.#play({ z: Array.from(this.z), label: this.label }));
    this.$(".given .play").addEventListener("click", () => this.#play({ row: this.row }));
    for (const b of this.root.querySelectorAll(".pin")) b.addEventListener("click", () => this.pin(b.dataset.pin));
    this.$(".map").addEventListener("keydown", (e) => this.#key(e));
  }

  // Only the server can turn a spectrogram into a sound.
  async #play(what) {
    try {
      const address = URL.createObjectURL(await this.source.call(this.id, "sound", what));
      const player = new Audio(address);
      player.addEventListener("ended", () => URL.revokeObjectURL(address), { once: true });
      await player.play();
    } catch (error) {
      this.dispatchEvent(Object.assign(new Event("trouble"), { error }));
    }
  }

  #key(e) {
    const step = 24 * this.map.ratio;
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (arrows[e.key]) {
      const [dx, dy] = arrows[e.key];
      if (e.shiftKey) this.map.pan(-dx * step * 2, dy * step * 2);
      else this.moveTo([this.spot[0] + (dx * step) / 3 / this.map.view.scale, this.spot[1] + (dy * step) / 3 / this.map.view.scale], e.timeStamp);
    } else if (e.key === "+" || e.key === "=") this.map.zoom(1.25, this.spot);
    else if (e.key === "-") this.map.zoom(0.8, this.spot);
    else if (e.key === "0") this.map.reset();
    else if (e.key === "Enter") this.pick(this.at(this.spot));
    else if (e.key === "a" || e.key === "b") this.pin(e.key);
    else return;
    e.preventDefault();
  }

  #colour() {
    const kind = this.$(".colour").value;
    const shown = this.$(".dots input").checked;
    const values = this.colours[kind]?.[1];
    const legend = this.$(".legend");
    legend.replaceChildren();
    let colours;
    if (kind === "class") {
      colours = byClass(this.data.classes);
      const seen = [...new Set(this.data.classes)].sort((a, b) => a - b).slice(0, 30);
      for (const k of seen) legend.append(entry(ofClass(k), k < 0 ? t("no label") : (this.about.classes[k] ?? k)));
    } else if (values) {
      const found = byValue(values);
      colours = found.colours;
      const bar = Object.assign(document.createElement("i"), { className: "ramp" });
      bar.style.background = ramp;
      const item = document.createElement("li");
      item.append(`${number(found.low)} `, bar, ` ${number(found.high)}`);
      legend.append(item);
    } else colours = plain(this.n);
    this.map.set(shown ? this.data.places : new Float32Array(), colours);
    this.dispatchEvent(new Event("points"));
  }

  #paintPrior = (g, toScreen, ratio) => {
    if (!this.$(".prior input").checked || this.plane.layout !== "plane") return;
    const parts = this.components ?? this.about.prior.components;
    if (!parts) {
      g.fillStyle = theme("--ink");
      const { draws } = this.data;
      for (let i = 0; i < draws.length; i += 2) g.fillRect(...toScreen(draws[i], draws[i + 1]), 1.5 * ratio, 1.5 * ratio);
      return;
    }
    parts.means.forEach((mean, m) => {
      g.globalAlpha = Math.min(1, 0.35 + parts.weights[m][0]);
      for (const r of [1, 2]) this.ellipse(g, toScreen, ratio, theme("--ink"), mean, parts.deviations[m], r, r === 1 ? [] : [6 * ratio, 5 * ratio]);
    });
    g.globalAlpha = 1;
  };

  #paintMarks = (g, toScreen, ratio) => {
    const { row } = this;
    g.lineWidth = 2 * ratio;
    if (row !== null && this.data.deviations && this.plane.layout === "plane") {
      const d = this.plane.width;
      for (const r of [1, 2]) this.ellipse(g, toScreen, ratio, theme("--other"), this.data.codes.subarray(row * d, row * d + d), this.data.deviations.subarray(row * d, row * d + d), r);
    }
    const { a, b } = this.pins;
    if (a && b) {
      // A light line under the dashes, as for the ellipses.
      for (const [width, stroke, dash] of [[4, theme("--card"), []], [2, theme("--other"), [6 * ratio, 4 * ratio]]]) {
        Object.assign(g, { lineWidth: width * ratio, strokeStyle: stroke });
        g.setLineDash(dash);
        g.beginPath();
        g.moveTo(...toScreen(...this.place(a)));
        g.lineTo(...toScreen(...this.place(b)));
        g.stroke();
      }
      g.setLineDash([]);
    }
    cross(g, toScreen(...this.spot), ratio);
    for (const [name, z] of [["A", a], ["B", b]]) if (z) letter(g, toScreen(...this.place(z)), name, ratio);
  };

  // The ellipse of r standard deviations of a Gaussian with independent axes, seen on the plane.
  ellipse(g, toScreen, ratio, colour, mean, deviation, r, dash = []) {
    const [u, v] = this.plane.axes;
    let [a, b, c] = [0, 0, 0];
    for (let i = 0; i < u.length; i++) {
      const s = deviation[i] ** 2;
      a += u[i] * u[i] * s;
      b += u[i] * v[i] * s;
      c += v[i] * v[i] * s;
    }
    const half = Math.hypot((a - c) / 2, b);
    const [big, small] = [(a + c) / 2 + half, Math.max(0, (a + c) / 2 - half)].map((s) => r * Math.sqrt(s) * this.map.view.scale);
    g.setLineDash(dash);
    // A light line under a dark one: it has to be seen on black tiles, too.
    for (const [width, stroke] of [[3.6, theme("--card")], [1.6, colour]]) {
      g.lineWidth = width * ratio;
      g.strokeStyle = stroke;
      g.beginPath();
      g.ellipse(...toScreen(...this.plane.place(mean)), big, small, -Math.atan2(2 * b, a - c) / 2, 0, 2 * Math.PI);
      g.stroke();
    }
    g.setLineDash([]);
  }
}

function meanDeviation(deviations, d) {
  const n = deviations.length / d;
  const found = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let k = 0; k < d; k++) sum += deviations[i * d + k];
    found[i] = sum / d;
  }
  return found;
}

function entry(colour, text) {
  const item = document.createElement("li");
  const dot = document.createElement("i");
  dot.style.background = colour;
  item.append(dot, String(text));
  return item;
}

function cross(g, [x, y], ratio) {
  for (const [width, colour] of [[5, theme("--card")], [2, theme("--ink")]]) {
    g.lineWidth = width * ratio;
    g.strokeStyle = colour;
    g.beginPath();
    g.arc(x, y, 7 * ratio, 0, 2 * Math.PI);
    g.stroke();
  }
}

function letter(g, [x, y], text, ratio) {
  g.fillStyle = theme("--other");
  g.beginPath();
  g.arc(x, y, 9 * ratio, 0, 2 * Math.PI);
  g.fill();
  g.fillStyle = theme("--card");
  g.font = `600 ${12 * ratio}px system-ui, sans-serif`;
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.fillText(text, x, y);
}
