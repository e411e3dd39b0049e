"""Chapter 1: hashes, signatures, base32, hybrid time."""

import hashlib
import time

import nacl.bindings
import nacl.exceptions

MAX_MONEY = 10**15
MAX_POSITION = 1 << 48
ZERO32 = bytes(32)


class ProtocolError(Exception):
    """Something breaks a rule of the protocol."""


def require(condition, message):
    """Raise a ProtocolError with `message` unless `condition` holds."""
    if not condition:
        raise ProtocolError(message)


# Integers


def u8(n):
    return n.to_bytes(1, "big")


def u16(n):
    return n.to_bytes(2, "big")


def u32(n):
    return n.to_bytes(4, "big")


def u64(n):
    return n.to_bytes(8, "big")


def i64(n):
    return n.to_bytes(8, "big", signed=True)


class Reader:
    """Reads fixed layouts, refusing to go past the end."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        require(self.at + count <= len(self.data), "cut short")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, count):
        return int.from_bytes(self.take(count), "big")

    @property
    def left(self):
        return len(self.data) - self.at


# Hashes


def _personal(name):
    return name.encode().ljust(16, b"\0")


def H(name, data):
    """BLAKE2b, 32 bytes, personalised."""
    return hashlib.blake2b(data, digest_size=32, person=_personal(name)).digest()


def H16(name, data, key=b""):
    """BLAKE2b, 16 bytes, personalised, maybe keyed."""
    return hashlib.blake2b(data, digest_size=16, key=key, person=_personal(name)).digest()


def contact_id(person_key, contact):
    """Argon2id of a contact (already trimmed and lower-cased): 1 pass, 1 MiB."""
    return nacl.bindings.crypto_pwhash_alg(
        16, contact.encode(), H16("gv/contact", person_key), 1, 1 << 20,
        nacl.bindings.crypto_pwhash_ALG_ARGON2ID13,
    )


# Signatures


def public_key(seed):
    """The Ed25519 public key of a 32-byte seed."""
    return nacl.bindings.crypto_sign_seed_keypair(seed)[0]


def signed_message(tag, community, content):
    """The bytes that a signature of this tag covers."""
    return _personal(tag) + b"\1" + community + content


def sign_raw(seed, message):
    secret = nacl.bindings.crypto_sign_seed_keypair(seed)[1]
    return nacl.bindings.crypto_sign(message, secret)[:64]


def verify_raw(key, message, signature):
    """Whether an Ed25519 signature is good, strictly as libsodium verifies."""
    if len(key) != 32 or len(signature) != 64:
        return False
    try:
        nacl.bindings.crypto_sign_open(signature + message, key)
        return True
    except (nacl.exceptions.BadSignatureError, ValueError):
        return False


def sign(seed, tag, community, content):
    return sign_raw(seed, signed_message(tag, community, content))


def verify(key, tag, community, content, signature):
    return verify_raw(key, signed_message(tag, community, content), signature)


# Base32

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK_ALPHABET = ALPHABET + "*~$=U"
_VALUES = {c: i for i, c in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}


def base32_symbol(c):
    """The symbol that a capital is read as, or None."""
    value = _VALUES.get(c)
    return None if value is None else ALPHABET[value]


def base32_encode(data):
    bits = len(data) * 8
    symbols = -(-bits // 5)
    number = int.from_bytes(data, "big") << (symbols * 5 - bits)
    return "".join(ALPHABET[number >> 5 * i & 31] for i in reversed(range(symbols)))


def ascii_upper(text):
    """Capitals of ASCII letters only (U+212A and its like stay what they are)."""
    return "".join(c.upper() if "a" <= c <= "z" else c for c in text)


def base32_decode(text):
    symbols = [c for c in ascii_upper(text) if c not in "- "]
    number = 0
    for c in symbols:
        require(c in _VALUES, "not base32")
        number = number << 5 | _VALUES[c]
    spare = len(symbols) * 5 % 8
    require(spare < 5 and number & ((1 << spare) - 1) == 0, "base32 ends wrongly")
    return (number >> spare).to_bytes(len(symbols) * 5 // 8, "big")


# Hybrid time


class Clock:
    """A hybrid logical clock."""

    TOLERANCE_MS = 5 * 60 * 1000

    def __init__(self):
        self.last = 0

    @staticmethod
    def wall_ms():
        return time.time_ns() // 1_000_000

    def now(self):
        """The time of a new local event."""
        nxt = max(self.last, self.wall_ms() << 16)
        if nxt == self.last:
            nxt += 1
        return self._set(nxt)

    def see(self, seen):
        """Take in the time of another's event; one too far ahead is left out of account."""
        wall = self.wall_ms()
        if (seen >> 16) > wall + self.TOLERANCE_MS:
            return
        nxt = max(self.last, seen, wall << 16)
        if nxt in (self.last, seen):
            nxt += 1
        self._set(nxt)

    def _set(self, value):
        require(value < 1 << 64, "the end of time")
        self.last = value
        return value
