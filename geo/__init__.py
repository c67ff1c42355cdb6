"""Where things are and how long it takes to reach them."""
