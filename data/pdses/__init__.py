"""On-call lines of hospitals (PDSES): read, checked, covered."""
