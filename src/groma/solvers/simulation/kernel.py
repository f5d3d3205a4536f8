# type: ignore  (pure-Python Cython: C types that a checker of Python can't follow)
"""The event-driven kernel: tasks that run instructions, stations they wait at, timers, runs and their measures.

One source for two engines. Interpreted it is the oracle; compiled (`hatch_build.py`) it is the fast kernel. Both draw
the same numbers in the same order and do the same floating-point operations, so that results are equal to the bit.

State lies in flat arrays (see `layout.py` for their fields); a job is one task and one run, both taken from pools and
known by the place of their record. Interpreted, the arrays are lists.
Events are a 4-ary heap on (time, number), interpreted that of `heapq`; a popped root stays as a hole that the next
event fills. The least of four children is found without branches: times that aren't negative compare as their bits do.
Timers of one duration run out in the order they were set, so each duration has a queue with only its head in the heap.
Random numbers: SplitMix64 with a gamma of its own for each stream (Steele, Lea and Flood 2014), interpreted a block at
a time; exponentials by the ziggurat (Marsaglia and Tsang 2000), gammas by Marsaglia and Tsang (2001), normals by the
polar method.
A local name for an array holds as long as nothing can make its pool larger: the pool moves then.
"""

from __future__ import annotations

from array import array

try:
    import cython
except ImportError:
    from groma.solvers.simulation import cython_absent as cython

from groma.solvers.simulation.layout import *  # noqa: F403

if cython.compiled:
    from cython.cimports.libc.math import exp, log, pow, sqrt
    from cython.cimports.libc.string import memcpy
else:
    from heapq import heappop, heappush, heapreplace
    from math import exp, frexp, log, pow, sqrt

    from groma.solvers.simulation.streams import split_mix


@cython.cfunc
def doubles(values: object) -> cython.p_double:
    """The memory of an array of doubles; where there are no pointers, the values themselves."""
    if cython.compiled:
        view: cython.double[::1] = values
        return cython.address(view[0])
    return values


@cython.cfunc
def integers(values: object) -> cython.p_longlong:
    """The memory of an array of 64-bit integers; where there are no pointers, the values themselves."""
    if cython.compiled:
        view: cython.longlong[::1] = values
        return cython.address(view[0])
    return values


@cython.cfunc
def unsigned(values: object) -> cython.p_ulonglong:
    """The memory of an array of unsigned 64-bit integers; where there are no pointers, the values themselves."""
    if cython.compiled:
        view: cython.ulonglong[::1] = values
        return cython.address(view[0])
    return values


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def whole(x: cython.double) -> cython.longlong:
    """Rounded towards zero."""
    if cython.compiled:
        return cython.cast(cython.longlong, x)
    return int(x)


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def bits_of(x: cython.double) -> cython.longlong:
    """The bits of a double, which sort as it does unless it is negative."""
    b: cython.longlong
    memcpy(cython.address(b), cython.address(x), 8)
    return b


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def double_of(b: cython.longlong) -> cython.double:
    """The double of these bits."""
    x: cython.double
    memcpy(cython.address(x), cython.address(b), 8)
    return x


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def earlier(
    t: cython.longlong, k: cython.longlong, u: cython.longlong, m: cython.longlong
) -> cython.longlong:
    """Whether (t, k) comes before (u, m): 1 or 0, for sums without a branch, which nobody could predict."""
    if t == u:
        return k < m
    return t < u


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def bin_of(x: cython.double) -> cython.longlong:
    """The bin of a time in a histogram with 256 steps in each octave: exponent and first bits of the mantissa."""
    b: cython.longlong
    if x <= 0.0:
        return 0
    if cython.compiled:
        b = (bits_of(x) >> 44) - (1022 - HISTOGRAM_LOWEST) * HISTOGRAM_STEPS
    else:
        m, e = frexp(x)
        b = (e + HISTOGRAM_LOWEST) * HISTOGRAM_STEPS + int((m - 0.5) * (2.0 * HISTOGRAM_STEPS))
    if b < 0:
        return 0
    if b >= HISTOGRAM:
        return HISTOGRAM - 1
    return b


