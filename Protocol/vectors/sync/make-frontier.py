#!/usr/bin/env python3
"""Writes frontier.json: made-up rows, their tree's nodes, and the messages that open and answer a reconciliation.

Written from ../../2-log.md, ../../4-sync.md and ../../proto/sync.proto alone, so that it is a second opinion."""
import hashlib, json, os, struct


def H(personal, data):
    return hashlib.blake2b(data, digest_size=32, person=personal.encode().ljust(16, b"\0")).digest()


def row(i):
    member, incarnation = H("vector", b"member" + struct.pack(">H", i)), struct.pack(">HQ", 1 + i % 3, i * i)
    return {"member": member, "incarnation": incarnation, "length": (1 << 48) if i == 7 else 3 * i + 1,
            "head": H("vector", b"head" + struct.pack(">H", i)), "forked": i + 1 if i % 5 == 0 else 0}


def log_id(r): return H("gv/log", r["member"] + r["incarnation"])
def row_bytes(r): return r["member"] + r["incarnation"] + struct.pack(">Q", r["length"]) + r["head"] + struct.pack(">Q", r["forked"])
def nibbles(h): return [n for b in h for n in (b >> 4, b & 15)]


def under(rows, prefix): return [r for r in rows if nibbles(log_id(r))[:len(prefix)] == prefix]


def node(rows, prefix):
    here = under(rows, prefix)
    if len(here) <= 16:
        return H("gv/range", b"\0" + b"".join(row_bytes(r) for r in here))
    return H("gv/range", b"\1" + b"".join(node(here, prefix + [n])[:16] for n in range(16)))


def varint(n):
    out = b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value) if value else b""
    return varint(number << 3 | 2) + varint(len(value)) + value


def scalar(number, value): return field(number, value) if value else b""


def pb_row(r):
    return scalar(1, r["member"]) + scalar(2, r["incarnation"]) + scalar(3, r["length"]) + scalar(4, r["head"]) + scalar(5, r["forked"])


SALT = {"opening": 0x0102030405060708, "answer": 0x8000000000000001}


def fingerprint(r, prefix, salt):
    six = nibbles(log_id(r))[len(prefix):len(prefix) + 6]
    id = bytes(16 * six[i] + six[i + 1] for i in (0, 2, 4))
    marks = [H("gv/fingerprint", struct.pack(">Q", salt) + h)[:2] for h in (log_id(r), r["head"])]
    return id, r["length"], *marks


def below(prefix, count): return [prefix + ([n] if count == 16 else [n >> 4, n & 15]) for n in range(count)]
def hashes_range(prefix, rows, count): return scalar(1, bytes(prefix)) + field(2, b"".join(node(rows, p)[:16] for p in below(prefix, count)))
def rows_range(prefix, rows, answer): return scalar(1, bytes(prefix)) + field(3, b"".join(field(1, pb_row(r)) for r in rows) + scalar(2, int(answer)))


def fingerprints_range(prefix, rows, answer, salt):
    ids, lengths, logs, heads = zip(*(fingerprint(r, prefix, salt) for r in rows))
    columns = scalar(1, b"".join(ids)) + scalar(2, b"".join(varint(n) for n in lengths)) + scalar(3, b"".join(logs)) + scalar(4, b"".join(heads))
    return scalar(1, bytes(prefix)) + field(4, columns + scalar(5, int(answer)))


def ranges(round, list, salt=0): return field(5, scalar(1, round) + b"".join(field(2, r) for r in list) + scalar(3, salt)).hex()


rows = sorted((row(i) for i in range(200)), key=log_id)
few = rows[:3]
first = nibbles(log_id(rows[0]))[:1]
# Of the three one is longer here, one is shorter, and one is the same.
own = [few[0], dict(few[1], length=few[1]["length"] + 1, head=H("vector", b"longer")), dict(few[2], length=1, head=H("vector", b"shorter"))]
mine = sorted(own + rows[4:], key=log_id)  # one is missing
more = sorted((row(i) for i in range(1100)), key=log_id)
out = {
    "rows": [row_bytes(r).hex() for r in rows],
    "nodes": [{"prefix": "".join("%x" % n for n in p), "hash": node(rows, p).hex()} for p in ([], first, first + [nibbles(log_id(rows[0]))[1]], [0, 0, 0])],
    "orders": H("gv/orders", b"").hex(),
    "frontier": H("gv/frontier", H("gv/orders", b"") + node(rows, [])).hex(),
    "opening": ranges(1, [hashes_range([], rows, 16)]),
    "opening_of_1100": ranges(1, [hashes_range([], more, 256)]),
    "opening_of_three": ranges(1, [fingerprints_range([], few, False, SALT["opening"])], SALT["opening"]),
    "own_of_three": [row_bytes(r).hex() for r in own],
    "answer_to_three": [ranges(2, [fingerprints_range([], [own[1]], True, SALT["answer"])], SALT["answer"]), ranges(2, [rows_range([], mine[3:], True)])],
    "answer_of_three": [ranges(2, [fingerprints_range([n], under(few, [n]), False, SALT["answer"]) if under(few, [n]) else scalar(1, bytes([n])) + field(4, b"") for n in range(16) if node(few, [n]) != node(rows, [n])], SALT["answer"])],
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "frontier.json"), "w") as file:
    json.dump(out, file, indent=1)
    file.write("\n")
