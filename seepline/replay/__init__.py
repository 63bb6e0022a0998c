"""What a set of limits would have said of stored values, before anybody approves it. Pure; needs numpy."""
