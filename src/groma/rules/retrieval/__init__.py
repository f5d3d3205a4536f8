"""Rules about what is found and what a model reads: indexes, context windows, deletion, who may see what."""
