#!/usr/bin/env python3
"""Regenerates nanp_area_codes.csv and nanp_refused_area_codes.csv, next to this file.

    pip install phonenumbers==9.0.43
    python3 gen_area_codes.py            # writes both files
    python3 gen_area_codes.py --check    # exit status 1 when a committed file differs

Source: the metadata, geocoding and time-zone data of libphonenumber (Apache-2.0), in its Python
form. What the source has wrong is corrected in area_code_fixes.csv, what it lacks is added in
area_code_supplement.csv; each row there carries its reason. The zones of a code are the union over
all prefixes that begin with it, because a recipient may live in any of them.
"""

import csv
import io
import re
import sys
from pathlib import Path

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata
from phonenumbers.geodata import GEOCODE_DATA
from phonenumbers.tzdata import TIMEZONE_DATA

PINNED = "9.0.43"
HERE = Path(__file__).resolve().parent
TERRITORIES = ("AS", "GU", "MP", "PR", "VI")

NAMES = {
    "US": {
        "Alabama": "AL", "Alaska": "AK", "Arizona": "AZ", "Arkansas": "AR", "California": "CA",
        "Colorado": "CO", "Connecticut": "CT", "Delaware": "DE", "Florida": "FL", "Georgia": "GA",
        "Hawaii": "HI", "Idaho": "ID", "Illinois": "IL", "Indiana": "IN", "Iowa": "IA",
        "Kansas": "KS", "Kentucky": "KY", "Louisiana": "LA", "Maine": "ME", "Maryland": "MD",
        "Massachusetts": "MA", "Michigan": "MI", "Minnesota": "MN", "Mississippi": "MS",
        "Missouri": "MO", "Montana": "MT", "Nebraska": "NE", "Nevada": "NV",
        "New Hampshire": "NH", "New Jersey": "NJ", "New Mexico": "NM", "New York": "NY",
        "North Carolina": "NC", "North Dakota": "ND", "Ohio": "OH", "Oklahoma": "OK",
        "Oregon": "OR", "Pennsylvania": "PA", "Rhode Island": "RI", "South Carolina": "SC",
        "South Dakota": "SD", "Tennessee": "TN", "Texas": "TX", "Utah": "UT", "Vermont": "VT",
        "Virginia": "VA", "Washington": "WA", "Washington D.C.": "DC",
        "Washington State": "WA", "West Virginia": "WV", "Wisconsin": "WI", "Wyoming": "WY",
    },
    "CA": {
        "Alberta": "AB", "British Columbia": "BC", "British Colombia": "BC", "Manitoba": "MB",
        "New Brunswick": "NB", "Newfoundland and Labrador": "NL", "Northwest Territories": "NT",
        "Nova Scotia": "NS", "Nunavut": "NU", "Ontario": "ON", "Prince Edward Island": "PE",
        "Quebec": "QC", "Saskatchewan": "SK", "Yukon": "YT",
    },
}


def main():
    if phonenumbers.__version__ != PINNED:
        sys.exit(f"phonenumbers {PINNED} is needed, {phonenumbers.__version__} is installed")
    elsewhere, territories = leading_digits()
    files = {
        "nanp_area_codes.csv": served_rows(elsewhere, territories),
        "nanp_refused_area_codes.csv": refused_rows(elsewhere),
    }
    stale = [name for name, rows in files.items() if differs(name, rows)]
    if "--check" in sys.argv[1:]:
        if stale:
            sys.exit(f"not what the script generates: {', '.join(stale)}")
        return
    for name in stale:
        (HERE / name).write_text(as_csv(files[name]), encoding="utf-8", newline="")


def leading_digits():
    """Area codes of the other countries of the numbering plan, and of the US territories."""
    elsewhere, territories = {}, {}
    for region in COUNTRY_CODE_TO_REGION_CODE[1]:
        pattern = PhoneMetadata.metadata_for_region(region).leading_digits
        if region in ("US", "CA") or pattern is None:
            continue
        into = territories if region in TERRITORIES else elsewhere
        for code in range(200, 1000):
            if re.fullmatch(pattern, str(code)):
                into[str(code)] = region
    return elsewhere, territories


def served_rows(elsewhere, territories):
    known = {prefix[1:4] for prefix in TIMEZONE_DATA if prefix[0] == "1" and len(prefix) >= 4}
    rows = {
        code: [*place_of(code, territories), zones_of(code), "", "libphonenumber"]
        for code in known - elsewhere.keys()
    }
    for fix in table("area_code_fixes.csv"):
        code, zones = fix["area_code"], fix["iana_timezones"]
        if rows[code][2] == zones:
            sys.exit(f"the source already says {zones} for {code}: drop the fix")
        rows[code][2:] = [zones, "", "libphonenumber+fix"]
    for extra in table("area_code_supplement.csv"):
        code, parent = extra["area_code"], extra["overlay_of"]
        if code in rows:
            sys.exit(f"the source now knows {code}: drop it from the supplement")
        source = f"supplement:overlay-of-{parent}"
        rows[code] = [*rows[parent][:3], extra["assigned_on"], source]
    columns = ["country", "state_or_province", "iana_timezones", "assigned_on", "source"]
    header = ["area_code", *columns]
    return [header, *([code, *rows[code]] for code in sorted(rows))]


def place_of(code, territories):
    if code in territories:
        return "US", territories[code]
    places = {place_named(text) for text in descriptions(code)}
    if len(places) != 1:
        sys.exit(f"{code}: one place was expected, not {places}")
    return places.pop()


def descriptions(code):
    """What the source calls the area code itself, else every longer prefix in it."""
    if "1" + code in GEOCODE_DATA:
        return [GEOCODE_DATA["1" + code]["en"]]
    return [text["en"] for prefix, text in GEOCODE_DATA.items() if prefix.startswith("1" + code)]


def place_named(text):
    """A full name, several joined by slashes, or a town followed by the state's code."""
    last = text.rsplit(", ", 1)[-1]
    for country, names in NAMES.items():
        if last in names.values():
            return country, last
        if all(name in names for name in text.split("/")):
            return country, ";".join(names[name] for name in text.split("/"))
    sys.exit(f"no state is known by the name {text!r}")


def zones_of(code):
    prefixes = (prefix for prefix in TIMEZONE_DATA if prefix.startswith("1" + code))
    return ";".join(sorted({zone for prefix in prefixes for zone in TIMEZONE_DATA[prefix]}))


def refused_rows(elsewhere):
    toll_free = PhoneMetadata.metadata_for_region("US").toll_free.national_number_pattern
    rows = {code: ["outside_us_ca", region] for code, region in elsewhere.items()}
    for code in map(str, range(200, 1000)):
        if re.fullmatch(toll_free, code + "5550100"):
            rows[code] = ["toll_free", ""]
    header = ["area_code", "reason", "country", "source"]
    return [header, *([code, *rows[code], "libphonenumber"] for code in sorted(rows))]


def table(name):
    with open(HERE / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def as_csv(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def differs(name, rows):
    path = HERE / name
    return not path.exists() or path.read_text(encoding="utf-8") != as_csv(rows)


if __name__ == "__main__":
    main()
