"""Help between territories: what is missing, who could lend time, what their own patients lose."""
