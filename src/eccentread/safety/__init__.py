"""What may move the belt, and when it must stop. Pure, small, and the only maker of motion bytes."""
