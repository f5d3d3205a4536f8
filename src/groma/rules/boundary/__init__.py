"""Rules about the border of an architect's work: what a brief or a model asks for that a neighbour does."""
