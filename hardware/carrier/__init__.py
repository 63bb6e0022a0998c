"""Carrier board, revision A: generated, never built."""
