"""One run: where things are, how much of everything, and what has been measured."""

import shutil

from .cold_sync import transfer
from .figures import BARS, QUICK_BARS, Figures
from .machine import ed25519_rate
from .nodes import Node, fresh
from .records import Records


class Run:
    def __init__(self, programs, folder, inputs, updates, rounds, is_quick):
        self.programs, self.folder = programs, folder
        # Of the large record; of every figure the median of so many rounds.
        self.updates, self.rounds, self.is_quick = updates, rounds, is_quick
        self.records = Records(programs, inputs)
        self.figures = Figures(QUICK_BARS if is_quick else BARS)
        # Of Ed25519, beside what depends on it: other work on the machine slows both.
        self.rates = []
        # By number of updates.
        self.seconds_of_cold_sync = {}

    def ed25519(self):
        self.rates.append(ed25519_rate(self.programs))
        return self.rates[-1]

    def synced(self):
        """A home that has got the large record by a cold sync."""
        kept = self.folder / f"synced-{self.updates}"
        if not kept.exists():
            with fresh(self.folder / "cold") as folder:
                transfer(self, folder, self.updates)
                self.keep(self.updates, folder)
        return kept

    def joined_with_record(self, host, folder, role="observer"):
        """A new member's home that holds the large record as if it had synced it."""
        folder.mkdir()
        node = Node.joined(self.programs, folder, host.ticket(role))
        for path in self.synced().glob("record.sqlite*"):
            shutil.copy(path, node.home)
        return node

    def keep(self, updates, folder):
        """The home in `folder`, filled by a cold sync, for figures that need a large record."""
        kept = self.folder / f"synced-{updates}"
        if updates == self.updates and not kept.exists():
            shutil.move(folder / "home", kept)
