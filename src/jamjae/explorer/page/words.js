// English or Korean. Elements with data-t hold English; t() translates what the code writes.

let words = {};
let language = "en";

export async function learn(source, wanted) {
  if (wanted === "ko" && !Object.keys(words).length) {
    words = JSON.parse(new TextDecoder().decode(await source.asset("words.ko.json")));
  }
  language = wanted;
  document.documentElement.lang = wanted;
  translate(document);
}

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
