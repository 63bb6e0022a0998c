"""Every link of hardware/ and docs/ leads to a file, picture or heading that is there. The web is not asked."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_LINK = re.compile(r"!?\[[^\]]*\]\((?!https?:|mailto:)([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def pages(root: Path) -> list[Path]:
    found = [path for folder in ("hardware", "docs") for path in sorted((root / folder).rglob("*.md"))]
    made = {"build"}  # by `make -C hardware fab`, not committed
    return [path for path in found if not made & {*path.relative_to(root).parts} and ".in." not in path.name]


def anchors(page: Path) -> set[str]:
    """Return the names that GitHub gives a page's headings."""
    found = set()
    for heading in _HEADING.findall(_FENCE.sub("", page.read_text(encoding="utf-8"))):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        found.add(re.sub(r"[^\w\- ]", "", text).replace(" ", "-"))
    return found


def dead(root: Path) -> list[str]:
    found = []
    for page in pages(root):
        for link in _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8"))):
            file, _, anchor = link.partition("#")
            target = page.parent / file if file else page
            there = target.exists() and (not anchor or target.suffix != ".md" or anchor in anchors(target))
            if not there:
                found.append(f"{page.relative_to(root)} links to {link}")
    return found


def test_every_link_leads_somewhere():
    assert len(pages(ROOT)) > 20
    assert dead(ROOT) == []


@pytest.mark.parametrize("link", ["no-such-page.md", "there.md#no-such-heading", "#no-such-heading", "gone.svg"])
def test_a_dead_link_is_told(tmp_path, link):
    (tmp_path / "hardware").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "there.md").write_text("# A heading, here\n[live](#a-heading-here)\n")
    (tmp_path / "hardware" / "page.md").write_text(f"[x]({link}) [y](../docs/there.md#a-heading-here)\n")
    if "there" in link:
        link = f"../docs/{link}"
        (tmp_path / "hardware" / "page.md").write_text(f"[x]({link})\n")
    assert dead(tmp_path) == [f"hardware/page.md links to {link}"]
