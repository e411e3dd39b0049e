"""A small, bounded protobuf reader and writer: proto3, driven by schemas.

A decoded message is a SimpleNamespace: scalars that are absent have their default, optional ones
and messages are None, repeated ones are lists. `kind` tells which member of a oneof is set.
"""

from types import SimpleNamespace

from .primitives import ProtocolError, require

MAX_DEPTH = 16
VARINTS = {"uint32", "uint64", "int64", "bool", "enum"}


def varint(n):
    """Encode an integer (negative ones as 64-bit two's complement)."""
    n &= (1 << 64) - 1
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def read_varint(data, at):
    """Decode (value, next offset); at most 10 bytes, cut to 64 bits as protobuf does."""
    value = 0
    for i in range(10):
        require(at < len(data), "a varint is cut short")
        byte = data[at]
        at += 1
        value |= (byte & 127) << 7 * i
        if byte < 128:
            return value & (1 << 64) - 1, at
    raise ProtocolError("a varint is too long")


def _read_key(data, at):
    """(field number, wire type, next offset)."""
    key, at = read_varint(data, at)
    number = key >> 3
    require(0 < number < 1 << 29, "a field number out of bounds")
    return number, key & 7, at


def _read_value(data, at, wire):
    """(value, next offset) of a field that is not a group."""
    if wire == 0:
        return read_varint(data, at)
    if wire == 2:
        length, at = read_varint(data, at)
    else:
        require(wire in (1, 5), "an unknown wire type")
        length = 8 if wire == 1 else 4
    require(length <= len(data) - at, "a field is cut short")
    return data[at : at + length], at + length


def _skip_group(data, at, group):
    """The offset behind an (unknown) group whose start has been read."""
    open_groups = [group]
    while open_groups:
        require(len(open_groups) < MAX_DEPTH, "nested too deep")
        number, wire, at = _read_key(data, at)
        if wire == 3:
            open_groups.append(number)
        elif wire == 4:
            require(number == open_groups.pop(), "a group ends as another")
        else:
            _, at = _read_value(data, at, wire)
    return at


def wire_fields(data):
    """Yield (number, wire type, value) of a message's fields; groups, never known, are skipped."""
    at = 0
    while at < len(data):
        number, wire, at = _read_key(data, at)
        if wire == 3:
            at = _skip_group(data, at, number)
            continue
        value, at = _read_value(data, at, wire)
        yield number, wire, value


class Field:
    """One field of a schema.

    `size` is the exact length of bytes, `low`/`high` bound the length of bytes and strings,
    `most` the number of repetitions. Empty bytes of a `size` are let through with `low` = 0.
    """

    def __init__(self, number, name, kind, *, schema=None, repeated=False, optional=False,
                 size=None, low=None, high=None, most=None, oneof=False):
        self.number, self.name, self.kind, self.schema = number, name, kind, schema
        self.repeated, self.optional, self.oneof = repeated, optional, oneof
        self.size, self.low, self.high, self.most = size, low, high, most

    @property
    def default(self):
        if self.repeated:
            return []
        if self.optional or self.oneof or self.kind == "message":
            return None
        return {"bytes": b"", "string": "", "bool": False}.get(self.kind, 0)

    def scalar(self, wire_value):
        """A varint, bytes or string from its wire form."""
        if self.kind == "bool":
            return wire_value != 0
        if self.kind in ("uint32", "enum"):
            return wire_value & 0xFFFFFFFF
        if self.kind == "int64":
            return wire_value - (1 << 64) if wire_value >> 63 else wire_value
        if self.kind == "string":
            try:
                return wire_value.decode("utf-8")
            except UnicodeDecodeError:
                raise ProtocolError(f"{self.name} is not UTF-8") from None
        return bytes(wire_value) if self.kind == "bytes" else wire_value

    def check(self, value):
        """Check the length of one bytes or string value."""
        if self.kind not in ("bytes", "string") or value is None:
            return
        length = len(value) if self.kind == "bytes" else len(value.encode())
        if self.size is not None:
            require(length == self.size or (length == 0 and self.low == 0),
                    f"{self.name} has a wrong length")
        else:
            require(length >= (self.low or 0), f"{self.name} is too short")
            require(self.high is None or length <= self.high, f"{self.name} is too long")


class Schema:
    """A message type: decodes and encodes."""

    def __init__(self, name, *fields):
        self.name, self.fields = name, fields
        self.by_number = {f.number: f for f in fields}

    def decode(self, data, depth=1):
        require(depth <= MAX_DEPTH, "nested too deep")
        value = SimpleNamespace(kind=None, **{f.name: f.default for f in self.fields})
        embedded = {}  # a message field that comes several times is merged: bytes concatenated
        for number, wire, raw in wire_fields(data):
            field = self.by_number.get(number)
            packed = wire == 2 and field is not None and field.repeated and field.kind in VARINTS
            if field is None or not packed and wire != (0 if field.kind in VARINTS else 2):
                continue  # unknown: ignored, and kept with the bytes
            if field.oneof and value.kind != field.name:
                if value.kind is not None:
                    setattr(value, value.kind, None)
                    embedded.pop(value.kind, None)
                value.kind = field.name
            if field.kind == "message" and not field.repeated:
                embedded[field.name] = embedded.get(field.name, b"") + raw
            elif field.repeated:
                items = getattr(value, field.name)
                require(field.most is None or len(items) < field.most, f"too many {field.name}")
                if field.kind == "message":
                    items.append(field.schema.decode(raw, depth + 1))
                elif packed:
                    at = 0
                    while at < len(raw):
                        item, at = read_varint(raw, at)
                        items.append(field.scalar(item))
                    require(field.most is None or len(items) <= field.most,
                            f"too many {field.name}")
                else:
                    item = field.scalar(raw)
                    field.check(item)
                    items.append(item)
            else:
                setattr(value, field.name, field.scalar(raw))
        for field in self.fields:
            if field.name in embedded:
                inner = field.schema.decode(embedded[field.name], depth + 1)
                setattr(value, field.name, inner)
            elif not field.repeated:
                field.check(getattr(value, field.name))
        return value

    def encode(self, **values):
        """Encode; what is absent or (not optional and) at its default is left out.

        Message fields take bytes already encoded by their own schema.
        """
        out = []
        unknown = values.keys() - {f.name for f in self.fields}
        require(not unknown, f"{self.name} has no {unknown}")
        for field in self.fields:
            value = values.get(field.name)
            if field.repeated and field.kind in VARINTS:
                packed = b"".join(varint(int(item)) for item in value or ())
                if packed:
                    out.append(varint(field.number << 3 | 2) + varint(len(packed)) + packed)
            elif field.repeated:
                out += [self._one(field, item) for item in value or ()]
            elif value is None:
                continue
            elif value or field.optional or field.oneof or field.kind == "message":
                out.append(self._one(field, value))
        return b"".join(out)

    @staticmethod
    def _one(field, value):
        if field.kind in VARINTS:
            return varint(field.number << 3) + varint(int(value))
        if field.kind == "string":
            value = value.encode()
        return varint(field.number << 3 | 2) + varint(len(value)) + value
