"""What a station is planned with: sun and battery, the RS-485 line, the accuracy of a channel. Pure functions."""
