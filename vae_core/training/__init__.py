"""How a model learns: batches, objective, loop, ranks, and what is kept of a run."""
