"""Minutes by car without a road network: cost distance over a friction surface."""
