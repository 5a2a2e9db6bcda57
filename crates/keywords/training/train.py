"""Trains the second reader of speakers, src/data/likeness.bin, and evaluates it.

A linear model over hashed n-grams of two to five characters distinguishes machines' texts from persons' texts.
It learns from tests/data/speakers.csv, and from tests/data/keywords.csv as texts of persons. Run it in the
root of the repository:

    python3 -m venv target/training
    target/training/bin/pip install -r crates/keywords/training/requirements.txt
    target/training/bin/python crates/keywords/training/train.py

It prints the results of grouped folds and of a trial on the rows of kind `unseen` with a model that was not trained
on them. It writes the weights of a model that was trained on all rows. The seed is fixed, so the same tables give
the same file. The features must be computed as in src/foreign/likeness.rs; a test there compares sums.
"""

import csv
import io
import struct
import subprocess
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import normalize

CRATE = Path("crates/keywords")
WEIGHTS = CRATE / "src/data/likeness.bin"
BUCKETS = 1 << 16
MOST_CHARACTERS = 600
# Taking a person for a machine costs more than the reverse. A row of the keyword table counts little, because there
# are very many.
WEIGHT_OF_PERSON, WEIGHT_OF_KEYWORD_ROW = 3.0, 0.05
# Chosen with the folds: at most one person in a hundred is taken for a machine.
THRESHOLD = 0.8
SEED = 7


def readings(rows):
    """The rules' reading of each row, and its folded text."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["text", "sent"])
    writer.writerows([row["text"], row["sent"]] for row in rows)
    command = ["cargo", "run", "--quiet", "--package", "sms-keywords", "--example", "readings"]
    printed = subprocess.run(command, input=table.getvalue().encode(), stdout=subprocess.PIPE, check=True)
    return list(csv.DictReader(io.StringIO(printed.stdout.decode())))


def load(name, speaker=None):
    with open(CRATE / "tests/data" / name, newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["text"] = row["text"].replace("\\n", "\n")
        row["sent"] = (row.get("sent") or "").replace("\\n", "\n")
        row["speaker"] = speaker or row["speaker"]
    for row, reading in zip(rows, readings(rows), strict=True):
        row["folded"] = reading["folded"]
        row["rules"] = "person" if reading["machine"] == "likely" else reading["speaker"]
        row["is_open"] = row["rules"] == "person" and reading["keyword"] == "none" and "?" not in row["text"]
    return rows


HASHES = {}


def bucket(run):
    """FNV-1a over the UTF-8 of the n-gram, folded to 16 bits."""
    if run not in HASHES:
        value = 0x811C9DC5
        for byte in run.encode():
            value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
        HASHES[run] = (value ^ (value >> 16)) & 0xFFFF
    return HASHES[run]


def buckets(folded):
    text = " " + " ".join(folded.split()) + " "
    text = "".join("0" if "0" <= character <= "9" else character for character in text)[:MOST_CHARACTERS]
    return sorted({bucket(text[at : at + size]) for size in range(2, 6) for at in range(len(text) - size + 1)})


def features(rows):
    found = [buckets(row["folded"]) for row in rows]
    ends = np.cumsum([0, *map(len, found)])
    flat = np.concatenate([np.array(one, dtype=np.int64) for one in found])
    return normalize(csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(rows), BUCKETS)))


def groups(rows):
    """Groups near-copies, by the Jaccard index of n-grams of five characters."""
    runs = [{row["folded"][at : at + 5] for at in range(max(1, len(row["folded"]) - 4))} for row in rows]
    group = list(range(len(rows)))
    for one in range(len(rows)):
        for other in range(one):
            if group[one] != group[other] and 2 * len(runs[one] & runs[other]) >= len(runs[one] | runs[other]):
                group = [group[other] if it == group[one] else it for it in group]
    return group


def fit(machines, persons):
    x, y = machines
    weights = np.concatenate([np.where(y, 1.0, WEIGHT_OF_PERSON), np.full(persons.shape[0], WEIGHT_OF_KEYWORD_ROW)])
    model = LogisticRegression(C=30, max_iter=1000, random_state=SEED)
    return model.fit(vstack([x, persons]), np.concatenate([y, np.zeros(persons.shape[0], bool)]), weights)


def report(name, rows, chances):
    machine = np.array([row["speaker"] == "automatic" for row in rows])
    rules = np.array([row["rules"] != "person" for row in rows])
    both = rules | (np.array([row["is_open"] for row in rows]) & (chances > THRESHOLD))
    print(
        f"{name}: machines taken for persons {(machine & ~rules).sum()} by rules, {(machine & ~both).sum()} by both, "
        f"of {machine.sum()}; persons taken for machines {(~machine & rules).sum()} by rules, "
        f"{(~machine & both).sum()} by both, of {(~machine).sum()}"
    )


def write(model):
    """Writes scale and offset as little-endian floats, then one signed byte per bucket."""
    weights = model.coef_[0]
    scale = np.abs(weights).max() / 127
    offset = model.intercept_[0] - np.log(THRESHOLD / (1 - THRESHOLD))
    WEIGHTS.write_bytes(struct.pack("<ff", scale, offset) + np.rint(weights / scale).astype(np.int8).tobytes())


def main():
    rows = [row for row in load("speakers.csv") if row["speaker"] in ("person", "automatic")]
    keywords = load("keywords.csv", speaker="person")
    x, y, of_keywords = features(rows), np.array([row["speaker"] == "automatic" for row in rows]), features(keywords)

    known = np.array([row["kind"] != "unseen" for row in rows])
    index = np.flatnonzero(known)
    group = np.array(groups([rows[at] for at in index]))
    chances = np.zeros(len(index))
    for train, test in GroupKFold(5, shuffle=True, random_state=SEED).split(index, groups=group):
        at = index[train]
        chances[test] = fit((x[at], y[at]), of_keywords).predict_proba(x[index[test]])[:, 1]
    report("grouped folds", [rows[at] for at in index], chances)
    print(f"  alone, the model misses {(y[index] & (chances <= THRESHOLD)).sum()} machines")

    # Variations of one template are adjacent in the table.
    half = len(keywords) // 2
    model = fit((x[index], y[index]), of_keywords[:half])
    unseen = np.flatnonzero(~known)
    report("unseen rows", [rows[at] for at in unseen], model.predict_proba(x[unseen])[:, 1])
    report("second half of the keyword table", keywords[half:], model.predict_proba(of_keywords[half:])[:, 1])

    write(fit((x, y), of_keywords))


if __name__ == "__main__":
    main()
