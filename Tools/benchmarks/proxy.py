"""A wire between two nodes that counts: what is sent over TCP by either side, and when the last of it was."""

import queue
import socket
import threading
import time
from contextlib import contextmanager

CHUNK = 1 << 18


class Wire:
    """One connection through a proxy. `up` is what the side that dialled has sent, `down` what was sent to it, in bytes."""

    def __init__(self, dialler, server, delay):
        self.opened = self.last = time.perf_counter()
        self.up = self.down = 0
        self.sockets = (dialler, server)
        for source, target, name in ((dialler, server, "up"), (server, dialler, "down")):
            passed = queue.SimpleQueue() if delay else None
            if delay:
                threading.Thread(target=self._deliver, args=(passed, target), daemon=True).start()
            threading.Thread(target=self._read, args=(source, target, name, passed, delay), daemon=True).start()

    def _read(self, source, target, name, passed, delay):
        try:
            while data := source.recv(CHUNK):
                self.last = time.perf_counter()
                setattr(self, name, getattr(self, name) + len(data))
                if delay:
                    passed.put((self.last + delay, data))
                else:
                    target.sendall(data)
        except OSError:
            pass  # either side has closed: so do we
        self.close()

    def _deliver(self, passed, target):
        """What has waited for its time; ends when the wire is cut."""
        try:
            while self.sockets:
                try:
                    at, data = passed.get(timeout=1)
                except queue.Empty:
                    continue
                time.sleep(max(0, at - time.perf_counter()))
                target.sendall(data)
        except OSError:
            self.close()

    def close(self):
        sockets, self.sockets = self.sockets, ()
        for end in sockets:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # the other side was first
            end.close()


class Proxy:
    """Listens on a port of 127.0.0.1, and passes every connection on to `target`; `delay` seconds late, each way, if given."""

    def __init__(self, target, delay=0):
        host, _, port = target.rpartition(":")
        self.target, self.delay, self.wires = (host, int(port)), delay, []
        self.is_cut_off = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                dialler, _ = self.listener.accept()
            except OSError:
                return  # closed
            try:
                if self.is_cut_off:
                    raise ConnectionRefusedError
                server = socket.create_connection(self.target, timeout=5)
            except OSError:
                dialler.close()
                continue
            for end in (dialler, server):
                end.settimeout(None)
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.wires.append(Wire(dialler, server, self.delay))

    def cut(self):
        """Once: who dials again is connected again."""
        for wire in self.wires:
            wire.close()

    @contextmanager
    def cut_off(self):
        self.is_cut_off = True
        self.cut()
        yield
        self.is_cut_off = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # A thread that waits in accept is only woken by this.
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        finally:
            self.listener.close()
        self.cut()
