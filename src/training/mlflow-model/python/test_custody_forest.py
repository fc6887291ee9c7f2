"""Of the package that is packed into models. Needs the standard library alone: `python3 test_custody_forest.py`."""

import json
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

from custody_forest import Forest  # noqa: E402


def leaf(zeros, ones):
    return {"counts": [zeros, ones]}


def branch(feature, below, left, right):
    counts = [left["counts"][0] + right["counts"][0], left["counts"][1] + right["counts"][1]]
    return {"counts": counts, "feature": feature, "below": below, "left": left, "right": right}


def model(*trees, depth=3, **other):
    file = {"format": "custody-random-forest", "version": 1, "features": ["ph", "turbidity"], "classes": [0, 1]}
    return {**file, "parameters": {"max_depth": depth, "n_estimators": len(trees)}, "trees": list(trees), **other}


class TheForest(unittest.TestCase):
    def test_answers_the_share_of_trees_that_vote_for_class_1(self):
        forest = Forest.from_dict(model(branch(1, 2.5, leaf(9, 1), leaf(1, 9)), leaf(8, 2), leaf(3, 7)))
        self.assertEqual(forest.probability((7.2, 1.0)), 1 / 3)
        self.assertEqual(forest.probability((7.2, 9.0)), 2 / 3)

    def test_sends_a_value_that_equals_the_border_to_the_right(self):
        forest = Forest.from_dict(model(branch(0, 7.0, leaf(0, 5), leaf(5, 0))))
        self.assertEqual(forest.probability((7.0, 0.0)), 0)
        self.assertEqual(forest.probability((6.999, 0.0)), 1)

    def test_takes_a_draw_in_a_leaf_as_class_0(self):
        self.assertEqual(Forest.from_dict(model(leaf(4, 4))).probability((1.0, 1.0)), 0)

    def test_refuses_what_is_no_model(self):
        good = branch(0, 7.0, leaf(1, 2), leaf(3, 4))
        bad = {
            "no model of the format": [[], {}, model(good, format="other")],
            "reads version 1": [model(good, version=2)],
            "no trees": [model()],
            "features must be names": [model(good, features=[]), model(good, features=[1])],
            "must have a max_depth": [model(good, parameters=of) for of in ({}, [3], None)] + [model(good, depth="3")],
            "deeper than max_depth": [model(good, depth=0)],
            "number of a feature": [model({**good, "feature": at}) for at in (2, -1, 1.0, True, "0", None)],
            "below must be a number": [model({**good, "below": at}) for at in ("7", None, float("nan"), True)],
            "two counts of rows": [model(leaf(-1, 2)), model({"counts": [1]}), model({"counts": None})],
            "is not a node": [model(7), model({**good, "left": None})],
        }
        for message, files in bad.items():
            for file in files:
                with self.subTest(message=message, file=file), self.assertRaisesRegex(ValueError, message):
                    Forest.from_dict(file)

    def test_needs_nothing_but_the_standard_library_until_it_predicts_a_frame(self):
        code = "import sys, custody_forest; print({'pandas', 'numpy', 'mlflow'} & set(sys.modules))"
        out = subprocess.run([sys.executable, "-B", "-c", code], cwd=HERE, capture_output=True, text=True, check=True)
        self.assertEqual(out.stdout.strip(), "set()")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--probabilities"]:
        # {"model": …, "rows": [[…], …]} on standard input; the probability of each row on standard output.
        asked = json.load(sys.stdin)
        forest = Forest.from_dict(asked["model"])
        print(json.dumps([forest.probability(row) for row in asked["rows"]]))
    else:
        unittest.main()
