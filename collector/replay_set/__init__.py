"""A set of limits over the past: from stored engineering values in arrays, or from the raw journal."""
