"""The models that travel with the package: those of Godley and Lavoie, one file each.

Names, start values and lags are those of the published models; a model's file says what it
teaches and where it comes from.
"""

from __future__ import annotations

from importlib.resources import files

from debtcycle.errors import ModelError
from debtcycle.sfc.model import Model
from debtcycle.sfc.reader import read_model

__all__ = ["list_models", "load_model", "model_text"]

_ENDING = ".model"


def list_models() -> tuple[str, ...]:
    """Names of the models of the package, in alphabetical order."""
    folder = files("debtcycle.sfc") / "models"
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(n.removesuffix(_ENDING) for n in names if n.endswith(_ENDING)))


def model_text(name: str) -> str:
    """Text of a model of the package.

    Parameters
    ----------
    name : str
        Name as in `list_models`; small letters will do.

    Raises
    ------
    ModelError
        ``model.unlisted`` if the package has no such model.
    """
    known = list_models()
    if name.upper() not in known:
        raise ModelError("model.unlisted", name=name[:60], known=", ".join(known))
    return (files("debtcycle.sfc") / "models" / f"{name.upper()}{_ENDING}").read_text("utf-8")


def load_model(name: str) -> Model:
    """A model of the package, parsed and checked.

    Raises
    ------
    ModelError
        ``model.unlisted`` if the package has no such model.
    """
    return read_model(model_text(name), name.upper())
