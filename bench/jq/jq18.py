#!/usr/bin/env python3
"""How long jq 1.8 (the Python package `jq` carries it) takes to compile each program of a JSON list on standard input.

Prints a JSON list of microseconds, each the median of five.
"""
import json
import statistics
import sys
import time

import jq


def compile_us(program):
    def once():
        begin = time.perf_counter()
        jq.compile(program)
        return (time.perf_counter() - begin) * 1e6
    return statistics.median(once() for _ in range(5))


print(json.dumps([compile_us(program) for program in json.load(sys.stdin)]))
