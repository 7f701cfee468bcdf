"""Bringing the store up to date: what to ask of whom, asking, taking in, and what came of it.

::

    with client_for(load_publishers()) as client, store.exclusive():
        asked = plan(store, catalogue, keyed=keyed(client.settings), today=today)
        summary = update(store, client, asked, catalogue=catalogue, today=today)

Publishers are asked by a few workers at once; the store is written by the caller's thread alone,
under one lock from the first question to the last answer. Each answer is stored whole or not at
all as it comes, so that an interruption loses nothing, and the next update goes on from there.
"""

from debtcycle.update.asking import Asked, Remembered
from debtcycle.update.houses import House, client_for, endpoints, houses, keyed, load_user_settings
from debtcycle.update.planning import first_request, plan
from debtcycle.update.records import Outcome, Progress, Result, Summary
from debtcycle.update.running import update

__all__ = [
    "Asked",
    "House",
    "Outcome",
    "Progress",
    "Remembered",
    "Result",
    "Summary",
    "client_for",
    "endpoints",
    "first_request",
    "houses",
    "keyed",
    "load_user_settings",
    "plan",
    "update",
]
