#!/usr/bin/env python3
"""Writes frontier.json: made-up rows, their tree's nodes, and the messages that open and answer a reconciliation.

Written from ../../2-log.md, ../../4-sync.md and ../../proto/sync.proto alone, so that it is a second opinion."""
import hashlib, json, os, struct


def H(personal, data):
    return hashlib.blake2b(data, digest_size=32, person=personal.encode().ljust(16, b"\0")).digest()


def row(i):
    member, incarnation = H("vector", b"member" + bytes([i])), struct.pack(">HQ", 1 + i % 3, i * i)
    return {"member": member, "incarnation": incarnation, "length": (1 << 48) if i == 7 else 3 * i + 1,
            "head": H("vector", b"head" + bytes([i])), "forked": i + 1 if i % 5 == 0 else 0}


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


def hash_range(prefix, h): return scalar(1, bytes(prefix)) + field(2, h)
def rows_range(prefix, rows, answer): return scalar(1, bytes(prefix)) + field(3, b"".join(field(1, pb_row(r)) for r in rows) + scalar(2, int(answer)))
def ranges(round, list): return field(5, scalar(1, round) + b"".join(field(2, r) for r in list))


rows = sorted((row(i) for i in range(40)), key=log_id)
few = rows[:3]
first = nibbles(log_id(rows[0]))[:1]
request = [rows_range([], few, False)]
out = {
    "rows": [row_bytes(r).hex() for r in rows],
    "nodes": [{"prefix": "".join("%x" % n for n in p), "hash": node(rows, p).hex()} for p in ([], first, first + [nibbles(log_id(rows[0]))[1]], [0, 0, 0])],
    "orders": H("gv/orders", b"").hex(),
    "frontier": H("gv/frontier", H("gv/orders", b"") + node(rows, [])).hex(),
    "opening": ranges(1, [hash_range([n], node(rows, [n])[:16]) for n in range(16)]).hex(),
    "opening_of_three": ranges(1, request).hex(),
    "answer_to_three": ranges(2, [rows_range([], rows, True)]).hex(),
    "answer_of_three": ranges(2, [rows_range([n], under(few, [n]), False) for n in range(16) if node(few, [n]) != node(rows, [n])]).hex(),
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "frontier.json"), "w") as file:
    json.dump(out, file, indent=1)
    file.write("\n")
