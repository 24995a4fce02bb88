"""The second implementation: versions by the library `packaging`, records of OSV read as their format says.

usage: versions.py pairs            lines `LEFT<TAB>RIGHT` -> `<`, `=`, `>` or `invalid`
       versions.py records FILE...  lines `PACKAGE<TAB>VERSION` -> ids that affect it, sorted
"""
import json
import sys

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version


def version(text):
    try:
        return Version(text)
    except InvalidVersion:
        return None


def pairs():
    for line in sys.stdin:
        left, right = (version(text) for text in line.rstrip("\n").split("\t"))
        if left is None or right is None:
            print("invalid")
        else:
            print("<" if left < right else ">" if left > right else "=")


def records(files):
    """Package -> list of (id, single versions, ranges); a range is a list of (kind, version)."""
    out = {}
    for name in files:
        with open(name, encoding="utf-8") as lines:
            for line in lines:
                if name.endswith(".tsv"):
                    of_table(line, out)
                elif line.strip():
                    of_osv(json.loads(line), out)
    return out


def of_table(line, out):
    fields = line.rstrip("\n").split("\t")
    if len(fields) != 7 or fields[0] != "PyPI":
        return
    kinds = {"+": "introduced", "-": "fixed", "=": "last_affected"}
    ranges = [[(kinds[word[0]], word[1:]) for word in one.split()] for one in fields[4].split("|") if one]
    out.setdefault(fields[1], []).append((fields[2], fields[5].split(), ranges))


def of_osv(record, out):
    if record.get("withdrawn"):
        return
    for affected in record.get("affected", []):
        package = affected.get("package", {})
        if package.get("ecosystem") != "PyPI":
            continue
        ranges = [
            [next(iter(event.items())) for event in one["events"]]
            for one in affected.get("ranges", [])
            if one["type"] == "ECOSYSTEM"
        ]
        name = canonicalize_name(package["name"])
        out.setdefault(name, []).append((record["id"], affected.get("versions", []), ranges))


def is_affected(own, singles, ranges):
    if any(version(single) == own for single in singles):
        return True
    for events in ranges:
        inside = False
        # "0" is the beginning of time.
        for kind, at in sorted(events, key=lambda event: (event[1] != "0", Version(event[1]))):
            if kind == "introduced" and (at == "0" or own >= Version(at)):
                inside = True
            elif kind == "fixed" and own >= Version(at):
                inside = False
            elif kind == "last_affected" and own > Version(at):
                inside = False
        if inside:
            return True
    return False


def main():
    if sys.argv[1] == "pairs":
        return pairs()
    known = records(sys.argv[2:])
    for line in sys.stdin:
        package, text = line.rstrip("\n").split("\t")
        own = version(text)
        ids = {one for one, singles, ranges in known.get(canonicalize_name(package), []) if own and is_affected(own, singles, ranges)}
        print(" ".join(sorted(ids)))


main()
