"""Rules about what runs do: waiting without end, repeating what must not be repeated, acting unapproved."""
