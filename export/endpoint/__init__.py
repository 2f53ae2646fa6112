"""The graph as a web service: SPARQL 1.1 over HTTP, an editor, and a page for every IRI.

Needs ``pip install "citeweave[serve]"`` (Starlette and uvicorn); importing this package does not.
"""
