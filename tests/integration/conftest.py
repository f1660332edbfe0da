from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from monitor.store import Store


@pytest.fixture(autouse=True)
def stores_are_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test that fails before it closes its stores fails alone: what is left open would be blamed on another."""
    made: list[Store] = []
    open_store = Store.open.__func__  # type: ignore[attr-defined]

    def opened(cls: type[Store], *args: Any, **more: Any) -> Store:
        store: Store = open_store(cls, *args, **more)
        made.append(store)
        return store

    with monkeypatch.context() as patch:
        patch.setattr(Store, "open", classmethod(opened))
        yield
    for store in made:
        store.close()
