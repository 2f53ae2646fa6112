"""Linked Markdown notes, for Obsidian, Logseq and other note-takers: a folder to open as a vault or to put into one.

A note for each paper, entity and author; what the graph says are links between them, so that the
note-taker's own graph and backlinks show it. The notes are made anew by every export: own thoughts
belong into notes of one's own, which stay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from citeweave.export._bibliography import address
from citeweave.export._files import atomic_folder
from citeweave.export._notes import bullets, file_names, front_matter, text
from citeweave.graph.knowledge import KnowledgeGraph, author_id
from citeweave.graph.network import paper_label
from citeweave.model import Entity, Name, Paper, Statement

SUFFIXES = (".md",)
FILENAME = "obsidian"

_FOLDERS = {
    "Method": "Methods",
    "Model": "Models",
    "Dataset": "Datasets",
    "Task": "Tasks",
    "Metric": "Metrics",
    "Concept": "Concepts",
    "Software": "Software",
}
_PAPERS, _CITED, _AUTHORS = "Papers", "Cited papers", "Authors"


def write(graph: KnowledgeGraph, target: Path) -> None:
    """Write the notes into the folder ``target``; raises OSError where the file system refuses."""
    vault = _Vault(graph)
    with atomic_folder(target) as folder:
        for name in sorted({place[0] for place in vault.names}):
            (folder / name).mkdir()
        for path, note in vault.notes():
            (folder / f"{path}.md").write_bytes(note.encode("utf-8", "replace"))


class _Vault:
    """What every note needs to know: where the others are, and what is said of whom."""

    def __init__(self, graph: KnowledgeGraph) -> None:
        self.graph = graph
        labels = {(_PAPERS if p.sources else _CITED, p.id): paper_label(p) for p in graph.papers.values()}
        labels |= {(_FOLDERS[e.type], e.id): e.label for e in graph.entities.values()}
        labels |= {(_AUTHORS, id_): str(name) for id_, name in graph.authors.items()}
        self.names = file_names(labels)
        self.folder = {id_: folder for folder, id_ in self.names}
        self.said: dict[str, list[Statement]] = defaultdict(list)
        for statement in graph.statements:
            self.said[statement.subject].append(statement)

    def path(self, id_: str) -> str:
        folder = self.folder[id_]
        return f"{folder}/{self.names[folder, id_]}"

    def link(self, id_: str) -> str:
        path = self.path(id_)
        return f"[[{path}|{path.partition('/')[2]}]]"

    def notes(self) -> Iterator[tuple[str, str]]:
        for paper in self.graph.papers.values():
            yield self.path(paper.id), self._paper(paper)
        for entity in self.graph.entities.values():
            yield self.path(entity.id), self._entity(entity)
        for id_, name in self.graph.authors.items():
            yield self.path(id_), self._author(id_, name)

    def _paper(self, paper: Paper) -> str:
        head = front_matter(
            {
                "id": paper.id,
                "title": paper.title,
                "aliases": [paper.title] if paper.title else [],
                "authors": [str(name) for name in paper.authors],
                "date": str(paper.date or ""),
                "year": paper.date.year if paper.date else None,
                "venue": paper.venue,
                **dict(sorted(paper.identifiers.items())),
                "tags": ["paper" if paper.sources else "cited-paper"],
            }
        )
        parts = [f"# {text(paper_label(paper))}\n"]
        if paper.authors:
            parts.append(", ".join(self.link(author_id(name)) for name in paper.authors) + "\n")
        if paper.abstract:
            parts.append(f"{text(paper.abstract)}\n")
        parts += self._statements(paper.id)
        if paper.links:
            parts.append(f"## Links\n\n{bullets(f'<{address(link)}>' for link in paper.links)}")
        return head + "\n" + "\n".join(parts)

    def _entity(self, entity: Entity) -> str:
        head = front_matter(
            {
                "id": entity.id,
                "aliases": list(dict.fromkeys((entity.label, *entity.aliases))),
                "papers": len(self.graph.papers_of.get(entity.id, ())),
                "tags": [entity.type.lower()],
            }
        )
        return head + "\n" + "\n".join([f"# {text(entity.label)}\n", *self._statements(entity.id)])

    def _author(self, id_: str, name: Name) -> str:
        orcid = f"\n<https://orcid.org/{address(name.orcid)}>\n" if name.orcid else ""
        fields = {"id": id_, "aliases": [str(name)], "orcid": name.orcid, "tags": ["author"]}
        return f"{front_matter(fields)}\n# {text(str(name))}\n{orcid}"

    def _statements(self, subject: str) -> Iterator[str]:
        """A section of links for each predicate, each with the words that say so."""
        sections: dict[str, list[str]] = defaultdict(list)
        for statement in self.said[subject]:
            quote = statement.evidence[0].quote if statement.evidence else ""
            said = f" ({statement.confidence:.2f}): {text(quote)}" if quote else ""
            sections[statement.predicate].append(f"{self.link(statement.object)}{said}")
        for predicate, items in sorted(sections.items()):
            yield f"## {predicate.replace('_', ' ').capitalize()}\n\n{bullets(items)}"
