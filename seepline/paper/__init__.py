"""Documents to be printed and signed: what stands in them (blocks), and their one way into a PDF."""
