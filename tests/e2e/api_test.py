#!/usr/bin/env python3
"""The API as its users have it: real servers, HTTP only; every answer is held against api/openapi.yaml.

usage: api_test.py [TEST…]      like Listing or Listing.test_times
"""

import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import contract  # noqa: E402
from api_calls import *  # noqa: E402,F403
from api_definitions import *  # noqa: E402,F403
from api_events import *  # noqa: E402,F403
from api_http import *  # noqa: E402,F403
from api_instances import *  # noqa: E402,F403
from api_positions import *  # noqa: E402,F403
from cases import main  # noqa: E402


class ZzzContract(unittest.TestCase):
    """Last of all, in the order of the names."""

    def test_every_operation_was_called(self):
        if len(sys.argv) > 1:
            self.skipTest("only some of the tests run")
        self.assertEqual(contract.unseen(), [])


if __name__ == "__main__":
    main()
