"""The bitemporal, append-only store."""

from __future__ import annotations

from debtcycle.store.database import default_path
from debtcycle.store.held import Held
from debtcycle.store.schema import Basis, Document, Rows
from debtcycle.store.store import Batch, Store

__all__ = ["Basis", "Batch", "Document", "Held", "Rows", "Store", "default_path"]
