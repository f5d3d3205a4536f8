"""What a search brings to a model: the index, passages, the window they enter, and how fresh they are."""
