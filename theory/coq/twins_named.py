"""Twins of theorems that bear names: Holm, Littlestone, Schwartz and Zippel, Natarajan."""

from __future__ import annotations

from theory.coq.translation import Twin

NAMED = (
    Twin(
        "several-tests-in-turn",
        "Turns",
        "{T G} (D : list (T * R)) (tests : list G) (p : G -> T -> R) (wrong : G -> bool)"
        " (order : T -> list G)",
        (
            "distribution D",
            "length tests = m",
            "length (filter wrong tests) = b",
            "(forall t, Permutation.Permutation (order t) tests)",
            "(forall g x, In g tests -> wrong g = true -> 0 <= x <= 1 ->"
            " pr D (fun t => at_most (p g t) x) <= x)",
        ),
        {
            "Pr(Some(g, its claim is false(g), the first false claim is that of(g)))": (
                "pr D (fun t => existsb wrong (claimed tests p delta 0 (order t) t))"
            ),
        },
        """
intros law size many same level. intros.
split; [now apply (Turns.holm D tests p wrong delta law order b)|].
intros [L K]. eapply Rle_trans; [exact K|].
assert (some : (1 <= b)%nat) by assumption. apply (le_INR 1) in some. cbn [INR] in some.
unfold Rdiv. apply Rmult_le_compat_l; [lra|]. apply Rinv_le_contravar; lra.
""",
    ),
    Twin(
        "mistake-bound-samples",
        "Turns",
        "{T G} (D : list (T * R)) (agree : G -> T -> bool) (g : G) (next : list (list T) -> G)",
        (
            "distribution D",
            "pr D (agree g) = 1 - p",
            "INR n >= ln (delta / (INR c + 1)) / ln (1 - epsilon)",
        ),
        {
            "accepted wrongly(c + 1)": (
                "pr (power (power D n) (S c)) (taken_wrongly D agree epsilon next [])"
            ),
            "Pr(Every(f = g at a draw, n))": "pr (power D n) (forallb (agree g))",
        },
        """
intros law own enough e d one range.
assert (C : 0 < INR c + 1) by (pose proof (pos_INR c); lra).
assert (S : 0 < delta / (INR c + 1)) by (apply Rdiv_lt_0_compat; lra).
assert (each : forall h, epsilon <= 1 - pr D (agree h) ->
  pr (power D n) (forallb (agree h)) <= delta / (INR c + 1)).
{ intros h far. rewrite independent_draws by assumption.
  apply (Testing.enough_draws epsilon _ n e S) in enough.
  eapply Rle_trans; [|exact enough]. apply pow_incr. pose proof (pr_range D law (agree h)). lra. }
split.
- pose proof (Turns.survivor D agree epsilon next law n (delta / (INR c + 1)) (Datatypes.S c)
    ltac:(lra) each []) as H. rewrite S_INR in H.
  replace ((INR c + 1) * (delta / (INR c + 1))) with delta in H by (field; lra). exact H.
- intros [far _]. rewrite (Rplus_comm 1). apply each. lra.
""",
    ),
    Twin(
        "schwartz-zippel",
        "Grid",
        "(variables : nat) (grid : list R) (h : poly variables)",
        ("length grid = s", "NoDup grid", "nonzero variables h", "of_degree variables k h"),
        {"P[h = 0]": "pr (power (each_alike grid) variables) (vanishes variables h)"},
        """
intros <- apart top low some. apply (Grid.schwartz_zippel grid); try assumption.
intros E. rewrite E in some. cbn in some. lia.
""",
    ),
    Twin(
        "natarajan-patterns",
        "Labels",
        "(P : list (list nat))",
        (
            "NoDup P",
            "(forall s, In s P -> length s = n /\\ forall x, In x s -> (x < c)%nat)",
            "natarajan_at_most n v P",
        ),
        {"most patterns(n, v)": "INR (length P)"},
        """
intros apart shape few _. eapply Rle_trans; [now apply (Labels.natarajan c n v P)|].
right. f_equal. field.
""",
    ),
)
