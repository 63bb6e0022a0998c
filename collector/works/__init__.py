"""The works diary: its entries in the store, what they may explain, and what is drawn of them."""
