"""`python -m bot.system.tied NICE COMMAND...`: runs a command that ends when its parent ends, even by kill -9.

NICE is added to its niceness: the higher, the more it lets others go first on a busy processor.

supervisord starts every program through this, so that none outlives it. Only Linux can do that; elsewhere the
command simply runs, and the next `careline up` clears what was left.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def tie_to_parent() -> None:
    """Ask the kernel for SIGTERM when the parent of this process ends; the wish survives exec."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    parent = os.getppid()
    tie_to_parent()
    if os.getppid() != parent:  # it ended before the kernel heard of the wish
        sys.exit(1)
    os.nice(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])
