// Starts the page where it was saved as one file: its modules are parts of the file, each after those it imports.
const part = async (e) => {
  const raw = Uint8Array.from(atob(e.textContent), (c) => c.charCodeAt(0));
  return new Response(new Blob([raw]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
};
const places = {};
for (const e of document.querySelectorAll('script[data-part^="module/"]')) {
  const text = (await part(e)).replace(/(from|import\()(\s*)"\.\/([\w.-]+)"/g, (_, how, space, name) => `${how}${space}"${places[name]}"`);
  places[e.dataset.part.slice(7)] = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
}
await import(places["main.js"]);
