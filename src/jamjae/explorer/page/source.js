// Where the page's data come from: the server, or the page itself where it was saved as one file.

import { unpack } from "./pack.js";

export class Failed extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

class Server {
  live = true;

  async runs() {
    return (await this.#answer("/api/runs")).json();
  }

  async get(id, part, query = {}) {
    const asked = new URLSearchParams(query).toString();
    return this.#read(await this.#answer(`/api/run/${id}/${part}${asked ? `?${asked}` : ""}`));
  }

  async call(id, verb, body, signal) {
    const post = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal };
    return unpackOrJson(await this.#read(await this.#answer(`/api/run/${id}/${verb}`, post)));
  }

  async asset(name) {
    return (await this.#answer(`/asset/${name}`)).arrayBuffer();
  }

  async #read(answer) {
    const type = answer.headers.get("Content-Type");
    if (type.startsWith("audio/")) return answer.blob();
    return type.startsWith("application/json") ? answer.json() : answer.arrayBuffer();
  }

  // A server that has too much to do says so, and is asked again a little later.
  async #answer(address, options, tries = 5) {
    let answer;
    try {
      answer = await fetch(address, { credentials: "same-origin", ...options });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Failed("The server does not answer: it was stopped, or the machine sleeps.", 0);
    }
    if (answer.status === 503 && tries) {
      await new Promise((done) => setTimeout(done, 300 * (6 - tries)));
      return this.#answer(address, options, tries - 1);
    }
    if (!answer.ok) throw new Failed(await reason(answer), answer.status);
    return answer;
  }
}

async function reason(answer) {
  try {
    return (await answer.json()).error;
  } catch {
    return `The server answered ${answer.status}.`;
  }
}

class Embedded {
  live = false;

  constructor(parts) {
    this.parts = parts;
  }

  async runs() {
    return this.json("runs");
  }

  async get(id, part) {
    const found = `${id}/${part}`;
    return part === "about" || part === "log" ? this.json(found) : this.bytes(found);
  }

  async call(id, verb, body) {
    const pictures = verb === "examples" || verb === "column" ? unpack(await this.bytes(`${id}/pictures`)) : {};
    if (!pictures.x) throw new Failed("This needs the server: open the run with `jamjae explore`.", 0);
    const scaled = (from, to) => Float32Array.from(pictures.x.subarray(from, to), (v) => pictures.scale[0] + v * pictures.scale[1]);
    const cells = pictures.x.shape.slice(1).reduce((a, b) => a * b, 1);
    const count = pictures.x.shape[0];
    if (verb === "column") {
      return { values: Float32Array.from({ length: count }, (_, i) => pictures.scale[0] + pictures.x[i * cells + body.cell] * pictures.scale[1]) };
    }
    const x = new Float32Array(body.rows.length * cells);
    body.rows.forEach((row, i) => {
      if (row >= count) throw new Failed("The picture of this example is not in the file.", 0);
      x.set(scaled(row * cells, (row + 1) * cells), i * cells);
    });
    return { x };
  }

  async asset(name) {
    return this.bytes(`asset/${name}`, name.endsWith(".gz"));
  }

  async json(name) {
    return JSON.parse(new TextDecoder().decode(await this.bytes(name)));
  }

  async bytes(name, packed = false) {
    const element = this.parts[name];
    if (!element) throw new Failed(`This file does not hold ${name}.`, 0);
    const raw = Uint8Array.from(atob(element.textContent.trim()), (c) => c.charCodeAt(0));
    return packed ? raw.buffer : inflated(raw);
  }
}

export async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

function unpackOrJson(found) {
  return found instanceof ArrayBuffer ? unpack(found) : found;
}

export function source() {
  const held = [...document.querySelectorAll("script[data-part]")];
  return held.length ? new Embedded(Object.fromEntries(held.map((e) => [e.dataset.part, e]))) : new Server();
}
