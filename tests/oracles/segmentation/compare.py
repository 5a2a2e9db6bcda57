#!/usr/bin/env python3
"""Compares how we segment texts with two published libraries: npm split-sms and PyPI smsutil.

Run it from anywhere: `tests/oracles/segmentation/compare.py`. It needs cargo, node, npm and pip; the
libraries, pinned by hash beside this file, are installed once under the target directory. Exits with
0 when all three agree on every text, with 1 and the first differences when not.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import texts

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
CACHE = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve() / "oracles" / "segmentation"
PINS = ["package.json", "package-lock.json", "requirements.txt"]
DIFFERENCES_SHOWN = 10


def main():
    install_oracles()
    corpus = list(texts.all_texts())
    questions = "".join(json.dumps(text) + "\n" for text in corpus)
    ours = ask(["cargo", "run", "--quiet", "-p", "sms-domain", "--example", "segments"], questions)
    agree = True
    for name, command in oracles().items():
        agree &= compare(corpus, ours, name, ask(command, questions))
    return 0 if agree else 1


def oracles():
    return {
        "split-sms": ["node", HERE / "split_sms_answers.js"],
        "smsutil": [sys.executable, HERE / "smsutil_answers.py"],
    }


def install_oracles():
    pins = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in PINS)).hexdigest()
    installed = CACHE / "installed"
    if installed.exists() and installed.read_text() == pins:
        return
    shutil.rmtree(CACHE, ignore_errors=True)
    CACHE.mkdir(parents=True)
    for name in PINS:
        shutil.copy(HERE / name, CACHE)
    quietly(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"])
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    quietly([*pip, "--only-binary", ":all:", "--target", "python", "-r", "requirements.txt"])
    installed.write_text(pins)


def quietly(command):
    done = subprocess.run(command, cwd=CACHE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed to install an oracle:\n{done.stdout}")


def ask(command, questions):
    """The answers of one program, one per question, in order."""
    paths = {"NODE_PATH": str(CACHE / "node_modules"), "PYTHONPATH": str(CACHE / "python")}
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **paths}, input=questions, stdout=subprocess.PIPE, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def compare(corpus, ours, name, theirs):
    """Whether an oracle agrees with our answers; prints the result."""
    if not len(corpus) == len(ours) == len(theirs):
        print(f"{name}: {len(corpus)} texts, {len(ours)} answers of ours, {len(theirs)} of theirs")
        return False
    different = [at for at in range(len(corpus)) if ours[at] != theirs[at]]
    for at in different[:DIFFERENCES_SHOWN]:
        print(f"{name}: {theirs[at]}\n  ours: {ours[at]}\n  text: {corpus[at]!r}")
    print(f"{name}: {len(different)} of {len(corpus)} texts differ")
    return not different


if __name__ == "__main__":
    sys.exit(main())
