"""Rules about people: who alone can do what, what is done by hand, who answers for what."""
