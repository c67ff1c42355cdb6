"""Candidate sites judged, chosen, proven."""
