"""Checks the vectors under Protocol/vectors against this implementation."""

import json
from pathlib import Path

from . import authority, community, evidence, log, noise, primitives, standing, sync
from .primitives import ProtocolError, base32_encode, u16, u64

ROLES = {name: role for role, name in authority.ROLE_NAMES.items()}
unhex = bytes.fromhex


class Checks:
    """Counts what passed, and tells what did not."""

    def __init__(self, root):
        self.root, self.passed, self.failed, self.name = root, 0, 0, ""

    def load(self, name):
        self.name = name
        return json.loads((self.root / name).read_text())

    def equal(self, what, found, expected):
        if found == expected:
            self.passed += 1
            return
        self.failed += 1
        print(f"FAILED {self.name}: {what}")
        print(f"  found    {_show(found)}\n  expected {_show(expected)}")

    def refused(self, what, action):
        try:
            action()
        except ProtocolError:
            self.passed += 1
        else:
            self.equal(what, "accepted", "refused")


def _show(value):
    text = value.hex() if isinstance(value, bytes) else str(value)
    return text if len(text) < 400 else text[:400] + "…"


def charter(check):
    v = check.load("log/charter.json")
    c = authority.Charter.read(unhex(v["bytes"]))
    check.equal("community id", c.community.hex(), v["community_id"])
    for name in ("title", "currency", "created_ms", "attribution", "window_days",
                 "qualifying_minor"):
        check.equal(name, getattr(c, name), v[name])
    check.equal("root key", primitives.public_key(unhex(v["root_seed"])).hex(), v["root_key"])
    check.equal("successor", primitives.H("gv/root", unhex(v["successor_key"])).hex(),
                v["successor_key_hash"])
    check.equal("person key", primitives.H("gv/personkey", unhex(v["person_key"])).hex(),
                v["person_key_hash"])
    names = ("title", "currency", "created_ms", "attribution", "window_days", "qualifying_minor",
             "calendar")
    keys = ("root_key", "successor_key_hash", "person_key_hash")
    encoded = authority.CHARTER.encode(**{n: v[n] for n in names},
                                       **{n: unhex(v[n]) for n in keys})
    check.equal("bytes", encoded.hex(), v["bytes"])
    return c


def root_orders(check, c):
    v = check.load("log/root-order.json")
    read = []
    for o in v["orders"]:
        signed = authority.SIGNED_ROOT_ORDER.decode(unhex(o["signed_root_order"]))
        order = authority.RootOrder.read(signed, c)
        read.append(order)
        check.equal("order", (order.hash.hex(), order.serial, order.time, signed.order.hex()),
                    (o["order_hash"], o["serial"], o["time"], o["order"]))
        message = primitives.signed_message("gv root order", c.community, signed.order)
        check.equal("signed message", message.hex(), o["signed_message"])
        check.equal("encoding", order.signed.hex(), o["signed_root_order"])
    for name, orders in (("none", []), ("first", read[:1]), ("both", read[::-1])):
        check.equal(name, authority.orders_hash(orders).hex(), v["orders_hash"][name])


def check_right(check, right, v):
    names = ("role", "expires_ms", "operations_per_day", "bytes_per_day", "since")
    found = {n: getattr(right, n) for n in names}
    found |= {"member_id": right.member_id.hex(), "person": right.person.hex() or None,
              "issuer_depth": right.depth - 1}
    check.equal("right", found, v["right"])


def presentation(check, c):
    v = check.load("log/presentation.json")
    data, member = unhex(v["presentation"]), unhex(v["member"])
    check.equal("chain hash", authority.chain_hash(data).hex(), v["chain_hash"])
    check_right(check, authority.read_presentation(c, data, member), v)
    check.refused("another author", lambda: authority.read_presentation(c, data, bytes(32)))
    excerpt = authority.EXCERPT.decode(unhex(v["excerpt"]["bytes"]))
    check.equal("excerpt", authority.encode_excerpt(excerpt).hex(), v["excerpt"]["bytes"])
    header, kind, _ = authority.read_excerpt(excerpt, c)
    check.equal("excerpt's kind", kind, authority.GRANT)
    for i in range(0, len(data), 7):
        damaged = data[:i] + bytes([data[i] ^ 1]) + data[i + 1 :]
        check.refused(f"byte {i} damaged",
                      lambda: authority.read_presentation(c, damaged, member))


