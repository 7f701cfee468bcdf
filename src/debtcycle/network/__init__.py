"""Asking publishers: one polite client, with limits on time, size and rate, and secrets kept.

::

    from debtcycle.network import Client, Endpoint, load_settings

    endpoint = Endpoint(name="fred", address="https://fred.stlouisfed.org", per_second=2.0)
    with Client([endpoint], settings=load_settings(["fred"])) as client:
        answer = client.get(request)

All that goes wrong is a `debtcycle.errors.SourceError` with an id that begins with ``network.``.
The library that speaks HTTP is imported when the first request is made.
"""

from debtcycle.network.client import Client
from debtcycle.network.records import Answer, Clock, Deadline, Endpoint, Patience
from debtcycle.network.secret import Secret
from debtcycle.network.settings import Settings, load_settings, settings_path, state_path

__all__ = [
    "Answer",
    "Client",
    "Clock",
    "Deadline",
    "Endpoint",
    "Patience",
    "Secret",
    "Settings",
    "load_settings",
    "settings_path",
    "state_path",
]
