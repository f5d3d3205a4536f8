"""The memory of an audit of 100,000 pages, and whether an interrupted one goes on: `python benchmarks/site_memory.py`.

`--pages N` takes another number, `--stop SECONDS` interrupts the first run after so long and starts it again with the
same file of answers. Prints pages, seconds, the most memory of all processes together and of the largest one (of Linux,
sampled twice a second), and ends with 1 where the sum is above a gigabyte or pages are missing.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from site_server import serving

LIMIT = 1_000_000_000


class Resident(NamedTuple):
    """Bytes in memory: of all processes (what they share counted once), of the largest (with what it shares)."""

    together: int = 0
    largest: int = 0

    def most(self, other: Resident) -> Resident:
        return Resident(max(self.together, other.together), max(self.largest, other.largest))

    def __str__(self) -> str:
        return f"{self.together / 1e6:.0f} MB in all processes, {self.largest / 1e6:.0f} MB in the largest"


def resident(root: int) -> Resident:
    """Of a process and all that it started."""
    together, largest, waiting = 0, 0, [root]
    while waiting:
        process = waiting.pop()
        try:
            rows = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
            sizes = {row.split(":")[0]: 1024 * int(row.split()[1]) for row in rows[1:]}
            together += sizes["Pss"]
            largest = max(largest, sizes["Rss"])
            waiting += map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split())
        except (OSError, KeyError):
            continue
    return Resident(together, largest)


def run(words: list[str], until: float | None) -> tuple[Resident, str, bool]:
    """The most that was resident, what was said, and whether it was interrupted."""
    begun, most, stopped = time.monotonic(), Resident(), False
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(words, stdout=said)
        while process.poll() is None:
            most = most.most(resident(process.pid))
            if until is not None and not stopped and time.monotonic() - begun > until:
                process.send_signal(signal.SIGINT)
                stopped = True
            time.sleep(0.5)
        said.seek(0)
        return most, said.read(), stopped


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--pages", type=int, default=100_000)
    options.add_argument("--stop", type=float, metavar="SECONDS")
    asked = options.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, serving(max(asked.pages, 5_001)) as address:
        kept = str(Path(folder) / "kept.answers")
        words = [sys.executable, "-m", "groma", "site", "audit", address, "--json", "--quiet", "--keep", kept]
        words += ["--pages", str(asked.pages + 100), "--at-once", "32"]
        most, said, stopped = run(words, asked.stop)
        if stopped:
            print(f"interrupted after {time.monotonic() - begun:.0f} s, {most}; going on", flush=True)
            again, said, _ = run(words, None)
            most = most.most(again)
        told = json.loads(said)
    print(f"{told['pages']} pages in {time.monotonic() - begun:.0f} s, at most {most}")
    return int(most.together > LIMIT or told["pages"] < asked.pages)


if __name__ == "__main__":
    sys.exit(main())