def ticket(check, c):
    v = check.load("log/ticket.json")
    t = authority.Ticket(v["text"], v["presented_at"] >> 16)
    check.equal("keys", (t.network_key.hex(), t.person_key.hex(), t.addresses),
                (v["network_key"], v["person_key"], v["addresses"]))
    check.equal("invite seed", t.message.invite_secret.hex(), v["invite_seed"])
    member = unhex(v["member"])
    use = primitives.signed_message("gv invite use", c.community, member)
    check.equal("invite use", use.hex(), v["invite_use_message"])
    presented = t.present(member)
    check.equal("presentation", presented.hex(), v["presentation"])
    check.equal("chain hash", authority.chain_hash(presented).hex(), v["chain_hash"])
    ms = v["presented_at"] >> 16
    check_right(check, authority.read_presentation(c, presented, member), v)
    data = primitives.base32_decode(v["text"][10:])
    check.equal("text", authority.ticket_text(data[:-8]), v["text"])
    spaced = " ".join(v["text"][i : i + 7] for i in range(0, len(v["text"]), 7)).lower()
    authority.Ticket(spaced + "\n", ms)
    for i, text in enumerate([*v["damaged"], v["newer"]]):
        check.refused(f"damaged {i}", lambda: authority.Ticket(text, ms))


def bundles(check, c):
    v = check.load("log/bundles.json")
    seed = unhex(v["member_seed"])
    key = primitives.public_key(seed)
    for b in v["bundles"]:
        ops = []
        for o in b["operations"]:
            private, salt = (None if o[n] is None else unhex(o[n]) for n in ("private", "salt"))
            op = log.Operation(unhex(o["public"]), salt, private, unhex(o["inner"]))
            check.equal("inner", op.inner.hex(), o["inner"])
            check.equal("commitment", op.commitment.hex(), o["commitment"])
            ops.append(op)
        check.equal("body", b"".join(op.encode() for op in ops).hex(), b["body"])
        check.equal("body root", log.body_root(ops).hex(), b["body_root"])
        header = authority.Header(unhex(b["header"]))
        made = log.make_header(c.community, key, header.incarnation, b["position"],
                               unhex(b["previous"]), b["time"], len(ops), log.body_root(ops))
        check.equal("header", made.data, header.data)
        check.equal("bundle id", header.id.hex(), b["bundle_id"])
        check.equal("signature", primitives.sign_raw(seed, header.data).hex(), b["signature"])


def runs(check, c):
    v = check.load("log/runs.json")
    for name in ("whole", "private_part_not_held", "cut_with_bare_headers"):
        w = v[name]
        member, incarnation, entries = log.read_run(unhex(w["run"]), c.community)
        check.equal("member", (member.hex(), incarnation.hex()), (v["member"], v["incarnation"]))
        held = log.Log(c, member, incarnation)
        held.take(entries)
        check.equal("ids", [e.id.hex() for e in held.entries], w["bundle_ids"])
        check.equal("positions", [e.header.position for e in held.entries], w["positions"])
        check.equal("times", [e.header.time for e in held.entries], w["times"])
        check.equal("kept", [e.must_be_signed for e in held.entries], w["signature_kept"])
        check.equal("length", (held.length, held.head.hex()), (w["length"], w["head"]))
        check.equal("encoding", log.encode_run(entries).hex(), w["run"])
        if name == "whole":
            whole = entries
    bare = v["bare_headers_alone"]
    _, _, entries = log.read_run(unhex(bare["run"]), c.community)
    check.equal("bare ids", [e.id.hex() for e in entries], bare["bundle_ids"])
    for r in v["refused"]:
        def take():
            member, incarnation, entries = log.read_run(unhex(r["run"]), c.community)
            held = log.Log(c, member, incarnation)
            held.take(entries)
            primitives.require(not held.waiting, "a run that does not end signed")
        check.refused(r["why"], take)
    # A run in which any bit is turned is refused, or less of it is authentic.
    data = unhex(v["whole"]["run"])
    for i in range(0, len(data), 5):
        def take_damaged():
            damaged = data[:i] + bytes([data[i] ^ 1 << i % 8]) + data[i + 1 :]
            member, incarnation, entries = log.read_run(damaged, c.community)
            held = log.Log(c, member, incarnation)
            held.take(entries)
            primitives.require(len(held.entries) == len(entries), "not authentic")
        check.refused(f"byte {i} damaged", take_damaged)
    # In parts: what a cut leaves waits for its signature.
    held = log.Log(c, whole[0].header.member, whole[0].header.incarnation)
    grown = []
    for entry in whole:
        _, _, part = log.read_run(log.encode_run([entry]), c.community)
        held.take(part)
        grown.append(len(held.entries))
    check.equal("in parts", grown, [1, 1, 1, 1, 5, 5, 7])


