// Distributions of one number, with log densities and the maximum of the likelihood in closed form.

const mean = (x) => x.reduce((a, b) => a + b, 0) / x.length;
const root = (x) => Math.sqrt(Math.max(x, 1e-12));
const LOG_2PI = Math.log(2 * Math.PI);

function logGamma(x) {
  // Stirling's series, pushed to where it is exact enough.
  let shift = 0;
  while (x < 8) shift -= Math.log(x++);
  const y = 1 / (x * x);
  return shift + (x - 0.5) * Math.log(x) - x + 0.5 * LOG_2PI + (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y / 1680))) / x;
}

const median = (x) => {
  const s = Float64Array.from(x).sort();
  const m = s.length >> 1;
  return s.length % 2 ? s[m] : (s[m - 1] + s[m]) / 2;
};

// Each law: its parameters (the first is dragged), whether values fit, log density, the best parameters, and its loss.
export const LAWS = {
  gaussian: {
    title: "Gaussian: squared error",
    parameters: ["μ", "σ"],
    positive: [false, true],
    fits: () => true,
    log: (x, [m, s]) => -0.5 * ((x - m) / s) ** 2 - Math.log(s) - 0.5 * LOG_2PI,
    best: (x) => {
      const m = mean(x);
      return [m, root(mean(x.map((v) => (v - m) ** 2)))];
    },
  },
  laplace: {
    title: "Laplace: absolute error",
    parameters: ["μ", "b"],
    positive: [false, true],
    fits: () => true,
    log: (x, [m, b]) => -Math.abs(x - m) / b - Math.log(2 * b),
    best: (x) => {
      const m = median(x);
      return [m, Math.max(1e-6, mean(x.map((v) => Math.abs(v - m))))];
    },
  },
  bernoulli: {
    title: "Bernoulli: binary cross-entropy",
    parameters: ["p"],
    positive: [true],
    discrete: [0, 1],
    fits: (x) => x.every((v) => v === 0 || v === 1),
    log: (x, [p]) => (p <= 0 || p >= 1 ? (x === (p > 0 ? 1 : 0) ? 0 : -Infinity) : x * Math.log(p) + (1 - x) * Math.log(1 - p)),
    best: (x) => [mean(x)],
  },
  poisson: {
    title: "Poisson: counts",
    parameters: ["λ"],
    positive: [true],
    discrete: true,
    fits: (x) => x.every((v) => v >= 0 && Number.isInteger(v)),
    log: (x, [l]) => x * Math.log(l) - l - logGamma(x + 1),
    best: (x) => [Math.max(1e-6, mean(x))],
  },
  exponential: {
    title: "Exponential: waiting times",
    parameters: ["mean"],
    positive: [true],
    fits: (x) => x.every((v) => v >= 0),
    log: (x, [m]) => (x < 0 ? -Infinity : -x / m - Math.log(m)),
    best: (x) => [Math.max(1e-6, mean(x))],
  },
  "log-normal": {
    title: "Log-normal: positive values",
    parameters: ["μ", "σ"],
    positive: [false, true],
    fits: (x) => x.every((v) => v > 0),
    log: (x, [m, s]) => (x <= 0 ? -Infinity : -0.5 * ((Math.log(x) - m) / s) ** 2 - Math.log(x * s) - 0.5 * LOG_2PI),
    best: (x) => LAWS.gaussian.best(x.map(Math.log)),
  },
};

export const total = (law, x, parameters) => x.reduce((sum, v) => sum + LAWS[law].log(v, parameters), 0) / x.length;
