"""Fetch what the tests of the explorer's page need and no page has: `make browser-tools`.

axe-core, which checks a page for who cannot see or point, from the npm registry, checked against its SHA-512. It lies
in .browser-tools and is no part of jamjae.
"""

import io
import tarfile
from pathlib import Path

from web import fetched

PACKAGE, VERSION = "axe-core", "4.14.1"
SHA512 = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
FILE = "axe.min.js"
TOOLS = Path(__file__).parents[1] / ".browser-tools"


def main() -> None:
    """Fetch, check, unpack."""
    with tarfile.open(fileobj=io.BytesIO(fetched(PACKAGE, VERSION, SHA512))) as archive:
        file = archive.extractfile(f"package/{FILE}")
        assert file is not None
        TOOLS.mkdir(exist_ok=True)
        (TOOLS / FILE).write_bytes(file.read())
    print(TOOLS / FILE)


if __name__ == "__main__":
    main()