@cython.final
@cython.cclass
class Kernel:
    """One replication. `image` holds the arrays of a program by name (see `image.py`); `run` advances it."""

    arrays: dict
    now: cython.double
    until: cython.double
    warm: cython.double
    serial: cython.longlong
    events: cython.longlong
    most_tasks: cython.longlong
    overflow: cython.longlong
    stopped: cython.longlong
    horizon: cython.double
    stop_after: cython.longlong
    ended_runs: cython.longlong
    registers: cython.longlong
    marks: cython.longlong

    code: cython.p_longlong
    reals: cython.p_double
    table: cython.p_double
    cumulative: cython.p_double
    linear: cython.p_longlong
    linear_reals: cython.p_double
    targets: cython.p_longlong
    shares: cython.p_double
    law: cython.p_longlong
    law_reals: cython.p_double
    stream: cython.p_ulonglong
    ahead: list
    zig_w: cython.p_double
    zig_k: cython.p_double
    zig_f: cython.p_double

    heap: cython.p_longlong
    heap_size: cython.longlong
    heap_room: cython.longlong
    hole: cython.longlong

    ring_task: cython.p_longlong
    ring_token: cython.p_longlong
    ring_head: cython.longlong
    ring_tail: cython.longlong
    ring_mask: cython.longlong

    task: cython.p_longlong
    task_real: cython.p_double
    stride: cython.longlong
    task_room: cython.longlong
    task_used: cython.longlong
    task_free: cython.longlong

    runs: cython.p_longlong
    run_start: cython.p_double
    run_marks: cython.p_double
    run_room: cython.longlong
    run_used: cython.longlong
    run_free: cython.longlong

    station: cython.p_longlong
    station_real: cython.p_double
    stations: cython.longlong
    queue: cython.p_longlong
    source: cython.p_longlong
    source_real: cython.p_double
    sources: cython.longlong
    segment_end: cython.p_double
    segment_rate: cython.p_double
    source_table: cython.p_double

    timer: cython.p_longlong
    timer_real: cython.p_double
    timer_room: cython.longlong
    timer_used: cython.longlong
    timer_free: cython.longlong
    timer_queue: cython.p_longlong
    duration: cython.p_double

    policy: cython.p_longlong
    policy_real: cython.p_double
    breaker: cython.p_longlong
    breaker_real: cython.p_double
    governor: cython.p_double
    cache: cython.p_longlong
    cache_life: cython.p_double
    entry_link: cython.p_longlong
    entry_until: cython.p_double
    batch: cython.p_longlong
    batch_room: cython.longlong
    batch_used: cython.longlong
    batch_free: cython.longlong
    note: cython.p_longlong
    note_room: cython.longlong
    note_used: cython.longlong
    note_free: cython.longlong

    action: cython.p_longlong
    action_real: cython.p_double
    actions: cython.longlong
    part: cython.p_longlong
    parts: cython.longlong
    part_units: cython.p_longlong
    unit: cython.p_longlong
    agent: cython.p_longlong
    agent_real: cython.p_double
    agents: cython.longlong
    calendar_at: cython.p_double
    calendar_servers: cython.p_longlong

    arrived: cython.p_longlong
    ended: cython.p_longlong
    classes: cython.longlong
    measure: cython.p_double
    measures: cython.longlong
    histogram: cython.p_longlong
    class_measure: cython.p_longlong
    mark_place: cython.p_longlong
    tally: cython.p_double
    sample_time: cython.p_double
    sample: cython.p_double
    sample_measure: cython.p_longlong
    samples: cython.longlong
    sample_room: cython.longlong

    series_width: cython.double
    series_count: cython.longlong
    series: cython.p_longlong
    station_series: cython.p_double
    tick: cython.longlong

    tracing: cython.longlong
    span: cython.longlong
    log_i: cython.p_longlong
    log_t: cython.p_double
    log_used: cython.longlong
    log_room: cython.longlong

    def __init__(self, image: dict):
        self.arrays = a = image
        settings = a["settings"]
        self.until = settings["until"]
        self.warm = settings["warm_up"]
        self.most_tasks = settings["most_tasks"]
        self.stop_after = settings["stop_after"]
        self.registers = settings["registers"]
        # The record of a task: its fields, then its scopes; whole lines of cache.
        self.stride = (TASK + settings["depth"] * SCOPE + 7) & -8
        self.marks = settings["marks"]
        self.series_width = settings["series_width"]
        self.series_count = settings["series_count"]
        self.log_room = settings["trace_room"]
        self.sample_room = settings["sample_room"]
        self.tracing = 1 if self.log_room > 0 else 0
        self.now = 0.0
        self.serial = 0
        self.events = 0
        self.overflow = 0
        self.stopped = 1 if self.stop_after <= 0 else 0
        # Nothing happens at a time that isn't finite.
        self.horizon = min(self.until, 1.7976931348623157e308)
        self.ended_runs = 0
        self.tick = 0
        self.span = 0
        self.log_used = 0
        self.samples = 0

        self.code = integers(self.kept("code"))
        self.reals = doubles(self.kept("reals"))
        self.table = doubles(self.kept("table"))
        self.cumulative = doubles(self.kept("cumulative"))
        self.linear = integers(self.kept("linear"))
        self.linear_reals = doubles(self.kept("linear_reals"))
        self.targets = integers(self.kept("targets"))
        self.shares = doubles(self.kept("shares"))
        self.law = integers(self.kept("law"))
        self.law_reals = doubles(self.kept("law_reals"))
        self.stream = unsigned(self.kept("stream"))
        # Interpreted, numbers of each stream that were worked out ahead, the next one last.
        self.ahead = [] if cython.compiled else [[] for _ in range(len(a["stream"]) // 2)]
        self.zig_w = doubles(self.kept("zig_w"))
        self.zig_k = doubles(self.kept("zig_k"))
        self.zig_f = doubles(self.kept("zig_f"))
        self.station = integers(self.kept("station"))
        self.station_real = doubles(self.kept("station_real"))
        self.stations = settings["stations"]
        self.queue = integers(self.kept("queue"))
        self.source = integers(self.kept("source"))
        self.source_real = doubles(self.kept("source_real"))
        self.sources = settings["sources"]
        self.segment_end = doubles(self.kept("segment_end"))
        self.segment_rate = doubles(self.kept("segment_rate"))
        self.source_table = doubles(self.kept("source_table"))
        self.timer_queue = integers(self.kept("timer_queue"))
        self.duration = doubles(self.kept("duration"))
        self.policy = integers(self.kept("policy"))
        self.policy_real = doubles(self.kept("policy_real"))
        self.breaker = integers(self.kept("breaker"))
        self.breaker_real = doubles(self.kept("breaker_real"))
        self.governor = doubles(self.kept("governor"))
        self.cache = integers(self.kept("cache"))
        self.cache_life = doubles(self.kept("cache_life"))
        self.entry_link = integers(self.kept("entry_link"))
        self.entry_until = doubles(self.kept("entry_until"))
        self.action = integers(self.kept("action"))
        self.action_real = doubles(self.kept("action_real"))
        self.actions = settings["actions"]
        self.part = integers(self.kept("part"))
        self.parts = settings["parts"]
        self.part_units = integers(self.kept("part_units"))
        self.unit = integers(self.kept("unit"))
        self.agent = integers(self.kept("agent"))
        self.agent_real = doubles(self.kept("agent_real"))
        self.agents = settings["agents"]
        self.calendar_at = doubles(self.kept("calendar_at"))
        self.calendar_servers = integers(self.kept("calendar_servers"))
        self.arrived = integers(self.kept("arrived"))
        self.ended = integers(self.kept("ended"))
        self.classes = settings["classes"]
        self.measure = doubles(self.kept("measure"))
        self.measures = settings["measures"]
        self.histogram = integers(self.kept("histogram"))
        self.class_measure = integers(self.kept("class_measure"))
        self.mark_place = integers(self.kept("mark_place"))
        self.tally = doubles(self.kept("tally"))
        self.sample_time = doubles(self.kept("sample_time"))
        self.sample = doubles(self.kept("sample"))
        self.sample_measure = integers(self.kept("sample_measure"))
        self.series = integers(self.kept("series"))
        self.station_series = doubles(self.kept("station_series"))
        self.log_i = integers(self.kept("log_i"))
        self.log_t = doubles(self.kept("log_t"))

        self.heap_size = 0
        self.hole = 0
        self.heap_room = 252
        if cython.compiled:
            self.heap = integers(self.keep("heap", 2 * (self.heap_room + 4)))
            self.no_events(0)
        else:
            self.heap = []
        self.ring_mask = 255
        self.ring_head = 0
        self.ring_tail = 0
        self.ring_task = integers(self.keep("ring_task", 256))
        self.ring_token = integers(self.keep("ring_token", 256))
        self.task_room = 64
        self.task_used = 0
        self.task_free = -1
        self.task = integers(self.keep("task", self.task_room * self.stride))
        self.task_real = doubles(self.keep_reals("task_real", self.task_room * (1 + self.registers)))
        self.run_room = 64
        self.run_used = 0
        self.run_free = -1
        self.runs = integers(self.keep("runs", self.run_room * RUN))
        self.run_start = doubles(self.keep_reals("run_start", self.run_room))
        self.run_marks = doubles(self.keep_reals("run_marks", self.run_room * self.marks))
        self.timer_room = 64
        self.timer_used = 0
        self.timer_free = -1
        self.timer = integers(self.keep("timer", self.timer_room * TIMER))
        self.timer_real = doubles(self.keep_reals("timer_real", self.timer_room))
        self.batch_room = 16
        self.batch_used = 0
        self.batch_free = -1
        self.batch = integers(self.keep("batch", self.batch_room * BATCH_RECORD))
        self.note_room = 16
        self.note_used = 0
        self.note_free = -1
        self.note = integers(self.keep("note", self.note_room * 2))
        self.begin()

    def keep(self, name: str, size: int) -> object:
        """A larger array of integers under a name, with what the old one held."""
        return self.grown(name, "q", size)

    def keep_reals(self, name: str, size: int) -> object:
        """A larger array of doubles under a name, with what the old one held."""
        return self.grown(name, "d", size)

    def grown(self, name: str, kind: str, size: int) -> object:
        """The named array, of at least this size."""
        old = self.arrays.get(name)
        new = array(kind, bytes(8 * max(int(size), 1)))
        if not cython.compiled:
            new = new.tolist()
            if old is not None:
                # Others may know it by this name.
                old += new[len(old) :]
                return old
        elif old is not None:
            new[: len(old)] = old
        self.arrays[name] = new
        return new

    def kept(self, name: str) -> object:
        """The named array of the image; interpreted, a list, which is faster there."""
        if not cython.compiled and isinstance(self.arrays[name], array):
            self.arrays[name] = self.arrays[name].tolist()
        return self.arrays[name]

    # ------------------------------------------------------------------ random numbers

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def bits(self, s: cython.longlong) -> cython.ulonglong:
        """64 random bits of a stream (interpreted: the next of those worked out ahead)."""
        z: cython.ulonglong
        if cython.compiled:
            z = self.stream[2 * s] + self.stream[2 * s + 1]
            self.stream[2 * s] = z
            z = (z ^ (z >> 30)) * ((cython.cast(cython.ulonglong, 0xBF58476D) << 32) | 0x1CE4E5B9)
            z = (z ^ (z >> 27)) * ((cython.cast(cython.ulonglong, 0x94D049BB) << 32) | 0x133111EB)
            return z ^ (z >> 31)
        ahead = self.ahead[s]
        if not ahead:
            ahead += split_mix(self.stream, s)
        return ahead.pop()

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def uniform(self, s: cython.longlong) -> cython.double:
        """Uniform on [0, 1), 53 bits."""
        # Signed, since that is what processors turn into a double in one step.
        z: cython.longlong = self.bits(s) >> 11
        return z * (1.0 / 9007199254740992.0)

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def exponential(self, s: cython.longlong) -> cython.double:
        """Exponential with mean 1: ziggurat of 256 layers; the low eight bits choose the layer."""
        z: cython.ulonglong = self.bits(s)
        i: cython.longlong = z & 255
        k: cython.longlong = z >> 11
        x: cython.double = k * self.zig_w[i]
        return x if x < self.zig_k[i] else self.exponential_rest(s, i, x)

    @cython.cfunc
    @cython.exceptval(check=False)
    def exponential_rest(self, s: cython.longlong, i: cython.longlong, x: cython.double) -> cython.double:
        """The rare part of the ziggurat: wedges, and the tail, which is exponential again."""
        z: cython.ulonglong
        k: cython.longlong
        past: cython.double = 0.0
        while True:
            if i == 0:
                past += self.zig_k[256]
            elif self.zig_f[i] + self.uniform(s) * (self.zig_f[i + 1] - self.zig_f[i]) < exp(-x):
                return past + x
            z = self.bits(s)
            i = z & 255
            k = z >> 11
            x = k * self.zig_w[i]
            if x < self.zig_k[i]:
                return past + x

    @cython.cfunc
    @cython.exceptval(check=False)
    def normal(self, s: cython.longlong) -> cython.double:
        """Standard normal: Marsaglia's polar method, one of the pair."""
        u: cython.double
        v: cython.double
        r: cython.double
        while True:
            u = 2.0 * self.uniform(s) - 1.0
            v = 2.0 * self.uniform(s) - 1.0
            r = u * u + v * v
            if 0.0 < r < 1.0:
                return u * sqrt(-2.0 * log(r) / r)

    @cython.cfunc
    @cython.exceptval(check=False)
    def gamma(self, s: cython.longlong, shape: cython.double) -> cython.double:
        """Gamma with scale 1 (Marsaglia and Tsang 2001)."""
        d: cython.double
        c: cython.double
        x: cython.double
        v: cython.double
        u: cython.double
        boost: cython.double = 1.0
        if shape < 1.0:
            boost = pow(1.0 - self.uniform(s), 1.0 / shape)
            shape += 1.0
        d = shape - 1.0 / 3.0
        c = 1.0 / sqrt(9.0 * d)
        while True:
            x = self.normal(s)
            v = 1.0 + c * x
            if v <= 0.0:
                continue
            v = v * v * v
            u = 1.0 - self.uniform(s)
            if u < 1.0 - 0.0331 * x * x * x * x or log(u) < 0.5 * x * x + d * (1.0 - v + log(v)):
                return boost * d * v

    @cython.cfunc
    @cython.exceptval(check=False)
    def place(self, u: cython.double, low: cython.longlong, n: cython.longlong) -> cython.longlong:
        """The first of n cumulative probabilities from `low` on that exceeds u, counted from `low`."""
        first: cython.longlong = low
        high: cython.longlong = low + n - 1
        middle: cython.longlong
        while low < high:
            middle = (low + high) >> 1
            if u < self.cumulative[middle]:
                high = middle
            else:
                low = middle + 1
        return low - first

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def draw(self, which: cython.longlong, s: cython.longlong) -> cython.double:
        """A value of a law from a stream."""
        reals: cython.p_double = self.law_reals
        kind: cython.longlong = self.law[which * LAW]
        r: cython.longlong = which * LAW_REALS
        if kind == L_EXPONENTIAL:
            return reals[r + 3] + reals[r] * self.exponential(s)
        if kind == L_CONSTANT:
            return reals[r + 3] + reals[r]
        return self.draw_other(which, kind, s)

    @cython.cfunc
    @cython.exceptval(check=False)
    def draw_other(self, which: cython.longlong, kind: cython.longlong, s: cython.longlong) -> cython.double:
        """The laws that take longer. With L_CAPPED added to its kind, a law's values are cut off at its greatest."""
        r: cython.longlong = which * LAW_REALS
        u: cython.double
        x: cython.double
        a: cython.double = self.law_reals[r]
        b: cython.double = self.law_reals[r + 1]
        c: cython.double = self.law_reals[r + 2]
        shift: cython.double = self.law_reals[r + 3]
        if kind >= L_CAPPED:
            kind -= L_CAPPED
            if kind == L_EXPONENTIAL:
                x = shift + a * self.exponential(s)
            else:
                x = self.draw_other(which, kind, s)
            return x if x < self.law_reals[r + 4] else self.law_reals[r + 4]
        if kind == L_GAMMA:
            return shift + b * self.gamma(s, a)
        if kind == L_LOGNORMAL:
            return shift + exp(a + b * self.normal(s))
        u = self.uniform(s)
        if kind == L_UNIFORM:
            return shift + (a + (b - a) * u)
        if kind == L_TRIANGULAR:
            if u * (c - a) < b - a:
                return shift + (a + sqrt(u * (c - a) * (b - a)))
            return shift + (c - sqrt((1.0 - u) * (c - a) * (c - b)))
        return (
            shift
            + self.table[
                self.law[which * LAW + 1]
                + self.place(u, self.law[which * LAW + 1], self.law[which * LAW + 2])
            ]
        )

    # ------------------------------------------------------------------ events

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def schedule(self, at: cython.double, what: cython.longlong) -> cython.longlong:
        """Puts an event in, not before now; gives its key, which is greater than all before."""
        i: cython.longlong
        j: cython.longlong
        key: cython.longlong
        bits: cython.longlong
        heap: cython.p_longlong = self.heap
        self.serial += NEXT_SERIAL
        key = self.serial | what
        if cython.compiled:
            bits = bits_of(at)
            if self.hole:
                self.hole = 0
                self.sift_down(bits, key)
                return key
            if self.heap_size == self.heap_room:
                self.more_events()
                heap = self.heap
            i = self.heap_size
            self.heap_size += 1
            while i > 0:
                j = (i - 1) >> 2
                # Equal times: what was put in first stays above.
                if heap[2 * j] <= bits:
                    break
                heap[2 * i] = heap[2 * j]
                heap[2 * i + 1] = heap[2 * j + 1]
                i = j
            heap[2 * i] = bits
            heap[2 * i + 1] = key
        elif self.hole:
            self.hole = 0
            heapreplace(heap, (at, key))
        else:
            heappush(heap, (at, key))
        return key

    @cython.cfunc
    @cython.exceptval(check=False)
    def plan(self, at: cython.double, what: cython.longlong) -> cython.longlong:
        """The same, for what is rare, and for times that a law could have put before now."""
        return self.schedule(at if at > self.now else self.now, what)

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def sift_down(self, at: cython.longlong, key: cython.longlong) -> cython.void:
        """Puts an entry in the place of the root (compiled only). Behind the last one stand four that are never."""
        heap: cython.p_longlong = self.heap
        i: cython.longlong = 0
        a: cython.longlong
        b: cython.longlong
        n: cython.longlong = 2 * self.heap_size
        while True:
            # Places count numbers here, two to an entry.
            a = 4 * i + 2
            if a >= n:
                break
            b = a + 4 + 2 * earlier(heap[a + 6], heap[a + 7], heap[a + 4], heap[a + 5])
            a += 2 * earlier(heap[a + 2], heap[a + 3], heap[a], heap[a + 1])
            a += (b - a) * earlier(heap[b], heap[b + 1], heap[a], heap[a + 1])
            if at < heap[a] or (at == heap[a] and key < heap[a + 1]):
                break
            heap[i] = heap[a]
            heap[i + 1] = heap[a + 1]
            i = a
        heap[i] = at
        heap[i + 1] = key

    @cython.cfunc
    @cython.exceptval(check=False)
    def no_events(self, first: cython.longlong) -> cython.void:
        """Entries from here on are never (compiled only)."""
        i: cython.longlong
        for i in range(first, self.heap_room + 4):
            self.heap[2 * i] = NEVER

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def close_hole(self) -> cython.void:
        """Nothing came in the place of the event that was handled: the last one does."""
        n: cython.longlong
        self.hole = 0
        if cython.compiled:
            n = self.heap_size - 1
            self.heap_size = n
            if n > 0:
                self.sift_down(self.heap[2 * n], self.heap[2 * n + 1])
            self.heap[2 * n] = NEVER
        else:
            heappop(self.heap)

    @cython.cfunc
    def more_events(self) -> cython.void:
        n: cython.longlong = self.heap_room
        self.heap_room = 2 * n + 4
        self.heap = integers(self.keep("heap", 2 * (self.heap_room + 4)))
        self.no_events(n)

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def ready(self, t: cython.longlong) -> cython.void:
        """The task goes on when its turn comes, at this time."""
        i: cython.longlong
        self.serial += NEXT_SERIAL
        self.task[t + T_TOKEN] = self.serial
        self.task[t + T_STATE] = READY
        i = self.ring_tail
        self.ring_task[i] = t
        self.ring_token[i] = self.serial
        self.ring_tail = (i + 1) & self.ring_mask
        if self.ring_tail == self.ring_head:
            self.more_turns()

    @cython.cfunc
    def more_turns(self) -> cython.void:
        """The ring is full (head has met tail): a ring twice as long, in order from its start."""
        n: cython.longlong = self.ring_mask + 1
        i: cython.longlong
        tasks = array("q", bytes(16 * n))
        tokens = array("q", bytes(16 * n))
        for i in range(n):
            tasks[i] = self.ring_task[(self.ring_head + i) & self.ring_mask]
            tokens[i] = self.ring_token[(self.ring_head + i) & self.ring_mask]
        self.arrays["ring_task"] = tasks
        self.arrays["ring_token"] = tokens
        self.ring_task = integers(tasks)
        self.ring_token = integers(tokens)
        self.ring_head = 0
        self.ring_tail = n
        self.ring_mask = 2 * n - 1

    # ------------------------------------------------------------------ pools

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def new_task(self, run: cython.longlong, pc: cython.longlong, role: cython.longlong) -> cython.longlong:
        """A task at an address, with no scope and nobody above; its level is told by who asks for it."""
        t: cython.longlong = self.task_free
        task: cython.p_longlong
        if t >= 0:
            self.task_free = self.task[t + T_NEXT]
        else:
            t = self.another_task()
        task = self.task
        task[t + T_PC] = pc
        task[t + T_SP] = TASK
        task[t + T_BASE] = -1
        task[t + T_RUN] = run
        task[t + T_ROLE] = role
        task[t + T_PARENT] = -1
        task[t + T_CHILD] = -1
        task[t + T_ERROR] = 0
        self.runs[run + R_TASKS] += 1
        return t

    @cython.cfunc
    @cython.exceptval(check=False)
    def another_task(self) -> cython.longlong:
        """A task that there never was. Only here can there be more at once than ever before."""
        n: cython.longlong = self.task_used
        t: cython.longlong = n * self.stride
        if n >= self.most_tasks:
            self.overflow = 1
            self.stopped = 1
        if n == self.task_room:
            self.more_tasks()
        self.task_used = n + 1
        self.task[t + T_KEY] = (n << 3) | E_TASK
        self.task[t + T_REALS] = n * (1 + self.registers)
        return t

    @cython.cfunc
    @cython.exceptval(check=False)
    def same_reals(self, t: cython.longlong, other: cython.longlong) -> cython.void:
        """A task gets the registers of another one."""
        i: cython.longlong
        a: cython.longlong = self.task[t + T_REALS]
        b: cython.longlong = self.task[other + T_REALS]
        for i in range(1 + self.registers):
            self.task_real[a + i] = self.task_real[b + i]

    @cython.cfunc
    def more_tasks(self) -> cython.void:
        self.task_room *= 2
        self.task = integers(self.keep("task", self.task_room * self.stride))
        self.task_real = doubles(self.keep_reals("task_real", self.task_room * (1 + self.registers)))

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def free_task(self, t: cython.longlong) -> cython.void:
        """The task is gone; so is its run with the last task of it."""
        task: cython.p_longlong = self.task
        run: cython.longlong = task[t + T_RUN]
        n: cython.longlong
        task[t + T_STATE] = FREE
        task[t + T_NEXT] = self.task_free
        self.task_free = t
        n = self.runs[run + R_TASKS] - 1
        self.runs[run + R_TASKS] = n
        if n == 0:
            if self.runs[run + R_COMPENSATIONS] >= 0:
                self.drop_notes(run)
            self.runs[run + R_INDEX] = self.run_free
            self.run_free = run

    @cython.cfunc
    @cython.exceptval(check=False)
    def drop_notes(self, run: cython.longlong) -> cython.void:
        """Forgets the compensations of a run."""
        while self.runs[run + R_COMPENSATIONS] >= 0:
            self.take_note(run)

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def new_run(
        self, cls: cython.longlong, source: cython.longlong, index: cython.longlong
    ) -> cython.longlong:
        """A run of a class (-1: counted nowhere), started now; as it ends a customer of a source (-1: none) thinks."""
        r: cython.longlong = self.run_free
        runs: cython.p_longlong
        if r >= 0:
            self.run_free = self.runs[r + R_INDEX]
        else:
            if self.run_used == self.run_room:
                self.more_runs()
            r = self.run_used * RUN
            self.run_used += 1
            # From now on none of its compensations is left whenever it is free.
            self.runs[r + R_COMPENSATIONS] = -1
        runs = self.runs
        runs[r + R_CLASS] = cls
        runs[r + R_TASKS] = 0
        runs[r + R_INDEX] = index
        runs[r + R_SOURCE] = source
        self.run_start[r >> 3] = self.now
        if self.marks:
            self.no_marks(r)
        if cls >= 0:
            self.arrived[cls] += 1
            if self.series_count > 0:
                self.in_series(cls, 0)
        return r

    @cython.cfunc
    @cython.exceptval(check=False)
    def no_marks(self, r: cython.longlong) -> cython.void:
        """The run has passed no mark."""
        i: cython.longlong
        for i in range((r >> 3) * self.marks, ((r >> 3) + 1) * self.marks):
            self.run_marks[i] = -1.0

    @cython.cfunc
    def more_runs(self) -> cython.void:
        self.run_room *= 2
        self.runs = integers(self.keep("runs", self.run_room * RUN))
        self.run_start = doubles(self.keep_reals("run_start", self.run_room))
        self.run_marks = doubles(self.keep_reals("run_marks", self.run_room * self.marks))

    @cython.cfunc
    @cython.exceptval(check=False)
    def in_series(self, cls: cython.longlong, column: cython.longlong) -> cython.void:
        """Counts in the bucket of now: column 0 arrivals, 1 ok, 2 failed."""
        bucket: cython.longlong = whole(self.now / self.series_width)
        if bucket < self.series_count:
            self.series[(cls * 3 + column) * self.series_count + bucket] += 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def add_note(self, run: cython.longlong, pc: cython.longlong) -> cython.void:
        """Remembers a compensation for the case that the run fails."""
        n: cython.longlong = self.note_free
        if n >= 0:
            self.note_free = self.note[2 * n + 1]
        else:
            if self.note_used == self.note_room:
                self.more_notes()
            n = self.note_used
            self.note_used += 1
        self.note[2 * n] = pc
        self.note[2 * n + 1] = self.runs[run + R_COMPENSATIONS]
        self.runs[run + R_COMPENSATIONS] = n

    @cython.cfunc
    def more_notes(self) -> cython.void:
        self.note_room *= 2
        self.note = integers(self.keep("note", self.note_room * 2))

    @cython.cfunc
    @cython.exceptval(check=False)
    def take_note(self, run: cython.longlong) -> cython.longlong:
        """The last compensation remembered, taken off."""
        n: cython.longlong = self.runs[run + R_COMPENSATIONS]
        self.runs[run + R_COMPENSATIONS] = self.note[2 * n + 1]
        self.note[2 * n + 1] = self.note_free
        self.note_free = n
        return self.note[2 * n]

    # ------------------------------------------------------------------ timers

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def set_timer(self, q: cython.longlong, t: cython.longlong, depth: cython.longlong) -> cython.longlong:
        """A timer for a scope of a task, at the end of the queue of its duration."""
        n: cython.longlong = self.timer_free
        o: cython.longlong
        tail: cython.longlong
        if n >= 0:
            self.timer_free = self.timer[n * TIMER + M_NEXT]
        else:
            if self.timer_used == self.timer_room:
                self.more_timers()
            n = self.timer_used
            self.timer_used += 1
        o = n * TIMER
        tail = self.timer_queue[q * TIMER_QUEUE + Q_TAIL]
        self.timer[o + M_TASK] = t
        self.timer[o + M_DEPTH] = depth
        self.timer[o + M_PREV] = tail
        self.timer[o + M_NEXT] = -1
        self.timer[o + M_QUEUE] = q
        self.timer_real[n] = self.now + self.duration[q]
        if tail >= 0:
            self.timer[tail * TIMER + M_NEXT] = n
        else:
            self.timer_queue[q * TIMER_QUEUE + Q_HEAD] = n
        self.timer_queue[q * TIMER_QUEUE + Q_TAIL] = n
        if self.timer_queue[q * TIMER_QUEUE + Q_ARMED] == 0:
            self.timer_queue[q * TIMER_QUEUE + Q_ARMED] = 1
            self.plan(self.timer_real[n], (q << 3) | E_LIMIT)
        return n

    @cython.cfunc
    def more_timers(self) -> cython.void:
        self.timer_room *= 2
        self.timer = integers(self.keep("timer", self.timer_room * TIMER))
        self.timer_real = doubles(self.keep_reals("timer_real", self.timer_room))

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def drop_timer(self, n: cython.longlong) -> cython.void:
        """Takes a timer out; an event that was set for it finds the next one."""
        o: cython.longlong = n * TIMER
        q: cython.longlong = self.timer[o + M_QUEUE] * TIMER_QUEUE
        before: cython.longlong = self.timer[o + M_PREV]
        after: cython.longlong = self.timer[o + M_NEXT]
        if before >= 0:
            self.timer[before * TIMER + M_NEXT] = after
        else:
            self.timer_queue[q + Q_HEAD] = after
        if after >= 0:
            self.timer[after * TIMER + M_PREV] = before
        else:
            self.timer_queue[q + Q_TAIL] = before
        self.timer[o + M_NEXT] = self.timer_free
        self.timer_free = n

    @cython.cfunc
    @cython.exceptval(check=False)
    def timers_run_out(self, q: cython.longlong) -> cython.void:
        """The event of a queue of timers: those due act, the next one is waited for."""
        n: cython.longlong
        t: cython.longlong
        depth: cython.longlong
        o: cython.longlong
        s: cython.longlong
        # It stays armed meanwhile: a timer set by what happens here is not the next one.
        while True:
            n = self.timer_queue[q * TIMER_QUEUE + Q_HEAD]
            if n < 0:
                self.timer_queue[q * TIMER_QUEUE + Q_ARMED] = 0
                return
            if self.timer_real[n] > self.now:
                break
            o = n * TIMER
            t = self.timer[o + M_TASK]
            depth = self.timer[o + M_DEPTH]
            s = t + depth
            self.drop_timer(n)
            if self.task[s] == S_LIMIT:
                self.task[s] = S_NONE
                self.sever(t, depth, self.code[self.task[s + 1] + 2])
            else:
                self.task[s + 2] = -1
                self.another(t, s)
        self.schedule(self.timer_real[n], (q << 3) | E_LIMIT)

    # ------------------------------------------------------------------ stations

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def touch(self, s: cython.longlong) -> cython.void:
        """Brings the time integrals of a station up to now."""
        station: cython.p_longlong = self.station
        real: cython.p_double = self.station_real
        o: cython.longlong = s * STATION
        r: cython.longlong = s * STATION_REALS
        d: cython.double = self.now - real[r + Y_LAST]
        busy: cython.longlong = station[o + X_BUSY]
        waiting: cython.longlong = station[o + X_WAITING]
        real[r + Y_LAST] = self.now
        if station[o + X_DISCIPLINE] == PROCESSOR_SHARING:
            # All present are in `busy`; at most as many as there are servers are being worked on.
            waiting = busy
            busy = station[o + X_WORKING]
            if busy > station[o + X_SERVERS]:
                busy = station[o + X_SERVERS]
            waiting -= busy
        real[r + Y_BUSY] += d * busy
        real[r + Y_WAITING] += d * waiting

    @cython.cfunc
    @cython.exceptval(check=False)
    def touch_servers(self, s: cython.longlong) -> cython.void:
        """Brings the integral of the number of servers up to now."""
        r: cython.longlong = s * STATION_REALS
        self.touch(s)
        self.station_real[r + Y_SERVERS] += (self.now - self.station_real[r + Y_CHANGED]) * self.station[
            s * STATION + X_SERVERS
        ]
        self.station_real[r + Y_CHANGED] = self.now

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def enqueue(self, t: cython.longlong, s: cython.longlong, level: cython.longlong) -> cython.void:
        """Puts a task at the end of a level (-1: its own) of a station's queue; at its front when last in is first
        out."""
        task: cython.p_longlong = self.task
        o: cython.longlong = s * STATION
        q: cython.longlong
        other: cython.longlong
        if level < 0:
            level = task[t + T_LEVEL]
        if level >= self.station[o + X_LEVELS]:
            level = self.station[o + X_LEVELS] - 1
        q = 2 * (self.station[o + X_QUEUES] + level)
        task[t + T_STATION] = s
        task[t + T_UP] = level
        if self.station[o + X_DISCIPLINE] == LIFO:
            other = self.queue[q]
            task[t + T_PREV] = -1
            task[t + T_NEXT] = other
            self.queue[q] = t
            # Nobody asks for the last of such a queue.
            if other >= 0:
                task[other + T_PREV] = t
        else:
            other = self.queue[q + 1]
            task[t + T_NEXT] = -1
            task[t + T_PREV] = other
            self.queue[q + 1] = t
            if other >= 0:
                task[other + T_NEXT] = t
            else:
                self.queue[q] = t
        self.station[o + X_WAITING] += 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def dequeue(self, t: cython.longlong) -> cython.void:
        """Takes a task out of the queue it waits in, wherever it stands."""
        task: cython.p_longlong = self.task
        s: cython.longlong = task[t + T_STATION] * STATION
        q: cython.longlong = 2 * (self.station[s + X_QUEUES] + task[t + T_UP])
        before: cython.longlong = task[t + T_PREV]
        after: cython.longlong = task[t + T_NEXT]
        if before >= 0:
            task[before + T_NEXT] = after
        else:
            self.queue[q] = after
        if after >= 0:
            task[after + T_PREV] = before
        else:
            self.queue[q + 1] = before
        self.station[s + X_WAITING] -= 1

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def push(
        self,
        t: cython.longlong,
        kind: cython.longlong,
        a: cython.longlong,
        b: cython.longlong,
        c: cython.longlong,
    ) -> cython.longlong:
        """A scope on top of a task's stack."""
        task: cython.p_longlong = self.task
        sp: cython.longlong = task[t + T_SP]
        s: cython.longlong = t + sp
        task[t + T_SP] = sp + SCOPE
        task[s] = kind
        task[s + 1] = a
        task[s + 2] = b
        task[s + 3] = c
        return s

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def first_waiting(self, s: cython.longlong) -> cython.longlong:
        """The task to be served next, of the lowest level that has one; -1 if nobody waits."""
        q: cython.longlong = 2 * self.station[s * STATION + X_QUEUES]
        n: cython.longlong = self.station[s * STATION + X_LEVELS]
        while n > 0:
            if self.queue[q] >= 0:
                return self.queue[q]
            q += 2
            n -= 1
        return -1

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def grant(self, s: cython.longlong) -> cython.void:
        """Gives free servers to those who wait."""
        station: cython.p_longlong = self.station
        o: cython.longlong = s * STATION
        t: cython.longlong
        q: cython.longlong
        pc: cython.longlong
        after: cython.longlong
        while station[o + X_WAITING] > 0 and station[o + X_BUSY] < station[o + X_SERVERS]:
            # The first of the lowest level that has one.
            q = 2 * station[o + X_QUEUES]
            t = self.queue[q]
            while t < 0:
                q += 2
                t = self.queue[q]
            after = self.task[t + T_NEXT]
            self.queue[q] = after
            if after >= 0:
                self.task[after + T_PREV] = -1
            else:
                self.queue[q + 1] = -1
            station[o + X_WAITING] -= 1
            station[o + X_BUSY] += 1
            self.push(t, S_HOLD, s, 0, 0)
            pc = self.task[t + T_PC]
            if self.code[pc] == OP_WORK and self.code[pc + 1] == s:
                # What it would do when its turn came is all decided: it starts to work here.
                self.work(t, pc)
            else:
                self.ready(t)

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def work(self, t: cython.longlong, pc: cython.longlong) -> cython.void:
        """The instruction WORK at a station that doesn't share."""
        s: cython.longlong = self.code[pc + 1]
        x: cython.double = self.work_time(t, pc, s)
        self.task[t + T_PC] = pc + WIDTH
        self.task[t + T_STATE] = DELAYED
        self.task[t + T_TOKEN] = self.schedule(self.now + x, self.task[t + T_KEY])

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def work_time(self, t: cython.longlong, pc: cython.longlong, s: cython.longlong) -> cython.double:
        """Seconds of work that WORK asks of a station."""
        r: cython.longlong = s * STATION_REALS
        x: cython.double = self.draw(self.code[pc + 2], self.code[pc + 3])
        if self.code[pc + 4] >= 0:
            x += self.summed(t, self.code[pc + 4])
        if x < 0.0:
            x = 0.0
        x = x * self.station_real[r + Y_SLOW]
        if self.station_real[r + Y_SLOPE] > 0.0:
            x += self.station_real[r + Y_SLOPE] * self.station[s * STATION + X_BUSY]
        return x

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def release(self, s: cython.longlong) -> cython.void:
        """One server is given back."""
        station: cython.p_longlong = self.station
        o: cython.longlong = s * STATION
        self.touch(s)
        station[o + X_BUSY] -= 1
        station[o + X_DONE] += 1
        if station[o + X_WAITING] > 0:
            self.grant(s)

    # Processor sharing: each job is done when the virtual time, that of one job's service, reaches its own.

    @cython.cfunc
    @cython.exceptval(check=False)
    def advance(self, s: cython.longlong) -> cython.double:
        """Moves the virtual time of a sharing station to now; gives the rate at which it moves."""
        o: cython.longlong = s * STATION
        r: cython.longlong = s * STATION_REALS
        n: cython.longlong = self.station[o + X_WORKING]
        c: cython.longlong = self.station[o + X_SERVERS]
        rate: cython.double = 1.0
        if n > c:
            rate = (1.0 * c) / n
        if n > 0:
            self.station_real[r + Y_VIRTUAL] += (self.now - self.station_real[r + Y_ADVANCED]) * rate
        else:
            self.station_real[r + Y_VIRTUAL] = 0.0
        self.station_real[r + Y_ADVANCED] = self.now
        return rate

    @cython.cfunc
    @cython.exceptval(check=False)
    def next_shared(self, s: cython.longlong) -> cython.void:
        """Sets the event of the next job that is done."""
        o: cython.longlong = s * STATION
        n: cython.longlong = self.station[o + X_WORKING]
        c: cython.longlong = self.station[o + X_SERVERS]
        rest: cython.double
        self.station[o + X_TOKEN] = 0
        if n == 0 or c == 0:
            return
        rest = (
            self.task_real[self.task[self.station[o + X_ROOT] + T_REALS]]
            - self.station_real[s * STATION_REALS + Y_VIRTUAL]
        )
        if rest < 0.0:
            rest = 0.0
        if n > c:
            rest = rest * n / c
        self.station[o + X_TOKEN] = self.plan(self.now + rest, (s << 3) | E_STATION)

    @cython.cfunc
    @cython.exceptval(check=False)
    def share(self, t: cython.longlong, s: cython.longlong, work: cython.double) -> cython.void:
        """A task starts to be worked on at a sharing station."""
        self.touch(s)
        self.advance(s)
        self.task_real[self.task[t + T_REALS]] = self.station_real[s * STATION_REALS + Y_VIRTUAL] + work
        self.task[t + T_PREV] = -1
        self.task[t + T_NEXT] = -1
        self.task[t + T_UP] = -1
        self.task[t + T_STATION] = s
        self.task[t + T_STATE] = SHARING
        self.station[s * STATION + X_WORKING] += 1
        self.station[s * STATION + X_ROOT] = self.merged(self.station[s * STATION + X_ROOT], t)
        self.next_shared(s)

    @cython.cfunc
    @cython.exceptval(check=False)
    def merged(self, a: cython.longlong, b: cython.longlong) -> cython.longlong:
        """Two skew heaps made one (Sleator and Tarjan 1986); gives its root. Links: left, right, up."""
        root: cython.longlong
        spot: cython.longlong
        c: cython.longlong
        if a < 0:
            return b
        if b < 0:
            return a
        if self.task_real[self.task[b + T_REALS]] < self.task_real[self.task[a + T_REALS]]:
            a, b = b, a
        root = a
        while True:
            # a is above b: b goes down on the right, then the children change sides.
            spot = self.task[a + T_NEXT]
            self.task[a + T_NEXT] = self.task[a + T_PREV]
            if spot < 0:
                self.task[a + T_PREV] = b
                self.task[b + T_UP] = a
                return root
            if self.task_real[self.task[b + T_REALS]] < self.task_real[self.task[spot + T_REALS]]:
                c = spot
                spot = b
                b = c
            self.task[a + T_PREV] = spot
            self.task[spot + T_UP] = a
            a = spot

    @cython.cfunc
    @cython.exceptval(check=False)
    def unshare(self, t: cython.longlong) -> cython.void:
        """Takes a task out of the work of a sharing station (whose virtual time is that of now)."""
        s: cython.longlong = self.task[t + T_STATION] * STATION
        up: cython.longlong = self.task[t + T_UP]
        rest: cython.longlong = self.merged(self.task[t + T_PREV], self.task[t + T_NEXT])
        if rest >= 0:
            self.task[rest + T_UP] = up
        if up < 0:
            self.station[s + X_ROOT] = rest
        elif self.task[up + T_PREV] == t:
            self.task[up + T_PREV] = rest
        else:
            self.task[up + T_NEXT] = rest
        self.station[s + X_WORKING] -= 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def shared_done(self, s: cython.longlong) -> cython.void:
        """The event of a sharing station: its next job is done."""
        o: cython.longlong = s * STATION
        r: cython.longlong = s * STATION_REALS
        t: cython.longlong = self.station[o + X_ROOT]
        self.touch(s)
        self.advance(s)
        if self.station_real[r + Y_VIRTUAL] < self.task_real[self.task[t + T_REALS]]:
            self.station_real[r + Y_VIRTUAL] = self.task_real[self.task[t + T_REALS]]
        while t >= 0 and self.task_real[self.task[t + T_REALS]] <= self.station_real[r + Y_VIRTUAL]:
            self.unshare(t)
            self.ready(t)
            t = self.station[o + X_ROOT]
        self.next_shared(s)

    # Batches: taken when full, or when the first of the queue has waited for long enough.

    @cython.cfunc
    @cython.exceptval(check=False)
    def form_batches(self, s: cython.longlong) -> cython.void:
        o: cython.longlong = s * STATION
        r: cython.longlong = s * STATION_REALS
        b: cython.longlong
        t: cython.longlong
        last: cython.longlong
        n: cython.longlong
        due: cython.double
        self.station[o + X_TOKEN] = 0
        while self.station[o + X_WAITING] > 0 and self.station[o + X_BUSY] < self.station[o + X_SERVERS]:
            t = self.first_waiting(s)
            due = self.task_real[self.task[t + T_REALS]] + self.station_real[r + Y_MAX_WAIT]
            if self.station[o + X_WAITING] < self.station[o + X_BATCH] and self.now < due:
                self.station[o + X_TOKEN] = self.plan(due, (s << 3) | E_STATION)
                return
            b = self.batch_free
            if b >= 0:
                self.batch_free = self.batch[b * BATCH_RECORD]
            else:
                if self.batch_used == self.batch_room:
                    self.more_batches()
                b = self.batch_used
                self.batch_used += 1
            n = 0
            last = -1
            self.batch[b * BATCH_RECORD + BT_HEAD] = t
            while n < self.station[o + X_BATCH] and t >= 0:
                self.dequeue(t)
                self.task[t + T_PREV] = last
                self.task[t + T_NEXT] = -1
                self.task[t + T_UP] = b
                self.task[t + T_STATE] = BATCHED
                if last >= 0:
                    self.task[last + T_NEXT] = t
                last = t
                n += 1
                t = self.first_waiting(s)
            self.station[o + X_BUSY] += 1
            self.batch[b * BATCH_RECORD + BT_STATION] = s
            self.batch[b * BATCH_RECORD + BT_TOKEN] = self.plan(
                self.now
                + self.station_real[r + Y_SLOW]
                * self.draw(self.station[o + X_LAWS] + n - 1, self.station[o + X_STREAM]),
                (b << 3) | E_BATCH,
            )

    @cython.cfunc
    def more_batches(self) -> cython.void:
        self.batch_room *= 2
        self.batch = integers(self.keep("batch", self.batch_room * BATCH_RECORD))

    @cython.cfunc
    @cython.exceptval(check=False)
    def batch_done(self, b: cython.longlong) -> cython.void:
        """All of a batch go on; the server takes the next."""
        s: cython.longlong = self.batch[b * BATCH_RECORD + BT_STATION]
        t: cython.longlong = self.batch[b * BATCH_RECORD + BT_HEAD]
        after: cython.longlong
        self.touch(s)
        while t >= 0:
            after = self.task[t + T_NEXT]
            self.station[s * STATION + X_DONE] += 1
            self.ready(t)
            t = after
        self.end_batch(b)
        self.station[s * STATION + X_BUSY] -= 1
        self.form_batches(s)

    @cython.cfunc
    @cython.exceptval(check=False)
    def end_batch(self, b: cython.longlong) -> cython.void:
        self.batch[b * BATCH_RECORD + BT_TOKEN] = 0
        self.batch[b * BATCH_RECORD + BT_HEAD] = self.batch_free
        self.batch_free = b

    # ------------------------------------------------------------------ giving up, errors, ends

    @cython.cfunc
    @cython.exceptval(check=False)
    def stop_waiting(self, t: cython.longlong) -> cython.void:
        """Takes a task out of whatever it waits for."""
        s: cython.longlong = self.task[t + T_STATION]
        state: cython.longlong = self.task[t + T_STATE]
        b: cython.longlong
        self.task[t + T_TOKEN] = 0
        if state == QUEUED:
            self.touch(s)
            self.dequeue(t)
        elif state == SHARING:
            self.touch(s)
            self.advance(s)
            self.unshare(t)
            self.next_shared(s)
        elif state == BATCH_QUEUED:
            self.touch(s)
            self.dequeue(t)
            self.form_batches(s)
        elif state == BATCHED:
            b = self.task[t + T_UP]
            if self.task[t + T_PREV] >= 0:
                self.task[self.task[t + T_PREV] + T_NEXT] = self.task[t + T_NEXT]
            else:
                self.batch[b * BATCH_RECORD + BT_HEAD] = self.task[t + T_NEXT]
            if self.task[t + T_NEXT] >= 0:
                self.task[self.task[t + T_NEXT] + T_PREV] = self.task[t + T_PREV]
        elif state == JOINING:
            self.give_up_children(t)
        self.task[t + T_STATE] = READY

    @cython.cfunc
    @cython.exceptval(check=False)
    def give_up_children(self, t: cython.longlong) -> cython.void:
        c: cython.longlong = self.task[t + T_CHILD]
        after: cython.longlong
        self.task[t + T_CHILD] = -1
        while c >= 0:
            after = self.task[c + T_NEXT_SIBLING]
            self.give_up(c)
            c = after

    @cython.cfunc
    @cython.exceptval(check=False)
    def give_up(self, t: cython.longlong) -> cython.void:
        """Nobody waits for this task any more: its own steps stop, operations it called go on unless they cancel."""
        k: cython.longlong = self.goes_on_from(t, TASK)
        self.task[t + T_PARENT] = -1
        if k < 0:
            self.kill(t)
            return
        self.drop_between(t, TASK, k)
        self.task[t + T_BASE] = k
        self.task[t + T_ROLE] = DETACHED

    @cython.cfunc
    @cython.exceptval(check=False)
    def kill(self, t: cython.longlong) -> cython.void:
        """Ends a task where it is, giving back what it holds. It is a child: all its scopes are its own."""
        self.stop_waiting(t)
        self.drop_between(t, TASK, self.task[t + T_SP])
        self.free_task(t)

    @cython.cfunc
    @cython.exceptval(check=False)
    def goes_on_from(self, t: cython.longlong, depth: cython.longlong) -> cython.longlong:
        """The lowest scope from `depth` on that is an operation which doesn't cancel; -1 if there is none."""
        k: cython.longlong = depth
        while k < self.task[t + T_SP]:
            if self.task[t + k] == S_OP and self.task[t + k + 2] == 0:
                return k
            k += SCOPE
        return -1

    @cython.cfunc
    @cython.exceptval(check=False)
    def drop_between(self, t: cython.longlong, low: cython.longlong, high: cython.longlong) -> cython.void:
        """Gives back what the scopes from `low` to below `high` hold, the highest first."""
        while high > low:
            high -= SCOPE
            self.drop(t + high)

    @cython.cfunc
    @cython.exceptval(check=False)
    def drop(self, s: cython.longlong) -> cython.void:
        """Gives back what one scope holds, without an end of its own."""
        kind: cython.longlong = self.task[s]
        self.task[s] = S_NONE
        if kind == S_HOLD:
            self.release(self.task[s + 1])
        elif kind == S_LIMIT:
            self.drop_timer(self.task[s + 2])
        elif kind == S_HEDGE:
            if self.task[s + 2] >= 0:
                self.drop_timer(self.task[s + 2])
        elif kind == S_BREAKER:
            if self.task[s + 2]:
                self.breaker[self.task[s + 1] * BREAKER + K_PROBE] = 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def sever(self, t: cython.longlong, depth: cython.longlong, error: cython.longlong) -> cython.void:
        """What is above a scope is given up, and an error goes on below it.

        An operation above that doesn't cancel keeps the task; what is below gets a task of its own.
        """
        k: cython.longlong = self.goes_on_from(t, depth)
        n: cython.longlong
        i: cython.longlong
        s: cython.longlong
        span: cython.longlong
        if k < 0:
            self.stop_waiting(t)
            self.drop_between(t, depth, self.task[t + T_SP])
            self.task[t + T_SP] = depth
            self.throw(t, error)
            return
        n = self.new_task(self.task[t + T_RUN], 0, self.task[t + T_ROLE])
        self.task[n + T_BASE] = self.task[t + T_BASE]
        self.task[n + T_SP] = depth
        self.task[n + T_LEVEL] = self.task[t + T_LEVEL]
        self.task[n + T_ERROR] = self.task[t + T_ERROR]
        # The span that the caller was in is kept by the operation's scope.
        span = self.task[t + k + 3]
        self.task[n + T_SPAN] = span
        for i in range(TASK, depth):
            self.task[n + i] = self.task[t + i]
        self.same_reals(n, t)
        # What lies below its base went with the task that it was severed from.
        i = TASK if self.task[t + T_BASE] < 0 else self.task[t + T_BASE]
        while i < depth:
            s = n + i
            if self.task[s] == S_LIMIT:
                self.timer[self.task[s + 2] * TIMER + M_TASK] = n
            i += SCOPE
        self.replace_child(t, n)
        self.drop_between(t, depth, k)
        self.task[t + T_BASE] = k
        self.task[t + T_ROLE] = DETACHED
        self.throw(n, error)

    @cython.cfunc
    @cython.exceptval(check=False)
    def replace_child(self, t: cython.longlong, n: cython.longlong) -> cython.void:
        """In the family of a task another one takes its place."""
        p: cython.longlong = self.task[t + T_PARENT]
        before: cython.longlong
        after: cython.longlong
        self.task[t + T_PARENT] = -1
        self.task[n + T_PARENT] = p
        if p < 0:
            return
        before = self.task[t + T_PREV_SIBLING]
        after = self.task[t + T_NEXT_SIBLING]
        self.task[n + T_PREV_SIBLING] = before
        self.task[n + T_NEXT_SIBLING] = after
        if before >= 0:
            self.task[before + T_NEXT_SIBLING] = n
        else:
            self.task[p + T_CHILD] = n
        if after >= 0:
            self.task[after + T_PREV_SIBLING] = n

    @cython.cfunc
    @cython.exceptval(check=False)
    def throw(self, t: cython.longlong, error: cython.longlong) -> cython.void:
        """An error goes down the stack of a task to the scope that handles it, or ends the task.

        The task waits for nothing when this is called. A stop is an error that nobody handles but the operation or
        run that it ends.
        """
        sp: cython.longlong
        s: cython.longlong
        kind: cython.longlong
        p: cython.longlong
        self.task[t + T_TOKEN] = 0
        while True:
            sp = self.task[t + T_SP]
            if sp == self.task[t + T_BASE]:
                self.free_task(t)
                return
            if sp == TASK:
                self.finish(t, error)
                return
            s = t + sp - SCOPE
            kind = self.task[s]
            if kind == S_TRY:
                if (self.task[s + 2] >> error) & 1:
                    self.task[t + T_SP] = sp - SCOPE
                    self.task[t + T_ERROR] = error
                    self.task[t + T_PC] = self.task[s + 1]
                    self.ready(t)
                    return
            elif kind == S_RETRY:
                p = self.task[s + 1]
                if (
                    (self.policy[p * POLICY + P_MASK] >> error) & 1
                    and self.task[s + 2] < self.policy[p * POLICY + P_TIMES]
                    and self.affords(p)
                ):
                    self.once_more(t, s, p)
                    return
            elif kind == S_OP:
                if self.tracing:
                    self.close_span(t, s, 0 if error == STOP else error)
                if error == STOP:
                    self.task[t + T_SP] = sp - SCOPE
                    if sp - SCOPE == self.task[t + T_BASE]:
                        self.free_task(t)
                        return
                    self.task[t + T_PC] = self.task[s + 1]
                    self.ready(t)
                    return
            elif kind == S_BREAKER:
                self.reported(self.task[s + 1], self.task[s + 2], error)
            self.task[t + T_SP] = sp - SCOPE
            self.drop(s)

    @cython.cfunc
    @cython.exceptval(check=False)
    def affords(self, p: cython.longlong) -> cython.longlong:
        """Takes a retry from a policy's budget, if it has one and there is one left."""
        r: cython.longlong = p * POLICY_REALS
        if self.policy_real[r + PR_BUDGET] < 0.0:
            return 1
        if self.policy_real[r + PR_TOKENS] < 1.0:
            return 0
        self.policy_real[r + PR_TOKENS] -= 1.0
        return 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def once_more(self, t: cython.longlong, s: cython.longlong, p: cython.longlong) -> cython.void:
        """Another attempt after its pause."""
        r: cython.longlong = p * POLICY_REALS
        pause: cython.double = self.policy_real[r + PR_BACKOFF]
        i: cython.longlong
        for i in range(self.task[s + 2]):
            pause = pause * self.policy_real[r + PR_FACTOR]
            if pause > self.policy_real[r + PR_LONGEST]:
                break
        if pause > self.policy_real[r + PR_LONGEST]:
            pause = self.policy_real[r + PR_LONGEST]
        if self.policy_real[r + PR_JITTER] > 0.0:
            pause = pause * (
                1.0
                + self.policy_real[r + PR_JITTER]
                * (2.0 * self.uniform(self.policy[p * POLICY + P_STREAM]) - 1.0)
            )
        self.task[s + 2] += 1
        self.task[t + T_PC] = self.task[s + 3]
        if pause > 0.0:
            self.task[t + T_STATE] = DELAYED
            self.task[t + T_TOKEN] = self.schedule(self.now + pause, self.task[t + T_KEY])
        else:
            self.ready(t)

    @cython.cfunc
    @cython.exceptval(check=False)
    def finish(self, t: cython.longlong, error: cython.longlong) -> cython.void:
        """The task has nothing left to do: its parent hears of it, or its run ends."""
        role: cython.longlong = self.task[t + T_ROLE]
        run: cython.longlong = self.task[t + T_RUN]
        if role == CHILD:
            self.child_done(t, error)
            return
        if role == ROOT:
            if error != 0 and error != STOP and self.runs[run + R_COMPENSATIONS] >= 0:
                self.runs[run + R_ERROR] = error
                self.task[t + T_PC] = 0
                self.ready(t)
                return
            self.end_run(run, 0 if error == STOP else error)
        self.free_task(t)

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def end_run(self, run: cython.longlong, error: cython.longlong) -> cython.void:
        """Counts a run that has ended, and how long it took if it was ok."""
        cls: cython.longlong = self.runs[run + R_CLASS]
        source: cython.longlong = self.runs[run + R_SOURCE]
        start: cython.double = self.run_start[run >> 3]
        if self.tracing:
            self.write(2, run >> 3, error, cls)
        if source >= 0:
            self.think(source)
        if cls < 0:
            return
        self.ended_runs += 1
        if self.ended_runs == self.stop_after:
            self.stopped = 1
        if self.series_count > 0:
            self.in_series(cls, 1 if error == 0 else 2)
        if start < self.warm:
            return
        self.ended[cls * ENDS + error] += 1
        if error == 0:
            self.record(self.class_measure[cls], self.now - start)
            if self.marks:
                self.record_marks(run, cls)

    @cython.cfunc
    @cython.exceptval(check=False)
    def think(self, source: cython.longlong) -> cython.void:
        """One of a closed population thinks before its next run."""
        gap: cython.double = self.draw(
            self.source[source * SOURCE + A_LAW], self.source[source * SOURCE + A_STREAM]
        )
        if self.source[source * SOURCE + A_SEGMENTS] > 0:
            self.source[source * SOURCE + A_SEGMENT] = 0  # each of them thinks from now on
            self.arrive_after(source, gap)
        else:
            self.plan(self.now + gap, (source << 3) | E_SOURCE)

    @cython.cfunc
    @cython.exceptval(check=False)
    def record_marks(self, run: cython.longlong, cls: cython.longlong) -> cython.void:
        """When a run that ended ok had passed its marks."""
        start: cython.double = self.run_start[run >> 3]
        at: cython.double
        i: cython.longlong
        for i in range(self.marks):
            at = self.run_marks[(run >> 3) * self.marks + i]
            if at >= 0.0:
                self.record(
                    self.class_measure[cls] + 1 + 2 * self.mark_place[cls * self.marks + i], at - start
                )

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def record(self, m: cython.longlong, x: cython.double) -> cython.void:
        """A time, in a measure."""
        o: cython.longlong = m * MEASURE
        measure: cython.p_double = self.measure
        measure[o + V_SUM] += x
        measure[o + V_SQUARES] += x * x
        if x < measure[o + V_LEAST]:
            measure[o + V_LEAST] = x
        if x > measure[o + V_MOST]:
            measure[o + V_MOST] = x
        self.histogram[m * HISTOGRAM + bin_of(x)] += 1
        if self.samples < self.sample_room:
            self.sample_time[self.samples] = self.now
            self.sample[self.samples] = x
            self.sample_measure[self.samples] = m
            self.samples += 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def child_done(self, c: cython.longlong, error: cython.longlong) -> cython.void:
        """A branch or an attempt has ended: the parent that joins or hedges decides whether it goes on."""
        p: cython.longlong = self.task[c + T_PARENT]
        before: cython.longlong = self.task[c + T_PREV_SIBLING]
        after: cython.longlong = self.task[c + T_NEXT_SIBLING]
        s: cython.longlong
        pc: cython.longlong
        if before >= 0:
            self.task[before + T_NEXT_SIBLING] = after
        else:
            self.task[p + T_CHILD] = after
        if after >= 0:
            self.task[after + T_PREV_SIBLING] = before
        self.free_task(c)
        s = p + self.task[p + T_SP] - SCOPE
        pc = self.task[s + 1]
        if error == STOP:
            self.give_up_children(p)
            self.throw(p, STOP)
            return
        if self.task[s] == S_JOIN:
            if error == 0:
                self.task[s + 2] += 1
            self.task[s + 3] -= 1
            if self.task[s + 2] == self.code[pc + 2]:
                self.leave_children(p, self.code[pc + 3])
                self.task[p + T_SP] -= SCOPE
                self.task[p + T_PC] = self.code[pc + 5]
                self.ready(p)
            elif self.task[s + 2] + self.task[s + 3] < self.code[pc + 2]:
                self.leave_children(p, self.code[pc + 3])
                self.throw(p, error)
            return
        self.task[s + 3] -= 1
        if error == 0:
            self.give_up_children(p)
            self.task[p + T_SP] -= SCOPE
            self.drop(s)
            self.task[p + T_PC] = self.code[pc + 3]
            self.ready(p)
        elif self.task[s + 3] == 0:
            self.throw(p, error)

    @cython.cfunc
    @cython.exceptval(check=False)
    def leave_children(self, p: cython.longlong, run_on: cython.longlong) -> cython.void:
        """Branches not waited for: given up, or they run on by themselves."""
        c: cython.longlong
        if run_on == 0:
            self.give_up_children(p)
            return
        c = self.task[p + T_CHILD]
        self.task[p + T_CHILD] = -1
        while c >= 0:
            self.task[c + T_PARENT] = -1
            self.task[c + T_ROLE] = DETACHED
            c = self.task[c + T_NEXT_SIBLING]

    @cython.cfunc
    @cython.exceptval(check=False)
    def fork(self, p: cython.longlong, pc: cython.longlong) -> cython.void:
        """A child of a task, at an address, with the same registers."""
        c: cython.longlong = self.new_task(self.task[p + T_RUN], pc, CHILD)
        first: cython.longlong = self.task[p + T_CHILD]
        i: cython.longlong
        self.task[c + T_PARENT] = p
        self.task[c + T_PREV_SIBLING] = -1
        self.task[c + T_NEXT_SIBLING] = first
        if first >= 0:
            self.task[first + T_PREV_SIBLING] = c
        self.task[p + T_CHILD] = c
        self.task[c + T_SPAN] = self.task[p + T_SPAN]
        self.task[c + T_LEVEL] = self.task[p + T_LEVEL]
        self.task[c + T_ERROR] = self.task[p + T_ERROR]
        self.same_reals(c, p)
        self.ready(c)

    @cython.cfunc
    @cython.exceptval(check=False)
    def another(self, t: cython.longlong, s: cython.longlong) -> cython.void:
        """The delay of a hedge is over: one attempt more, and the timer of the next."""
        pc: cython.longlong = self.task[s + 1]
        self.task[s + 3] += 1
        self.task[s + 4] += 1
        self.fork(t, pc + WIDTH)
        if self.task[s + 4] <= self.code[pc + 2]:
            self.task[s + 2] = self.set_timer(self.code[pc + 1], t, self.task[t + T_SP] - SCOPE)

    # ------------------------------------------------------------------ breakers, limits, caches

    @cython.cfunc
    @cython.exceptval(check=False)
    def turn_slots(self, b: cython.longlong) -> cython.void:
        """Empties the slots of a breaker's window that have passed."""
        o: cython.longlong = b * BREAKER
        slot: cython.longlong = whole(self.now * SLOTS / self.breaker_real[b * BREAKER_REALS + KR_WINDOW])
        last: cython.longlong = self.breaker[o + K_SLOT]
        i: cython.longlong
        if slot - last >= SLOTS:
            last = slot - SLOTS
        while last < slot:
            last += 1
            i = o + K_COUNTS + 2 * (last % SLOTS)
            self.breaker[i] = 0
            self.breaker[i + 1] = 0
        self.breaker[o + K_SLOT] = slot

    @cython.cfunc
    @cython.exceptval(check=False)
    def enter_breaker(self, b: cython.longlong) -> cython.longlong:
        """0: open; 1: closed, go on; 2: half open, and this call is the probe."""
        o: cython.longlong = b * BREAKER
        if self.breaker[o + K_STATE] == OPEN_STATE:
            if self.now < self.breaker_real[b * BREAKER_REALS + KR_UNTIL]:
                return 0
            self.breaker[o + K_STATE] = HALF_OPEN_STATE
            self.breaker[o + K_PROBE] = 0
        if self.breaker[o + K_STATE] == HALF_OPEN_STATE:
            if self.breaker[o + K_PROBE]:
                return 0
            self.breaker[o + K_PROBE] = 1
            return 2
        return 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def reported(self, b: cython.longlong, probe: cython.longlong, error: cython.longlong) -> cython.void:
        """A call through a breaker has ended."""
        o: cython.longlong = b * BREAKER
        r: cython.longlong = b * BREAKER_REALS
        bad: cython.longlong = (self.breaker[o + K_MASK] >> error) & 1
        good_calls: cython.longlong = 0
        bad_calls: cython.longlong = 0
        i: cython.longlong
        if probe:
            # There is one at a time, and nothing else ends the state; the next one is let in anew.
            if bad:
                self.breaker[o + K_STATE] = OPEN_STATE
                self.breaker_real[r + KR_UNTIL] = self.now + self.breaker_real[r + KR_HALF_OPEN]
            else:
                self.breaker[o + K_STATE] = CLOSED_STATE
                for i in range(2 * SLOTS):
                    self.breaker[o + K_COUNTS + i] = 0
            return
        if self.breaker[o + K_STATE] != CLOSED_STATE:
            return
        self.turn_slots(b)
        self.breaker[o + K_COUNTS + 2 * (self.breaker[o + K_SLOT] % SLOTS) + bad] += 1
        if not bad:
            return
        for i in range(SLOTS):
            good_calls += self.breaker[o + K_COUNTS + 2 * i]
            bad_calls += self.breaker[o + K_COUNTS + 2 * i + 1]
        if good_calls + bad_calls >= self.breaker[o + K_LEAST] and bad_calls >= self.breaker_real[
            r + KR_SHARE
        ] * (good_calls + bad_calls):
            self.breaker[o + K_STATE] = OPEN_STATE
            self.breaker_real[r + KR_UNTIL] = self.now + self.breaker_real[r + KR_HALF_OPEN]

    @cython.cfunc
    @cython.exceptval(check=False)
    def admits(self, g: cython.longlong) -> cython.longlong:
        """Takes a token of a rate limit, if there is one."""
        o: cython.longlong = g * GOVERNOR
        tokens: cython.double = (
            self.governor[o + G_TOKENS] + (self.now - self.governor[o + G_LAST]) * self.governor[o + G_RATE]
        )
        if tokens > self.governor[o + G_BURST]:
            tokens = self.governor[o + G_BURST]
        self.governor[o + G_LAST] = self.now
        if tokens < 1.0:
            self.governor[o + G_TOKENS] = tokens
            return 0
        self.governor[o + G_TOKENS] = tokens - 1.0
        return 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def look_up(self, c: cython.longlong, key: cython.longlong) -> cython.longlong:
        """Whether a cache holds a key that is still fresh; then it is the one used last."""
        o: cython.longlong = c * CACHE
        e: cython.longlong = self.cache[o + C_OFFSET] + key
        if self.entry_until[e] < 0.0:
            self.cache[o + C_MISSES] += 1
            return 0
        self.unlink_entry(c, key)
        if self.entry_until[e] <= self.now:
            self.entry_until[e] = -1.0
            self.cache[o + C_MISSES] += 1
            return 0
        self.link_entry(c, key)
        self.cache[o + C_HITS] += 1
        return 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def link_entry(self, c: cython.longlong, key: cython.longlong) -> cython.void:
        o: cython.longlong = c * CACHE
        base: cython.longlong = self.cache[o + C_OFFSET]
        head: cython.longlong = self.cache[o + C_HEAD]
        self.entry_link[2 * (base + key)] = -1
        self.entry_link[2 * (base + key) + 1] = head
        if head >= 0:
            self.entry_link[2 * (base + head)] = key
        else:
            self.cache[o + C_TAIL] = key
        self.cache[o + C_HEAD] = key
        self.cache[o + C_HELD] += 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def unlink_entry(self, c: cython.longlong, key: cython.longlong) -> cython.void:
        o: cython.longlong = c * CACHE
        base: cython.longlong = self.cache[o + C_OFFSET]
        before: cython.longlong = self.entry_link[2 * (base + key)]
        after: cython.longlong = self.entry_link[2 * (base + key) + 1]
        if before >= 0:
            self.entry_link[2 * (base + before) + 1] = after
        else:
            self.cache[o + C_HEAD] = after
        if after >= 0:
            self.entry_link[2 * (base + after)] = before
        else:
            self.cache[o + C_TAIL] = before
        self.cache[o + C_HELD] -= 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def put(self, c: cython.longlong, key: cython.longlong) -> cython.void:
        """Keeps a key; the one not used for longest makes room."""
        o: cython.longlong = c * CACHE
        base: cython.longlong = self.cache[o + C_OFFSET]
        last: cython.longlong
        if self.cache[o + C_SIZE] == 0:
            return
        if self.entry_until[base + key] >= 0.0:
            self.unlink_entry(c, key)
        elif self.cache[o + C_HELD] >= self.cache[o + C_SIZE]:
            last = self.cache[o + C_TAIL]
            self.unlink_entry(c, last)
            self.entry_until[base + last] = -1.0
        self.link_entry(c, key)
        self.entry_until[base + key] = self.now + self.cache_life[c]

    @cython.cfunc
    @cython.exceptval(check=False)
    def flush(self, c: cython.longlong) -> cython.void:
        """A cold cache."""
        key: cython.longlong
        while self.cache[c * CACHE + C_HEAD] >= 0:
            key = self.cache[c * CACHE + C_HEAD]
            self.unlink_entry(c, key)
            self.entry_until[self.cache[c * CACHE + C_OFFSET] + key] = -1.0

    # ------------------------------------------------------------------ sources

    @cython.cfunc
    @cython.exceptval(check=False)
    def begin(self) -> cython.void:
        """The first events: what was planned before what arrives."""
        i: cython.longlong
        k: cython.longlong
        for i in range(self.actions):
            self.plan(self.action_real[2 * i], (i << 3) | E_ACTION)
        for i in range(self.agents):
            if self.agent[i * AGENT + N_KIND] == N_CALENDAR:
                self.open_hours(i)
            elif self.agent[i * AGENT + N_KIND] != N_SCALED:
                self.plan(self.agent_real[i * AGENT_REALS + NR_EVERY], (i << 3) | E_AGENT)
        for i in range(self.parts):
            self.plan(
                self.draw(self.part[i * PART + F_LAW_UP], self.part[i * PART + F_STREAM]), (i << 3) | E_PART
            )
        for i in range(self.sources):
            if self.source[i * SOURCE + A_KIND] == CLOSED:
                for k in range(self.source[i * SOURCE + A_COUNT]):
                    self.think(i)
            else:
                self.next_arrival(i)

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def next_arrival(self, a: cython.longlong) -> cython.void:
        """Sets the event of a source's next arrival, if there is one."""
        o: cython.longlong = a * SOURCE
        gap: cython.double
        if self.source[o + A_KIND] == RENEWAL:
            gap = self.draw(self.source[o + A_LAW], self.source[o + A_STREAM])
            if self.source[o + A_SEGMENTS] > 0:
                self.arrive_after(a, gap)
            else:
                self.schedule(self.now + gap if gap > 0.0 else self.now, (a << 3) | E_SOURCE)
        else:
            self.next_unusual(a)

    @cython.cfunc
    @cython.exceptval(check=False)
    def arrive_after(self, a: cython.longlong, gap: cython.double) -> cython.void:
        """The arrival after so much of a source's own time, which passes at the rate of its segments.

        Inverting the cumulated rate is exact for a rate that is constant in pieces, and always takes one draw.
        """
        o: cython.longlong = a * SOURCE
        r: cython.longlong = a * SOURCE_REALS
        at: cython.double = self.now
        base: cython.longlong = self.source[o + A_SEGMENT_OFFSET]
        n: cython.longlong = self.source[o + A_SEGMENTS]
        i: cython.longlong = self.source[o + A_SEGMENT]
        rate: cython.double
        end: cython.double
        while True:
            end = self.source_real[r + B_CYCLE] + self.segment_end[base + i]
            if at >= end:
                rate = 0.0
            else:
                rate = self.segment_rate[base + i]
            if rate > 0.0 and gap < (end - at) * rate:
                break
            if at < end:
                gap -= (end - at) * rate
                at = end
            i += 1
            if i == n:
                if self.source_real[r + B_PERIOD] <= 0.0:
                    return
                i = 0
                self.source_real[r + B_CYCLE] += self.source_real[r + B_PERIOD]
            if at > self.until:
                return
        self.source[o + A_SEGMENT] = i
        self.plan(at + gap / rate, (a << 3) | E_SOURCE)

    @cython.cfunc
    @cython.exceptval(check=False)
    def next_unusual(self, a: cython.longlong) -> cython.void:
        """The next arrival of a trace, or of a source whose rate changes with a hidden state (MMPP)."""
        o: cython.longlong = a * SOURCE
        n: cython.longlong = self.source[o + A_LENGTH]
        i: cython.longlong = self.source[o + A_INDEX]
        base: cython.longlong = self.source[o + A_OFFSET]
        s: cython.longlong = self.source[o + A_STREAM]
        at: cython.double
        rate: cython.double
        leave: cython.double
        total: cython.double
        u: cython.double
        state: cython.longlong
        k: cython.longlong
        if self.source[o + A_KIND] == TRACE:
            if i < n:
                self.plan(self.source_table[base + i], (a << 3) | E_SOURCE)
            return
        # Row of a state: its arrival rate, then the rates into the other states.
        at = self.now
        state = self.source[o + A_STATE]
        while True:
            rate = self.source_table[base + state * (n + 1)]
            leave = 0.0
            for k in range(n):
                leave += self.source_table[base + state * (n + 1) + 1 + k]
            total = rate + leave
            if total <= 0.0:
                return
            at += self.exponential(s) / total
            if at > self.until:
                return
            u = self.uniform(s) * total
            if u < rate:
                break
            u -= rate
            for k in range(n):
                u -= self.source_table[base + state * (n + 1) + 1 + k]
                if u < 0.0:
                    state = k
                    break
        self.source[o + A_STATE] = state
        self.plan(at, (a << 3) | E_SOURCE)

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def arrival(self, a: cython.longlong) -> cython.longlong:
        """A run starts; the next arrival is set. Gives the task."""
        source: cython.p_longlong = self.source
        o: cython.longlong = a * SOURCE
        index: cython.longlong = source[o + A_INDEX]
        run: cython.longlong
        t: cython.longlong
        source[o + A_INDEX] = index + 1
        if source[o + A_KIND] != CLOSED:
            self.next_arrival(a)
        run = self.new_run(source[o + A_CLASS], source[o + A_CUSTOMERS], index)
        t = self.new_task(run, source[o + A_PC], ROOT)
        self.task[t + T_LEVEL] = source[o + A_LEVEL]
        if self.tracing:
            self.task[t + T_SPAN] = 0
            self.write(1, run >> 3, source[o + A_CLASS], index)
        return t

    # ------------------------------------------------------------------ faults, hours, scaling

    @cython.cfunc
    @cython.exceptval(check=False)
    def resize(self, s: cython.longlong) -> cython.void:
        """The number of servers follows from the units that are up and those that are allowed."""
        o: cython.longlong = s * STATION
        n: cython.longlong = self.station[o + X_UNITS_UP]
        if n > UNLIMITED:
            n = UNLIMITED
        if self.station[o + X_THREADS] < UNLIMITED:
            n *= self.station[o + X_THREADS]
        elif n > 0:
            n = UNLIMITED
        if n > self.station[o + X_ALLOWED]:
            n = self.station[o + X_ALLOWED]
        if self.station[o + X_UNITS_UP] < self.station[o + X_ENOUGH]:
            n = 0
        self.touch_servers(s)
        if self.station[o + X_DISCIPLINE] == PROCESSOR_SHARING:
            self.advance(s)
            self.station[o + X_SERVERS] = n
            self.next_shared(s)
            return
        self.station[o + X_SERVERS] = n
        if self.station[o + X_DISCIPLINE] == BATCH:
            self.form_batches(s)
        else:
            self.grant(s)

    @cython.cfunc
    @cython.exceptval(check=False)
    def change_units(self, s: cython.longlong, change: cython.longlong) -> cython.void:
        """Units of a station go down or come up.

        Each job held by the station was on the unit lost with the unit's share of the servers, and ends as
        unavailable; when too few units are left all of them do, and all who wait. A batch without jobs ends.
        """
        o: cython.longlong = s * STATION
        t: cython.longlong
        d: cython.longlong
        k: cython.longlong
        upto: cython.longlong
        before: cython.longlong = self.station[o + X_UNITS_UP]
        down: cython.longlong
        u: cython.longlong
        state: cython.longlong
        self.station[o + X_UNITS_UP] = before + change
        down = self.station[o + X_UNITS_UP] < self.station[o + X_ENOUGH]
        if change < 0:
            # Nobody else gets a server before it is known who lost one.
            self.touch_servers(s)
            if self.station[o + X_DISCIPLINE] == PROCESSOR_SHARING:
                self.advance(s)
            self.station[o + X_SERVERS] = 0
            upto = self.task_used
            for u in range(upto):
                t = u * self.stride
                if self.task[t + T_STATE] == FREE:
                    continue
                d = self.task[t + T_BASE]
                if d < 0:
                    d = TASK
                while d < self.task[t + T_SP]:
                    k = t + d
                    if self.task[k] == S_HOLD and self.task[k + 1] == s:
                        if down or self.uniform(self.station[o + X_STREAM]) * before < -change:
                            self.station[o + X_LOST] += 1
                            self.station[o + X_DONE] -= 1
                            self.sever(t, d, UNAVAILABLE)
                    d += SCOPE
                state = self.task[t + T_STATE]
                if self.task[t + T_STATION] != s or not (
                    ((state == QUEUED or state == BATCH_QUEUED) and down)
                    or (
                        state == BATCHED
                        and (down or self.uniform(self.station[o + X_STREAM]) * before < -change)
                    )
                ):
                    continue
                self.station[o + X_LOST] += 1
                self.stop_waiting(t)
                self.throw(t, UNAVAILABLE)
            if self.station[o + X_DISCIPLINE] == BATCH:
                self.end_empty_batches(s)
        self.resize(s)

    @cython.cfunc
    @cython.exceptval(check=False)
    def end_empty_batches(self, s: cython.longlong) -> cython.void:
        """Batches whose jobs are all lost free their servers."""
        b: cython.longlong
        o: cython.longlong
        self.touch(s)
        for b in range(self.batch_used):
            o = b * BATCH_RECORD
            if (
                self.batch[o + BT_STATION] == s
                and self.batch[o + BT_TOKEN] > 0
                and self.batch[o + BT_HEAD] < 0
            ):
                self.end_batch(b)
                self.station[s * STATION + X_BUSY] -= 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def unit_down(self, u: cython.longlong, reasons: cython.longlong) -> cython.void:
        """One reason more or fewer for a unit to be down; there are no fewer than none."""
        before: cython.longlong = self.unit[u * UNIT + U_DOWN]
        if before + reasons < 0:
            return
        self.unit[u * UNIT + U_DOWN] = before + reasons
        if before == 0:
            self.change_units(self.unit[u * UNIT + U_STATION], -1)
        elif before + reasons == 0:
            self.change_units(self.unit[u * UNIT + U_STATION], 1)

    @cython.cfunc
    @cython.exceptval(check=False)
    def part_turns(self, p: cython.longlong) -> cython.void:
        """A part fails or is repaired, and all its units with it."""
        o: cython.longlong = p * PART
        down: cython.longlong = 1 - self.part[o + F_DOWN]
        i: cython.longlong
        self.part[o + F_DOWN] = down
        for i in range(self.part[o + F_COUNT]):
            self.unit_down(self.part_units[self.part[o + F_OFFSET] + i], 1 if down else -1)
        self.plan(
            self.now
            + self.draw(
                self.part[o + F_LAW_DOWN] if down else self.part[o + F_LAW_UP], self.part[o + F_STREAM]
            ),
            (p << 3) | E_PART,
        )

    @cython.cfunc
    @cython.exceptval(check=False)
    def act(self, i: cython.longlong) -> cython.void:
        """Something planned happens."""
        kind: cython.longlong = self.action[i * ACTION + D_KIND]
        target: cython.longlong = self.action[i * ACTION + D_TARGET]
        if kind == D_SLOW:
            self.station_real[target * STATION_REALS + Y_SLOW] = self.action_real[2 * i + 1]
        elif kind == D_DOWN:
            self.unit_down(target, 1)
        elif kind == D_UP:
            self.unit_down(target, -1)
        elif kind == D_FLUSH:
            self.flush(target)
        else:
            self.station[target * STATION + X_ALLOWED] = whole(self.action_real[2 * i + 1])
            self.resize(target)

    @cython.cfunc
    @cython.exceptval(check=False)
    def open_hours(self, n: cython.longlong) -> cython.void:
        """The next entry of a calendar: so many are there from now on."""
        o: cython.longlong = n * AGENT
        r: cython.longlong = n * AGENT_REALS
        s: cython.longlong = self.agent[o + N_STATION]
        i: cython.longlong = self.agent[o + N_OFFSET] + self.agent[o + N_AT]
        self.station[s * STATION + X_ALLOWED] = self.calendar_servers[i]
        self.resize(s)
        self.agent[o + N_AT] += 1
        if self.agent[o + N_AT] == self.agent[o + N_LENGTH]:
            self.agent[o + N_AT] = 0
            self.agent_real[r + NR_CYCLE] += self.agent_real[r + NR_EVERY]
        i = self.agent[o + N_OFFSET] + self.agent[o + N_AT]
        self.plan(self.agent_real[r + NR_CYCLE] + self.calendar_at[i], (n << 3) | E_AGENT)

    @cython.cfunc
    @cython.exceptval(check=False)
    def scale(self, n: cython.longlong) -> cython.void:
        """Looks at a station's utilisation since the last look and asks for the units that bring it to the target."""
        o: cython.longlong = n * AGENT
        r: cython.longlong = n * AGENT_REALS
        s: cython.longlong = self.agent[o + N_STATION]
        y: cython.longlong = s * STATION_REALS
        units: cython.longlong = self.station[s * STATION + X_UNITS_UP]
        wanted: cython.longlong
        used: cython.double
        self.touch(s)
        used = (self.station_real[y + Y_BUSY] - self.agent_real[r + NR_MARK]) / self.agent_real[r + NR_EVERY]
        self.agent_real[r + NR_MARK] = self.station_real[y + Y_BUSY]
        used = used / (self.station[s * STATION + X_THREADS] * self.agent_real[r + NR_TARGET])
        wanted = whole(used)
        if wanted < used:
            wanted += 1
        if wanted < self.agent[o + N_LEAST]:
            wanted = self.agent[o + N_LEAST]
        if wanted > self.agent[o + N_MOST]:
            wanted = self.agent[o + N_MOST]
        if wanted > units and self.agent[o + N_PENDING] == 0:
            self.agent[o + N_PENDING] = wanted
            self.plan(self.now + self.agent_real[r + NR_DELAY], (self.agent[o + N_OFFSET] << 3) | E_AGENT)
        elif wanted < units:
            self.station[s * STATION + X_UNITS_UP] = wanted
            self.resize(s)
        self.plan(self.now + self.agent_real[r + NR_EVERY], (n << 3) | E_AGENT)

    @cython.cfunc
    @cython.exceptval(check=False)
    def agent_acts(self, n: cython.longlong) -> cython.void:
        kind: cython.longlong = self.agent[n * AGENT + N_KIND]
        o: cython.longlong
        s: cython.longlong
        i: cython.longlong
        if kind == N_SCALER:
            self.scale(n)
        elif kind == N_SCALED:
            # The units asked for have started: the scaler before this agent knows how many.
            o = self.agent[n * AGENT + N_OFFSET] * AGENT
            s = self.agent[o + N_STATION]
            if self.agent[o + N_PENDING] > self.station[s * STATION + X_UNITS_UP]:
                self.station[s * STATION + X_UNITS_UP] = self.agent[o + N_PENDING]
                self.resize(s)
            self.agent[o + N_PENDING] = 0
        elif kind == N_CALENDAR:
            self.open_hours(n)
        elif kind == N_WARM:
            self.forget()
        else:
            self.snapshot()
            self.plan(self.agent_real[n * AGENT_REALS + NR_EVERY] * (self.tick + 1), (n << 3) | E_AGENT)

    @cython.cfunc
    @cython.exceptval(check=False)
    def forget(self) -> cython.void:
        """The warm-up is over: what was counted and integrated starts anew."""
        i: cython.longlong
        for i in range(self.stations):
            self.touch_servers(i)
        for i in range(self.agents):
            # What a scaler saw when it looked last lies as far back as before.
            self.agent_real[i * AGENT_REALS + NR_MARK] -= self.station_real[
                self.agent[i * AGENT + N_STATION] * STATION_REALS + Y_BUSY
            ]
        for i in range(self.stations):
            self.station_real[i * STATION_REALS + Y_BUSY] = 0.0
            self.station_real[i * STATION_REALS + Y_WAITING] = 0.0
            self.station_real[i * STATION_REALS + Y_SERVERS] = 0.0
            self.station[i * STATION + X_ARRIVED] = 0
            self.station[i * STATION + X_SHED] = 0
            self.station[i * STATION + X_DONE] = 0
            self.station[i * STATION + X_REFUSED] = 0
            self.station[i * STATION + X_LOST] = 0
        for i in range(self.classes):
            self.arrived[i] = 0
        tally = self.arrays["tally"]
        for i in range(len(tally)):
            self.tally[i] = 0.0
        caches = self.arrays["cache"]
        for i in range(len(caches) // CACHE):
            self.cache[i * CACHE + C_HITS] = 0
            self.cache[i * CACHE + C_MISSES] = 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def snapshot(self) -> cython.void:
        """Keeps the integrals of all stations at the end of a bucket of time."""
        i: cython.longlong
        o: cython.longlong
        if self.tick < self.series_count:
            for i in range(self.stations):
                self.touch(i)
                o = (i * self.series_count + self.tick) * 2
                self.station_series[o] = self.station_real[i * STATION_REALS + Y_BUSY]
                self.station_series[o + 1] = self.station_real[i * STATION_REALS + Y_WAITING]
        self.tick += 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def write(
        self, kind: cython.longlong, a: cython.longlong, b: cython.longlong, c: cython.longlong
    ) -> cython.void:
        """A line of the trace, as long as there is room."""
        if self.log_used < self.log_room:
            self.log_t[self.log_used] = self.now
            self.log_i[4 * self.log_used] = kind
            self.log_i[4 * self.log_used + 1] = a
            self.log_i[4 * self.log_used + 2] = b
            self.log_i[4 * self.log_used + 3] = c
            self.log_used += 1

    # ------------------------------------------------------------------ instructions

    @cython.cfunc
    @cython.exceptval(check=False)
    def summed(self, t: cython.longlong, which: cython.longlong) -> cython.double:
        """A linear form of a task's registers: entries (offset, count) of (register, coefficient)."""
        at: cython.longlong = self.linear[2 * which]
        n: cython.longlong = self.linear[2 * which + 1]
        w: cython.longlong = self.task[t + T_REALS] + 1
        i: cython.longlong
        x: cython.double = 0.0
        for i in range(at, at + n):
            x += self.linear_reals[2 * i + 1] * self.task_real[w + whole(self.linear_reals[2 * i])]
        return x

    @cython.cfunc
    @cython.exceptval(check=False)
    def leave(self, s: cython.longlong) -> cython.void:
        """A scope that was on top has ended as it should."""
        kind: cython.longlong = self.task[s]
        if kind == S_LIMIT:
            self.drop_timer(self.task[s + 2])
        elif kind == S_BREAKER:
            self.reported(self.task[s + 1], self.task[s + 2], 0)
        elif kind == S_CACHE:
            self.put(self.task[s + 1], self.task[s + 2])

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def execute(self, t: cython.longlong) -> cython.void:
        """Runs a task's instructions until it waits or ends."""
        code: cython.p_longlong = self.code
        station: cython.p_longlong = self.station
        task: cython.p_longlong = self.task
        pc: cython.longlong = task[t + T_PC]
        op: cython.longlong
        a: cython.longlong
        b: cython.longlong
        i: cython.longlong
        n: cython.longlong
        s: cython.longlong
        x: cython.double
        while True:
            op = code[pc]
            a = code[pc + 1]
            if op == OP_SEIZE:
                s = a * STATION
                station[s + X_ARRIVED] += 1
                # Where there is a free server the station is up, and a sharing one lets in.
                if station[s + X_BUSY] >= station[s + X_SERVERS] and not self.lets_in(t, pc, a):
                    return
                self.touch(a)
                station[s + X_BUSY] += 1
                i = task[t + T_SP]
                task[t + T_SP] = i + SCOPE
                task[t + i] = S_HOLD
                task[t + i + 1] = a
                pc += WIDTH
            elif op == OP_WORK:
                if station[a * STATION + X_DISCIPLINE] == PROCESSOR_SHARING:
                    x = self.work_time(t, pc, a)
                    task[t + T_PC] = pc + WIDTH
                    self.share(t, a, x)
                else:
                    self.work(t, pc)
                return
            elif op == OP_LEAVE:
                i = task[t + T_SP] - SCOPE
                task[t + T_SP] = i
                if task[t + i] == S_HOLD:
                    self.release(task[t + i + 1])
                else:
                    self.leave(t + i)
                pc = a
            elif op == OP_CALL:
                self.push(t, S_OP, pc + WIDTH, code[pc + 2], 0)
                if self.tracing:
                    self.open_span(t, code[pc + 3])
                pc = a
            elif op == OP_RETURN:
                i = task[t + T_SP] - SCOPE
                task[t + T_SP] = i
                if self.tracing:
                    self.close_span(t, t + i, 0)
                if i == task[t + T_BASE]:
                    self.free_task(t)
                    return
                pc = task[t + i + 1]
            elif op == OP_END:
                if task[t + T_ROLE] == ROOT:
                    self.end_run(task[t + T_RUN], 0)
                elif task[t + T_ROLE] == CHILD:
                    self.child_done(t, 0)
                    return
                self.free_task(t)
                return
            elif op == OP_CHOOSE:
                x = self.uniform(a)
                i = code[pc + 2]
                while x >= self.shares[i]:
                    i += 1
                pc = self.targets[i]
            elif op == OP_LOOP:
                x = self.draw(a, code[pc + 2]) + 0.5
                n = whole(x) if x < 4e18 else 4000000000000000000
                if code[pc + 4] >= 0 and n > code[pc + 4]:
                    n = code[pc + 4]
                if n <= 0:
                    pc = code[pc + 3]
                else:
                    pc += WIDTH
                    i = task[t + T_SP]
                    task[t + T_SP] = i + SCOPE
                    task[t + i] = S_LOOP
                    task[t + i + 1] = n
                    task[t + i + 2] = pc
            elif op == OP_AGAIN:
                i = task[t + T_SP] - SCOPE
                n = task[t + i + 1] - 1
                task[t + i + 1] = n
                if a >= 0 and self.uniform(code[pc + 2]) < self.reals[a]:
                    n = 0
                if n <= 0:
                    task[t + T_SP] = i
                    pc += WIDTH
                else:
                    pc = task[t + i + 2]
            elif op == OP_JUMP:
                pc = a
            elif op == OP_TALLY:
                x = self.reals[code[pc + 2]]
                if code[pc + 3] >= 0:
                    x += self.summed(t, code[pc + 3])
                self.tally[a] += x
                pc += WIDTH
            elif op == OP_DELAY:
                x = self.draw(a, code[pc + 2])
                if code[pc + 3] >= 0:
                    x += self.summed(t, code[pc + 3])
                pc += WIDTH
                if x > 0.0:
                    task[t + T_PC] = pc
                    task[t + T_STATE] = DELAYED
                    task[t + T_TOKEN] = self.schedule(self.now + x, task[t + T_KEY])
                    return
            elif op == OP_LIMIT:
                s = self.push(t, S_LIMIT, pc, 0, 0)
                task[s + 2] = self.set_timer(a, t, s - t)
                pc += WIDTH
            elif op == OP_TRY:
                self.push(t, S_TRY, a, code[pc + 2], 0)
                pc += WIDTH
            elif op == OP_RETRY:
                if self.policy_real[a * POLICY_REALS + PR_BUDGET] >= 0.0:
                    x = (
                        self.policy_real[a * POLICY_REALS + PR_TOKENS]
                        + self.policy_real[a * POLICY_REALS + PR_BUDGET]
                    )
                    if x > self.policy_real[a * POLICY_REALS + PR_RESERVE]:
                        x = self.policy_real[a * POLICY_REALS + PR_RESERVE]
                    self.policy_real[a * POLICY_REALS + PR_TOKENS] = x
                pc += WIDTH
                self.push(t, S_RETRY, a, 0, pc)
            elif op == OP_RAISE:
                self.throw(t, task[t + T_ERROR] if a == RERAISE else a)
                return
            elif op == OP_FORK:
                self.push(t, S_JOIN, pc, 0, a)
                task[t + T_STATE] = JOINING
                n = code[pc + 4]
                for i in range(a):
                    self.fork(t, self.targets[n + i])
                return
            elif op == OP_HEDGE:
                s = self.push(t, S_HEDGE, pc, -1, 1)
                task[s + 4] = 1
                task[t + T_STATE] = JOINING
                if code[pc + 2] > 0:
                    task[s + 2] = self.set_timer(a, t, s - t)
                self.fork(t, pc + WIDTH)
                return
            elif op == OP_BREAKER:
                i = self.enter_breaker(a)
                if i == 0:
                    self.throw(t, UNAVAILABLE)
                    return
                self.push(t, S_BREAKER, a, 1 if i == 2 else 0, 0)
                pc += WIDTH
            elif op == OP_ADMIT:
                if not self.admits(a):
                    self.throw(t, THROTTLED)
                    return
                pc += WIDTH
            elif op == OP_CACHE:
                i = self.place(
                    self.uniform(self.cache[a * CACHE + C_STREAM]),
                    self.law[self.cache[a * CACHE + C_LAW] * LAW + 1],
                    self.law[self.cache[a * CACHE + C_LAW] * LAW + 2],
                )
                if self.look_up(a, i):
                    pc = code[pc + 2]
                else:
                    self.push(t, S_CACHE, a, i, 0)
                    pc += WIDTH
            elif op == OP_SPAWN:
                self.spawn(t, pc)
                # The pool may have moved.
                task = self.task
                pc += WIDTH
            elif op == OP_BATCH:
                task[t + T_PC] = pc + WIDTH
                self.enter_batch(t, a, code[pc + 2])
                return
            elif op == OP_COMPENSATE:
                self.add_note(task[t + T_RUN], a)
                pc += WIDTH
            elif op == OP_MARK:
                self.passed(task[t + T_RUN], a)
                pc += WIDTH
            elif op == OP_DRAW:
                self.task_real[task[t + T_REALS] + 1 + a] = self.draw(code[pc + 2], code[pc + 3])
                pc += WIDTH
            elif op == OP_ROW:
                # a: first register, then law of the row's number, stream (-1: the run's own number), columns, offset.
                n = self.law[code[pc + 2] * LAW + 2]
                if code[pc + 3] >= 0:
                    i = self.place(self.uniform(code[pc + 3]), self.law[code[pc + 2] * LAW + 1], n)
                else:
                    i = self.runs[task[t + T_RUN] + R_INDEX] % n
                b = code[pc + 4]
                for s in range(b):
                    self.task_real[task[t + T_REALS] + 1 + a + s] = self.table[code[pc + 5] + i * b + s]
                pc += WIDTH
            elif op == OP_GATE:
                s = a * STATION
                if station[s + X_UNITS_UP] < station[s + X_ENOUGH]:
                    self.throw(t, UNAVAILABLE)
                    return
                pc += WIDTH
            elif op == OP_PRIORITY:
                task[t + T_LEVEL] = a
                pc += WIDTH
            elif op == OP_HANG:
                task[t + T_STATE] = HANGING
                task[t + T_PC] = pc
                return
            else:
                # OP_NEXT_COMPENSATION: the last step done is undone first; then the run ends with its error.
                n = task[t + T_RUN]
                if self.runs[n + R_COMPENSATIONS] < 0:
                    self.finish(t, self.runs[n + R_ERROR])
                    return
                pc = self.take_note(n)
                self.push(t, S_TRY, 0, 63, 0)
                self.push(t, S_OP, WIDTH, 0, task[t + T_SPAN])

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def lets_in(self, t: cython.longlong, pc: cython.longlong, s: cython.longlong) -> cython.longlong:
        """Whether a station without a free server lets in at once; else the task waits or gets an error."""
        o: cython.longlong = s * STATION
        places: cython.longlong = self.station[o + X_PLACES]
        if self.station[o + X_UNITS_UP] < self.station[o + X_ENOUGH]:
            self.station[o + X_REFUSED] += 1
            self.throw(t, UNAVAILABLE)
            return 0
        if self.station[o + X_DISCIPLINE] == PROCESSOR_SHARING:
            if places < 0 or self.station[o + X_BUSY] < self.station[o + X_SERVERS] + places:
                return 1
            self.station[o + X_SHED] += 1
            self.throw(t, THROTTLED)
            return 0
        if 0 <= places <= self.station[o + X_WAITING]:
            self.station[o + X_SHED] += 1
            self.throw(t, THROTTLED)
            return 0
        self.touch(s)
        self.enqueue(t, s, self.code[pc + 2])
        self.task[t + T_STATE] = QUEUED
        self.task[t + T_PC] = pc + WIDTH
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def enter_batch(self, t: cython.longlong, s: cython.longlong, level: cython.longlong) -> cython.void:
        """A task waits for a batch, or gets an error."""
        o: cython.longlong = s * STATION
        self.station[o + X_ARRIVED] += 1
        if self.station[o + X_UNITS_UP] < self.station[o + X_ENOUGH]:
            self.station[o + X_REFUSED] += 1
            self.throw(t, UNAVAILABLE)
            return
        if 0 <= self.station[o + X_PLACES] <= self.station[o + X_WAITING]:
            self.station[o + X_SHED] += 1
            self.throw(t, THROTTLED)
            return
        self.touch(s)
        self.task_real[self.task[t + T_REALS]] = self.now
        self.enqueue(t, s, level)
        self.task[t + T_STATE] = BATCH_QUEUED
        self.form_batches(s)

    @cython.cfunc
    @cython.exceptval(check=False)
    def passed(self, run: cython.longlong, mark: cython.longlong) -> cython.void:
        """A run passes a mark, perhaps for the first time."""
        cls: cython.longlong = self.runs[run + R_CLASS]
        i: cython.longlong = (run >> 3) * self.marks + mark
        b: cython.longlong
        start: cython.double = self.run_start[run >> 3]
        if cls < 0:
            return
        b = self.mark_place[cls * self.marks + mark]
        if b >= 0 and self.run_marks[i] < 0.0:
            self.run_marks[i] = self.now
            if start >= self.warm:
                self.record(self.class_measure[cls] + 2 + 2 * b, self.now - start)

    @cython.cfunc
    @cython.exceptval(check=False)
    def open_span(self, t: cython.longlong, label: cython.longlong) -> cython.void:
        """The scope just opened is a span of the trace; it keeps the one around it."""
        outer: cython.longlong = self.task[t + T_SPAN]
        self.span += 1
        self.write(3, self.span, outer, label)
        self.write(5, self.span, self.task[t + T_RUN] >> 3, 0)
        self.task[t + self.task[t + T_SP] - SCOPE + 3] = outer
        self.task[t + T_SPAN] = self.span

    @cython.cfunc
    @cython.exceptval(check=False)
    def close_span(self, t: cython.longlong, s: cython.longlong, error: cython.longlong) -> cython.void:
        """The span of a scope ends; what undoes a step is called by nobody and has none."""
        if self.task[s + 1] != WIDTH:
            self.write(4, self.task[t + T_SPAN], error, 0)
        self.task[t + T_SPAN] = self.task[s + 3]

    @cython.cfunc
    @cython.exceptval(check=False)
    def spawn(self, t: cython.longlong, pc: cython.longlong) -> cython.void:
        """A task by itself: of a run of its own or of the same, perhaps taking over the server held on top."""
        cls: cython.longlong = self.code[pc + 2]
        run: cython.longlong = self.task[t + T_RUN]
        c: cython.longlong
        sp: cython.longlong
        if self.code[pc + 4]:
            run = self.new_run(cls, -1, 0)
            c = self.new_task(run, self.code[pc + 1], ROOT)
            if self.tracing:
                self.write(1, run >> 3, cls, 0)
        else:
            c = self.new_task(run, self.code[pc + 1], DETACHED)
        self.task[c + T_SPAN] = self.task[t + T_SPAN]
        self.task[c + T_LEVEL] = self.task[t + T_LEVEL]
        self.task[c + T_ERROR] = self.task[t + T_ERROR]
        self.same_reals(c, t)
        if self.code[pc + 3]:
            sp = self.task[t + T_SP] - SCOPE
            self.task[t + T_SP] = sp
            self.push(c, S_HOLD, self.task[t + sp + 1], 0, 0)
        self.ready(c)

    @cython.exceptval(check=False)
    def run(self, most: cython.longlong) -> cython.longlong:
        """Handles up to so many events; tells whether it can go on, is over, or has too many tasks."""
        key: cython.longlong
        kind: cython.longlong
        t: cython.longlong
        left: cython.longlong = most
        at: cython.double
        status: cython.longlong
        while True:
            if self.ring_head != self.ring_tail:
                t = self.ring_task[self.ring_head]
                key = self.ring_token[self.ring_head]
                self.ring_head = (self.ring_head + 1) & self.ring_mask
                if self.task[t + T_TOKEN] != key:
                    continue
            else:
                if self.hole:
                    self.close_hole()
                if self.stopped:
                    status = TOO_MANY if self.overflow else OVER
                    break
                if cython.compiled:
                    at = double_of(self.heap[0])
                    key = self.heap[1]
                elif self.heap:
                    at, key = self.heap[0]
                else:
                    status = OVER
                    break
                # Not so where there is no event: never is NaN.
                if not at <= self.horizon:
                    status = OVER
                    break
                if left == 0:
                    status = GOING_ON
                    break
                left -= 1
                self.now = at
                self.hole = 1
                kind = key & 7
                t = (key >> 3) & 0xFFFFFF
                if kind == E_TASK:
                    t *= self.stride
                    if self.task[t + T_TOKEN] != key:
                        continue
                elif kind == E_SOURCE:
                    t = self.arrival(t)
                else:
                    self.happens(kind, t, key)
                    continue
            self.execute(t)
        self.events += most - left
        return status

    @cython.cfunc
    @cython.exceptval(check=False)
    def happens(self, kind: cython.longlong, which: cython.longlong, key: cython.longlong) -> cython.void:
        """An event that is neither a task's nor an arrival."""
        if kind == E_LIMIT:
            self.timers_run_out(which)
        elif kind == E_STATION:
            if self.station[which * STATION + X_TOKEN] == key:
                if self.station[which * STATION + X_DISCIPLINE] == PROCESSOR_SHARING:
                    self.shared_done(which)
                else:
                    self.touch(which)
                    self.form_batches(which)
        elif kind == E_BATCH:
            if self.batch[which * BATCH_RECORD + BT_TOKEN] == key:
                self.batch_done(which)
        elif kind == E_PART:
            self.part_turns(which)
        elif kind == E_ACTION:
            self.act(which)
        else:
            self.agent_acts(which)

    def close(self) -> None:
        """Brings the integrals to the end: `until`, or now where it stopped earlier."""
        i: cython.longlong
        if self.stop_after > self.ended_runs and not self.overflow:
            self.now = self.until
        for i in range(self.stations):
            self.touch_servers(i)

    def tasks_alive(self) -> int:
        """Tasks that have not ended."""
        alive: cython.longlong = self.task_used
        t: cython.longlong = self.task_free
        while t >= 0:
            alive -= 1
            t = self.task[t + T_NEXT]
        return alive

    def counts(self) -> dict:
        """What the arrays don't tell."""
        return {
            "now": self.now,
            "events": self.events,
            "tasks": self.tasks_alive(),
            "samples": self.samples,
            "log": self.log_used,
            "ticks": self.tick,
        }
