"""Noise_XXpsk0_25519_ChaChaPoly_BLAKE2b, after revision 34 of the Noise specification."""

import hashlib
import hmac
import os

import nacl.bindings
import nacl.exceptions

from .primitives import ProtocolError, require

NAME = b"Noise_XXpsk0_25519_ChaChaPoly_BLAKE2b"
# For each message: who sends it (True: the initiator), and its tokens.
PATTERN = ((True, ("psk", "e")), (False, ("e", "ee", "s", "es")), (True, ("s", "se")))
MAX_MESSAGE = 65535


def key_pair(secret=None):
    """(secret, public) of X25519, new or of a given secret."""
    secret = secret or os.urandom(32)
    return secret, nacl.bindings.crypto_scalarmult_base(secret)


def dh(secret, public):
    try:
        return nacl.bindings.crypto_scalarmult(secret, public)
    except (nacl.exceptions.RuntimeError, ValueError):
        raise ProtocolError("a shared secret of zeros") from None


def hkdf(chaining_key, material, outputs):
    """Noise's HKDF over HMAC-BLAKE2b-512."""
    temp = hmac.new(chaining_key, material, "blake2b").digest()
    out = [b""]
    for i in range(1, outputs + 1):
        out.append(hmac.new(temp, out[-1] + bytes([i]), "blake2b").digest())
    return out[1:]


class Cipher:
    """A CipherState: a key and a counter."""

    def __init__(self, key=None):
        self.key, self.nonce = key, 0

    def _next(self):
        require(self.nonce < (1 << 64) - 1, "a cipher is used up")
        self.nonce += 1
        return bytes(4) + (self.nonce - 1).to_bytes(8, "little")

    def encrypt(self, associated, plaintext):
        if self.key is None:
            return plaintext
        return nacl.bindings.crypto_aead_chacha20poly1305_ietf_encrypt(
            plaintext, associated, self._next(), self.key)

    def decrypt(self, associated, ciphertext):
        if self.key is None:
            return ciphertext
        require(len(ciphertext) >= 16, "a ciphertext is too short")
        try:
            return nacl.bindings.crypto_aead_chacha20poly1305_ietf_decrypt(
                ciphertext, associated, self._next(), self.key)
        except nacl.exceptions.CryptoError:
            raise ProtocolError("a message does not decrypt") from None


class Handshake:
    """One side of the handshake: write_message and read_message by turns, then split."""

    def __init__(self, initiator, prologue, psk, static, ephemeral=None):
        require(len(psk) == 32, "the psk is not of 32 bytes")
        self.initiator, self.psk = initiator, psk
        self.s, self.e = key_pair(static), None
        self.fixed_ephemeral = ephemeral
        self.rs = self.re = None
        self.step = 0
        self.h = NAME.ljust(64, b"\0")
        self.ck = self.h
        self.cipher = Cipher()
        self._mix_hash(prologue)

    @property
    def done(self):
        return self.step == len(PATTERN)

    @property
    def my_turn(self):
        return not self.done and PATTERN[self.step][0] == self.initiator

    def _mix_hash(self, data):
        self.h = hashlib.blake2b(self.h + data).digest()

    def _mix_key(self, material):
        self.ck, key = hkdf(self.ck, material, 2)
        self.cipher = Cipher(key[:32])

    def _mix_psk(self):
        self.ck, mixed, key = hkdf(self.ck, self.psk, 3)
        self._mix_hash(mixed)
        self.cipher = Cipher(key[:32])

    def _mix_dh(self, token):
        """ee, es, se: the first letter is the initiator's key, the second the responder's."""
        mine, theirs = token if self.initiator else token[::-1]
        secret = (self.e if mine == "e" else self.s)[0]
        self._mix_key(dh(secret, self.re if theirs == "e" else self.rs))

    def _encrypt(self, plaintext):
        out = self.cipher.encrypt(self.h, plaintext)
        self._mix_hash(out)
        return out

    def _decrypt(self, ciphertext):
        out = self.cipher.decrypt(self.h, ciphertext)
        self._mix_hash(ciphertext)
        return out

    def write_message(self, payload=b""):
        require(self.my_turn, "not my turn")
        out = b""
        for token in PATTERN[self.step][1]:
            if token == "psk":
                self._mix_psk()
            elif token == "e":
                self.e = key_pair(self.fixed_ephemeral)
                out += self.e[1]
                self._mix_hash(self.e[1])
                self._mix_key(self.e[1])  # as every psk handshake does
            elif token == "s":
                out += self._encrypt(self.s[1])
            else:
                self._mix_dh(token)
        self.step += 1
        out += self._encrypt(payload)
        require(len(out) <= MAX_MESSAGE, "a handshake message is too long")
        return out

    def read_message(self, message):
        require(not self.my_turn and not self.done, "not the peer's turn")
        require(len(message) <= MAX_MESSAGE, "a handshake message is too long")
        at = 0

        def take(count):
            nonlocal at
            require(at + count <= len(message), "a handshake message is cut short")
            at += count
            return message[at - count : at]

        for token in PATTERN[self.step][1]:
            if token == "psk":
                self._mix_psk()
            elif token == "e":
                self.re = take(32)
                self._mix_hash(self.re)
                self._mix_key(self.re)
            elif token == "s":
                self.rs = self._decrypt(take(48))
            else:
                self._mix_dh(token)
        self.step += 1
        return self._decrypt(message[at:])

    def split(self):
        """(sending cipher, receiving cipher)."""
        require(self.done, "the handshake is not done")
        first, second = (Cipher(key[:32]) for key in hkdf(self.ck, b"", 2))
        return (first, second) if self.initiator else (second, first)
