"""The dossier of an event: a cut of the journal that judges to the very same event, wherever it is opened."""
