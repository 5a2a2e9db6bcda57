"""Answers of PyPI smsutil: one JSON text per line in, one measurement per line out."""

import json
import sys

import smsutil

for line in sys.stdin:
    answer = smsutil.split(json.loads(line))
    is_gsm7 = answer.encoding == "gsm0338"
    measurement = {
        "encoding": "GSM-7" if is_gsm7 else "UCS-2",
        "units": answer.total_bytes if is_gsm7 else answer.total_bytes // 2,
        "segments": len(answer.parts),
        "characters": answer.total_length,
    }
    print(json.dumps(measurement))
