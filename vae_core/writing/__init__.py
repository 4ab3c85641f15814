"""Numbers written in a hand: text to digits, their outlines, lines of them, and files."""
