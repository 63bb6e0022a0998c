"""What all tests share: no test fails because a machine is slow."""

from hypothesis import settings

settings.register_profile("seepline", deadline=None)
settings.load_profile("seepline")