def quota(check):
    v = check.load("log/quota.json")
    operations, size = log.Bucket(), log.Bucket()
    operations.fill(v["operations_per_day"], 0)
    size.fill(v["bytes_per_day"], 0)
    for step in v["steps"]:
        before = operations.level, size.level
        elapsed = step["milliseconds_after_previous_header"]
        operations.fill(v["operations_per_day"], elapsed)
        size.fill(v["bytes_per_day"], elapsed)
        admitted = operations.affords(step["operations"]) and size.affords(step["public_bytes"])
        check.equal(str(step), admitted, step["admitted"])
        if admitted:
            operations.pay(step["operations"])
            size.pay(step["public_bytes"])
        else:
            operations.level, size.level = before


def frontiers(check):
    v = check.load("log/frontier.json")
    rows = []
    for r in v["rows"]:
        row = log.Row.read(unhex(r["row"]))
        check.equal("row", (bytes(row).hex(), row.id.hex()), (r["row"], r["log_id"]))
        rows.append(row)
    for t in v["trees"]:
        tree = log.Tree(rows[: t["rows"]])
        found = log.frontier_hash(unhex(v["orders_hash"]), tree)
        check.equal("frontier", found.hex(), t["frontier_hash"])
        for n in t["nodes"]:
            prefix = unhex(n["prefix"])
            check.equal("node", (len(tree.under(prefix)), tree.node(prefix).hex()),
                        (n["rows_under"], n["hash"]))


def forks(check, c):
    v = check.load("log/fork-proof.json")
    proof = unhex(v["proof"])
    header = log.read_fork_proof(proof, c.community)
    check.equal("fork", (header.position, header.previous.hex(), header.member.hex()),
                (v["forked_at"], v["previous"], v["member"]))
    check.refused("swapped", lambda: log.read_fork_proof(unhex(v["refused"]), c.community))
    half = 4 + int.from_bytes(proof[:4], "big")
    a, b = proof[4:half], proof[half + 4 :]
    check.equal("encoding", log.encode_fork_proof(a, b), proof)
    check.refused("equal branches",
                  lambda: log.read_fork_proof(log.encode_fork_proof(a, a), c.community))


def _hex_or_none(value):
    return value and value.hex()


