"""What all tests share: no test fails because a machine is slow."""

from hypothesis import HealthCheck, settings

settings.register_profile("seepline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("seepline")


def pytest_collection_modifyitems(items):
    """Put what is quick last: a file goes to one process, and a long one at the end would keep it there alone."""
    items.sort(key=lambda item: item.nodeid.startswith(("tests/seepline/", "seepline/")))
