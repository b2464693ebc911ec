"""The floors of the project: each may use itself and those before it, never those after it."""

_FLOORS = ["engine", "ops", "nn", "tools", "tests"]

def floor(name):
    """The visibility of what lies on a floor: that floor and all above."""
    return ["//%s:__subpackages__" % user for user in _FLOORS[_FLOORS.index(name):]]
