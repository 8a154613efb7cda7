// English or Korean. Elements with data-t hold English; t() translates what the code writes.

const words = {};
let learned = false;
let language = "en";

export async function learn(source, wanted) {
  if (wanted === "ko" && !learned) {
    add(JSON.parse(new TextDecoder().decode(await source.asset("words.ko.json"))));
    learned = true;
  }
  language = wanted;
  document.documentElement.lang = wanted;
  translate(document);
}

// What a run says about itself: titles of metrics, findings.
export const add = (korean) => Object.assign(words, korean);

export function t(text, values = {}) {
  const found = language === "ko" ? (words[text] ?? text) : text;
  return found.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export function translate(root) {
  for (const e of root.querySelectorAll("[data-t]")) {
    e.dataset.english ??= e.textContent;
    e.textContent = t(e.dataset.english);
  }
  for (const e of root.querySelectorAll("[data-label]")) e.setAttribute("aria-label", t(e.dataset.label));
}

export const number = (v, digits = 3) =>
  v === null || v === undefined || Number.isNaN(v) ? "–" : Math.abs(v) >= 1e5 || (v !== 0 && Math.abs(v) < 1e-3) ? v.toExponential(1) : Number(v.toPrecision(digits)).toLocaleString("en", { maximumFractionDigits: 4 });
