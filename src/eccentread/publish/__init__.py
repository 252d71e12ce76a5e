"""Live publishing to other programs."""
