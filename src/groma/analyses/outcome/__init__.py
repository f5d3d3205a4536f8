"""How the steps of a flow end: when, and how surely. `reading` walks programs, `law` and `algebra` are what it
computes with, the others are its actions and policies.
"""
