"""The dense arithmetic of a search in torch, on the device that is in use: see ``device``.

Each function is that of the same name beside this folder, which says what it is for; both are
compared in tests/provers/test_device.py.
"""
