"""What is lost and how long it takes until it is back, for each data set, component and flow."""
