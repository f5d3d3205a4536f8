"""An engine whose cache is counted anew in every iteration: each request's tokens, one by one, no running sums.

It holds what `groma.solvers.serving.engine` says of itself. Free blocks stand in a row, each with whose tokens it still
holds and which: the first is taken, those of one that goes are put behind the others, its last block before its first.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from groma.solvers.serving import Costs, Policy, Requests


@dataclass
class Job:
    """A request: tokens in, out, written, in the cache (`held`), and of the shared start that it needn't read."""

    arrival: float
    read: int
    out: int
    written: int = 0
    held: int = 0
    skipped: int = 0
    admitted: float | None = None
    first: float | None = None
    last: float | None = None

    @property
    def to_read(self) -> int:
        return self.read + self.written - self.skipped


@dataclass
class ByHand:
    """The engine and what became of its requests."""

    costs: Costs
    policy: Policy
    blocks: int
    shared: int
    jobs: list[Job]
    clients: int | None
    now: float = 0.0
    busy: float = 0.0
    thrown_out: int = 0
    iterations: int = 0
    known: bool = False
    coming: list[Job] = field(default_factory=list[Job])
    unseen: list[Job] = field(default_factory=list[Job])
    waiting: list[Job] = field(default_factory=list[Job])
    reading: list[Job] = field(default_factory=list[Job])
    running: list[Job] = field(default_factory=list[Job])
    row: list[tuple[int, int] | None] = field(default_factory=list[tuple[int, int] | None])
    seconds: list[tuple[int, int, int, float, int, int]] = field(
        default_factory=list[tuple[int, int, int, float, int, int]]
    )

    def used(self, tokens: int) -> int:
        return -(-tokens // self.policy.block)

    def free(self) -> int:
        return self.blocks - sum(self.used(job.held) for job in self.running + self.reading)

    def growing(self) -> int:
        """Blocks that those who decode need for their next token."""
        return sum(self.used(job.held + 1) - self.used(job.held) for job in self.running)

    def hold(self, job: Job, tokens: int) -> None:
        """Let a request hold so many tokens more."""
        del self.row[: self.used(job.held + tokens) - self.used(job.held)]
        job.held += tokens

    def let_go(self, job: Job) -> None:
        """Put the blocks of a request behind those that are free; only full ones can be found again."""
        before, block = job.skipped // self.policy.block, self.policy.block
        self.row += reversed(
            [
                (id(job), before + place) if (place + 1) * block <= job.held else None
                for place in range(self.used(job.held))
            ]
        )
        job.held = 0

    def found(self, job: Job) -> list[tuple[int, int]]:
        """Its blocks that are still there, from where it has to read on."""
        places = itertools.count(job.skipped // self.policy.block)
        there = itertools.takewhile(self.row.__contains__, ((id(job), place) for place in places))
        return list(there) if self.policy.reuse else []

    def throw_out(self, job: Job) -> None:
        (self.reading if job in self.reading else self.running).remove(job)
        self.let_go(job)
        self.waiting.insert(0, job)
        self.thrown_out += 1

    def run(self) -> None:
        """Until all are done."""
        self.coming = list(self.jobs)
        if self.clients is not None:
            self.waiting, self.coming = self.coming[: self.clients], self.coming[self.clients :]
        self.row = [None] * self.blocks
        start = self.now = self.jobs[0].arrival
        since, read, written = self.policy.poll, 0, 0
        while any(job.last is None for job in self.jobs):
            if self.clients is None:
                while self.coming and self.coming[0].arrival <= self.now:
                    self.unseen.append(self.coming.pop(0))
                if not (self.unseen or self.waiting or self.running or self.reading):
                    self.now = self.coming[0].arrival
                    continue
            if since >= self.policy.poll or not (self.running or self.reading or self.waiting):
                self.waiting, self.unseen, since = self.waiting + self.unseen, [], 0
            before = self.thrown_out
            while self.growing() > self.free():
                self.throw_out((self.reading or self.running)[-1])
            chunks, complete = self.prompts(self.thrown_out > before)
            tokens, pairs = sum(c for _, c, _ in chunks), sum(c * (b + c / 2) for _, c, b in chunks)
            decoding = [] if tokens and not self.policy.mixed else list(self.running)
            cached = sum(job.skipped + job.held + 1 for job in decoding)
            took = self.costs.of(len(decoding), cached, tokens, pairs)
            self.now, self.busy, self.iterations = self.now + took, self.busy + took, self.iterations + 1
            since += self.policy.poll if tokens else 1
            for job in decoding:
                self.hold(job, 1)
                job.written += 1
            for job in complete:
                self.begin(job)
            for job in [*decoding, *complete]:
                if job.written == job.out:
                    self.leave(job)
            read, written = read + tokens, written + len(decoding) + len(complete)
            while self.now - start >= len(self.seconds) + 1:
                inside, outside = len(self.running) + len(self.reading), len(self.waiting) + len(self.unseen)
                share = 1 - self.free() / self.blocks
                self.seconds.append((len(self.seconds) + 1, inside, outside, share, read, written))
                read = written = 0

    def prompts(self, thrown: bool) -> tuple[list[tuple[Job, int, int]], list[Job]]:
        """Job, tokens read of its prompt, tokens before these; and whose prompt is complete."""
        policy, decoding = self.policy, len(self.running)
        left = policy.budget - decoding * policy.mixed
        chunks: list[tuple[Job, int, int]] = []
        complete: list[Job] = []
        place = self.growing() * policy.mixed

        def part(job: Job, tokens: int) -> None:
            chunks.append((job, tokens, job.skipped + job.held))
            self.hold(job, tokens)
            if job.held == job.to_read:
                self.reading.remove(job)
                complete.append(job)

        for job in list(self.reading):
            tokens = min(job.to_read - job.held, left)
            if self.used(job.held + tokens) - self.used(job.held) > self.free() - place:
                self.throw_out(job)
                return [], []
            part(job, tokens)
            left -= tokens
        while self.waiting and left and not thrown and not self.reading:
            job = self.waiting[0]
            if len(self.running) + len(complete) == policy.sequences:
                break
            if self.known and job.read > self.shared:
                job.skipped = self.shared
            again = self.found(job)
            kept = len(again) * policy.block
            tokens = min(job.to_read - kept, left)
            if kept + tokens < job.to_read and not policy.chunked and chunks:
                break
            whole = job.read + job.out - 1 - job.skipped
            ahead = {"chunk": kept + tokens, "prompt": job.to_read, "all": whole}[policy.reserve]
            taken = sum(self.used(other.held) for other in complete)
            if policy.reserve == "all":
                for other in [*self.running, *complete]:
                    end = other.read + other.out - 1 - other.skipped
                    taken += self.used(end) - self.used(other.held)
            if self.used(ahead) + taken > self.free() - place:
                break
            self.waiting.pop(0)
            self.reading.append(job)
            job.admitted = self.now if job.admitted is None else job.admitted
            self.row = [block for block in self.row if block not in again]
            job.held = kept
            part(job, tokens)
            left -= tokens
        return chunks, complete

    def begin(self, job: Job) -> None:
        if self.shared and not job.skipped and job.read > self.shared:
            self.known, job.skipped = True, self.shared
            job.held -= self.shared
            self.row += [None] * (self.shared // self.policy.block)
        job.written += 1
        job.first = self.now if job.first is None else job.first
        self.running.append(job)

    def leave(self, job: Job) -> None:
        self.running.remove(job)
        self.let_go(job)
        job.last = self.now
        if self.clients is not None and self.coming:
            self.coming[0].arrival = self.now
            self.unseen.append(self.coming.pop(0))


def by_hand(
    requests: Requests, costs: Costs, policy: Policy, capacity: int, clients: int | None = None
) -> ByHand:
    """The run of an engine with so many tokens of cache."""
    shared = requests.shared // policy.block * policy.block
    arrivals = requests.arrivals or (0.0,) * len(requests.inputs)
    rows = zip(arrivals, requests.inputs, requests.outputs, strict=True)
    blocks = capacity // policy.block - shared // policy.block
    found = ByHand(costs, policy, blocks, shared, [Job(*row) for row in rows], clients)
    found.run()
    return found
