"""What is learned: panel, predictors, model, training, its artefact and its words."""