def standings(check):
    """Whole communities: what stands of the evidence. All lists are in ascending order."""
    v = check.load("log/standing.json")
    c = authority.Charter.read(unhex(v["charter"]))
    for case in v["cases"]:
        check.name = f"log/standing.json: {case['case']}"
        held = evidence.read_evidence(
            c, *(map(unhex, case[name]) for name in ("orders", "runs", "fork_proofs")))
        found = standing.Community(held)
        check.equal("root", found.orders.root.hex(), case["root"])
        check.equal("network key", found.orders.network_key_number, case["network_key_number"])
        check.equal("sealer", _hex_or_none(found.orders.sealer), case["sealer"])
        logs = [{
            "member": key[0].hex(), "incarnation": key[1].hex(), "length": row.length,
            "head": row.head.hex(), "forked_at": row.forked_at, "limit": row.limit,
            "rights_from": row.rights_from,
        } for key, row in sorted(found.rows.items())]
        members = [{
            "key": key.hex(), "role": m.role, "depth": None if m.chain is None else len(m.chain),
            "chain": [k.hex() for k in m.chain or ()], "steward_depth": m.steward_depth,
            "member_ids": [i.hex() for i in m.member_ids], "revoked": m.revoked,
        } for key, m in sorted(found.members.items())]
        invites = [{
            "bundle": bundle.hex(), "index": index, "revoked": i.revoked,
            **{name: [k.hex() for k in sorted(getattr(i, name))]
               for name in ("admitted", "over_used", "refused")},
        } for (bundle, index), i in sorted(found.invites.items())]
        acts = [{"bundle": bundle.hex(), "index": index, "level": act.level}
                for (bundle, index), act in sorted(found.acts.items())]
        for name, rows in (("logs", logs), ("members", members), ("invites", invites),
                           ("acts", acts)):
            check.equal(f"how many {name}", len(rows), len(case[name]))
            for row, expected in zip(rows, case[name]):
                check.equal(name, row, expected)
        _standing_otherwise_given(check, c, case, found)


def _standing_otherwise_given(check, c, case, found):
    """No order of arrival matters, and who holds only what has rows comes to the same verdict."""
    def verdict(one):
        rows = {key: (row.length, row.head) for key, row in one.rows.items() if row.length}
        return rows, {key: act.level for key, act in one.acts.items()}

    orders, runs, proofs = (list(map(unhex, case[name]))
                            for name in ("orders", "runs", "fork_proofs"))
    backwards = sorted(runs[::-1], key=lambda run: run[74:82])  # a branch comes after its trunk
    other = standing.Community(evidence.read_evidence(c, orders[::-1], backwards, proofs[::-1]))
    check.equal("in another order", verdict(other), verdict(found))
    cut = [log.encode_run(found.levels.end(key).inside)
           for key, row in found.rows.items() if row.length]
    other = standing.Community(evidence.read_evidence(c, orders, cut, proofs))
    check.equal("of what has rows", verdict(other), verdict(found))


def mark(check):
    v = check.load("log/mark.json")
    numbers = ("database_inode", "database_birth_ns", "mark_inode", "mark_birth_ns")
    slot = (u64(v["sequence"]) + unhex(v["incarnation"] + v["token"]) + u64(v["length"])
            + unhex(v["head"]) + b"".join(u64(v[n]) for n in numbers)).ljust(112, b"\0")
    check.equal("slot", (slot + primitives.H16("gv/mark", slot)).hex(), v["slot"])
    check.equal("offset", v["sequence"] % 2 * 128, v["offset"])


def codes(check):
    v = check.load("community/codes.json")
    for o in v["own_codes"]:
        check.equal(o["id"], community.own_code(unhex(o["id"])), o["code"])
    for n in v["normal_forms"]:
        normal = community.normal_form(n["written"])
        check.equal(repr(n["written"]), normal, n.get("normal"))
        if normal:
            check.equal("key", community.code_key(normal).hex(), n["key"])


def ids(check):
    v = check.load("community/ids.json")
    key = unhex(v["person_key"])
    for s in v["sourced"]:
        pair = s["source"], s["external_id"]
        check.equal("person", community.sourced_person(key, *pair).hex(), s["person"])
        check.equal("pledge", community.sourced_pledge(key, *pair).hex(), s["pledge"])
    for x in v["contacts"]:
        check.equal("contact", primitives.contact_id(key, x["contact"]).hex(), x["person"])
    for m in v["members"]:
        member = unhex(m["member_id"])
        check.equal("person", authority.own_person(key, member).hex(), m["person"])
        pledge = community.own_pledge(key, member, unhex(m["nonce"]))
        check.equal("pledge", pledge.hex(), m["pledge"])


