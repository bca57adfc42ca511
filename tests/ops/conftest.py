"""One city for a whole module on each engine."""

from tests.observations.conftest import shared

__all__ = ["shared"]
