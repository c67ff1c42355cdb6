"""Risk of losing the last GP: features, model, evaluation, explanation, card, artefact."""
