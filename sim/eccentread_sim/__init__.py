"""A simulated treadmill: a real GATT server on a virtual Bluetooth link, with an athlete on its belt."""
