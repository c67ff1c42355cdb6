"""Tables in words, sheets, PDF, files of results."""
