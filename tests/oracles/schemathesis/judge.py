"""Fails unless Schemathesis sent enough valid requests, and enough of them reached 2xx. Usage: judge.py COUNTS."""

import json
import sys

LEAST_REQUESTS, LEAST_SHARE = 500, 0.6

with open(sys.argv[1]) as file:
    found = json.load(file)
valid, reached = (found["counts"].get(name, 0) for name in ("valid", "reached"))
share = reached / max(valid, 1)
print(f"{valid} valid requests, {share:.0%} of them reached 2xx; {found['counts'].get('other', 0)} others")
if valid < LEAST_REQUESTS or share < LEAST_SHARE:
    print(json.dumps(found["refused"], indent=1))
    sys.exit(f"at least {LEAST_REQUESTS} valid requests, and {LEAST_SHARE:.0%} of them, must reach 2xx")
