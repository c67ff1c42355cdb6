"""Files that others wrote, opened within limits; files that leave."""
