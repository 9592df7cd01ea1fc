"""Times Django's four password validators on one password: the median of many short samples."""

import statistics
import sys
import time

import django
from django.conf import settings

settings.configure()
django.setup()

from django.contrib.auth import password_validation as validation  # noqa: E402


class User:
    username = "n.devries"
    first_name = "Noor"
    last_name = "de Vries"
    email = "noor.devries@noord.example"


VALIDATORS = [
    validation.UserAttributeSimilarityValidator(),
    validation.MinimumLengthValidator(min_length=12),
    validation.CommonPasswordValidator(),
    validation.NumericPasswordValidator(),
]


def sample(password, calls=50):
    began = time.perf_counter_ns()
    for _ in range(calls):
        validation.validate_password(password, User, VALIDATORS)
    return (time.perf_counter_ns() - began) / calls


password = sys.argv[1]
sample(password)
median = statistics.median(sample(password) for _ in range(200))
print(f"policy_check/django {django.get_version()}, {len(password)} characters: median {median / 1000:.2f} µs")
