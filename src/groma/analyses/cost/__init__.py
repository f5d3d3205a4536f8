"""What a month and a run cost: lines of the bill, prices, use, and the least that an open model can cost."""
