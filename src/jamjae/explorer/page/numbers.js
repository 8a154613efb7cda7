// The numbers and the diagnosis, as they were measured; nothing is computed here.

import { lead, make } from "./parts.js";
import { number, t } from "./words.js";

export const numbers = {
  title: "Numbers",
  fits: () => true,

  open(root, view) {
    const { numbers: found, diagnosis, name } = view.about;
    const defined = found.filter((m) => m.value !== null);
    if (!found.length) root.append(lead(t("Nothing was measured yet. Type: {command}", { command: `jamjae evaluate ${name}` })));
    if (diagnosis.length) root.append(make("h3", { textContent: t("Diagnosis") }), make("ul", { className: "steps" }, ...diagnosis.map(finding)));
    if (!defined.length) return () => {};
    const head = ["measured", "value", "95 % interval", "baseline"].map((h) => make("th", { textContent: t(h), scope: "col" }));
    const rows = defined.map((m) =>
      make("tr", {}, make("td", {}, t(m.title), ...(m.flag ? [make("div", { className: "sub fault", textContent: t(m.flag) })] : [])), cell(`${number(m.value)} ${t(m.unit)}`), cell(m.interval ? `${number(m.interval[0])} … ${number(m.interval[1])}` : "–"), cell(number(m.baseline))),
    );
    root.append(make("div", { className: "scroll", tabIndex: 0, data: { role: "region", "aria-label": t("Numbers") } }, make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows))));
    return () => {};
  },
};

const cell = (text) => make("td", { className: "n", textContent: text });

function finding(f) {
  const words = `${t(f.words)} ${f.verified ? "" : t("(unverified)")}`;
  return make("li", {}, make("strong", { className: "fault", textContent: `${t(f.level)}: ${t(f.title)}` }), make("span", { textContent: words }), make("span", { className: "sub", textContent: t(f.measured) }), ...f.change.map((c) => make("code", { textContent: c })));
}
