"""The training run that the Train tab shows: one at a time, in a process of its own."""
