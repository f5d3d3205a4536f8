"""Continuous batching, iteration by iteration: who decodes, whose prompt is read, who waits, who is thrown out.

Each iteration has a budget of tokens. Requests that decode take one token each; what is left goes to prompts, in the
order of arrival, whole or in chunks (Agrawal et al., "Sarathi-Serve", 2024). The cache is held in blocks (Kwon et al.,
"PagedAttention", 2023); when it is full, the request admitted last is thrown out and read again later (recompute).

All that decode go forward together, so a decode iteration costs the same however many there are: their contexts are one
sum, blocks come due by the place in the block (`due`), ends by the count of iterations (a heap).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from heapq import heappop, heappush

from groma.solvers.serving.iteration import Costs
from groma.solvers.serving.policy import Policy
from groma.solvers.serving.requests import Requests
from groma.solvers.serving.shape import ServingError
from groma.solvers.serving.timeline import State, Timeline, outside

Iteration = tuple[int, float, int, float]
"""What an iteration works on: tokens that decode, tokens cached before them, tokens of prompts, their pairs."""


class Engine:
    """One run, once; with a `log` it notes what each iteration works on, which takes one then."""

    def __init__(
        self,
        requests: Requests,
        costs: Costs,
        policy: Policy,
        blocks: int,
        shared: int,
        concurrency: int | None,
    ) -> None:
        n = len(requests.inputs)
        self.inputs: Sequence[int] = requests.inputs
        self.outputs: Sequence[int] = requests.outputs
        self.costs, self.policy, self.blocks, self.shared = costs, policy, blocks, shared
        self.free = blocks
        self.arrivals = list(requests.arrivals) or [0.0] * n
        self.closed = concurrency is not None
        self.scheduled, self.first, self.last = [-1.0] * n, [-1.0] * n, [-1.0] * n
        self.written = [0] * n
        self.context, self.entered, self.ends = [0] * n, [0] * n, [-1] * n
        self.skipped = [0] * n
        self.left_behind = [(0, 0)] * n
        self.taken = 0
        self.coming = min(concurrency or 0, n)
        self.waiting: deque[int] = deque(range(self.coming))
        self.unseen: list[int] = []
        self.looked = policy.poll
        self.running: list[int] = []
        self.due = [0] * policy.block
        self.finishing: list[tuple[int, int]] = []
        self.steps = 0
        self.cached = 0
        self.partial: int = -1
        self.done: int = 0
        self.kept = False
        self.preemptions = self.iterations = 0
        self.busy = 0.0
        self.states: list[State] = []
        self.now = 0.0
        self.log: list[Iteration] | None = None

    def run(self) -> Timeline:
        n, left = len(self.inputs), len(self.inputs)
        arrivals, waiting = self.arrivals, self.waiting
        start = arrivals[0]
        self.now = start
        read = written = 0
        second = 1
        while left:
            if not self.closed:
                while self.coming < n and arrivals[self.coming] <= self.now:
                    self.unseen.append(self.coming)
                    self.coming += 1
                if not self.unseen and not waiting and not self.running and self.partial < 0:
                    self.now = arrivals[self.coming]
                    continue
            self._look()
            thrown = self.preemptions
            decoding = len(self.running)
            if decoding:
                self._make_room()
                decoding = len(self.running)
            prompt, pairs, complete = self._prompts(decoding, self.preemptions > thrown)
            if prompt and not self.policy.mixed:
                decoding = 0
            cached = self.cached + decoding if decoding else 0
            if self.log is None:
                took = self.costs.of(decoding, cached, prompt, pairs)
            else:
                self.log.append((decoding, cached, prompt, pairs))
                took = 1.0
            if not decoding and not prompt:
                raise ServingError("nothing can be scheduled: the cache is too small for what was admitted")
            self.now += took
            self.busy += took
            self.looked += self.policy.poll if prompt else 1
            self.iterations += 1
            if decoding:
                need = self.due[self.steps % self.policy.block]
                self.free -= need
                self.taken += need
                self.steps += 1
                self.cached += decoding
                left -= self._ended()
            for index in complete:
                left -= self._begin(index)
            read += prompt
            written += decoding + len(complete)
            while self.now - start >= second:
                used = 1.0 - self.free / self.blocks
                in_flight = len(self.running) + (self.partial >= 0)
                self.states.append(
                    State(second, in_flight, len(waiting) + len(self.unseen), used, read, written)
                )
                read = written = 0
                second += 1
        later = outside(self.costs, self.inputs, self.outputs, self.first, self.last)
        first = tuple(f + wait for f, wait in zip(self.first, later, strict=True))
        last = tuple(f + wait for f, wait in zip(self.last, later, strict=True))
        return Timeline(
            tuple(arrivals), tuple(self.scheduled), first, last, tuple(self.outputs), self.preemptions,
            self.iterations, self.busy, tuple(self.states),
        )  # fmt: skip

    def _look(self) -> None:
        """See who came: after so many steps of decoding, after a prompt, or when there is nothing else to do."""
        idle = not self.running and not self.waiting
        if idle or self.looked >= self.policy.poll:
            self.waiting.extend(self.unseen)
            self.unseen.clear()
            self.looked = 0

    def _blocks(self, tokens: int) -> int:
        return -(-tokens // self.policy.block)

    def _make_room(self) -> None:
        """Throw out from the end until the blocks that come due in this iteration are free."""
        place = self.steps % self.policy.block
        while self.due[place] > self.free:
            if self.partial >= 0:
                index, self.partial = self.partial, -1
                self._let_go(index, self.done)
            else:
                index = self.running.pop()
                moved = self.steps - self.entered[index]
                held = self.context[index] + moved
                self._let_go(index, held)
                self.cached -= held + self.skipped[index]
                self.written[index] += moved
                self.due[(self.entered[index] - self.context[index]) % self.policy.block] -= 1
                self.ends[index] = -1
            self.preemptions += 1
            self.waiting.appendleft(index)

    def _prompts(self, decoding: int, thrown: bool) -> tuple[int, float, list[int]]:
        """Prompt tokens of this iteration, their pairs with what stands before them, and whose prompt is complete."""
        policy, waiting = self.policy, self.waiting
        budget = policy.budget - (decoding if policy.mixed else 0)
        place = self.due[self.steps % policy.block] if decoding and policy.mixed else 0
        read, pairs = 0, 0.0
        complete: list[int] = []
        if self.partial >= 0:
            index = self.partial
            total = self._to_read(index)
            chunk = min(total - self.done, budget)
            more = self._blocks(self.done + chunk) - self._blocks(self.done)
            if more > self.free - place:
                self._let_go(index, self.done)
                self.partial = -1
                self.preemptions += 1
                waiting.appendleft(index)
                return 0, 0.0, complete
            self.free -= more
            pairs += chunk * (self.skipped[index] + self.done + 0.5 * chunk)
            read += chunk
            budget -= chunk
            self.done += chunk
            if self.done == total:
                self.partial = -1
                complete.append(index)
        while waiting and budget > 0 and not thrown:
            if len(self.running) + len(complete) >= policy.sequences:
                break
            index = waiting[0]
            if self.kept and self.inputs[index] > self.shared:
                self.skipped[index] = self.shared
            total = self._to_read(index)
            found = self._found_again(index)
            chunk = min(total - found, budget)
            if chunk < total and not policy.chunked and read:  # behind another nothing is found again
                break
            ahead = {"chunk": found + chunk, "prompt": total, "all": total + self._to_write(index)}[
                policy.reserve
            ]
            promised = self._promised(complete) if policy.reserve == "all" else 0
            if self._blocks(ahead) + promised > self.free - place:
                break
            waiting.popleft()
            if self.scheduled[index] < 0:
                self.scheduled[index] = self.now
            self.free -= self._blocks(found + chunk)
            pairs += chunk * (self.skipped[index] + found + 0.5 * chunk)
            read += chunk
            budget -= chunk
            if found + chunk == total:
                complete.append(index)
            else:
                self.partial, self.done = index, found + chunk
        return read, pairs, complete

    def _let_go(self, index: int, held: int) -> None:
        """Free the blocks of one thrown out, the last first, and note until when its full ones are all there."""
        full, block = held // self.policy.block, self.policy.block
        self.free += self._blocks(held)
        self.left_behind[index] = ((self.skipped[index] + held) // block, self.taken + self.free - full)

    def _found_again(self, index: int) -> int:
        """Tokens whose cache is still there: full blocks that weren't taken since, of which the last went first. Only
        decoding takes any: nobody else is read before, and whoever is thrown out later leaves it none."""
        if not self.policy.reuse:
            return 0
        blocks, until = self.left_behind[index]
        block = self.policy.block
        return max(blocks - max(self.taken - until, 0) - self.skipped[index] // block, 0) * block

    def _promised(self, complete: list[int]) -> int:
        """Blocks that those admitted will still take until their ends."""
        total = 0
        for index in self.running:
            ends = self.context[index] + self.ends[index] - self.entered[index]
            total += self._blocks(ends) - self._blocks(self.context[index] + self.steps - self.entered[index])
        for index in complete:
            tokens = self._to_read(index)
            total += self._blocks(tokens + self._to_write(index)) - self._blocks(tokens)
        return total

    def _to_read(self, index: int) -> int:
        """Tokens to read before the next is written: prompt and what was written, less the shared start if kept."""
        return self.inputs[index] + self.written[index] - self.skipped[index]

    def _to_write(self, index: int) -> int:
        return self.outputs[index] - self.written[index] - 1

    def _begin(self, index: int) -> int:
        """The prompt is read and a token written; 1 if that was the last."""
        tokens = self._to_read(index)
        if self.shared and not self.skipped[index] and self.inputs[index] > self.shared:
            self.kept = True
            self.skipped[index] = self.shared
            self.free += self.shared // self.policy.block
            tokens -= self.shared
        self.written[index] += 1
        if self.first[index] < 0:
            self.first[index] = self.now
        remaining = self.outputs[index] - self.written[index]
        if not remaining:
            self.free += self._blocks(tokens)
            return self._leave(index)
        self.context[index], self.entered[index] = tokens, self.steps
        self.ends[index] = self.steps + remaining
        self.due[(self.steps - tokens) % self.policy.block] += 1
        self.cached += tokens + self.skipped[index]
        self.running.append(index)
        heappush(self.finishing, (self.ends[index], index))
        return 0

    def _ended(self) -> int:
        """Let those go whose last token this iteration wrote; how many they were."""
        count, finishing = 0, self.finishing
        while finishing and finishing[0][0] <= self.steps:
            ends, index = heappop(finishing)
            if self.ends[index] != ends:
                continue
            held = self.context[index] + self.steps - self.entered[index]
            self.ends[index] = -1
            self.free += self._blocks(held)
            self.cached -= held + self.skipped[index]
            self.due[(self.entered[index] - self.context[index]) % self.policy.block] -= 1
            self.running.remove(index)
            count += self._leave(index)
        return count

    def _leave(self, index: int) -> int:
        self.last[index] = self.now
        if self.closed and self.coming < len(self.inputs):
            self.arrivals[self.coming] = self.now
            self.unseen.append(self.coming)
            self.coming += 1
        return 1
