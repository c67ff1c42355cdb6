"""What users keep: scenarios, links, reviews, predictions."""
