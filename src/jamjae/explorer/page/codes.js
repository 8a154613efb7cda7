// Codes and the plane of the map: z = mean + place . axes + rest. Flat arrays; rows of `codes` are examples.

export class Plane {
  constructor({ mean, axes, flat, layout }) {
    Object.assign(this, { mean, axes, flat, layout });
    this.width = mean.length;
  }

  place(z, at = 0) {
    return this.axes.map((axis) => axis.reduce((sum, a, i) => sum + a * (z[at + i] - this.mean[i]), 0));
  }

  code([x, y], rest = null) {
    const [u, v] = this.axes;
    return Float32Array.from(this.mean, (m, i) => m + x * u[i] + y * v[i] + (rest ? rest[i] : 0));
  }

  rest(z) {
    const on = this.code(this.place(z));
    return Float32Array.from(z, (v, i) => v - on[i]);
  }
}

// The rows whose codes are nearest to z.
export function nearest(codes, z, count) {
  const d = z.length;
  const best = [];
  for (let row = 0; row < codes.length / d; row++) {
    let sum = 0;
    for (let i = 0; i < d; i++) sum += (codes[row * d + i] - z[i]) ** 2;
    if (best.length < count || sum < best.at(-1).sum) {
      const where = best.findIndex((b) => sum < b.sum);
      best.splice(where < 0 ? best.length : where, 0, { row, sum });
      if (best.length > count) best.pop();
    }
  }
  return best.map((b) => b.row);
}

export const along = (a, b, s) => Float32Array.from(a, (v, i) => v + s * (b[i] - v));

export function normal() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

// Where the middle 99 % of the places lie: [x0, x1, y0, y1].
export function extent(places) {
  const cut = (offset) => {
    const v = Float32Array.from({ length: places.length / 2 }, (_, i) => places[2 * i + offset]).sort();
    return [v[Math.floor(0.005 * (v.length - 1))], v[Math.ceil(0.995 * (v.length - 1))]];
  };
  return [...cut(0), ...cut(1)];
}
