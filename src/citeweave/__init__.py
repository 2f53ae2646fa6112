"""citeweave: from piles of paper abstracts to a citation and knowledge graph."""
