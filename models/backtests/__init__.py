"""What the past says of the model: measures, evaluation, report, card."""
