// The reparameterisation of one example, step by step: x, mu and sigma, epsilon, z, x again, the loss.

import { normal } from "./codes.js";
import { posterior } from "./drawing.js";
import { framed, lead, listening, make } from "./parts.js";
import { number, t } from "./words.js";

export const steps = {
  title: "Step by step",
  fits: (view) => view.about.encodes && view.about.spreads,

  open(root, view) {
    const list = make("ol", { className: "steps" });
    const again = make("button", { type: "button", textContent: t("New ε") });
    const zero = make("button", { type: "button", textContent: t("ε = 0") });
    const other = make("button", { type: "button", textContent: t("Another example") });
    root.append(lead("How a VAE draws a code so that the gradient can pass: z = μ + σ · ε. Click a point of the map to take its example."), make("div", { className: "row" }, other, again, zero), list);
    let turn = 0;
    const walk = async (epsilon) => {
      const now = ++turn;
      const row = view.row ?? 0;
      const [x, q] = [await view.example(row).catch(() => null), await view.posterior(row)];
      const z = Float32Array.from(q.mean, (m, i) => m + q.deviation[i] * epsilon[i]);
      await view.move(z, { keep: true });
      const decoded = await view.model.decode(z, 1, view.label);
      const restored = Object.assign(Float32Array.from(decoded), { lines: decoded.lines });
      const terms = view.source.live ? await view.source.call(view.id, "terms", { row, z: Array.from(z) }).catch(() => null) : null;
      if (now === turn) show(list, view, row, { x, q, epsilon, z, restored, terms });
    };
    const draw = () => walk(Float32Array.from({ length: view.plane.width }, normal));
    again.addEventListener("click", draw);
    zero.addEventListener("click", () => walk(new Float32Array(view.plane.width)));
    other.addEventListener("click", async () => {
      await view.pick(Math.floor(Math.random() * view.n));
      draw();
    });
    if (view.row === null) view.pick(0).then(draw);
    else draw();
    return listening([view, "pick", draw]);
  },
};

function show(list, view, row, { x, q, epsilon, z, restored, terms }) {
  const { event, likelihood } = view.about;
  const few = (v) => `${Array.from(v.slice(0, 6), (a) => a.toFixed(2)).join(", ")}${v.length > 6 ? ", …" : ""}`;
  const chart = make("canvas", { className: "chart", data: { role: "img", "aria-label": t("the code: mean and standard deviation of each axis") } });
  const step = (title, ...content) => make("li", {}, make("h3", { textContent: title }), ...content);
  const line = (text) => make("p", { className: "sub", textContent: text });
  const kl = q.mean.reduce((sum, m, i) => sum + 0.5 * (m * m + q.deviation[i] ** 2 - 1) - Math.log(q.deviation[i]), 0);
  const standard = view.about.prior.name === "gaussian";
  const rate = terms ? terms.kl : standard ? kl : null;
  const small = (f) => ((f.style.maxWidth = "8rem"), f);
  list.replaceChildren(
    step(t("1 · the example x"), ...(x ? [small(framed(x, event, view.described(row)))] : [line(t("Its picture is not in the file."))])),
    step(t("2 · encode: μ and σ of q(z | x)"), chart, line(`μ = ${few(q.mean)}`), line(`σ = ${few(q.deviation)}`)),
    step(t("3 · draw ε from N(0, 1)"), line(`ε = ${few(epsilon)}`)),
    step(t("4 · z = μ + σ · ε"), line(`z = ${few(z)}`)),
    step(t("5 · decode"), small(framed(restored, event, t(restored.lines ? "the most probable x" : "the mean of p(x | z)")))),
    step(
      t("6 · the loss, in nats"),
      line(terms && terms.distortion !== null ? t("-log p(x | z) = {d} ({loss})", { d: number(terms.distortion, 4), loss: t(likelihood.loss) }) : t("-log p(x | z): the server computes it.")),
      line(rate === null ? t("The KL is not defined for this model.") : t("KL(q(z | x) || p(z)) = {kl}", { kl: number(rate, 4) })),
      ...(terms && terms.distortion !== null && rate !== null ? [make("strong", { textContent: t("loss = {sum} nats", { sum: number(terms.distortion + rate, 5) }) })] : []),
    ),
  );
  posterior(chart, q.mean, q.deviation);
}
