"""Verifies one password through a C library, once for every line read, and says what each call took.

Arguments: `argon2` or `sodium`, the shared library, an encoded hash, its password. Prints which library it
is, then for each line: nanoseconds elapsed, nanoseconds of processor, page faults.
"""

import ctypes
import resource
import sys
import time

kind, path, encoded, password = sys.argv[1], sys.argv[2], sys.argv[3].encode(), sys.argv[4].encode()
library = ctypes.CDLL(path)
with open("/proc/self/maps") as maps:
    name = path.split("/")[-1]
    print(next((line.split()[-1] for line in maps if name in line), path), end="")

if kind == "argon2":
    library.argon2id_verify.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t]
    call = library.argon2id_verify
    print(flush=True)
else:
    library.sodium_init()
    library.sodium_version_string.restype = ctypes.c_char_p
    library.crypto_pwhash_str_verify.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulonglong]
    call = library.crypto_pwhash_str_verify
    print(", version", library.sodium_version_string().decode(), flush=True)


def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


for _ in sys.stdin:
    before, busy, began = faults(), time.process_time_ns(), time.perf_counter_ns()
    answer = call(encoded, password, len(password))
    elapsed, used = time.perf_counter_ns() - began, time.process_time_ns() - busy
    assert answer == 0, answer
    print(elapsed, used, faults() - before, flush=True)
