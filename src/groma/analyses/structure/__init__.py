"""When a flow succeeds, as a function of what is up: read from programs and from what runs on what."""
