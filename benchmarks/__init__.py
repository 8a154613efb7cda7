"""How fast jamjae is: ratios against peers and against the bare matrix products. `make bench` runs them."""
