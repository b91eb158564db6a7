#!/usr/bin/env python3
"""The command line as its users have it: the real program, its output and its exit codes.

usage: cli_test.py [TEST…]
"""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from cases import main  # noqa: E402
from cli_local import *  # noqa: E402,F403
from cli_remote import *  # noqa: E402,F403

if __name__ == "__main__":
    main()
