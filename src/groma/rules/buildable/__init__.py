"""Rules about what a builder would have to guess: asked of a blueprint before somebody builds from it."""
