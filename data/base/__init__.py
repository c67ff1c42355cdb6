"""Where files live, French forms, locks, tables kept on disk: no domain."""
