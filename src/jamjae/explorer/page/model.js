// The decoder and the encoder of a run: in the page through ONNX Runtime, or on the server where the page cannot.

import { inflated } from "./source.js";

let runtime;

// One WebAssembly runtime for all runs. Its binary comes compressed: it is fourteen megabytes otherwise.
function started(source) {
  runtime ??= (async () => {
    if (typeof WebAssembly !== "object") throw new Error("this browser has no WebAssembly");
    const [ort, packed] = await Promise.all([import("./ort.wasm.bundle.min.mjs"), source.asset("ort-wasm-simd-threaded.wasm.gz")]);
    ort.env.wasm.numThreads = 1;
    ort.env.wasm.wasmBinary = await inflated(new Uint8Array(packed));
    return ort;
  })();
  return runtime;
}

// One call at a time, whichever run it is for: calls that overlap share the runtime's stack and lose their results.
let last = Promise.resolve();

function alone(work) {
  const done = last.then(work);
  last = done.catch(() => {});
  return done;
}

export class Model {
  #decoder = null;
  #encoder = null;
  where = "server";
  why = "";

  constructor(source, id, about) {
    Object.assign(this, { source, id, about });
    this.width = about.latent.reduce((a, b) => a * b, 1);
  }

  // Decoding is possible at once on the server, where there is one; this moves it into the page.
  load() {
    return (this.loading = this.#load());
  }

  async #load() {
    if (this.about.local !== true) {
      this.why = this.about.local;
      return;
    }
    try {
      const ort = await started(this.source);
      this.ort = ort;
      this.#decoder = await this.#session("decoder");
      this.where = "page";
    } catch (error) {
      this.why = error.message;
    }
  }

  async #session(part) {
    const graph = new Uint8Array(await this.source.get(this.id, part));
    return alone(() => this.ort.InferenceSession.create(graph, { executionProviders: ["wasm"] }));
  }

  // z: numbers of n codes, flat. Gives the numbers of n examples.
  async decode(z, n = 1, label = null) {
    if (!this.source.live) await this.loading;
    if (!this.#decoder) {
      const found = await this.source.call(this.id, "decode", { z: Array.from(z), ...(label === null ? {} : { label }) });
      return found.x;
    }
    const feeds = { z: new this.ort.Tensor("float32", z, [n, ...this.about.latent]) };
    this.#tell(feeds, this.#decoder, n, label);
    return (await alone(() => this.#decoder.run(feeds))).x.data;
  }

  // x: numbers of n examples. Gives { mean, deviation } of n codes; deviation is null where codes are points.
  async encode(x, n = 1, label = null) {
    if (this.where === "page" && !this.#encoder) this.#encoder = await this.#session("encoder");
    if (!this.#encoder) {
      const found = await this.source.call(this.id, "encode", { x: Array.from(x), ...(label === null ? {} : { label }) });
      return { mean: found.mean, deviation: found.deviation ?? null };
    }
    const feeds = { x: new this.ort.Tensor("float32", x, [n, ...this.about.event.shape]) };
    this.#tell(feeds, this.#encoder, n, label);
    const { mean, log_variance } = await alone(() => this.#encoder.run(feeds));
    return { mean: mean.data, deviation: log_variance ? log_variance.data.map((v) => Math.exp(v / 2)) : null };
  }

  #tell(feeds, session, n, label) {
    if (!session.inputNames.includes("label")) return;
    const classes = this.about.classes;
    feeds.label = classes.length
      ? new this.ort.Tensor("int64", new BigInt64Array(n).fill(BigInt(Math.max(0, classes.indexOf(label)))), [n])
      : new this.ort.Tensor("float32", new Float32Array(n).fill(Number(label ?? 0)), [n]);
  }
}

// Does the work for the newest request only; those that came in between are dropped.
export class Latest {
  #next;
  #busy = false;

  constructor(work) {
    this.work = work;
  }

  async push(value) {
    this.#next = { value };
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#next) {
        const { value: now } = this.#next;
        this.#next = undefined;
        await this.work(now);
      }
    } finally {
      this.#busy = false;
    }
  }
}
