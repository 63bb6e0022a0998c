"""The field's cables: from the channel table to a drawing and a bill of cable for each place."""
