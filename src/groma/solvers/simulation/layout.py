"""Numbers that the assembler and the kernel agree on: operations, scopes, fields of the flat arrays.

The build writes them into the compiled kernel as literals, so that C gets its switch; see `hatch_build.py`.
"""

# Operations. What each does and what its operands are is told in `instructions.py`.
OP_NEXT_COMPENSATION = 0
OP_END = 1
OP_SEIZE = 2
OP_WORK = 3
OP_LEAVE = 4
OP_DELAY = 5
OP_CHOOSE = 6
OP_JUMP = 7
OP_CALL = 8
OP_RETURN = 9
OP_TRY = 10
OP_RAISE = 11
OP_RETRY = 12
OP_LIMIT = 13
OP_FORK = 14
OP_HEDGE = 15
OP_LOOP = 16
OP_AGAIN = 17
OP_BREAKER = 18
OP_ADMIT = 19
OP_CACHE = 20
OP_SPAWN = 21
OP_BATCH = 22
OP_COMPENSATE = 23
OP_MARK = 24
OP_TALLY = 25
OP_DRAW = 26
OP_ROW = 27
OP_HANG = 28
OP_GATE = 29
OP_PRIORITY = 30
OPERATIONS = 31
WIDTH = 8  # numbers in an instruction

# Ends of steps and runs.
OK = 0
TIMEOUT = 1
UNAVAILABLE = 2
THROTTLED = 3
REJECTED = 4
FAILED = 5
ENDS = 6
STOP = 30
RERAISE = 31

# Scopes on a task's stack: kind, then four fields.
S_NONE = 0
S_OP = 1  # return address, cancels, span before
S_HOLD = 2  # station
S_TRY = 3  # handler, mask
S_RETRY = 4  # policy, attempts made, body
S_LOOP = 5  # rounds left, body
S_LIMIT = 6  # instruction, timer
S_BREAKER = 7  # breaker, probe
S_CACHE = 8  # cache, key
S_JOIN = 9  # instruction, ok, alive
S_HEDGE = 10  # instruction, timer, alive, started
SCOPE = 5

# Tasks: what runs instructions. A task is known by the place of its record; its scopes follow the fields, and depths
# count numbers from the start of the record.
T_PC = 0
T_SP = 1
T_BASE = 2  # scopes below belong to nobody any more; -1: all are ours
T_STATE = 3
T_RUN = 4
T_ROLE = 5
T_TOKEN = 6  # of the one event or turn that may wake it
T_KEY = 7  # number and kind, as in the keys of its events
T_NEXT = 8  # in a queue or a batch; right in a heap
T_PREV = 9  # in a queue or a batch; left in a heap
T_LEVEL = 10  # priority
T_STATION = 11
T_PARENT = 12
T_CHILD = 13
T_NEXT_SIBLING = 14
T_PREV_SIBLING = 15
T_UP = 16  # in a queue: its level; in a heap: parent; in a batch: the batch
T_ERROR = 17
T_SPAN = 18
T_REALS = 19  # place of its registers
TASK = 20

FREE = 0
READY = 1
QUEUED = 2
DELAYED = 3
SHARING = 4
BATCH_QUEUED = 5
BATCHED = 6
JOINING = 7
HANGING = 8

ROOT = 0
CHILD = 1
DETACHED = 2

# Runs, known by the place of their record.
R_CLASS = 0
R_TASKS = 1
R_COMPENSATIONS = 2
R_ERROR = 3
R_INDEX = 4
R_SOURCE = 5
RUN = 8

# Stations.
X_DISCIPLINE = 0
X_SERVERS = 1
X_BUSY = 2
X_PLACES = 3
X_WAITING = 4
X_UNITS_UP = 5
X_ENOUGH = 6
X_THREADS = 7
X_ALLOWED = 8
X_LEVELS = 9
X_QUEUES = 10
X_ROOT = 11
X_TOKEN = 12
X_WORKING = 13
X_BATCH = 14
X_LAWS = 15
X_STREAM = 16
X_ARRIVED = 17
X_SHED = 18
X_DONE = 19
X_REFUSED = 20
X_LOST = 21
STATION = 32

Y_BUSY = 0
Y_WAITING = 1
Y_SERVERS = 2
Y_LAST = 3
Y_SLOW = 4
Y_SLOPE = 5
Y_VIRTUAL = 6
Y_ADVANCED = 7
Y_MAX_WAIT = 8
Y_CHANGED = 9
STATION_REALS = 16

FIFO = 0
LIFO = 1
PRIORITY = 2
PROCESSOR_SHARING = 3
BATCH = 4

UNLIMITED = 1 << 40

