"""Front ends that are broken on purpose: a check that such a one passes would be worth nothing."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from glidepath.assets import CHECKOUT


@dataclass(frozen=True)
class Mutant:
    """What it does wrong, and the one string of the sources that makes it do so."""

    name: str
    path: str
    right: str
    wrong: str

    def build(self, folder: Path) -> Path:
        """Builds it; the folder to serve."""
        sources, copy = CHECKOUT / "frontend", folder / "frontend"
        shutil.copytree(sources, copy, ignore=shutil.ignore_patterns("node_modules", "dist"))
        (copy / "node_modules").symlink_to(sources / "node_modules")
        # The clinical tables are read from there.
        (folder / "backend").symlink_to(CHECKOUT / "backend")
        source = copy / self.path
        text = source.read_text()
        assert text.count(self.right) == 1, f"{self.path} has changed; mend the mutant {self.name}"
        source.write_text(text.replace(self.right, self.wrong))
        vite = copy / "node_modules" / ".bin" / "vite"
        subprocess.run([vite, "build", "--logLevel", "error"], cwd=copy, check=True)
        return copy / "dist"


SENDING: Final = "const answer = await this.#around.send(asRequest(account, batch));"

SENT_IS_TAKEN: Final = Mutant(
    "what is sent counts as taken",
    "src/data/sender.ts",
    SENDING,
    f"""await settle(this.#around.store, batch, batch.map(({{ id }}) => ({{ id, status: 'stored' }})));
        {SENDING}""",
)
ANY_ANSWER_EMPTIES_ALL: Final = Mutant(
    "an answer about one entry empties the whole outbox",
    "src/data/outbox.ts",
    "await outbox.delete(seq);\n      }\n    }\n    return settled;",
    "await outbox.clear();\n      }\n    }\n    return settled;",
)
NEW_ID_EACH_TIME: Final = Mutant(
    "each try sends the entry under a new id",
    "src/data/sender.ts",
    SENDING,
    """for (const { item } of batch) item.entry.id = crypto.randomUUID();
        await this.#around.send(asRequest(account, batch));
        const answer = { results: batch.map(({ id }) => ({ id, status: 'stored' })) };""",
)
ALL_SENT_AT_FIRST: Final = Mutant(
    "the status line hears of an entry after it was said to be saved",
    "src/data/sync.svelte.ts",
    "await this.#attempt(() => this.refresh());\n    this.#tellTabs",
    "await this.#changed();\n    this.#tellTabs",
)
# A process that is killed after its writes reached the system loses nothing, so that "Saved" a moment too
# early would pass most of the time; this one is early by two seconds, and what is missing is sure.
SAVED_BEFORE_IT_IS: Final = Mutant(
    "an entry is written two seconds after it was said to be saved",
    "src/patient/diary.svelte.ts",
    "await keep(store, this.#account, item, draft);",
    "setTimeout(() => keep(store, this.#account, item, draft), 2_000);",
)
# What was delivered once is taken for kept, whatever became of the clinic's database.
LOST_STAYS_LOST: Final = Mutant(
    "what a clinic lost is not sent again",
    "src/data/pull.ts",
    "await offerAgain(tx, vault.account, lacking)",
    "0",
)
