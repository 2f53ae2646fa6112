"""The fast model's vectors of words, against sums of its tables' rows taken one by one."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from citeweave.extract import word_vectors
from citeweave.extract.lexicon import BUCKETS, Lexicon
from citeweave.extract.units import FEATURE_SIZES, units
from citeweave.extract.word_vectors import WordVectors

TEXT = "Deep nets, GraphNets and deep graphs\nWe train GraphNets (GN) on 14 graphs. Nets of deep graphs beat nets."
SIZE = 6


@pytest.fixture
def lexicon():
    return Lexicon(["nets", "deep", "we"])


@pytest.fixture
def tables(lexicon):
    draw = np.random.default_rng(3)
    sizes = (len(lexicon), *BUCKETS, *(n + 1 for n in FEATURE_SIZES))
    return [(draw.integers(-127, 128, (n, SIZE), dtype=np.int8), draw.random(n, dtype=np.float32)) for n in sizes]


@pytest.fixture
def path(tables, tmp_path):
    codes, scales = zip(*tables, strict=True)
    first = np.cumsum([0, *map(len, codes[:-1])])
    np.savez(tmp_path / "words.npz", codes=np.concatenate(codes), scale=np.concatenate(scales), first=first)
    return tmp_path / "words.npz"


def one_by_one(tables, lexicon, cut):
    rows = np.concatenate([lexicon.numbers(cut.words()), cut.features], axis=1)
    return [sum(codes[k] * scale[k] for (codes, scale), k in zip(tables, row, strict=True)) for row in rows.tolist()]


def test_a_word_is_the_sum_of_its_rows_in_all_tables(tables, lexicon, path):
    cut = units(TEXT)
    vectors = WordVectors(lexicon, path)
    for _ in range(2):  # as new words, and as known ones
        made, _ = vectors(cut.words(), cut.features)
        np.testing.assert_allclose(made, one_by_one(tables, lexicon, cut), rtol=1e-4, atol=1e-3)
    assert vectors([], np.zeros((0, 4), dtype=np.int64))[0].shape == (0, SIZE)


def test_words_that_no_table_tells_apart_have_one_number(lexicon, path):
    # neither of the last two is listed, and both begin, end and are spelt alike
    words = ["net", "nets", "net", "Net", "polymerisation", "polymorphisation"]
    _, numbers = WordVectors(lexicon, path)(words, np.zeros((len(words), 4), dtype=np.int64))
    assert numbers[0] == numbers[2]
    assert numbers[4] == numbers[5]
    assert len(set(numbers.tolist())) == 4


def test_what_is_known_is_forgotten_before_it_grows_without_end(lexicon, path, monkeypatch):
    monkeypatch.setattr(word_vectors, "_KEPT", 2000)
    vectors = WordVectors(lexicon, path)
    words = [f"word{i:05}" for i in range(0, 99_000, 33)]
    before, again = (vectors(words, np.ones((len(words), 4), dtype=np.int64))[0] for _ in range(2))
    assert (before == again).all()
    vectors(["more"], np.zeros((1, 4), dtype=np.int64))
    assert len(vectors._known) == len(vectors._by_row) == 1
    assert len(vectors._kept) < 2000


def test_several_threads_get_what_one_gets(lexicon, path, monkeypatch):
    monkeypatch.setattr(word_vectors, "_KEPT", 300)
    texts = [[f"{start}w{k}" for k in range(80)] for start in range(40)]
    features = np.zeros((80, 4), dtype=np.int64)
    alone = [WordVectors(lexicon, path)(words, features)[0] for words in texts]
    shared = WordVectors(lexicon, path)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda words: shared(words, features)[0], texts * 5))
    assert all((one == other).all() for one, other in zip(alone * 5, made, strict=True))
