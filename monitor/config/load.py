"""Reading the file, and saying all that is wrong with it at once: where, what, and the cure."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from monitor.config.whole import Config
from monitor.errors import ConfigError

SYSTEM_CONFIG = Path("/etc/policy-monitor/config.toml")


def load(path: Path | None = None, *, state: Path | None = None) -> Config:
    """Read a config file; without a path ``./config.toml``, then the system one.

    Raises:
        ConfigError: no file, no TOML, or faults in it: all of them at once.
    """
    path = path or next((p for p in (Path("config.toml"), SYSTEM_CONFIG) if p.exists()), Path("config.toml"))
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            [f"{path}: no such file; `policy-monitor init` writes one, or name one with --config"]
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: cannot be read: {error}"]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}: no valid TOML: {error}"]) from None
    return parse(data, path, state=state)


def parse(data: dict[str, Any], path: Path | None = None, *, state: Path | None = None) -> Config:
    """Check the tables of a config. Raises ConfigError with every fault."""
    if "path" in data:
        raise ConfigError([f"{path or 'config'}: path: unknown key"])
    if state is not None:
        data = data | {"monitor": {**data.get("monitor", {}), "state": str(state.absolute())}}
    try:
        return Config.model_validate({**data, "path": path})
    except ValidationError as error:
        faults = [_fault(dict(fault), data) for fault in error.errors(include_url=False, include_input=False)]
        raise ConfigError([f"{path or 'config'}: {fault}" for fault in faults]) from None


def _fault(fault: dict[str, Any], data: dict[str, Any]) -> str:
    """One line for one fault: where, what, and the cure."""
    *place, last = fault["loc"] or ("",)
    if isinstance(last, int):  # a fault of a whole table of an array: its place is its name
        place, last = [*place, last], ""
    model: Any = Config
    words: list[str] = []
    value: Any = data
    for step in place:
        value = (
            value[step]
            if isinstance(value, dict | list) and (isinstance(step, int) or step in value)
            else None
        )
        if isinstance(step, int):
            name = value.get("name") if isinstance(value, dict) else None
            words[-1] += f' "{name}"' if isinstance(name, str) else f" {step + 1}"
        elif step not in ("function-before", "function-after") and not str(step).startswith("function"):
            model = _inner(model, str(step))
            words.append(f"[{step}]" if isinstance(value, dict) else f"[[{step}]]")
    where = " ".join(words)
    if fault["type"] == "extra_forbidden":
        known = list(model.model_fields) if isinstance(model, type) and issubclass(model, BaseModel) else []
        near = get_close_matches(str(last), known, 1, 0.5)
        what = (
            f"unknown key; did you mean {near[0]}?" if near else f"unknown key; known are {', '.join(known)}"
        )
    elif fault["type"] == "missing":
        what = "is missing"
    else:
        what = fault["msg"].removeprefix("Value error, ")
    return ": ".join(part for part in (where, str(last), what) if part)


def _inner(model: Any, name: str) -> Any:
    """The table behind a key, through Optional, tuple and Annotated."""
    fields = getattr(model, "model_fields", {})
    if name not in fields:
        return model
    stack = [fields[name].annotation]
    while stack:
        found = stack.pop()
        if isinstance(found, type) and issubclass(found, BaseModel):
            return found
        stack.extend(getattr(found, "__args__", ()))
    return model
