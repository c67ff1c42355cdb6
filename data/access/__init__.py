"""Access to GPs in a region and on tables of one’s own."""
