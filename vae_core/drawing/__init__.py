"""From strokes, pictures and photos to (28, 28) as MNIST has it, and what a digit looks like."""
