"""Rules about data: who answers for them, where they are kept, where they go, how they come back."""
