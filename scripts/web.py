"""Put the vendored JavaScript of the explorer's page in place again: `make web`.

One package, in one version, from the npm registry, checked against its SHA-512; nothing is fetched when the page runs.
What is kept lies in src/jamjae/explorer/page/vendor, with the SHA-256 of its content in manifest.json.
"""

import base64
import gzip
import hashlib
import io
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

PACKAGE, VERSION = "onnxruntime-web", "1.30.0"
SHA512 = "q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ=="
FILES = ("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm")
VENDOR = Path(__file__).parents[1] / "src/jamjae/explorer/page/vendor"


def fetched(package: str, version: str, sha512: str) -> bytes:
    """A package as the registry has it.

    Raises:
        SystemExit: If it has changed.
    """
    with tempfile.TemporaryDirectory() as folder:
        asked = ["npm", "pack", "--silent", f"{package}@{version}"]
        name = subprocess.run(asked, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()
        content = (Path(folder) / name).read_bytes()
    found = base64.b64encode(hashlib.sha512(content).digest()).decode()
    if found != sha512:
        raise SystemExit(f"{package} {version} is not what it was: its SHA-512 is {found}.")
    return content


def main() -> None:
    """Fetch, check, unpack; WebAssembly is kept compressed."""
    manifest = {"package": PACKAGE, "version": VERSION, "licence": "MIT, Copyright (c) Microsoft Corporation"}
    hashes = {}
    VENDOR.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(fetched(PACKAGE, VERSION, SHA512))) as archive:
        for name in FILES:
            file = archive.extractfile(f"package/dist/{name}")
            assert file is not None
            content = file.read()
            hashes[name] = hashlib.sha256(content).hexdigest()
            packed = name.endswith(".wasm")
            kept = gzip.compress(content, 9, mtime=0) if packed else content
            (VENDOR / (f"{name}.gz" if packed else name)).write_bytes(kept)
    text = json.dumps({**manifest, "sha256": hashes}, indent=2)
    (VENDOR / "manifest.json").write_text(text + "\n", encoding="utf-8")
    print(*sorted(VENDOR.iterdir()), sep="\n")


if __name__ == "__main__":
    main()
