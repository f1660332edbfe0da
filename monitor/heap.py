"""What this process holds of the machine's memory."""

from __future__ import annotations

import ctypes


def give_back() -> None:
    """Give the system what the C library keeps for later: after a sweep, some megabytes that nothing stands in.

    Only glibc keeps so much, and only it has a word for this; elsewhere nothing happens.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
