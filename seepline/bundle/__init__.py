"""The signed bundle: site, calibrations and approved limits, as one thing that a gateway can check by itself."""
