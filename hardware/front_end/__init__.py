"""The vibrating-wire front end: parts, drawing, ngspice decks, gates, and what the logger hears of it."""
