/* The benchmark's three systems, written by hand: what a simulator could do that knew nothing else.

   Same algorithm as the kernel: 4-ary heap whose popped root stays as a hole, jobs from a pool with intrusive queues,
   SplitMix64 with a gamma for each stream, ziggurat exponentials, time integrals at each station, and a histogram of
   latencies. Timeouts have one duration, so they wait in a queue. Built and called by cases/simulation.py. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t u64;
typedef int64_t i64;
enum { STATIONS = 5, SOURCE = 7, TIMER = 6 };

typedef struct { u64 state, gamma; } Stream;
typedef struct { double t; u64 key; } Event;
typedef struct { int servers, busy, waiting, head, tail; double mu, last, busy_area, wait_area; Stream s, again; } Station;
typedef struct { double start, deadline; int at, next, prev_timer, next_timer, attempt, orphan, live; } Job;

static double W[257], K[257], F[257];
static Event *heap; static int size, room, hole;
static u64 serial;
static double now;
static Station st[STATIONS];
static int stations;
static Job *job; static int used, space, unused;
static i64 hist[64 * 256];
static double sum, squares, least, most; static i64 done_ok, done_bad;
static int timer_head, timer_tail, armed;
static double limit; static int attempts; static double repeat;

static void tables(void) {
    double x[257], r = 7.69711747013104972, a = 0.0039496598225815571993;
    x[0] = a / exp(-r); x[1] = r;
    for (int i = 2; i < 256; i++) x[i] = -log(a / x[i - 1] + exp(-x[i - 1]));
    x[256] = 0;
    for (int i = 0; i < 257; i++) { W[i] = ldexp(x[i], -53); F[i] = exp(-x[i]); K[i] = i < 256 ? x[i + 1] : r; }
}

static inline u64 bits(Stream *s) {
    u64 z = s->state += s->gamma;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}
static inline double uniform(Stream *s) { return (double)(i64)(bits(s) >> 11) * 0x1p-53; }
static double rest(Stream *s, int i, double x) {
    double past = 0;
    for (;;) {
        if (i == 0) past += K[256];
        else if (F[i] + uniform(s) * (F[i + 1] - F[i]) < exp(-x)) return past + x;
        u64 z = bits(s);
        i = (int)(z & 255); x = (double)(i64)(z >> 11) * W[i];
        if (x < K[i]) return past + x;
    }
}
static inline double exponential(Stream *s) {
    u64 z = bits(s);
    int i = (int)(z & 255);
    double x = (double)(i64)(z >> 11) * W[i];
    return x < K[i] ? x : rest(s, i, x);
}

static inline void sift_down(Event e) {
    int i = 0;
    for (;;) {
        int c = 4 * i + 1, best, last;
        if (c >= size) break;
        best = c; last = c + 4 < size ? c + 4 : size;
        for (c++; c < last; c++)
            if (heap[c].t < heap[best].t || (heap[c].t == heap[best].t && heap[c].key < heap[best].key)) best = c;
        if (heap[best].t > e.t || (heap[best].t == e.t && heap[best].key > e.key)) break;
        heap[i] = heap[best]; i = best;
    }
    heap[i] = e;
}
static inline void schedule(double t, u64 what) {
    Event e = {t, (++serial << 27) | what};
    if (hole) { hole = 0; sift_down(e); return; }
    if (size == room) heap = realloc(heap, (size_t)(room *= 2) * sizeof *heap);
    int i = size++;
    while (i > 0 && heap[(i - 1) >> 2].t > t) { heap[i] = heap[(i - 1) >> 2]; i = (i - 1) >> 2; }
    heap[i] = e;
}

static inline int new_job(void) {
    int j = unused;
    if (j >= 0) unused = job[j].next;
    else { if (used == space) job = realloc(job, (size_t)(space *= 2) * sizeof *job); j = used++; }
    return j;
}
static inline void free_job(int j) { job[j].live = 0; job[j].next = unused; unused = j; }
static inline void touch(Station *s) {
    double d = now - s->last;
    s->last = now; s->busy_area += d * s->busy; s->wait_area += d * s->waiting;
}
static inline void serve(Station *s, int j) { schedule(now + exponential(&s->s) / s->mu, (u64)j << 3); }
static inline void enter(int j) {
    Station *s = st + job[j].at;
    touch(s);
    if (s->busy < s->servers) { s->busy++; serve(s, j); }
    else {
        job[j].next = -1;
        if (s->tail >= 0) job[s->tail].next = j; else s->head = j;
        s->tail = j; s->waiting++;
    }
}

static void set_timer(int j) {
    job[j].deadline = now + limit;
    job[j].prev_timer = timer_tail; job[j].next_timer = -1;
    if (timer_tail >= 0) job[timer_tail].next_timer = j; else timer_head = j;
    timer_tail = j;
    if (!armed) { armed = 1; schedule(job[j].deadline, TIMER); }
}
static void drop_timer(int j) {
    int a = job[j].prev_timer, b = job[j].next_timer;
    if (a >= 0) job[a].next_timer = b; else timer_head = b;
    if (b >= 0) job[b].prev_timer = a; else timer_tail = a;
}
static void attempt(double start, int number) {
    int j = new_job();
    job[j].start = start; job[j].at = 0; job[j].attempt = number; job[j].orphan = 0; job[j].live = 1;
    if (limit > 0) set_timer(j);
    enter(j);
}
static void timers(void) {
    while (timer_head >= 0 && job[timer_head].deadline <= now) {
        int j = timer_head;
        drop_timer(j);
        job[j].orphan = 1;
        if (job[j].attempt < attempts) attempt(job[j].start, job[j].attempt + 1);
        else done_bad++;
    }
    armed = timer_head >= 0;
    if (armed) schedule(job[timer_head].deadline, TIMER);
}
static inline void record(double x) {
    i64 b;
    memcpy(&b, &x, 8);
    b = (b >> 44) - (1022 - 30) * 256;
    hist[x <= 0 || b < 0 ? 0 : b > 16383 ? 16383 : b]++;
    sum += x; squares += x * x; done_ok++;
    if (x < least) least = x;
    if (x > most) most = x;
}
static inline void served(int j) {
    Station *s = st + job[j].at;
    touch(s);
    s->busy--;
    if (s->waiting) {
        int n = s->head;
        s->head = job[n].next; if (s->head < 0) s->tail = -1;
        s->waiting--; s->busy++;
        serve(s, n);
    }
    if (repeat > 0 && uniform(&s->again) < repeat) { enter(j); return; }
    if (++job[j].at < stations) { enter(j); return; }
    if (!job[j].orphan) { if (limit > 0) drop_timer(j); record(now - job[j].start); }
    free_job(j);
}

/* Ends after so many runs; gives the mean latency of those that ended ok, and their share by `ok`. */
double simulate(int n, int servers, double rate, double mu, double again, double timeout, int tries, i64 runs, u64 seed,
                double *ok) {
    Stream arrivals = {seed * 0x9E3779B97F4A7C15ULL + 1, 0x9E3779B97F4A7C15ULL};
    tables();
    room = 256; heap = malloc((size_t)room * sizeof *heap); size = hole = 0; serial = 0; now = 0;
    space = 64; job = malloc((size_t)space * sizeof *job); used = 0; unused = -1;
    memset(hist, 0, sizeof hist); sum = squares = most = 0; least = INFINITY; done_ok = done_bad = 0;
    timer_head = timer_tail = -1; armed = 0; limit = timeout; attempts = tries; repeat = again; stations = n;
    for (int i = 0; i < n; i++) {
        u64 g = seed + 977 * (u64)(i + 1);
        st[i] = (Station){servers, 0, 0, -1, -1, mu, 0, 0, 0,
                          {g * 0xD1342543DE82EF95ULL, 0xD1342543DE82EF95ULL ^ (2 * (u64)i)},
                          {g * 0xAF251AF3B0F025B5ULL, 0xAF251AF3B0F025B5ULL ^ (2 * (u64)i)}};
    }
    schedule(exponential(&arrivals) / rate, SOURCE);
    while (done_ok + done_bad < runs) {
        if (hole) { hole = 0; Event e = heap[--size]; if (size) sift_down(e); }
        now = heap[0].t;
        u64 what = heap[0].key & ((1 << 27) - 1);
        hole = 1;
        if (what == SOURCE) { schedule(now + exponential(&arrivals) / rate, SOURCE); attempt(now, 1); }
        else if (what == TIMER) timers();
        else served((int)(what >> 3));
    }
    free(heap); free(job);
    *ok = (double)done_ok / (double)(done_ok + done_bad);
    return sum / (double)done_ok;
}
