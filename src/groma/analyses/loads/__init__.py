"""What arrives at each station in the busiest hour, and how long it waits there."""
