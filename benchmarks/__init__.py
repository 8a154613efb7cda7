"""How fast jamjae is: ratios against peers and against the bare matrix products. `make bench`, or `python -m benchmarks`."""
