"""Rules about tools and their accounts: who holds them, what they cost, use, connections, ways out."""
