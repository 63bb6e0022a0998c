"""The pages: one shell, templates in the reader's language, made on the server without scripts."""
