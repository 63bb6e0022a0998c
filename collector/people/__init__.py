"""Sign-in: accounts, sessions, tokens of programs, and the gate that every request passes."""
