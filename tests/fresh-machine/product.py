"""The running product from outside: its output, its answers, and what it leaves behind."""

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from datetime import datetime
from pathlib import Path

DELIVERY_SECONDS = 30
STOP_SECONDS = 30
# Lines of the program's log that are shown on a failure.
LOG_LINES = 60
# In chronological order.
TIMES = ["queuedAt", "sendingStartedAt", "sentAt", "deliveredAt"]


class Product:
    """Starts the README's command, waits for its output, and stops it at the end at the latest."""

    def __init__(self, command, folder, environment, newcomer, timeout):
        self.newcomer = newcomer
        self.environment = environment
        say(f"$ {command}")
        self.log = Path(folder).parent / "program.log"
        # The shell is replaced by cargo, and cargo by the program, so there is one process to stop.
        self.process = subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.log.open("w"),
            text=True,
            **newcomer.identity,
        )
        self.folder = folder
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self._wait_for_instructions(time.monotonic() + timeout)
        except BaseException:
            self._kill()
            self._show_log()
            raise

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        self._kill()
        if failure:
            self._show_log()

    def _show_log(self):
        lines = self.log.read_text(errors="replace").splitlines()
        print("\n".join(lines[-LOG_LINES:]), file=sys.stderr)

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def _wait_for_instructions(self, deadline):
        self.base_url = self.key = self.curl = self.stop_curl = None
        self.database = self.simulator = None
        while not (self.base_url and self.key and self.curl and self.stop_curl):
            try:
                line = self.lines.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                fail("it printed no instructions in time")
            if line is None:
                fail(f"it ended with {self.process.wait()} before it was ready")
            self._understand(line)
        if not (self.database and self.simulator):
            fail("it does not say where its database and its simulator are")
        say(f"ready at {self.base_url}")

    def _understand(self, line):
        text = line.strip()
        if text.startswith("base URL:"):
            self.base_url = text.removeprefix("base URL:").strip()
        elif text.startswith("API key:"):
            self.key = text.removeprefix("API key:").strip()
        elif text.startswith("database:"):
            self.database = text.removeprefix("database:").strip()
        elif text.startswith("simulator:"):
            self.simulator = text.removeprefix("simulator:").strip()
        elif text.startswith("curl ") and "/inbound" in text:
            self.stop_curl = text
        elif text.startswith("curl ") and self.curl is None:
            while text.endswith("\\"):
                text += "\n" + self.lines.get(timeout=5)
            self.curl = text

    def text(self, word):
        """Runs the printed command for texting STOP in a shell, with this word instead."""
        command = self.stop_curl.replace("STOP", word)
        done = subprocess.run(
            ["bash", "-c", command + " --fail"], env=self.environment, stdout=subprocess.PIPE, text=True, timeout=30, **self.newcomer.identity
        )
        if done.returncode != 0:
            fail(f"the printed command to text {word} failed: {done.stdout}")

    def send_until(self, status):
        """Sends until a message has this state, because the preceding text takes a moment to arrive."""
        deadline = time.monotonic() + DELIVERY_SECONDS
        while (found := self.event(self.send())["status"]) not in status:
            if time.monotonic() > deadline:
                fail(f"a message is {found} instead of {status}")
            time.sleep(0.2)
        say(f"the next message is {found}")

    def send(self):
        """Runs the printed command in a shell and returns the message's id."""
        with tempfile.TemporaryDirectory() as home:
            # Makes curl print the status without changing the command.
            Path(home, ".curlrc").write_text('write-out = "\\n%{http_code}"\n')
            os.chmod(home, 0o755)
            environment = self.environment | {"CURL_HOME": home}
            done = subprocess.run(
                ["bash", "-c", self.curl], env=environment, stdout=subprocess.PIPE, text=True, timeout=30, **self.newcomer.identity
            )
        body, _, status = done.stdout.rpartition("\n")
        if status != "201":
            fail(f"the printed curl command answered {status}: {body}")
        say(f"the printed curl command answered 201: {json.loads(body)['status']}")
        return json.loads(body)["id"]

    def event(self, message):
        url = f"{self.base_url}/events/sms/{message}"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {self.key}"})
        # The product is on this machine, so proxies must not be used.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=10) as answer:
                return json.load(answer)
        except OSError as error:
            fail(f"{url} does not answer: {error}")

    def delivered(self, message):
        """Waits until the message is delivered and returns the product's view of it."""
        deadline = time.monotonic() + DELIVERY_SECONDS
        while (event := self.event(message))["status"] != "delivered":
            if time.monotonic() > deadline:
                fail(f"{message} is {event['status']} after {DELIVERY_SECONDS} s: {event}")
            time.sleep(0.2)
        times = [event[name] for name in TIMES]
        if None in times or times != sorted(times, key=datetime.fromisoformat):
            fail(f"the times of {message} do not tell its story: {dict(zip(TIMES, times))}")
        say(f"{message} is delivered; {TIMES[0]} to {TIMES[-1]} are set and in order")
        return event

    def stop(self):
        """Stops the product as a service manager would, and checks for leftovers."""
        family = descendants(self.process.pid)
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            fail(f"it did not stop within {STOP_SECONDS} s of SIGTERM")
        if code != 0:
            fail(f"it ended with {code} after SIGTERM")
        left = [describe(one) for one in family if is_alive(one)] + working_in(self.folder)
        if left:
            fail(f"it left processes behind: {left}")
        say(f"stopped; none of its {len(family)} child processes is left")

    def _kill(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def processes():
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()] if os.path.isdir("/proc") else []


def stat(pid):
    """The parent and the start time, which distinguishes a process from a later one with the same id."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else (int(fields[1]), fields[19])


def descendants(pid):
    """(process, start time) of all descendants of the process."""
    all_of_them = {one: found for one in processes() if (found := stat(one))}
    family, fresh = set(), {pid}
    while fresh:
        fresh = {one for one, (parent, _) in all_of_them.items() if parent in fresh}
        family |= fresh
    return [(one, all_of_them[one][1]) for one in family]


def is_alive(one):
    pid, started = one
    found = stat(pid)
    return found is not None and found[1] == started


def working_in(folder):
    """Processes whose working directory is below this folder, as a database server's is."""
    found = []
    for pid in processes():
        try:
            if Path(os.readlink(f"/proc/{pid}/cwd")).is_relative_to(folder):
                found.append(describe((pid, None)))
        except OSError:
            continue
    return found


def describe(one):
    pid, _ = one
    try:
        return f"{pid} " + Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip()
    except OSError:
        return str(pid)


def say(text):
    print(f"fresh-machine: {text}", flush=True)


def fail(text):
    sys.exit(f"fresh-machine: {text}")
