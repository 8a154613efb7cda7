// Colours that people with colour blindness can tell apart: Paul Tol's muted scheme, and viridis.

const MUTED = ["#4477c4", "#cc6677", "#ddb84a", "#2f9e5b", "#88ccee", "#aa4499", "#44aa99", "#999933", "#e08a5a", "#9a7bd0"];
const VIRIDIS = ["#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"];

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

export const ofClass = (k) => (k < 0 ? "#8a8f98" : MUTED[k % MUTED.length]);
export const ramp = `linear-gradient(90deg, ${VIRIDIS.join(",")})`;

export function byClass(classes) {
  const colours = new Uint8Array(classes.length * 4);
  classes.forEach((k, i) => colours.set([...rgb(ofClass(k)), 255], 4 * i));
  return colours;
}

// Values by rank of the middle 96 %: a few outliers must not hide the rest.
export function byValue(values) {
  const sorted = Float32Array.from(values).filter(Number.isFinite).sort();
  const [low, high] = [sorted[Math.floor(0.02 * (sorted.length - 1))] ?? 0, sorted[Math.ceil(0.98 * (sorted.length - 1))] ?? 1];
  const table = VIRIDIS.map(rgb);
  const colours = new Uint8Array(values.length * 4);
  for (let i = 0; i < values.length; i++) {
    const at = Math.min(1, Math.max(0, (values[i] - low) / (high - low || 1))) * (table.length - 1);
    const k = Math.min(table.length - 2, Math.floor(at)) || 0;
    for (let c = 0; c < 3; c++) colours[4 * i + c] = table[k][c] + (at - k) * (table[k + 1][c] - table[k][c]);
    colours[4 * i + 3] = 255;
  }
  return { colours, low, high };
}

export function plain(n) {
  const colours = new Uint8Array(n * 4);
  for (let i = 0; i < n; i++) colours.set([86, 134, 205, 255], 4 * i);
  return colours;
}

// A colour of the style sheet as the canvas takes it: light-dark() has to be resolved by an element.
const probe = document.createElement("span");
probe.hidden = true;
export function theme(name) {
  if (!probe.isConnected) document.body.append(probe);
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}
