"""Memory does not grow with the source: each reader in a process of its own, fed with more and more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CORPUS = Path(__file__).parents[2] / "corpus"
SCRIPT = """
import io, resource, sys
from citeweave.extract import readers
from citeweave.model import Paper

start, record, end = (part.encode() for part in sys.argv[1:4])
format = sys.argv[4]

class Source(io.RawIOBase):
    def __init__(self, size):
        self.parts = self.made(size)
        self.rest = b""
    def made(self, size):
        yield start
        for number in range(size // len(record)):
            yield record.replace(b"NUMBER", str(number).encode())
        yield end
    def readable(self):
        return True
    def readinto(self, buffer):
        while not self.rest:
            part = next(self.parts, None)
            if part is None:
                return 0
            self.rest = part
        count = min(len(buffer), len(self.rest))
        buffer[:count], self.rest = self.rest[:count], self.rest[count:]
        return count

def peak(megabytes):
    size = megabytes * 1024 * 1024
    stream = io.BufferedReader(Source(size))
    found = sum(isinstance(item, Paper) for item in readers.read_stream(stream, "toy", format))
    assert found >= size // len(record), found
    return highest()

def highest():
    # A process starts with ru_maxrss of the one that started it, here of all tests before; VmHWM is its own.
    try:
        with open("/proc/self/status") as lines:
            return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

first = peak(8)
print(first, peak(40))
"""
PROSE = "We measure how pebbles roll, and find that the outcome depends on the slope more than on us. " * 60
SOURCES = {
    "jsonl": ("", f'{{"title": "Stone NUMBER", "abstract": "{PROSE}"}}\n', ""),
    "an array": ("[", f'{{"title": "Stone NUMBER", "abstract": "{PROSE}"}}, ', '{"title": "Last"}]'),
    "openalex": (
        '{"meta": {}, "results": [',
        f'{{"id": "https://openalex.org/W1NUMBER", "title": "Stone NUMBER", "abstract": "{PROSE}"}}, ',
        '{"id": "https://openalex.org/W99", "title": "Last"}]}',
    ),
    "bibtex": (
        "",
        f"@book{{kNUMBER, title = {{Stone NUMBER}}, abstract = {{{PROSE}}}, references = {{k1; k99}}}}\n",
        "",
    ),
    "ris": ("", f"TY  - JOUR\nTI  - Stone NUMBER\nAB  - {PROSE}\nER  - \n", ""),
    "csv": ("title,abstract\n", f'Stone NUMBER,"{PROSE}"\n', ""),
    "pubmed": (
        "<PubmedArticleSet>",
        "<PubmedArticle><MedlineCitation><Article><ArticleTitle>Stone NUMBER</ArticleTitle><Abstract><AbstractText>"
        f"{PROSE}</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>",
        "</PubmedArticleSet>",
    ),
    "titles": ("", f"Stone NUMBER\n{PROSE}\n", ""),
}


@pytest.mark.parametrize("name", SOURCES)
def test_memory_does_not_grow_with_the_number_of_records(name: str) -> None:
    format = "jsonl" if name == "an array" else name
    command = [sys.executable, "-c", SCRIPT, *SOURCES[name], format]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    first, more = map(float, done.stdout.split())
    assert more - first < 12, (first, more)  # 32 megabytes more went through
    assert more < 200
