#!/usr/bin/env python3
"""Regenerates postal_codes.csv, next to this file: which state a postal code lies in.

    pip install zipcodes==3.0.0
    python3 gen_postal_codes.py            # writes the file
    python3 gen_postal_codes.py --check    # exit status 1 when the committed file differs

Source: the ZIP codes of the PyPI package `zipcodes` (MIT), joined to the longest ranges that name
one state; a code between two ranges of different states belongs to none. Military codes (AA, AE,
AP) and the freely associated states are real and say nothing about a place with known hours: they
are held to the strictest rules. Canadian codes by the first letter of the forward sortation area, as Canada Post allots them.
"""

import csv
import io
import sys
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

import zipcodes

PINNED = "3.0.0"
OUTPUT = Path(__file__).resolve().parent / "postal_codes.csv"
NO_PLACE = {"AA", "AE", "AP", "FM", "MH", "PW"}
# 88888 is an address for letters to Santa Claus, not a place in Washington.
NOT_A_PLACE = {"88888"}

CANADA = [
    ("A0A", "A9Z", "NL"), ("B0A", "B9Z", "NS"), ("C0A", "C9Z", "PE"), ("E0A", "E9Z", "NB"),
    ("G0A", "G9Z", "QC"), ("H0A", "H9Z", "QC"), ("J0A", "J9Z", "QC"), ("K0A", "K9Z", "ON"),
    ("L0A", "L9Z", "ON"), ("M0A", "M9Z", "ON"), ("N0A", "N9Z", "ON"), ("P0A", "P9Z", "ON"),
    ("R0A", "R9Z", "MB"), ("S0A", "S9Z", "SK"), ("T0A", "T9Z", "AB"), ("V0A", "V9Z", "BC"),
    ("X0A", "X0C", "NU"), ("X0D", "X9Z", "NT"), ("Y0A", "Y9Z", "YT"),
]


def main():
    if version("zipcodes") != PINNED:
        sys.exit(f"zipcodes {PINNED} is needed, {version('zipcodes')} is installed")
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["first", "last", "country", "state_or_province", "source"])
    rows.writerows([first, last, "US", state, f"zipcodes {PINNED}"] for first, last, state in us())
    rows.writerows([first, last, "CA", state, "Canada Post"] for first, last, state in CANADA)
    if "--check" in sys.argv[1:]:
        if OUTPUT.read_text(encoding="utf-8") != text.getvalue():
            sys.exit("postal_codes.csv is not what the script generates")
        return
    OUTPUT.write_text(text.getvalue(), encoding="utf-8", newline="")


def us():
    places = {place["zip_code"]: place["state"] for place in zipcodes.list_all()}
    codes = sorted(places.keys() - NOT_A_PLACE)
    for state, run in groupby(codes, key=places.get):
        run = list(run)
        yield run[0], run[-1], "DEFAULT_STRICT" if state in NO_PLACE else state


if __name__ == "__main__":
    main()
