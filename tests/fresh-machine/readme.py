"""The README's two commands: its first two `sh` blocks, one line each."""

import re

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ORDER = ["run", "test"]


def command(root, name):
    text = (root / "README.md").read_text()
    lines = BLOCK.findall(text)[ORDER.index(name)].strip().splitlines()
    if len(lines) != 1:
        raise SystemExit(f"the README's command to {name} is not one line: {lines}")
    return lines[0]
