"""Where the frozen program begins."""

import multiprocessing
import sys

if __name__ == "__main__":
    # First of all: a frozen child process starts here too, and must not open a second window.
    multiprocessing.freeze_support()
    from explorer.__main__ import main

    sys.exit(main())
