"""Whether the installation does what it promises: its health, its figures, and a try of its own."""
