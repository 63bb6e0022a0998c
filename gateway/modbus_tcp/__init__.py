"""Modbus TCP: the only folder that knows pymodbus."""
