"""AdaBoost by every way to a tree and every question, against its own ``predict`` at all points."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import verifier as lp

SIZES = (3, 4, 2, 5)


@pytest.mark.parametrize("classes", [2, 3])
def test_all_of_them_hold_at_every_point(classes: int) -> None:
    from sklearn.ensemble import AdaBoostClassifier
    from sklearn.tree import DecisionTreeClassifier

    x = np.array(list(product(*map(range, SIZES))))
    a, b, c, d = x.T
    y = (a * b + d - 2 * c) % 5 > 2 if classes == 2 else (a * b + d) % 3
    seen = np.random.default_rng(5).random(len(x)) < 0.7
    model = AdaBoostClassifier(
        DecisionTreeClassifier(max_depth=2, random_state=0), n_estimators=7, random_state=1
    ).fit(x[seen], y[seen].astype(int))
    domain = lp.Domain.product(
        *[lp.Domain.range(n, 0, k - 1) for n, k in zip("abcd", SIZES, strict=True)]
    )
    wanted = model.predict(x)
    for method in ("certified", "cart"):
        made = lp.distill(model, domain, method=method)
        wrong = int((made.tree.predict(x) != wanted).sum())
        low, high = made.points or (0, len(x))
        assert low <= wrong <= high, method
    assert lp.distill(model, domain).verdict == "equivalent"
    tree = DecisionTreeClassifier(max_depth=3, random_state=0).fit(x, wanted)
    wrong = int((tree.predict(x) != wanted).sum())
    for prover in ("exhaustive", "branch", "questions"):
        assert lp.certify(model, tree, domain, prover=prover).points == (wrong, wrong), prover
    assert (lp.repair(model, tree, domain).tree.predict(x) == wanted).all()
    grid = wanted.reshape(SIZES)
    unfair = int((grid[:, :, 0] != grid[:, :, 1]).sum())
    assert lp.ask_fair(model, domain, "c").points == (unfair, unfair)
    falls = int((np.diff(grid, axis=3) < 0).sum())
    assert lp.ask_monotone(model, domain, "d").points == (falls, falls)
    assert lp.ask_same(model, model, domain).points == (0, 0)
    near = [i for i, p in enumerate(x) if (p != x[17]).sum() <= 2]
    other = int((wanted[near] != wanted[17]).sum())
    point = dict(zip("abcd", map(str, x[17]), strict=True))
    assert lp.ask_robust(model, domain, point=point, flips=2).points == (other, other)
    with pytest.raises(lp.LeafproofError, match="lrh is for networks"):
        lp.distill(model, domain, method="lrh")
    with pytest.raises(lp.LeafproofError):
        lp.certify(model, tree, domain, prover="z3")
