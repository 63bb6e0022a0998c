"""Modbus TCP: what the plant's SCADA reads here, and instruments that are read over it."""
