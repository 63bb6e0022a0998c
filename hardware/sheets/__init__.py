"""Sheets for the dam: installation, zero reading, commissioning, maintenance; in English and Russian."""
