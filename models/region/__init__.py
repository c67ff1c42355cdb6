"""The model on one region: predictions, flags, departures, follow-up."""