# Laws.
L_CONSTANT = 0
L_EXPONENTIAL = 1
L_GAMMA = 2
L_LOGNORMAL = 3
L_UNIFORM = 4
L_TRIANGULAR = 5
L_TABLE = 6
L_CAPPED = 8  # added to the kind of a law with a greatest value
LAW = 4
LAW_REALS = 8

# Sources.
A_KIND = 0
A_CLASS = 1
A_PC = 2
A_LAW = 3
A_STREAM = 4
A_COUNT = 5
A_OFFSET = 6
A_LENGTH = 7
A_STATE = 8
A_INDEX = 9
A_SEGMENTS = 10
A_SEGMENT_OFFSET = 11
A_SEGMENT = 12
A_LEVEL = 13
A_CUSTOMERS = 14  # its own number where a run that ends is followed by another, else -1
SOURCE = 16

RENEWAL = 0
MODULATED = 1
TRACE = 2
CLOSED = 3

B_PERIOD = 0
B_CYCLE = 1
B_SWITCH = 2
SOURCE_REALS = 4

# What an event is for (its lowest three bits).
E_TASK = 0
E_SOURCE = 1
E_LIMIT = 2
E_STATION = 3
E_BATCH = 4
E_ACTION = 5
E_PART = 6
E_AGENT = 7
ID_BITS = 24
NEXT_SERIAL = 1 << 27  # a key is a serial number, then which, then the kind
NEVER = 0x7FFFFFFFFFFFFFFF

# Timers: one queue for each duration, in the order they run out.
M_TASK = 0
M_DEPTH = 1
M_PREV = 2
M_NEXT = 3
M_QUEUE = 4
TIMER = 8

Q_HEAD = 0
Q_TAIL = 1
Q_ARMED = 2
TIMER_QUEUE = 3

# Retry policies.
P_TIMES = 0
P_MASK = 1
P_STREAM = 2
POLICY = 3
PR_BACKOFF = 0
PR_FACTOR = 1
PR_JITTER = 2
PR_LONGEST = 3
PR_BUDGET = 4
PR_TOKENS = 5
PR_RESERVE = 6
POLICY_REALS = 7

# Breakers: ten slots of the window.
K_MASK = 0
K_STATE = 1
K_PROBE = 2
K_SLOT = 3
K_LEAST = 4
K_COUNTS = 5
SLOTS = 10
BREAKER = 25
KR_SHARE = 0
KR_WINDOW = 1
KR_HALF_OPEN = 2
KR_UNTIL = 3
BREAKER_REALS = 4
CLOSED_STATE = 0
OPEN_STATE = 1
HALF_OPEN_STATE = 2

# Rate limits.
G_RATE = 0
G_BURST = 1
G_TOKENS = 2
G_LAST = 3
GOVERNOR = 4

# Caches.
C_SIZE = 0
C_LAW = 1
C_STREAM = 2
C_HELD = 3
C_HEAD = 4
C_TAIL = 5
C_OFFSET = 6
C_KEYS = 7
C_HITS = 8
C_MISSES = 9
CACHE = 10

# Batches in service.
BT_HEAD = 0
BT_STATION = 1
BT_TOKEN = 2
BATCH_RECORD = 3

# Actions at stated times.
D_KIND = 0
D_TARGET = 1
ACTION = 2
D_SLOW = 0
D_DOWN = 1
D_UP = 2
D_FLUSH = 3
D_ALLOWED = 4

# Parts that fail and are repaired.
F_LAW_UP = 0
F_LAW_DOWN = 1
F_STREAM = 2
F_DOWN = 3
F_OFFSET = 4
F_COUNT = 5
PART = 6

# Units: what parts take down; `U_DOWN` counts the reasons.
U_STATION = 0
U_DOWN = 1
UNIT = 2

# Agents.
N_KIND = 0
N_STATION = 1
N_LEAST = 2
N_MOST = 3
N_PENDING = 4
N_OFFSET = 5
N_LENGTH = 6
N_AT = 7
AGENT = 8
NR_EVERY = 0
NR_TARGET = 1
NR_DELAY = 2
NR_MARK = 3
NR_CYCLE = 4
AGENT_REALS = 5
N_SCALER = 0
N_CALENDAR = 1
N_WARM = 2
N_TICK = 3
N_SCALED = 4

# Measures of latency.
HISTOGRAM_OCTAVES = 64
HISTOGRAM_LOWEST = 30
HISTOGRAM_STEPS = 256
HISTOGRAM = 16384
V_SUM = 0
V_SQUARES = 1
V_LEAST = 2
V_MOST = 3
MEASURE = 4

# How a call of the kernel ended.
GOING_ON = 0
OVER = 1
TOO_MANY = 2
