"""Driving network built from OpenStreetMap: build, store, query."""
