"""What is in `guest/` runs in the computer that `make test-bluez` emulates, and nowhere else."""

collect_ignore = ["guest"]
