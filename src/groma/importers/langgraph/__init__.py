"""LangGraph applications, as they are, into models: from their source text, which is never run, or from their drawn graph.

- `read_source(text, file)`: the graphs that a Python file builds, by its syntax tree alone
- `read_graph(data, file)`: the graph of `app.get_graph().to_json()`; `looks_like(data)` tells whether it is one
- `read(data, file)`: either, by what it is
- `model_text(graphs)`: a model with a flow for each graph, the questions that are left, and what was read leniently
- `elements(graphs, taken)`: the same as elements of a larger model
"""

from groma.importers.langgraph.graph import Graph, GraphError
from groma.importers.langgraph.json_graph import looks_like, read, read_graph
from groma.importers.langgraph.source import read_source
from groma.importers.langgraph.text import Elements, Imported, elements, model_text

__all__ = [
    "Elements",
    "Graph",
    "GraphError",
    "Imported",
    "elements",
    "looks_like",
    "model_text",
    "read",
    "read_graph",
    "read_source",
]
