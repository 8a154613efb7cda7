// Many points on a canvas: WebGL where there is any, plain canvas otherwise.

const VERTEX = `
attribute vec2 place; attribute vec4 colour; uniform vec3 view; uniform vec2 size; uniform float dot; varying vec4 shade;
void main() {
  gl_Position = vec4((place - view.xy) * view.z * 2.0 / size, 0.0, 1.0);
  gl_PointSize = dot; shade = colour;
}`;
const FRAGMENT = `
precision mediump float; varying vec4 shade; uniform float alpha;
void main() {
  float r = length(gl_PointCoord - 0.5);
  float a = alpha * (1.0 - smoothstep(0.38, 0.5, r));
  gl_FragColor = vec4(shade.rgb * a, a);
}`;

export function points(canvas) {
  const gl = canvas.getContext("webgl", { antialias: false, premultipliedAlpha: true });
  return gl ? new WithGL(canvas, gl) : new Plain(canvas);
}

class WithGL {
  fast = true;
  n = 0;

  constructor(canvas, gl) {
    Object.assign(this, { canvas, gl });
    this.#begin();
    canvas.addEventListener("webglcontextlost", (e) => e.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => {
      this.#begin();
      if (this.places) this.set(this.places, this.colours);
    });
  }

  #begin() {
    const gl = this.gl;
    const program = gl.createProgram();
    for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, text);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    gl.useProgram(program);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    this.at = Object.fromEntries(["view", "size", "dot", "alpha"].map((name) => [name, gl.getUniformLocation(program, name)]));
    this.buffers = ["place", "colour"].map((name) => {
      const [buffer, slot] = [gl.createBuffer(), gl.getAttribLocation(program, name)];
      gl.enableVertexAttribArray(slot);
      return { buffer, slot };
    });
  }

  set(places, colours) {
    const gl = this.gl;
    Object.assign(this, { places, colours, n: places.length / 2 });
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[0].buffer);
    gl.bufferData(gl.ARRAY_BUFFER, places, gl.STATIC_DRAW);
    gl.vertexAttribPointer(this.buffers[0].slot, 2, gl.FLOAT, false, 0, 0);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[1].buffer);
    gl.bufferData(gl.ARRAY_BUFFER, colours, gl.STATIC_DRAW);
    gl.vertexAttribPointer(this.buffers[1].slot, 4, gl.UNSIGNED_BYTE, true, 0, 0);
  }

  draw({ x, y, scale }, dot, alpha, most) {
    const { gl, canvas } = this;
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!this.n) return;
    gl.uniform3f(this.at.view, x, y, scale);
    gl.uniform2f(this.at.size, canvas.width, canvas.height);
    gl.uniform1f(this.at.dot, dot);
    gl.uniform1f(this.at.alpha, alpha);
    gl.drawArrays(gl.POINTS, 0, Math.min(this.n, most));
  }
}

class Plain {
  fast = false;

  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.places = new Float32Array();
    this.n = 0;
  }

  set(places, colours) {
    Object.assign(this, { places, colours, n: places.length / 2 });
    this.styles = Array.from({ length: places.length / 2 }, (_, i) => `rgb(${colours[4 * i]},${colours[4 * i + 1]},${colours[4 * i + 2]})`);
  }

  draw({ x, y, scale }, dot, alpha, most) {
    const { context: g, canvas, places } = this;
    g.clearRect(0, 0, canvas.width, canvas.height);
    g.globalAlpha = alpha;
    for (let i = 0; i < Math.min(this.n, most); i++) {
      g.fillStyle = this.styles[i];
      g.fillRect((places[2 * i] - x) * scale + canvas.width / 2 - dot / 2, (y - places[2 * i + 1]) * scale + canvas.height / 2 - dot / 2, dot, dot);
    }
  }
}
