"""Makes up years of audits from one real one, and times the pages of a server that has them."""
import concurrent.futures
import http.cookiejar
import io
import os
import random
import sqlite3
import subprocess
import sys
import time
import urllib.request

DAY = 86_400
FINDINGS = 60


class Store:
    """Rows into SQLite or PostgreSQL."""

    def __init__(self, engine, address):
        self.postgres = engine == "postgresql"
        # COPY goes around row-level security only as the superuser of this cluster of our own.
        self.address = address.replace("watch@", "postgres@") if self.postgres else address
        self.db = None if self.postgres else sqlite3.connect(address, timeout=60)

    def psql(self, sql, source=None):
        options = "-c synchronous_commit=off"
        done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.address, "-c", sql],
                              stdin=source, capture_output=True, text=True, env=os.environ | {"PGOPTIONS": options})
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        return done.stdout.strip()

    def put(self, table, columns, rows):
        if not self.postgres:
            with self.db:
                marks = ", ".join("?" * len(columns))
                self.db.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)
            return
        reader, writer = os.pipe()
        with open(reader) as source:
            child = subprocess.Popen(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.address, "-c",
                                      f"COPY {table} ({', '.join(columns)}) FROM STDIN"], stdin=source,
                                     env=os.environ | {"PGOPTIONS": "-c synchronous_commit=off"})
        with io.open(writer, "w", buffering=1 << 20) as out:
            for row in rows:
                out.write("\t".join("\\N" if value is None else str(value) for value in row) + "\n")
        if child.wait() != 0:
            raise SystemExit(f"{table} was not filled")

    def run(self, sql):
        if self.postgres:
            return self.psql(sql)
        with self.db:
            row = self.db.execute(sql).fetchone()
        return row[0] if row else ""

    def size(self):
        if self.postgres:
            return int(self.psql("SELECT pg_database_size(current_database())"))
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return os.path.getsize(self.address)


