"""What the map’s client receives."""
