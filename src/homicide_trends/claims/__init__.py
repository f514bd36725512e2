"""For which definitions is a stated figure true: the grid of definitions and the verdict."""
