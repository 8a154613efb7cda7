"""What the pages say about other projects, checked by running them: `make bench-peers` writes docs/peers.md."""
