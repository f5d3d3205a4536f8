"""Rules about data sets of evaluation: whether they can tell what they are for, and who keeps them."""
