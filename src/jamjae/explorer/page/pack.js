// Arrays in one piece, as pack.py writes them. Examples x that can be read have lines, a text for each.

const KINDS = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array };

export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const table = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const found = {};
  for (const [name, { kind, shape, at }] of Object.entries(table)) {
    const array = new KINDS[kind](buffer, 4 + length + at, shape.reduce((a, b) => a * b, 1));
    array.shape = shape;
    found[name] = array;
  }
  if (found.lines && found.x) found.x.lines = JSON.parse(new TextDecoder().decode(found.lines));
  return found;
}
