"""``make bench``: every measurement, one after the other. Figures are ratios within one run: machines differ."""

from __future__ import annotations

import subprocess
import sys

PARTS = (
    "bench.check",
    "bench.fetch",
    "bench.compare",
    "bench.classify",
    "bench.evidence",
    "bench.scale",
    "bench.hostile",
)

failed = [part for part in PARTS if subprocess.run([sys.executable, "-m", part]).returncode]
sys.exit(f"failed: {', '.join(failed)}" if failed else 0)
