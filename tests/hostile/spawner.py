"""Runs one command after another for hostile_test.py and tells what each took. It stays small: a process begins with
the memory of the one that started it, and its peak would be counted as the command's.

Each line of standard input: the file for standard input, the file for standard error, the arguments, all in hex,
between spaces. Each line of standard output: exit code (below zero: the signal), milliseconds of processor time, KiB
of peak resident memory."""

import os
import resource
import sys

CPU_SECONDS_MAX = 20  # a command that stalls is killed


def become(stdin, stderr, arguments):
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MAX, CPU_SECONDS_MAX))
    os.dup2(os.open(stdin, os.O_RDONLY), 0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(os.open(stderr, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
    os.execv(arguments[0], arguments)


for line in sys.stdin:
    stdin, stderr, *arguments = [bytes.fromhex(word) for word in line.split()]
    child = os.fork()
    if child == 0:
        become(stdin, stderr, arguments)
    _, status, used = os.wait4(child, 0)
    print(os.waitstatus_to_exitcode(status), (used.ru_utime + used.ru_stime) * 1000, used.ru_maxrss, flush=True)
