"""What is quoted of every measure: horizons, and where its states begin."""

from __future__ import annotations

__all__ = ["GAP_BANDS", "HIGH_PERCENTILE", "HORIZONS", "QUOTED_HORIZON"]

HORIZONS = (1, 2, 3, 4)
QUOTED_HORIZON = 3
# Between these the Basel Committee's buffer rises from nothing to its full size (BCBS 187, 2010).
GAP_BANDS = (2.0, 10.0)
HIGH_PERCENTILE = 80.0
