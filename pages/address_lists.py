"""How much is read of a list in an address."""

LONGEST_LIST = 30_000
"""Characters: the codes of all communes of the largest region (4,293), commas between them."""
