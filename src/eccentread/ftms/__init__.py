"""What the bytes of the Fitness Machine Service mean: a sans-io codec."""