def seed(engine, address, deployments, days):
    store = Store(engine, address)
    random.seed(1)
    now = int(time.time())
    clients = max(deployments // 5, 1)
    store.put("client", ["id", "org", "name", "created"], ((100 + n, 1, f"Client {n:04}", now) for n in range(clients)))
    client = lambda n: 100 + n % clients
    store.put("deployment", ["id", "org", "client", "name", "owner", "environment", "tags", "sources", "created", "min_score", "sequence", "audited",
                             "points", "grade", "coverage", "critical", "high", "medium", "low", "info", "trend"],
              ((1000 + n, 1, client(n), f"erp-{n:04}", f"owner{n % 17}@example.com", "production", ",eu,", "{}", now, 80, days, now - n % DAY,
                30 + n % 70, "FDCBA"[(30 + n % 70) // 21], 60 + n % 40, n % 4, n % 9, n % 13, n % 7, n % 3,
                ",".join(str(30 + (n + day) % 70) for day in range(30))) for n in range(deployments)))

    def audits():
        for n in range(deployments):
            for day in range(1, days + 1):
                points = 30 + (n + day) % 70
                yield (1, client(n), 1000 + n, day, now - (days - day) * DAY - n % DAY, "0.1.0", points, "FDCBA"[points // 21], 60 + n % 40,
                       n % 4, n % 9, n % 13, n % 7, n % 3, n % 2, "pfnpfnpfnpfnpf")
    store.put("audit", ["org", "client", "deployment", "sequence", "time", "castellan", "points", "grade", "coverage", "critical", "high", "medium", "low",
                        "info", "accepted", "answers"], audits())

    # Findings that are there for long, and some that come and go: one new in about four days.
    def findings():
        for n in range(deployments):
            for at in range(FINDINGS + days // 4):
                born = 1 if at < FINDINGS else (at - FINDINGS) * 4 + 1
                gone = None if at < FINDINGS // 2 else min(born + 20 + at % 300, days + 1)
                is_open = gone is None or gone > days
                yield (n, at, born, None if is_open else gone, is_open)
    body = "(SELECT body FROM finding WHERE deployment = 1 LIMIT 1)"
    key = lambda n, at: 1_000_000 + n * 1000 + at
    store.put("finding", ["id", "org", "client", "deployment", "fingerprint", "rule", "severity", "message", "place", "body", "state", "first_seen", "last_seen", "changed"],
              ((key(n, at), 1, client(n), 1000 + n, f"{n:016x}{at:016x}", f"rule-{at % 90}", 4 - at % 5,
                f"SQL text is built from `value{at}`, which every logged-in user can send over RPC", f"module_{at % 30}/models/file_{at}.py:{at}",
                "\\\\x00" if store.postgres else b"\0", "open" if is_open else "fixed", now - (days - born) * DAY, now, now - (days - born) * DAY)
               for n, at, born, gone, is_open in findings()))
    store.put("finding_span", ["org", "client", "deployment", "finding", "opened", "closed"],
              ((1, client(n), 1000 + n, key(n, at), born, gone) for n, at, born, gone, _ in findings()))
    store.run(f"UPDATE finding SET body = {body} WHERE deployment >= 1000")
    store.run(f"UPDATE audit SET report = (SELECT report FROM audit WHERE deployment = 1 AND sequence = 1) WHERE deployment >= 1000 AND sequence > {days - 30}")
    store.run(f"UPDATE audit SET evidence = (SELECT evidence FROM audit WHERE deployment = 1 AND sequence = 1) WHERE deployment >= 1000 AND sequence > {days - 2}")
    if store.postgres:
        store.psql("VACUUM ANALYZE")
        for table in ("audit", "finding", "finding_span", "client", "deployment"):
            store.psql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) + 1 FROM {table}))")
    else:
        store.run("ANALYZE")


def ask(engine, address, base, jar, token, deployments, days, requests, server):
    store = Store(engine, address)
    cookies = http.cookiejar.MozillaCookieJar(jar)
    cookies.load(ignore_discard=True, ignore_expires=True)
    header = "; ".join(f"{one.name}={one.value}" for one in cookies)
    random.seed(2)
    some = lambda: 1000 + random.randrange(deployments)
    pages = {
        "portfolio, 500 rows": lambda: "/",
        "portfolio, lowest score": lambda: "/?order=score",
        "portfolio, a word": lambda: "/?text=client+001",
        "deployment": lambda: f"/deployments/{some()}",
        "history": lambda: f"/deployments/{some()}/history",
        "difference over a year": lambda: f"/api/v1/deployments/{some()}/difference?from={max(days - 365, 0)}&to={days}",
        "findings of all": lambda: "/findings",
        "finding": lambda: f"/findings/{1_000_000 + (some() - 1000) * 1000 + 5}",
    }

    def one(path):
        begun = time.perf_counter()
        request = urllib.request.Request(base + path, headers={"cookie": header})
        with urllib.request.urlopen(request, timeout=60) as answer:
            size = len(answer.read())
        return time.perf_counter() - begun, size

    audits = store.run("SELECT COUNT(*) FROM audit")
    findings = store.run("SELECT COUNT(*) FROM finding")
    print(f"{deployments} deployments, {audits} audits, {findings} findings on {engine}: {store.size() / 2**30:.2f} GiB")
    print("| page | p50 ms | p95 ms | most ms | KiB |\n|---|---|---|---|---|")
    ticks = lambda: sum(map(int, open(f"/proc/{server}/stat").read().split(")")[1].split()[11:13]))
    begun, asked = ticks(), 0
    for name, path in pages.items():
        one(path())
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            done = sorted(pool.map(one, [path() for _ in range(requests)]))
        times = [taken * 1000 for taken, _ in done]
        asked += requests
        print(f"| {name} | {times[len(times) // 2]:.0f} | {times[int(len(times) * 0.95)]:.0f} | {times[-1]:.0f} | {done[0][1] / 1024:.0f} |", flush=True)
    used = (ticks() - begun) / os.sysconf("SC_CLK_TCK")
    memory = next(line for line in open(f"/proc/{server}/status") if line.startswith("VmHWM")).split()[1]
    print(f"{used / asked * 1000:.1f} ms CPU of the server a page, {int(memory) // 1024} MiB at most; two asked at once")


if __name__ == "__main__":
    word, *rest = sys.argv[1:]
    if word == "seed":
        seed(rest[0], rest[1], int(rest[2]), int(rest[3]))
    else:
        ask(*rest[:5], *map(int, rest[5:8]), rest[8])
