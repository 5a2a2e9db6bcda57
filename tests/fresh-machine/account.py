"""Who tries the product, and what that person has: a home, Rust, and packages already downloaded.

Another user than this one cannot reach a toolchain, a package cache or a target folder inside a
private home, and must not write to ours. Such a user gets copies (hard links where possible, so that
they cost nothing) in folders of their own.
"""

import os
import pwd
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

# What would change how the product starts; a newcomer has none of it.
PRODUCT_SETTINGS = ("DATABASE_", "TELNYX", "DISPATCH_", "PUBLIC_BASE_URL", "BIND", "PG_BIN_DIR", "RUST_LOG", "LOG_FORMAT", "RATE_LIMIT")


@dataclass
class Newcomer:
    name: str
    environment: dict
    # For subprocess: empty when it is ourselves.
    identity: dict = field(default_factory=dict)


def prepare(work, user, target_dir):
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(PRODUCT_SETTINGS)}
    if user is None:
        name = pwd.getpwuid(os.getuid()).pw_name
        return Newcomer(name, inherited | {"CARGO_TARGET_DIR": str(target_dir)})
    if os.getuid() != 0:
        raise SystemExit("only root can be somebody else")
    return somebody_else(work, pwd.getpwnam(user), target_dir, inherited)


def somebody_else(work, entry, target_dir, inherited):
    identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    newcomer = Newcomer(entry.pw_name, {}, identity)
    work.chmod(0o755)
    home = work / "home"
    home.mkdir()
    copy_tree(cargo_home() / "registry", home / ".cargo" / "registry")
    copy_build(target_dir / "debug", work / "target" / "debug")
    toolchain = reachable_toolchain(work, newcomer)
    for folder in [home, work / "target"]:
        give(folder, newcomer)
    # The locale and the settings of proxies and certificates hold for everybody on the machine.
    kept = {k: v for k, v in inherited.items() if k not in ("HOME", "USER", "LOGNAME", "PATH") and not k.startswith(("CARGO", "RUSTUP", "XDG"))}
    newcomer.environment = kept | {
        "HOME": str(home),
        "USER": entry.pw_name,
        "PATH": f"{toolchain}/bin:/usr/local/bin:/usr/bin:/bin",
        "CARGO_HOME": str(home / ".cargo"),
        "CARGO_TARGET_DIR": str(work / "target"),
    } | {k: v for k, v in inherited.items() if k in ("CARGO_INCREMENTAL", "CARGO_TERM_COLOR")}
    return newcomer


def cargo_home():
    return Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))


def reachable_toolchain(work, newcomer):
    """The pinned toolchain, or a copy of it when it lies in a home that is closed to others."""
    sysroot = subprocess.run(["rustc", "--print", "sysroot"], cwd=Path(__file__).parent, check=True, stdout=subprocess.PIPE, text=True)
    sysroot = Path(sysroot.stdout.strip())
    if may_run(sysroot / "bin" / "cargo", newcomer):
        return sysroot
    copy = work / "toolchain"
    copy_tree(sysroot, copy)
    return copy


def may_run(program, newcomer):
    probe = ["test", "-x", str(program)]
    return subprocess.run(probe, **newcomer.identity).returncode == 0


def copy_build(source, target):
    """What was built of other people's packages is used again; ours is built anew in its new place."""
    target.mkdir(parents=True)
    copy_tree(source / "deps", target / "deps")
    for small_and_rewritten in ["build", ".fingerprint"]:
        copy_tree(source / small_and_rewritten, target / small_and_rewritten, as_links=False)


def copy_tree(source, target, as_links=True):
    """Hard links on one file system; times stay, as cargo looks at them. What another build removes
    meanwhile is not copied."""
    if not source.is_dir():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    as_links = as_links and source.stat().st_dev == target.parent.stat().st_dev
    subprocess.run(["cp", "-al" if as_links else "-a", str(source), str(target)])


def give(folder, newcomer):
    """Makes the newcomer the owner of the folders; files may be shared with their first owner."""
    if newcomer.identity:
        owner = f"{newcomer.identity['user']}:{newcomer.identity['group']}"
        find = ["find", str(folder), "(", "-type", "d", "-o", "-links", "1", ")", "-exec", "chown", "-h", owner, "{}", "+"]
        subprocess.run(find, check=True)
