"""Our values beside another system's, gauge by gauge: how an engineer of record accepts a new system."""
