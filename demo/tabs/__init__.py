"""A room for every tab, its Python and its page side by side."""
