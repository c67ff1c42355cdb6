"""Readers of official files: recognise, check, report."""
