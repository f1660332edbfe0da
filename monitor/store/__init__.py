"""What is kept in ``state/``: the schema, its migrations, and the queries by subject."""

from __future__ import annotations

from monitor.store.engine import Store

__all__ = ["Store"]
