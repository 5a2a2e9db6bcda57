"""Who tries the product, and what that person has: a folder, a home, Rust, and downloaded packages.

Another user than this one cannot reach a toolchain or a package cache inside a private home, and must
not write to ours. Such a user gets copies (hard links where possible, so that they cost nothing), and
a target folder that is kept from one run to the next: cargo builds packages anew that lie elsewhere.
"""

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

# Variables that would change how the product starts; a newcomer has none of them.
PRODUCT_SETTINGS = ("DATABASE_", "TELNYX", "DISPATCH_", "PUBLIC_BASE_URL", "INSTALLATION_KEY", "BIND", "PG_BIN_DIR", "RUST_LOG", "LOG_FORMAT", "RATE_LIMIT")
# Variables that belong to this user only.
PERSONAL = ("HOME", "USER", "LOGNAME", "PATH", "XDG_", "CARGO", "RUSTUP", "VIRTUAL_ENV", "PYENV", "PYTHON")
HOW_TO_BUILD = ("CARGO_INCREMENTAL", "CARGO_TERM_COLOR", "CARGO_BUILD_JOBS")


@dataclass
class Newcomer:
    name: str
    # The folder of the clone, the same for each run, so that builds replace each other.
    folder: Path
    environment: dict
    # Arguments for subprocess; empty if the user is ourselves.
    identity: dict = field(default_factory=dict)


def prepare(user, target_dir):
    """Locks the user's folder for this process; a second process waits."""
    entry = pwd.getpwnam(user) if user else pwd.getpwuid(os.getuid())
    folder = Path(tempfile.gettempdir()) / f"fresh-machine-of-{entry.pw_name}"
    folder.mkdir(exist_ok=True)
    if folder.lstat().st_uid != os.getuid() or folder.is_symlink():
        raise SystemExit(f"{folder} belongs to somebody else: remove it")
    fcntl.flock(os.open(folder, os.O_RDONLY), fcntl.LOCK_EX)
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(PRODUCT_SETTINGS)}
    if entry.pw_uid == os.getuid():
        return Newcomer(entry.pw_name, folder, inherited | {"CARGO_TARGET_DIR": str(target_dir)})
    if os.getuid() != 0:
        raise SystemExit("only root can be somebody else")
    return somebody_else(folder, entry, inherited)


def somebody_else(folder, entry, inherited):
    identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    newcomer = Newcomer(entry.pw_name, folder, {}, identity)
    home, target = folder / "home", folder / "target"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    target.mkdir(exist_ok=True)
    # Without `src`: some packages contain files that only their first user may read.
    for part in ["index", "cache"]:
        copy_tree(cargo_home() / "registry" / part, home / ".cargo" / "registry" / part)
    give(home, newcomer)
    give(target, newcomer)
    # The locale and the proxy and certificate settings apply to every user of the machine.
    newcomer.environment = {k: v for k, v in inherited.items() if not k.startswith(PERSONAL) or k in HOW_TO_BUILD} | {
        "HOME": str(home),
        "USER": entry.pw_name,
        "PATH": f"{reachable_toolchain(folder, newcomer)}/bin:/usr/local/bin:/usr/bin:/bin",
        "CARGO_TARGET_DIR": str(target),
    }
    return newcomer


def cargo_home():
    return Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))


def reachable_toolchain(folder, newcomer):
    """The pinned toolchain, or a copy of it if it is in a home folder that is closed to others."""
    command = ["rustc", "--print", "sysroot"]
    sysroot = subprocess.run(command, cwd=Path(__file__).parent, check=True, stdout=subprocess.PIPE, text=True)
    sysroot = Path(sysroot.stdout.strip())
    if subprocess.run(["test", "-x", str(sysroot / "bin" / "cargo")], **newcomer.identity).returncode == 0:
        return sysroot
    copy = folder / "toolchain"
    shutil.rmtree(copy, ignore_errors=True)
    copy_tree(sysroot, copy)
    return copy


def copy_tree(source, target):
    """Copies with hard links on one file system and keeps times, which cargo checks. Files that are removed
    in the meantime are skipped."""
    if source.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        as_links = source.stat().st_dev == target.parent.stat().st_dev
        subprocess.run(["cp", "-al" if as_links else "-a", str(source), str(target)])


def give(folder, newcomer):
    """Makes the newcomer the owner of the folders; files may be shared with their first owner."""
    if newcomer.identity:
        owner = f"{newcomer.identity['user']}:{newcomer.identity['group']}"
        find = ["find", str(folder), "(", "-type", "d", "-o", "-links", "1", ")", "-exec", "chown", "-h", owner, "{}", "+"]
        subprocess.run(find, check=True)
