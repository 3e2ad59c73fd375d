"""Twins of what a distiller needs, and of what it cannot avoid: see `twins`."""

from __future__ import annotations

from theory.coq.translation import Twin

DISTILLERS = (
    Twin(
        "universal-samples",
        "Promises",
        "{G} (D : list (nat * R)) (wrong : G -> nat -> bool) (out : list nat -> G)",
        (
            "distribution D",
            "universal wrong",
            "(forall s, (exists g, right_up_to wrong (list_max s) g) ->"
            " right_up_to wrong (list_max s) (out s))",
        ),
        {
            "Pr(error of the output > epsilon)": (
                "pr (power D n) (fun s => less epsilon (pr D (wrong (out s))))"
            )
        },
        """
intros. now apply (Promises.universal_samples D wrong out epsilon delta n).
""",
    ),
    Twin(
        "universal-lower",
        "Promises",
        "{C} (coins : list (C * R)) (out : C -> list nat -> nat)",
        (
            "distribution coins",
            "(forall D, distribution D -> failure coins out beyond epsilon n D <= delta)",
        ),
        {},
        """
intros. now apply (Promises.universal_lower coins out).
""",
    ),
    Twin(
        "zero-samples-failure",
        "Conflicts",
        "{G X} (wrong : G -> X -> bool) (class : list G) (points : list X)"
        " (output : list (G * R)) (worst : R)",
        (
            "length points = m",
            "distribution output",
            "(forall y, In y output -> In (fst y) class)",
            "(forall g, In g class -> exists x, In x points /\\ someone_right wrong class x = true"
            " /\\ wrong g x = true)",
            "(forall x, In x points -> someone_right wrong class x = true ->"
            " pr output (fun g => wrong g x) <= worst)",
        ),
        {"greatest chance to err at a point where a student is right": "worst"},
        """
intros <-. intros. now apply (Conflicts.zero_samples wrong class points output).
""",
    ),
    Twin(
        "d-perfect-one-sample",
        "Apart",
        "{G X} (wrong : G -> X -> bool) (class largest : list G) (default : G)"
        " (D : list (X * R)) (output : list (G * R)) (worst : R)",
        (
            "distribution D",
            "(exists g, In g class /\\ pr D (wrong g) = 0)",
            "length largest = r",
            "incl largest class",
            "(forall h, In h largest -> exists x, wrong h x = false)",
            "ForallOrdPairs (apart wrong) largest",
            "(forall g, In g class -> exists h, In h largest /\\ within wrong g h)",
            "distribution output",
            "(forall y, In y output -> In (fst y) class)",
            "(forall D, distribution D -> (exists g, In g class /\\ pr D (wrong g) = 0) ->"
            " pr output (fun g => less 0 (pr D (wrong g))) <= worst)",
        ),
        {
            "greatest chance to err on a largest agreement set without a sample": "worst",
            "Pr(the student that one draw names errs)": (
                "pr D (fun x => less 0 (pr D (wrong (named wrong largest default x))))"
            ),
        },
        """
intros law [g [I perfect]] <- members filled P cover out proper most. intros.
split; [now apply (Apart.one_draw wrong D class largest default g)|].
apply (Apart.no_draw wrong class largest output worst); try assumption; lia.
""",
    ),
    Twin(
        "conflict-pairs-dimension",
        "Conflicts",
        "{G X} (wrong : G -> X -> bool) (pairs : list (X * X)) (v : nat)",
        (
            "length pairs = pi",
            "(forall g pair, In pair pairs -> wrong g (fst pair) = true \\/"
            " wrong g (snd pair) = true)",
            "(forall chosen, length chosen = length pairs ->"
            " exists g, right_on wrong g pairs chosen)",
            "(forall points, shattered wrong points -> (length points <= v)%nat)",
        ),
        {"VC dimension of the class": "INR v"},
        """
intros <-. intros. now apply Rle_ge, le_INR, (Conflicts.conflict_pairs_dimension wrong pairs v).
""",
    ),
    Twin(
        "d-perfect-confidence-samples",
        "Conflicts",
        "{C G X} (wrong : G -> X -> bool) (class : list G) (points : list X)"
        " (coins : list (C * R)) (out : C -> list X -> G) (first second : G) (x0 : X)",
        (
            "distribution coins",
            "(forall c s, In (out c s) class)",
            "(forall D, distribution D -> (exists g, In g class /\\ pr D (wrong g) = 0) ->"
            " failure coins out wrong epsilon n D <= delta)",
            "NoDup points",
            "(forall x, In x points)",
            "In first class",
            "In second class",
            "(forall g, In g class -> (forall x, wrong first x = false -> wrong g x = false) ->"
            " forall x, wrong g x = false -> wrong first x = false)",
            "wrong first x0 = false",
            "wrong second x0 = false",
            "(exists x, wrong second x = false /\\ wrong first x = true)",
            "epsilon < 1 / (INR (length points) - 1)",
        ),
        {},
        """
intros. apply (Conflicts.d_perfect_confidence wrong class coins out points first second x0);
  try assumption; lra.
""",
    ),
    Twin(
        "d-perfect-failure",
        "Hidden",
        "{C} (coins : list (C * R)) (out : C -> list point -> nat -> bool -> bool) (worst : R)",
        (
            "distribution coins",
            "(forall c s, places_wrong v (out c s) = INR v)",
            "(forall b, length b = v -> failure coins out errs epsilon n (hidden v theta b) <="
            " worst)",
        ),
        {"Pr(error of the output > epsilon)": "worst"},
        """
intros coin proper most. intros.
apply Rge_trans with ((theta / 2 * (1 - theta / INR v) ^ n - epsilon) / (theta - epsilon)).
- apply (Hidden.d_perfect_failure v theta) with (coins := coins) (out := out); try assumption; lra.
- right. unfold Rdiv. ring.
""",
    ),
    Twin(
        "agnostic-confidence-samples",
        "Agnostic",
        "{C G X} (wrong : G -> X -> bool) (class : list G) (coins : list (C * R))"
        " (out : C -> list X -> G) (x y : X)",
        (
            "distribution coins",
            "(forall c s, In (out c s) class)",
            "agnostic wrong class coins out epsilon delta n",
            "(forall g, In g class -> wrong g x = true \\/ wrong g y = true)",
            "(exists g, In g class /\\ wrong g x = false)",
            "(exists g, In g class /\\ wrong g y = false)",
        ),
        {},
        """
intros. apply (Agnostic.agnostic_confidence wrong class coins out x y); try assumption; lra.
""",
    ),
    Twin(
        "agnostic-conflict-samples",
        "Agnostic",
        "{C G X} (wrong : G -> X -> bool) (class : list G) (coins : list (C * R))"
        " (out : C -> list X -> G) (points : list X) (default : X)",
        (
            "distribution coins",
            "(forall o s, In (out o s) class)",
            "agnostic wrong class coins out epsilon delta n",
            "length points = k",
            "(forall g, In g class ->"
            " exists i, (i < k)%nat /\\ wrong g (nth i points default) = true)",
            "(forall j, (j < k)%nat -> exists g, In g class /\\"
            " forall i, (i < k)%nat -> i <> j -> wrong g (nth i points default) = false)",
        ),
        {},
        """
intros coin proper good size none all many. intros.
assert (K : 0 < INR k) by (apply lt_0_INR; lia).
rewrite <- sqrt_div_alt by assumption.
apply (Agnostic.agnostic_conflict wrong class coins out points default k);
  try assumption; try lra; lia.
""",
    ),
    Twin(
        "agnostic-failure",
        "Pairs",
        "{C G} (wrong : G -> nat * bool -> bool) (class : list G) (coins : list (C * R))"
        " (out : C -> list (nat * bool) -> G) (worst : R)",
        (
            "distribution coins",
            "(forall g i, In g class -> (i < pi)%nat ->"
            " wrong g (i, false) = true \\/ wrong g (i, true) = true)",
            "(forall b, length b = pi -> exists g, In g class /\\"
            " forall i, (i < pi)%nat -> wrong g (i, side b i) = false)",
            "(forall c s, In (out c s) class)",
            "(forall b, length b = pi -> sum (fun c => snd c * pr (power (tilted pi gamma b) n)"
            " (fun s => beaten wrong class epsilon (tilted pi gamma b) (out (fst c) s))) coins"
            " <= worst)",
        ),
        {
            "Pr(error of the output > epsilon)": "worst",
            "(1 - gamma**2)**(n/pi)": "Rpower (1 - gamma ^ 2) (INR n / INR pi)",
        },
        """
intros coin conflict select proper most. intros.
eapply Rge_trans; [apply (Pairs.agnostic_failure pi gamma) with (wrong := wrong) (class := class)
  (coins := coins) (out := out) (epsilon := epsilon) (n := n); try eassumption; lra|].
right. field. lra.
""",
    ),
    Twin(
        "universal-approximate-lower",
        "Promises",
        "{G C} (points : nat) (wrong : G -> nat -> bool) (coins : list (C * R))"
        " (out : C -> list nat -> G)",
        (
            "distribution coins",
            "(1 <= points)%nat",
            "(forall g, epsilon / 4 * INR points <="
            " sum (fun x => if wrong g x then 1 else 0) (seq 0 points))",
            "(forall D, distribution D -> failure coins out wrong epsilon n D <= delta)",
        ),
        {},
        """
intros. replace (epsilon / (4 * delta)) with (epsilon / 4 / delta) by (field; lra).
apply (Promises.universal_approximate_lower points wrong coins out); try assumption; lra.
""",
    ),
    Twin(
        "vc-failure-lower",
        "Hidden",
        "{C} (coins : list (C * R)) (out : C -> list point -> nat -> bool) (worst : R)",
        (
            "distribution coins",
            "(forall b, length b = (v - 1)%nat -> failure coins (fun c s => answers (out c s)) errs"
            " epsilon n (hidden (v - 1) theta b) <= worst)",
        ),
        {"Pr(error of the output > epsilon)": "worst"},
        """
intros coin most many. intros.
assert (places : INR (v - 1) = INR v - 1) by (rewrite minus_INR by lia; reflexivity).
assert (0 < INR v - 1) by (rewrite <- places; apply lt_0_INR; lia).
eapply Rge_trans; [apply (Hidden.vc_failure coins out (v - 1) theta epsilon n worst);
  try assumption; lia || lra|].
right. rewrite places. unfold Rdiv. ring.
""",
    ),
)
