"""What is measured of a model, and by which judges."""
