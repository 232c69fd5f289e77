"""Lets the site have the pages that stand at the root of the repository, and their links hold at both places."""

import re
from pathlib import Path
from typing import Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT: Final = Path(__file__).parents[1]
# What stands above docs/, and where in the site.
ABOVE: Final = {
    "README.md": "index.md",
    **{
        name: name
        for name in (
            "CHANGELOG.md",
            "CONTRIBUTING.md",
            "LICENSE",
            "SECURITY.md",
            "examples/README.md",
            "examples/diary.csv",
            "examples/past-diary.csv",
            "examples/patients.csv",
            "tests/security/authz.yaml",
        )
    },
}
# Of Markdown and of HTML.
LINK: Final = re.compile(r'(?P<before>\]\(|\bsrc=")(?P<to>(?!https?:|mailto:|#)[^)"#\s]+)')


def on_files(files: Files, config: MkDocsConfig) -> Files:
    for source, place in ABOVE.items():
        files.append(File.generated(config, place, abs_src_path=str(ROOT / source)))
    return files


def on_page_markdown(markdown: str, *, page: Page, **_: object) -> str:
    stood = next((one for one, place in ABOVE.items() if place == page.file.src_uri), None)
    folder = Path(stood).parent if stood else Path("docs")
    back = "../" * page.file.src_uri.count("/")

    def moved(link: re.Match[str]) -> str:
        meant = str((ROOT / folder / link["to"]).resolve().relative_to(ROOT))
        place = ABOVE.get(meant, meant.removeprefix("docs/"))
        return f"{link['before']}{back}{place}"

    return LINK.sub(moved, markdown)