def records(check):
    for r in check.load("community/records.json")["records"]:
        try:
            public = unhex(r["public_part"])
            (community.read_record if public[0] == 32 else community.read_voice)(public)
            verdict = "read"
        except ProtocolError:
            verdict = "malformed"
        check.equal(r["name"], verdict, r["verdict"])


def states(check):
    for path in sorted((check.root / "community").glob("state-*.json")):
        v = check.load(str(path.relative_to(check.root)))
        acts = [community.Act(
            o["time"], unhex(o["member_key"]), unhex(o["incarnation"]), o["position"],
            unhex(o["public_part"]), ROLES[o["role"]], unhex(o["member_id"]),
            unhex(o.get("person", "")), o["since_ms"], tuple(o["sources"]),
        ) for o in v["operations"]]
        r = v["rules"]
        state = community.State(community.Rules(
            r["currency"], r["created_ms"], unhex(r["person_key"]), r["qualifying_minor"],
            r["window_days"]), acts)
        check.equal("skipped", state.skipped, v["skipped"])
        buckets = state.buckets()
        expected = {b["number"]: b for b in v["buckets"]}
        for number in sorted(buckets.keys() | expected.keys()):
            hashed, rows = buckets.get(number, (b"", []))
            other = expected.get(number, {"rows": [], "hash": ""})
            for found, row in zip(rows, other["rows"]):
                check.equal(f"row in {number}", found.hex(), row)
            check.equal(f"bucket {number}", (len(rows), hashed.hex()),
                        (len(other["rows"]), other["hash"]))
        check.equal("state", state.digest().hex(), v["state"])
        figures = {id16.hex(): vars(f) for id16, f in state.figures().items()}
        names = ("brought", "reach", "depth", "cut")
        check.equal("figures", figures, {a["person"]: {n: a[n] for n in names}
                                         for a in v["ambassadors"]})
        found = [{"attribution": name, "person": person.hex(), "currency": currency, **vars(tally)}
                 for name, touch in (("first", state.first_touch), ("last", state.last_touch))
                 for (person, currency), tally in state.tallies(touch).items()]
        check.equal("tallies", _by_name(found), _by_name(v["tallies"]))
        flags = {id16.hex(): p.flags() for id16, p in state.pledges.items() if p.flags()}
        check.equal("flags", flags, v["flags"])


def _by_name(tallies):
    return sorted(tallies, key=lambda t: (t["attribution"], t["person"], t["currency"]))


def noise_xxpsk0(check):
    for v in check.load("noise/xxpsk0.json")["vectors"]:
        sides = {}
        for role, side in (("i2r", "init"), ("r2i", "resp")):
            sides[role] = noise.Handshake(
                side == "init", unhex(v[side + "_prologue"]), unhex(v[side + "_psks"][0]),
                unhex(v[side + "_static"]), unhex(v[side + "_ephemeral"]))
        ciphers = {}
        for m in v["messages"]:
            sender = sides[m["dir"]]
            receiver = sides["r2i" if m["dir"] == "i2r" else "i2r"]
            payload, ciphertext = unhex(m["payload"]), unhex(m["ciphertext"])
            if not sender.done:
                check.equal("handshake", sender.write_message(payload), ciphertext)
                check.equal("payload", receiver.read_message(ciphertext), payload)
                continue
            if not ciphers:
                check.equal("hash", (sender.h.hex(), receiver.h.hex()),
                            (v["handshake_hash"], v["handshake_hash"]))
                ciphers = {role: side.split() for role, side in sides.items()}
            other = "r2i" if m["dir"] == "i2r" else "i2r"
            check.equal("message", ciphers[m["dir"]][0].encrypt(b"", payload), ciphertext)
            check.equal("payload", ciphers[other][1].decrypt(b"", ciphertext), payload)


