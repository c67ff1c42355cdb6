"""One file per screen, and the few pieces that screens share."""
