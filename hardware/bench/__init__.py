"""The form to fill in at the bench, made of docs/bench-checklist.md."""
