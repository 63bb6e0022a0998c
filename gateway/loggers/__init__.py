"""Our own loggers: what they say, when they are asked, what their memories still hold."""
