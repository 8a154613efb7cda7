// Decoded tiles behind the points: what the decoder makes of every place on the map.

import { cells, hasPixels, pixels, size } from "./picture.js";

const ACROSS = 22;

export class Field {
  on = false;
  #turn = 0;

  constructor(view) {
    this.view = view; // the run's view: map, plane, model, about
    this.tiles = null;
    view.map.addEventListener("view", () => this.plan(160));
    view.addEventListener("model", () => this.plan(0));
  }

  get possible() {
    return hasPixels(this.view.about.event) && this.view.plane.layout === "plane";
  }

  switch(on) {
    this.on = on && this.possible;
    if (!this.on) this.tiles = null;
    this.plan(0);
    this.view.map.redraw();
  }

  plan(wait) {
    clearTimeout(this.timer);
    if (this.on) this.timer = setTimeout(() => this.#make(), wait);
  }

  // Row by row, so that the pointer never waits for more than one row.
  async #make() {
    const turn = ++this.#turn;
    const { map, plane, model, about } = this.view;
    const step = Math.max(map.middle.width, map.middle.height) / ACROSS / map.view.scale;
    const [x0, y1] = map.toPlace(0, 0);
    const [columns, rows] = [Math.ceil(map.middle.width / map.view.scale / step), Math.ceil(map.middle.height / map.view.scale / step)];
    const [h, w] = size(about.event);
    const canvas = new OffscreenCanvas(columns * w, rows * h);
    const g = canvas.getContext("2d");
    const tiles = { canvas, x0, y1, width: columns * step, height: rows * step };
    for (let r = 0; r < rows; r++) {
      const z = new Float32Array(columns * plane.width);
      for (let c = 0; c < columns; c++) z.set(plane.code([x0 + (c + 0.5) * step, y1 - (r + 0.5) * step], this.view.rest), c * plane.width);
      const x = await model.decode(z, columns, this.view.label);
      if (turn !== this.#turn || !this.on) return;
      for (let c = 0; c < columns; c++) g.putImageData(pixels(x, about.event, c * cells(about.event)), c * w, r * h);
      if (model.where === "page") await new Promise((done) => setTimeout(done));
      if (r % 4 === 3 || r === rows - 1) {
        this.tiles = tiles;
        map.redraw();
      }
    }
  }

  paint = (g, toScreen) => {
    if (!this.tiles) return;
    const { canvas, x0, y1, width, height } = this.tiles;
    const [left, top] = toScreen(x0, y1);
    const [right, bottom] = toScreen(x0 + width, y1 - height);
    g.imageSmoothingEnabled = false;
    g.drawImage(canvas, left, top, right - left, bottom - top);
  };
}