def reconciliation(check):
    v = check.load("sync/frontier.json")
    rows = [log.Row.read(unhex(r)) for r in v["rows"]]
    tree, few = log.Tree(rows), log.Tree(rows[:3])
    for n in v["nodes"]:
        prefix = bytes(int(c, 16) for c in n["prefix"])
        check.equal("node", tree.node(prefix).hex(), n["hash"])
    check.equal("orders", authority.orders_hash([]).hex(), v["orders"])
    check.equal("frontier", log.frontier_hash(authority.orders_hash([]), tree).hex(),
                v["frontier"])

    def encoded(rounds):
        return [sync.encode("ranges", r).hex() for r in rounds]

    opening_salt, answer_salt = 0x0102030405060708, 0x8000000000000001

    def answered(message, own):
        ranges = sync.MESSAGE.decode(unhex(message)).ranges
        return encoded(sync.answer(ranges, own, lambda row: None, answer_salt))

    def opened(rows):
        return encoded(sync.opening(log.Tree(rows), opening_salt))

    own = [log.Row.read(unhex(r)) for r in v["own_of_three"]] + rows[4:]
    check.equal("opening", opened(rows), [v["opening"]])
    check.equal("opening of three", opened(rows[:3]), [v["opening_of_three"]])
    check.equal("opening of 1,100", opened(map(_made_up_row, range(1100))), [v["opening_of_1100"]])
    check.equal("answer to three", answered(v["opening_of_three"], log.Tree(own)),
                v["answer_to_three"])
    check.equal("answer of three", answered(v["opening"], few), v["answer_of_three"])
    wanted, answers = [], []
    for message in v["answer_to_three"]:
        ranges = sync.MESSAGE.decode(unhex(message)).ranges
        answers += sync.answer(ranges, few, wanted.append)
    lengths = sorted((row.key, row.length) for row in own[1:2] + own[3:])
    check.equal("wanted", (answers, sorted((row.key, row.length) for row in wanted)),
                ([], lengths))


def _made_up_row(i):
    """By the rule of make-frontier.py."""
    member, head = (primitives.H("vector", name + u16(i)) for name in (b"member", b"head"))
    length = 1 << 48 if i == 7 else 3 * i + 1
    return log.Row(member, u16(1 + i % 3) + u64(i * i), length, head, None if i % 5 else i)


def base32(check):
    check.name = "base32"
    check.equal("symbols", base32_encode(u16(0xFFC0)), "ZZ00")
    for text in ("Z", "ZZZ1", "ZZU0"):
        check.refused(text, lambda: primitives.base32_decode(text))


def session(check):
    """Plays a whole recorded session again: both sides of the handshake, then every frame."""
    v = check.load("sync/session.json")
    ticket = authority.Ticket(v["ticket"], 1_790_000_120_000)
    prologue = b"grapevine\x01" + ticket.charter.community
    sides = {}
    for role in ("initiator", "responder"):
        static, ephemeral = (unhex(v["noise"][f"{role[0]}_{key}_secret"])
                             for key in ("static", "ephemeral"))
        sides[role] = noise.Handshake(role == "initiator", prologue, ticket.network_key,
                                      static, ephemeral)
    ciphers = {}
    for i, frame in enumerate(v["frames"]):
        other = "responder" if frame["by"] == "initiator" else "initiator"
        data = unhex(frame["bytes"])
        if not sides[frame["by"]].done:
            check.equal(f"handshake {i}", sides[frame["by"]].write_message(), data)
            sides[other].read_message(data)
            continue
        if not ciphers:
            check.equal("hash", sides["initiator"].h.hex(), v["handshake_hash"])
            ciphers = {role: side.split() for role, side in sides.items()}
        plain = b"\x01" + unhex(frame["message"])
        check.equal(f"frame {i}", ciphers[frame["by"]][0].encrypt(b"", plain), data)
        check.equal(f"message {i}", ciphers[other][1].decrypt(b"", data), plain)


def run(root=None):
    """Check all; returns the number of failures."""
    check = Checks(root or Path(__file__).resolve().parents[2] / "Protocol" / "vectors")
    c = charter(check)
    for part in (root_orders, presentation, ticket, bundles, runs, forks):
        part(check, c)
    for part in (quota, frontiers, standings, mark, codes, ids, records, states, noise_xxpsk0,
                 session, reconciliation, base32):
        part(check)
    print(f"{check.passed} passed, {check.failed} failed")
    return check.failed
