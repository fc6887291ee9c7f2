"""The trees of a model that Custody trained, in plain Python.

Needs the standard library alone. The file is data: every field that matters is checked, nothing in it is run.
"""

import json
import math

FORMAT = "custody-random-forest"
VERSION = 1


class Forest:
    """A random forest whose probability is the share of its trees that vote for class 1."""

    def __init__(self, features, trees):
        self.features = features
        self._trees = trees

    @classmethod
    def load(cls, path):
        with open(path, encoding="utf-8") as file:
            return cls.from_dict(json.load(file))

    @classmethod
    def from_dict(cls, file):
        if not isinstance(file, dict) or file.get("format") != FORMAT:
            raise ValueError(f"this is no model of the format {FORMAT}")
        # Code of another model may already be imported under this name; it must not misread this file.
        if file.get("version") != VERSION:
            raise ValueError(f"this code reads version {VERSION} of {FORMAT}, not {file.get('version')!r}")
        features, trees = file.get("features"), file.get("trees")
        if not features or not isinstance(features, list) or not all(isinstance(name, str) for name in features):
            raise ValueError("the model's features must be names of columns")
        if not trees or not isinstance(trees, list):
            raise ValueError("the model has no trees")
        parameters = file.get("parameters")
        depth = parameters.get("max_depth") if isinstance(parameters, dict) else None
        if type(depth) is not int:
            raise ValueError("the model's parameters must have a max_depth")
        read = [_read(tree, len(features), depth, f"trees[{at}]") for at, tree in enumerate(trees)]
        return cls(tuple(features), read)

    def probability(self, values):
        """Of one row; its values in the order of `features`. Votes are counted, so the share is exact."""
        return sum(_vote(tree, values) for tree in self._trees) / len(self._trees)


def _read(node, features, depth, where):
    """A leaf becomes its vote, a branch (feature, below, left, right): what a prediction looks at, no more."""
    if not isinstance(node, dict):
        raise ValueError(f"{where} is not a node")
    if "left" not in node and "right" not in node:
        zeros, ones = _counts(node.get("counts"), where)
        return 1 if ones > zeros else 0
    if depth <= 0:
        raise ValueError(f"{where} is deeper than max_depth")
    feature, below = node.get("feature"), node.get("below")
    if type(feature) is not int or not 0 <= feature < features:
        raise ValueError(f"{where}.feature must be the number of a feature")
    if not is_finite(below):
        raise ValueError(f"{where}.below must be a number")
    left = _read(node.get("left"), features, depth - 1, f"{where}.left")
    right = _read(node.get("right"), features, depth - 1, f"{where}.right")
    return feature, below, left, right


def _counts(counts, where):
    good = isinstance(counts, list) and all(type(count) is int and count >= 0 for count in counts)
    if not good or len(counts) != 2:
        raise ValueError(f"{where}.counts must be two counts of rows")
    return counts


def _vote(node, values):
    while type(node) is tuple:
        feature, below, left, right = node
        node = left if values[feature] < below else right
    return node


def is_finite(value):
    """A number that a tree can compare; True and False are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
