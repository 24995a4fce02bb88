"""Attacks a server on loopback from addresses of its own, and looks whether an honest client is served meanwhile."""
import http.client
import pathlib
import socket
import sys
import threading
import time

PORT, SERVER, TOKEN = int(sys.argv[1]), sys.argv[2], sys.argv[3]


def memory():
    lines = pathlib.Path(f"/proc/{SERVER}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) // 1024


def connect(source):
    return socket.create_connection(("127.0.0.1", PORT), timeout=30, source_address=(source, 0))


def honest():
    begun = time.monotonic()
    link = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
    link.request("GET", "/api/v1/deployments", headers={"authorization": f"Bearer {TOKEN}"})
    answer = link.getresponse()
    answer.read()
    link.close()
    assert answer.status == 200, answer.status
    return time.monotonic() - begun


def served_while(what, hold):
    """The slowest answer to an honest client while something is held."""
    held = hold()
    slowest = max(honest() for _ in range(20))
    assert slowest < 2, f"{what}: an honest client waits {slowest:.1f} s"
    return held, slowest


def closed_within(links, seconds, what):
    until = time.monotonic() + seconds
    for link in links:
        link.settimeout(max(until - time.monotonic(), 0.1))
        try:
            while link.recv(4096):
                pass
        except ConnectionError:
            pass
        except TimeoutError:
            raise SystemExit(f"{what}: a connection is still open after {seconds} s")
        link.close()


def many(source, count, first):
    def hold():
        links = []
        for _ in range(count):
            link = connect(source)
            try:
                link.sendall(first)
            except ConnectionError:
                pass
            links.append(link)
        return links
    return hold


def ask(method, path, headers=(), body=b"", source="127.0.0.9", length=None):
    link = connect(source)
    head = f"{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers)
    head += f"content-length: {len(body) if length is None else length}\r\n\r\n"
    try:
        link.sendall(head.encode() + body)
    except ConnectionError:
        pass
    out = b""
    try:
        while part := link.recv(65536):
            out += part
    except ConnectionError:
        pass
    link.close()
    return int(out.split(b" ", 2)[1]) if out.startswith(b"HTTP/1.1 ") else 0


JSON = ("content-type", "application/json")
BEARER = ("authorization", f"Bearer {TOKEN}")
before = memory()
said = []

# One address takes more connections than it may have, and sends a head that never ends.
links, slowest = served_while("slow heads", many("127.0.0.2", 1000, b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: "))
closed_within(links, 15, "slow heads")
said.append(f"1,000 slow heads of one address ({slowest * 1000:.0f} ms)")

# Many addresses, each with as many as it may have: the whole is bounded, too.
def crowd():
    out = []
    for address in range(10, 16):
        out += many(f"127.0.0.{address}", 250, b"GET / HTTP/1.1\r\n")()
    return out


links, slowest = served_while("a crowd", crowd)
closed_within(links, 15, "a crowd")
said.append(f"1,500 of six addresses ({slowest * 1000:.0f} ms)")

# Bodies that never end.
head = b"POST /api/v1/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"
links, slowest = served_while("slow bodies", many("127.0.0.3", 200, head))
closed_within(links, 40, "slow bodies")
said.append(f"200 slow bodies ({slowest * 1000:.0f} ms)")

# Too large, too deep, no HTTP at all.
large = b"[" + b" " * (2 << 20) + b"]"
for what, status, got in [
    ("a body of 2 MiB", 413, ask("POST", "/api/v1/clients", [JSON, BEARER], large)),
    ("a length of 10 GiB", 413, ask("POST", "/api/v1/clients", [JSON, BEARER], b"{", length=10 << 30)),
    ("evidence of 65 MiB", 413, ask("POST", "/api/v1/deployments/1/evidence", [JSON, BEARER], b" " * (65 << 20))),
    ("evidence of nobody", 401, ask("POST", "/api/v1/deployments/1/evidence", [JSON], b" " * (8 << 20))),
    ("evidence of no agent", 401, ask("PUT", "/api/v1/agent/evidence/1", [JSON], b" " * (8 << 20))),
    ("a form of 1 MiB", 413, ask("POST", "/login", [("content-type", "application/x-www-form-urlencoded")], b"a" * (1 << 20))),
    ("JSON of 200,000 levels", 400, ask("POST", "/api/v1/clients", [JSON, BEARER], b"[" * 200_000)),
    ("a head of 200 KiB", 431, ask("GET", "/", [("x-large", "a" * 200_000)])),
]:
    assert got == status or (got == 0 and status in (413, 401, 431)), f"{what}: {got} instead of {status}"
for noise in [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500, b"GET\r\n\r\n", b"\0" * 4096, b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"]:
    link = connect("127.0.0.4")
    link.sendall(noise)
    closed_within([link], 15, "no HTTP")

# Many at once, as fast as they can.
def hammer(source):
    for _ in range(100):
        ask("POST", "/api/v1/session", [JSON], b'{"email": "ada@agency.example", "password": "guess"}', source=source)


threads = [threading.Thread(target=hammer, args=(f"127.0.0.{number}",)) for number in range(30, 38)]
for thread in threads:
    thread.start()
slowest = max(honest() for _ in range(40))
for thread in threads:
    thread.join()
assert slowest < 5, f"guessing: an honest client waits {slowest:.1f} s"
said.append(f"800 guessed passwords of eight addresses ({slowest * 1000:.0f} ms)")
after = memory()
# Two dozen mebibytes a hashing thread, and what 1,500 connections hold; without bounds it was a gibibyte.
assert after < before + 400, f"memory grew from {before} to {after} MiB"
print("; ".join(said))
print(f"an honest client was served all the while (slowest answer in brackets); memory from {before} to {after} MiB; what was too large, too deep or no HTTP was refused")
