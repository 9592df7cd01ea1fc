"""Times pyotp on one code, with a window of one step either side: the median of many short samples."""

import statistics
import sys
import time
from importlib.metadata import version

import pyotp

name, code, now = sys.argv[1], sys.argv[2], int(sys.argv[3])
totp = pyotp.TOTP("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
assert totp.verify(code, for_time=now, valid_window=1) == (name == "current")


def sample(calls=200):
    began = time.perf_counter_ns()
    for _ in range(calls):
        totp.verify(code, for_time=now, valid_window=1)
    return (time.perf_counter_ns() - began) / calls


sample()
median = statistics.median(sample() for _ in range(200))
print(f"totp_verify/{name}/pyotp {version('pyotp')}: median {median / 1000:.2f} µs")
