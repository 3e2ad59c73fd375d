"""Settings that every test shares."""

from hypothesis import settings

# The machine may be busy: time is never a reason to fail. The examples are the same every time.
settings.register_profile("leafproof", deadline=None, derandomize=True)
settings.load_profile("leafproof")
