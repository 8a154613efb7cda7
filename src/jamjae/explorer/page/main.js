// The page: which runs, which language, which colours, and what links the runs.

import { Failed, source as opened } from "./source.js";
import { Tools } from "./tools.js";
import { View } from "./view.js";
import { learn, t } from "./words.js";

const source = opened();
const $ = (q) => document.querySelector(q);
const kept = {
  get: (name) => {
    try {
      return localStorage.getItem(`jamjae.${name}`);
    } catch {
      return null; // a file that may not remember anything
    }
  },
  set: (name, value) => {
    try {
      localStorage.setItem(`jamjae.${name}`, value);
    } catch {
      /* as above */
    }
  },
};

function notice(text) {
  $("#notice").hidden = !text;
  $("#notice").textContent = text;
}

function say(error) {
  console.error(error);
  notice(error instanceof Failed ? t(error.message) : String(error.message ?? error));
}

function dress(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

async function start() {
  dress(($("#theme").value = kept.get("theme") ?? "auto"));
  const asked = new URLSearchParams(location.search).get("language") ?? kept.get("language");
  const language = asked ?? (navigator.language?.startsWith("ko") ? "ko" : "en");
  $("#language").value = language;
  await learn(source, language);
  const runs = await source.runs();
  const views = runs.map(({ id }) => new View(source, id));
  $("main").classList.toggle("one", views.length === 1);
  $("#title").textContent = runs.map((r) => r.name).join(" · ");
  document.title = `${runs.map((r) => r.name).join(", ")} – jamjae`;
  const tools = new Tools($("#tools"), source);
  for (const view of views) {
    $("#runs").append(view.root);
    view.addEventListener("trouble", (e) => say(e.error));
    view.addEventListener("active", () => activate(view));
    view.addEventListener("pick", () => link(view));
  }
  const activate = (view) => {
    for (const v of views) v.root.classList.toggle("active", v === view && views.length > 1);
    if (tools.view !== view) tools.show(view);
  };
  // The same example in every run that has it: the runs share their test examples if they share their data.
  const link = (from) => {
    for (const v of views) if (v !== from && v.about?.encodes && from.about.encodes && v.about.examples === from.about.examples) v.pick(from.row, true).catch(say);
  };
  await Promise.all(views.map((v) => v.load().catch(say)));
  const good = views.filter((v) => v.z);
  if (good.length) activate(good[0]);
  for (const v of good) v.ready.then(() => v.model.where === "server" && warn(v)).catch(say);
  if (good.some((v) => !v.map.points.fast)) notice(t("This browser has no WebGL: the map is drawn more slowly."));
  $("#language").addEventListener("change", async (e) => {
    kept.set("language", e.target.value);
    await learn(source, e.target.value).catch(say);
    for (const v of good) v.speak();
    tools.show(tools.view);
  });
  $("#theme").addEventListener("change", (e) => {
    kept.set("theme", e.target.value);
    dress(e.target.value);
    redress(good, tools);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => redress(good, tools));
  document.documentElement.dataset.ready = "true";
}

function redress(views, tools) {
  for (const v of views) v.map.redraw();
  tools.show(tools.view);
}

function warn(view) {
  if (view.model.why) notice(t("{name} is decoded on the server: {why}", { name: view.about.name, why: t(view.model.why) }));
}

start().catch(say);
