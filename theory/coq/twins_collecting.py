"""Twins about cells that draws see, patterns, blocks of bits and medians of means: see `twins`."""

from __future__ import annotations

from theory.coq.translation import Twin

COLLECTED = (
    Twin(
        "coupon-collector",
        "Collecting",
        "{T} (cells : list T) (same : T -> T -> bool) (n : nat)",
        (
            "(forall x y, same x y = true <-> x = y)",
            "NoDup cells",
            "length cells = K",
        ),
        {
            "mean draws while cells are missing(K)": "Minimax.mean"
            " (fun s => INR (until_seen same cells s)) (power (each_alike cells) n)",
            "Sum(1/i, (i, 1, K))": "sum (fun i => 1 / INR i) (seq 1 K)",
        },
        """
intros equal apart <- some. apply (Collecting.collector cells same equal); auto using incl_refl.
intros E. rewrite E in some. cbn in some. lia.
""",
    ),
    Twin(
        "every-cell-seen",
        "Collecting",
        "{T} (D : list (T * R)) (cells : list T) (same : T -> T -> bool)",
        (
            "distribution D",
            "(forall c, In c cells -> p <= pr D (same c))",
            "length cells = K",
        ),
        {
            "a cell is not seen(K)": "pr (power D n)"
            " (fun s => existsb (fun c => negb (existsb (same c) s)) cells)",
        },
        """
intros law often <- _ _ _. now apply Collecting.every_cell.
""",
    ),
    Twin(
        "every-cell-seen-samples",
        "Collecting",
        "{T} (D : list (T * R)) (cells : list T) (same : T -> T -> bool)",
        (
            "distribution D",
            "(forall c, In c cells -> p <= pr D (same c))",
            "length cells = K",
        ),
        {
            "a cell is not seen(K)": "pr (power D n)"
            " (fun s => existsb (fun c => negb (existsb (same c) s)) cells)",
        },
        """
intros law often <- some range d _ H.
now apply (Collecting.every_cell_samples D cells same p delta n).
""",
    ),
    Twin(
        "median-of-means-groups",
        "Medians",
        "{T} (D : list (T * R)) (X : T -> R) (median : list R -> R)",
        (
            "distribution D",
            "Minimax.mean (fun x => X x ^ 2) D - Minimax.mean X D ^ 2 <= V",
            "(forall values, is_median (median values) values)",
        ),
        {
            "Pr(the median of the means is off)": "pr (power (power D n) k)"
            " (fun s => at_most t (Rabs (median (group_means X n s) - Minimax.mean X D)))",
        },
        """
intros law spread middle some one pos range _ few H.
apply (Medians.median_of_means_groups D X V t n k law spread); try assumption.
replace (4 * (V / (INR n * t ^ 2)) * (1 - V / (INR n * t ^ 2)))
  with (4 * V * (1 - V / (INR n * t ^ 2)) / (INR n * t ^ 2)) by (unfold Rdiv; ring).
exact H.
""",
    ),
    Twin(
        "median-of-means",
        "Medians",
        "{T} (D : list (T * R)) (X : T -> R) (median : list R -> R)",
        (
            "distribution D",
            "Minimax.mean (fun x => X x ^ 2) D - Minimax.mean X D ^ 2 <= V",
            "(forall values, is_median (median values) values)",
        ),
        {
            "Pr(the median of the means is off)": "pr (power (power D n) k)"
            " (fun s => at_most t (Rabs (median (group_means X n s) - Minimax.mean X D)))",
        },
        """
intros law spread middle some one _ pos few.
apply (Medians.median_of_means_roots D X V t n k law spread); auto; lra.
""",
    ),
    Twin(
        "vc-finite-class",
        "Collecting",
        "{T} (class : list (T -> bool)) (points : list T)",
        ("shatters class points", "length class = size", "length points = v"),
        {},
        """
intros all <- <- _. pose proof (Collecting.shatters_few class points all) as H.
assert (P : 0 < ln 2) by (rewrite <- ln_1; apply ln_increasing; lra).
apply Rmult_le_reg_r with (ln 2); [assumption|].
unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
rewrite <- (ln_pow 2 ltac:(lra)). destruct H as [H|H]; [|rewrite H; lra].
left. apply ln_increasing; [apply pow_lt; lra|assumption].
""",
    ),
    Twin(
        "tree-depth-block-sensitivity",
        "Collecting",
        "(g : bit_tree) (x : nat -> bool) (blocks : list (list nat))",
        (
            "NoDup (concat blocks)",
            "(forall c, In c blocks -> value g (flip_block c x) <> value g x)",
            "length blocks = b",
        ),
        {"bits that the tree asks for at a point": "INR (asked_at g x)"},
        """
intros apart flips <-. apply Rle_ge. now apply Collecting.blocks_depth.
""",
    ),
    Twin(
        "assouad",
        "Collecting",
        "{X} (outcomes : list X) (law : list bool -> X -> R) (guess : X -> list bool)",
        (
            "(forall w x, length w = d -> 0 <= law w x)",
            "(forall x, length (guess x) = d)",
            "(forall v w, length v = d -> length w = d -> differing v w = 1%nat ->"
            " 1 - gamma <= overlap outcomes (law v) (law w))",
        ),
        {"bits guessed wrong(d)": "wrong_bits outcomes d law guess / 2 ^ d"},
        """
intros laws long alike _ _. apply Rle_ge.
pose proof (Collecting.assouad outcomes gamma d law guess laws long alike) as H.
assert (P : 0 < 2 ^ d) by (apply pow_lt; lra).
apply Rmult_le_reg_r with (2 ^ d); [assumption|].
replace (wrong_bits outcomes d law guess / 2 ^ d * 2 ^ d)
  with (wrong_bits outcomes d law guess) by (field; lra). lra.
""",
    ),
)
