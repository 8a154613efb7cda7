// The map: tiles behind, points, and what is drawn over them. Knows places on the plane, and nothing of codes.

import { points } from "./points.js";

const MARGIN = 1.12;
const RARELY = 4; // milliseconds between two moves that are decoded
const JITTER = 3; // CSS pixels that a click may move
const MANY = 15000; // points that are drawn while the map moves; all of them as soon as it rests
const REST = 150; // milliseconds

export class LatentMap extends EventTarget {
  view = { x: 0, y: 0, scale: 1 };
  dot = 3;
  alpha = 0.75;
  over = []; // functions that draw over the points: (context, toScreen, ratio)
  under = null; // a function that draws under them

  constructor(root) {
    super();
    this.root = root;
    [this.below, this.middle, this.above] = Array.from({ length: 3 }, () => root.appendChild(document.createElement("canvas")));
    for (const c of [this.below, this.middle, this.above]) c.setAttribute("aria-hidden", "true");
    this.points = points(this.middle);
    this.middle.addEventListener("webglcontextrestored", () => this.redraw());
    new ResizeObserver(() => this.#resize()).observe(root);
    this.#resize();
    this.#listen();
  }

  set(places, colours) {
    this.points.set(places, colours);
    this.dot = places.length > 60000 ? 2.5 : places.length > 8000 ? 3.5 : 5;
    this.redraw();
  }

  // Show a box on the plane: [x0, x1, y0, y1].
  fit([x0, x1, y0, y1]) {
    const size = Math.min(this.middle.width, this.middle.height) || 400;
    this.view = { x: (x0 + x1) / 2, y: (y0 + y1) / 2, scale: size / (MARGIN * Math.max(x1 - x0, y1 - y0, 1e-6)) };
    this.home = { ...this.view, size };
    this.changed();
  }

  reset() {
    if (!this.home) return;
    const { size, ...view } = this.home;
    this.view = { ...view, scale: (view.scale * Math.min(this.middle.width, this.middle.height)) / size };
    this.changed();
  }

  zoom(factor, at = null) {
    const [x, y] = at ?? [this.view.x, this.view.y];
    this.view.scale *= factor;
    this.view.x = x + (this.view.x - x) / factor;
    this.view.y = y + (this.view.y - y) / factor;
    this.changed();
  }

  pan(dx, dy) {
    this.view.x -= dx / this.view.scale;
    this.view.y += dy / this.view.scale;
    this.changed();
  }

  changed() {
    clearTimeout(this.resting);
    this.resting = this.points.n > MANY ? setTimeout(() => this.#rest(), REST) : 0;
    this.redraw();
    this.dispatchEvent(new Event("view"));
  }

  #rest() {
    this.resting = 0;
    this.redraw();
  }

  toScreen = (x, y) => [(x - this.view.x) * this.view.scale + this.middle.width / 2, (this.view.y - y) * this.view.scale + this.middle.height / 2];

  toPlace(px, py) {
    return [(px - this.middle.width / 2) / this.view.scale + this.view.x, this.view.y - (py - this.middle.height / 2) / this.view.scale];
  }

  redraw() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.#paint();
    });
  }

  #paint() {
    const g = this.below.getContext("2d", { willReadFrequently: true });
    g.clearRect(0, 0, this.below.width, this.below.height);
    this.under?.(g, this.toScreen);
    this.points.draw(this.view, this.dot * this.ratio, this.alpha, this.resting ? MANY : Infinity);
    this.paintOver();
  }

  // The overlay alone: what follows the pointer must not wait for the points.
  paintOver() {
    const g = this.above.getContext("2d", { willReadFrequently: true });
    g.clearRect(0, 0, this.above.width, this.above.height);
    for (const paint of this.over) paint(g, this.toScreen, this.ratio);
  }

  #resize() {
    const before = Math.min(this.middle.width, this.middle.height);
    this.ratio = Math.min(2, window.devicePixelRatio || 1);
    const [w, h] = [this.root.clientWidth * this.ratio, this.root.clientHeight * this.ratio].map((v) => Math.max(1, Math.round(v)));
    for (const c of [this.below, this.middle, this.above]) Object.assign(c, { width: w, height: h });
    if (before > 1) this.view.scale *= Math.min(w, h) / before;
    this.changed();
  }

  #listen() {
    const pointers = new Map();
    const place = (e) => {
      const box = this.root.getBoundingClientRect();
      return this.toPlace((e.clientX - box.left) * this.ratio, (e.clientY - box.top) * this.ratio);
    };
    const far = (e) => (this.moved ||= Math.hypot(e.clientX - this.down.clientX, e.clientY - this.down.clientY) > JITTER);
    const tell = (name, e) => this.dispatchEvent(Object.assign(new Event(name), { place: place(e), stamp: e.timeStamp }));
    this.root.addEventListener("pointerdown", (e) => {
      if (e.target.closest("button")) return;
      this.root.setPointerCapture(e.pointerId);
      pointers.set(e.pointerId, e);
      this.moved = false;
      this.down = e;
      this.panning = e.shiftKey || e.button > 0;
      if (!this.panning && pointers.size === 1) tell("grab", e);
    });
    // Browsers tell of moves once a frame, and between frames whom it may concern: a picture that is decoded at once is
    // there when the frame is drawn. Every few milliseconds is enough.
    this.root.addEventListener("pointerrawupdate", (e) => {
      if (!pointers.has(e.pointerId) || this.panning || pointers.size > 1 || e.timeStamp - (this.told ?? 0) < RARELY) return;
      this.told = e.timeStamp;
      far(e);
      tell("drag", e);
    });
    this.root.addEventListener("pointermove", (e) => {
      const before = pointers.get(e.pointerId);
      if (!before) return tell("hover", e);
      pointers.set(e.pointerId, e);
      if (pointers.size === 2) return this.#pinch(pointers, before, e);
      if (this.panning) return this.pan((e.clientX - before.clientX) * this.ratio, (e.clientY - before.clientY) * this.ratio);
      far(e);
      if (e.timeStamp > (this.told ?? 0)) tell("drag", e);
    });
    for (const name of ["pointerup", "pointercancel"]) {
      this.root.addEventListener(name, (e) => {
        if (pointers.delete(e.pointerId) && !this.panning && name === "pointerup") tell(this.moved ? "drop" : "click", e);
      });
    }
    this.root.addEventListener("contextmenu", (e) => e.preventDefault());
    this.root.addEventListener("wheel", (e) => {
      e.preventDefault();
      this.zoom(Math.exp(-e.deltaY * 0.0015), place(e));
    }, { passive: false });
    this.root.addEventListener("dblclick", () => this.reset());
  }

  #pinch(pointers, before, now) {
    const other = [...pointers.values()].find((p) => p.pointerId !== now.pointerId);
    const apart = (p) => Math.hypot(p.clientX - other.clientX, p.clientY - other.clientY);
    this.zoom(apart(now) / (apart(before) || 1));
    this.pan(((now.clientX - before.clientX) / 2) * this.ratio, ((now.clientY - before.clientY) / 2) * this.ratio);
  }
}
