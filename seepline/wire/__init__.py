"""What crosses the RS-485 line, byte for byte: one source of truth for logger and gateway.

Everything in this folder also imports under MicroPython, so it uses only what the ESP32 port has.
"""
