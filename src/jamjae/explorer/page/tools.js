// The tools beside the maps, one tab each. A tool is { title, fits(view), open(root, view, source) -> close() }.

import { axes } from "./axes.js";
import { drawing } from "./drawing.js";
import { likelihood } from "./likelihood.js";
import { numbers } from "./numbers.js";
import { path } from "./path.js";
import { prior } from "./prior.js";
import { steps } from "./steps.js";
import { training } from "./training.js";
import { t, translate } from "./words.js";

const TOOLS = { axes, path, drawing, steps, prior, likelihood, numbers, training };

export class Tools {
  chosen = "axes";
  view = null;

  constructor(root, source) {
    Object.assign(this, { root, source });
    this.card = root.appendChild(Object.assign(document.createElement("div"), { className: "card" }));
  }

  show(view) {
    if (!view) return;
    this.close?.();
    this.close = null;
    this.view = view;
    const fitting = Object.entries(TOOLS).filter(([, tool]) => tool.fits(view, this.source));
    if (!fitting.some(([name]) => name === this.chosen)) this.chosen = fitting[0][0];
    const list = Object.assign(document.createElement("div"), { role: "tablist" });
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", t("Tools"));
    const tabs = fitting.map(([name, tool]) => this.#tab(name, tool));
    list.append(...tabs);
    list.addEventListener("keydown", (e) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
      if (!step) return;
      const at = tabs.indexOf(document.activeElement);
      this.#choose(fitting[(at + step + tabs.length) % tabs.length][0], true);
    });
    this.panel = document.createElement("div");
    this.panel.setAttribute("role", "tabpanel");
    this.panel.setAttribute("aria-labelledby", `tab-${this.chosen}`);
    this.panel.tabIndex = 0;
    this.card.replaceChildren(list, this.panel);
    this.close = TOOLS[this.chosen].open(this.panel, view, this.source);
    translate(this.panel);
  }

  #tab(name, tool) {
    const tab = Object.assign(document.createElement("button"), { type: "button", id: `tab-${name}`, textContent: t(tool.title) });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-selected", name === this.chosen);
    tab.tabIndex = name === this.chosen ? 0 : -1;
    tab.addEventListener("click", () => this.#choose(name, true));
    return tab;
  }

  #choose(name, focus) {
    this.chosen = name;
    this.show(this.view);
    if (focus) this.card.querySelector(`#tab-${name}`).focus();
  }
}
