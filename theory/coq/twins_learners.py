"""Twins about learners that keep weights, and the moment that tails rest on: see `twins`."""

from __future__ import annotations

from theory.coq.translation import Twin

LEARNERS = (
    Twin(
        "perceptron",
        "Mistakes",
        "(u : nat -> R) (points : list (nat -> R)) (d : nat)",
        (
            "inner d u u = 1",
            "(forall x, In x points -> inner d x x <= r ^ 2 /\\ gamma <= inner d x u)",
            "mistakes d (fun _ => 0) points = c",
        ),
        {},
        """
intros one apart <- _ some. now apply (Mistakes.perceptron d u r gamma points).
""",
    ),
    Twin(
        "weighted-majority",
        "Mistakes",
        "{G T} (class : list G) (errs : G -> T -> bool) (rounds : list T) (g : G)",
        (
            "In g class",
            "length class = size",
            "own_mistakes errs g rounds = b",
            "voted_mistakes class errs beta (fun _ => 1) rounds = c",
        ),
        {},
        """
intros member <- <- <- _ range. rewrite (Rplus_comm (_ * _)).
exact (Mistakes.weighted_majority class errs beta range rounds g member).
""",
    ),
    Twin(
        "adaboost",
        "Mistakes",
        "{T} (points : list T) (rounds : list (T -> bool))",
        (
            "points <> []",
            "each_better points gamma (fun _ => 1) rounds",
            "length rounds = n",
        ),
        {"error on the training set": "training_error points rounds"},
        """
intros some good <- [edge _].
replace (- (2 * INR (length rounds) * gamma ^ 2))
  with (-2 * gamma ^ 2 * INR (length rounds)) by ring.
exact (Mistakes.adaboost points some gamma rounds edge good).
""",
    ),
    Twin(
        "hoeffding-lemma",
        "Moment",
        "{T} (D : list (T * R)) (X : T -> R)",
        ("distribution D", "(forall x, a <= X x <= b)"),
        {
            "Mean(exp(-c*Mean(loss of a draw))*exp(c*loss of a draw))": "Minimax.mean"
            " (fun t => exp (c * (X t - Minimax.mean X D))) D",
        },
        """
intros law within slope wide. now apply Moment.moment.
""",
    ),
)
