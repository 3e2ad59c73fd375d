(** * Strips: that the margin of a network stays near one linear form on a cell.

    A network of two classes has a margin g: its logit, or that of class 1 less that of class 0.  Here
    it is shown that [least <= (g - s) 2^exponent <= most] on a cell for a given form s, or where classes are
    not known otherwise, and of two copies of a network which margin is at least the other's.  Slopes do not
    matter for soundness. *)
From Coq Require Import ZArith List Bool.
Require Import Network Cells Bounds Counting Tails Steps Within.
Import ListNotations.
Open Scope Z_scope.

(** ** Parallel lines: one slope below and above, and of two networks the same slopes, so that their
    forms have nearly the same coefficients.  The slope is that of the hull [h] of both ends, a multiple
    of 1 / [t]: the sums that are near it were found with such slopes, in cases with finer ones. *)
Definition SLOPES : Z := 4096.
Definition parallel (t : Z) (h b : Z * Z) : line :=
  let (l, u) := h in
  let s := clamp (if 0 <=? l then D else if u <=? 0 then 0 else D / t * (t * u / (u - l))) in
  Line s s (Z.max 0 (Z.max (- s * fst b) ((D - s) * snd b))).
(** Closer ones, which are not parallel: where a neuron is open 0 or the identity below.  Which of these suits may be
    a matter of little, so that who found a sum near them chose otherwise: the more so the farther [m] and [k] are apart. *)
Definition bent (m k : Z) (h b : Z * Z) : line :=
  if 0 <=? fst b then Line D D 0
  else if snd b <=? 0 then Line 0 0 0
  else let x := parallel D h b in Line (if - fst h * m <? snd h * k then D else 0) (high x) (above x).
(** The hull of b / s and b' / s', times s s'. *)
Definition hull (s : Z) (b : Z * Z) (s' : Z) (b' : Z * Z) : Z * Z :=
  if s =? s' then join b b' else join (s' * fst b, s' * snd b) (s * fst b', s * snd b').
Fixpoint hulled (f : Z * Z -> Z * Z -> line) (s s' : Z) (b b' : box) : list line :=
  match b with
  | [] => []
  | x :: r =>
      match b' with
      | [] => f x x :: hulled f s s' r []
      | y :: r' => f (hull s x s' y) x :: hulled f s s' r r'
      end
  end.
(** What is known of a network's nodes, with lines like another's; [ss] are the nodes' scales. *)
Fixpoint reline (f : Z * Z -> Z * Z -> line) (ss ss' : list Z) (es es' : list info) : list info :=
  match es with
  | [] => []
  | e :: r =>
      Info (ends e) (Bounds.total e) (hulled f (hd 1 ss) (hd 1 ss') (ends e) (ends (hd no_info es')))
        :: reline f (tl ss) (tl ss') r (tl es')
  end.
(** Whether networks have layers of the same kinds and widths. *)
Definition same_kind (a b : layer) : bool :=
  match a, b with
  | Affine i _, Affine j _ | Diag i _, Diag j _ | Relu i, Relu j | Sign i, Sign j => (i =? j)%nat
  | Add i _ j _, Add i' _ j' _ => (i =? i')%nat && (j =? j')%nat
  | _, _ => false
  end.
Fixpoint same_shapes (a b : network) (es es' : list info) : bool :=
  match es, es' with
  | e :: r, e' :: r' =>
      (length (ends e) =? length (ends e'))%nat &&
      match a, b with
      | [], [] => true
      | l :: a', k :: b' => same_kind l k && same_shapes a' b' r r'
      | _, _ => false
      end
  | _, _ => false
  end.

(** Where a neuron is on one side of 0 and the other network's is not, its line needs its far end. *)
Fixpoint sharpen_box (loose : bool) (keep : Z) (ks : list aid) (n : network) (es : list info) (c : cell) (i : nat)
  (b b' : box) : box :=
  match b with
  | [] => []
  | (l, u) :: r =>
      let (l', u') := hd (l, u) b' in
      (if (0 <=? l) && (l' <? 0) then (l, Z.min u (- lower 0 0 loose keep ks n es c (vscale (-1) (unit i))))
       else if (u <=? 0) && (0 <? u') then (Z.max l (lower 0 0 loose keep ks n es c (unit i)), u)
       else (l, u)) :: sharpen_box loose keep ks n es c (S i) r (tl b')
  end.
Fixpoint sharpen (loose : bool) (keep : Z) (ks : list aid) (n : network) (es es' : list info) (c : cell) : list info :=
  match n, es with
  | l :: n', e :: r =>
      let r := sharpen loose keep (tl ks) n' r (tl es') c in
      let first := match n' with [] => true | _ => false end in
      (if worth (hd no_aid ks) && negb first
       then Info (sharpen_box loose keep ks n (e :: r) c 0 (ends e) (ends (hd no_info es'))) (Bounds.total e) (lines e)
       else e) :: r
  | _, _ => es
  end.

(** ** One strip, in integers: bounds of [up g - down s], where s is a form for each variable. *)
(** What is said of classes: 1 where s is above the first number's opposite, 0 up to the second's; or one alone. *)
Definition claim : Type := option Z * option Z.
Definition claim_of (s : strip) : claim := (Some (strip_least s), Some (strip_most s)).
Definition if_said (f : Z -> bool) (x : option Z) : bool := match x with Some e => f e | None => true end.
(** The row of a margin. *)
Definition row_of (es : list info) : option vec :=
  match ends (hd no_info es) with [_] => Some [1] | [_; _] => Some [-1; 1] | _ => None end.
Definition enclosed (e : effort) (n : view) (c : cell) : list info :=
  enclose (loose (ready n)) e (aids (ready n)) (layers (ready n)) (project (sees n) c).
Definition sharpened (e : effort) (n : view) (es es' : list info) (c : cell) : list info :=
  sharpen (loose (ready n)) (bits e) (aids (ready n)) (layers (ready n)) es es' (project (sees n) c).
Definition lower_strip (keep : Z) (n : view) (es : list info) (c : cell) (fs : list vec) (up down : Z)
  (row : vec) : Z :=
  let '(T, U, A, K) := back None keep (aids (ready n)) (layers (ready n)) es [row] 0 in
  let Bs := spread (sees n) c (vscale (U * up) A) (map (vscale (- (T * down))) fs) in
  rounded (loose (ready n)) (least_over Bs c + U * up * K) T.
Definition strip_ends (keep : Z) (n : view) (es : list info) (c : cell) (fs : list vec) (up down : Z)
  (row : vec) : Z * Z :=
  (lower_strip keep n es c fs up down row, - lower_strip keep n es c fs up (- down) (vscale (-1) row)).
Definition scale_out (n : view) : Z := hd 1 (scales n).
Definition says (unit : Z) (b : Z * Z) (s : claim) : bool :=
  if_said (fun e => unit * e <=? fst b) (fst s) && if_said (fun e => snd b <=? unit * e) (snd s).

(** ** The difference of two copies of one network, from layer to layer: that of the second from the
    first. *)
Definition gap (a b : Z * Z) : Z * Z := (fst b - snd a, snd b - fst a).
Fixpoint gap_box (a b : box) : box :=
  match a, b with x :: a', y :: b' => gap x y :: gap_box a' b' | _, _ => [] end.
(** At the input, 0 where both read the same variable. *)
Fixpoint gap_input (c : cell) (r r' : list nat) : box :=
  match r, r' with
  | v :: r, v' :: r' =>
      let b := part_box (nth v c no_part) in
      (if (v =? v')%nat then map (fun _ => (0, 0)) b else gap_box b (part_box (nth v' c no_part)))
        ++ gap_input c r r'
  | _, _ => []
  end.
Fixpoint aligned (c : cell) (r r' : list nat) : bool :=
  match r, r' with
  | [], [] => true
  | v :: r, v' :: r' => (width (nth v c no_part) =? width (nth v' c no_part))%nat && aligned c r r'
  | _, _ => false
  end.
(** Between the differences of ReLU's ends, and a slope from 0 to 1 of the difference [d] before it; [close]r
    where what is negative counts.  (Cases take slopes that are near those their sums were found with.) *)
Definition gap_relu (close : bool) (a b d : Z * Z) : Z * Z :=
  let (l, u) := gap (both (Z.max 0) a) (both (Z.max 0) b) in
  if (0 <=? fst a) && (0 <=? fst b) then (Z.max l (fst d), Z.min u (snd d))
  else
    let l := Z.max l (Z.min 0 (fst d)) in
    let u := Z.min u (Z.max 0 (snd d)) in
    if close then (Z.max l (fst d + Z.min 0 (fst a)), Z.min u (snd d - Z.min 0 (fst b))) else (l, u).
Fixpoint gap_relus (close : bool) (a b d : box) : box :=
  match a, b, d with x :: a', y :: b', z :: d' => gap_relu close x y z :: gap_relus close a' b' d' | _, _, _ => [] end.
Fixpoint gap_diag (cs : list (Z * Z)) (d : box) : box :=
  match cs, d with (f, _) :: cs', x :: d' => iscale f x :: gap_diag cs' d' | _, _ => [] end.
Definition gap_step (close : bool) (l : layer) (ds : list box) (es es' : list info) : box :=
  match l with
  | Affine i rows => let d := nth i ds [] in map (fun rb => idot (fst rb) d) rows
  | Diag i cs => gap_diag cs (nth i ds [])
  | Relu i => gap_relus close (ends_at i es) (ends_at i es') (nth i ds [])
  | Sign i => gap_box (map (both Z.sgn) (ends_at i es)) (map (both Z.sgn) (ends_at i es'))
  | Add i c j d => badd (map (iscale c) (nth i ds [])) (map (iscale d) (nth j ds []))
  end.
Fixpoint gaps (close : bool) (n : network) (es es' : list info) (d : box) : list box :=
  match n with
  | [] => [d]
  | l :: n' => let ds := gaps close n' (tl es) (tl es') d in gap_step close l ds (tl es) (tl es') :: ds
  end.

(** Whether networks are the same. *)
Fixpoint same_vec (a b : vec) : bool :=
  match a, b with
  | [], [] => true
  | x :: a', y :: b' => (x =? y) && same_vec a' b'
  | _, _ => false
  end.
Fixpoint same_rows (a b : list (vec * Z)) : bool :=
  match a, b with
  | [], [] => true
  | (r, k) :: a', (r', k') :: b' => (k =? k') && same_vec r r' && same_rows a' b'
  | _, _ => false
  end.
Fixpoint same_pairs (a b : list (Z * Z)) : bool :=
  match a, b with
  | [], [] => true
  | (r, k) :: a', (r', k') :: b' => (k =? k') && (r =? r') && same_pairs a' b'
  | _, _ => false
  end.
Definition same_layer (a b : layer) : bool :=
  match a, b with
  | Affine i rows, Affine j rows' => (i =? j)%nat && same_rows rows rows'
  | Diag i cs, Diag j cs' => (i =? j)%nat && same_pairs cs cs'
  | Relu i, Relu j | Sign i, Sign j => (i =? j)%nat
  | Add i c j d, Add i' c' j' d' => (i =? i')%nat && (c =? c') && (j =? j')%nat && (d =? d')
  | _, _ => false
  end.
Fixpoint same_layers (a b : network) : bool :=
  match a, b with
  | [], [] => true
  | l :: a', k :: b' => same_layer l k && same_layers a' b'
  | _, _ => false
  end.

(** ** Both margins; [d] is how far the second is from the first, where that is known. *)
(** Ends that the other margin's ends and their difference leave. *)
Definition narrowed (a b d : Z * Z) : Z * Z :=    (* of b, which is a plus d *)
  (Z.max (fst b) (fst a + fst d), Z.min (snd b) (snd a + snd d)).
(** Where margins of 0 say nothing of a class, they are some units apart. *)
Definition orders (strict : bool) (order : Z) (d : option (Z * Z)) : bool :=
  let least := if strict then 1 else 0 in
  match d with
  | Some d => (negb (Z.testbit order 0) || (least <=? fst d)) && (negb (Z.testbit order 1) || (snd d <=? - least))
  | None => order =? 0
  end.
Definition gap_of (n n' : view) (es es' : list info) (row row' : vec) (c : cell) : option (Z * Z) :=
  if same_layers (layers (ready n)) (layers (ready n')) && (scale_out n =? scale_out n') &&
     same_vec row row' && aligned c (sees n) (sees n')
  then Some (idot row (hd [] (gaps true (layers (ready n)) es es' (gap_input c (sees n) (sees n')))))
  else None.
Definition both_narrowed (up : Z) (d : option (Z * Z)) (b b' : Z * Z) : (Z * Z) * (Z * Z) :=
  match d with
  | Some d => let x := (up * fst d, up * snd d) in (narrowed b' b (- snd x, - fst x), narrowed b b' x)
  | None => (b, b')
  end.
(** What is known of nodes, with lines of one kind, and of others that may be closer. *)
Definition lined : Type := list info * list (list info).
Definition closer (a b : Z * Z) : Z * Z := (Z.max (fst a) (fst b), Z.min (snd a) (snd b)).
Definition closest (f : list info -> Z * Z) (rs : lined) : Z * Z := fold_right (fun es b => closer (f es) b) (f (fst rs)) (snd rs).
Definition both_ends (keep : Z) (n n' : view) (rs rs' : lined) (row row' : vec) (c : cell) (fs : list vec)
  (up : Z) (d : option (Z * Z)) : (Z * Z) * (Z * Z) :=
  both_narrowed up d (closest (fun es => strip_ends keep n es c fs up (scale_out n) row) rs)
    (closest (fun es => strip_ends keep n' es c fs up (scale_out n') row') rs').

(** ** Where classes are open.  A sum of one's own, near the first margin, says outside of which ends the
    classes are 0 and 1; between them all is bounded again. *)
(** The first margin is about as many times [up] as the scale as this sum of what both networks read. *)
Fixpoint only_read (v : nat) (fs : list vec) (reads : list nat) : list vec :=
  match fs with
  | [] => []
  | A :: fs' => (if existsb (Nat.eqb v) reads then A else []) :: only_read (S v) fs' reads
  end.
Definition own_sum (keep : Z) (n : view) (es : list info) (row : vec) (c : cell) (others : list nat) : list vec * Z :=
  let '(T, U, A, _) := back None keep (aids (ready n)) (layers (ready n)) es [row] 0 in
  (only_read O (spread (sees n) c (vscale U A) []) others, Z.max 1 (T * scale_out n)).
(** What ends say, in units of 1. *)
Definition strip_of (S : Z) (b : Z * Z) : strip := Strip O (fst b / S) (- (- snd b / S)).
Definition zone_of (fs : list vec) (s s' : strip) : zone :=
  Zone fs (Z.min (- strip_most s) (- strip_most s')) (Z.max (- strip_least s) (- strip_least s')).
(** Lower bounds of [up g - down s], as above, that hold in a zone. *)
Definition lower_strip_in (z : zone) (keep : Z) (n : view) (es : list info) (c : cell) (fs : list vec) (up down : Z)
  (row : vec) : Z :=
  let '(T, U, A, K) := back None keep (aids (ready n)) (layers (ready n)) es [row] 0 in
  let Bs := spread (sees n) c (vscale (U * up) A) (map (vscale (- (T * down))) fs) in
  let (m, q) := least_within z Bs c in
  rounded (loose (ready n)) (m + q * (U * up * K)) (T * q).
Definition strip_ends_in (z : zone) (keep : Z) (n : view) (es : list info) (c : cell) (fs : list vec) (up down : Z)
  (row : vec) : Z * Z :=
  (lower_strip_in z keep n es c fs up down row, - lower_strip_in z keep n es c fs up (- down) (vscale (-1) row)).
Definition clipped (z : zone) (keep : Z) (n : view) (es : list info) (c : cell) : list info :=
  clip z (loose (ready n)) keep (aids (ready n)) (layers (ready n)) es (sees n) c.
(** Where ends cross nothing lies between. *)
Definition crosses (b : Z * Z) : bool := snd b <? fst b.
Definition is_hollow (z : zone) (c : cell) : bool :=
  crosses (Z.max (starts z) (least_over (along z) c), Z.min (stops z) (- least_over (map (vscale (-1)) (along z)) c)).
(** A strip holds of classes where its ends hold on the whole cell, or between, where there may be [none], and not
    beyond; [scale] is a network's times [unit]. *)
Definition reaches (x : Z) (low : option Z) : bool := match low with Some l => x <=? l | None => true end.
Definition says_within (none : bool) (scale unit : Z) (all some : Z * Z) (far : option Z * option Z) (s : claim) : bool :=
  if_said (fun e => (scale * e <=? fst all) || (none || (scale * e <=? fst some)) && reaches (unit * e) (fst far)) (fst s) &&
  if_said (fun e => (snd all <=? scale * e) || (none || (snd some <=? scale * e)) && reaches (1 - unit * e) (snd far)) (snd s).

(** Ends of a margin that has either class where it is 0: it is below what is said to be the upper one. *)
Definition strictly (strict : bool) (b : Z * Z) : Z * Z := if strict then (fst b, snd b + 1) else b.

(** ** All of it; [up] is the scale of the codes times 2^exponent, [unit] that scale.  Tried are enclosures
    with coefficients cut and the last forms nearly exact, then closer ones and all exact, and with other lines below
    ReLU, as sums are near lines of some enclosure; of one network
    parallel lines, and the lines that enclosures have: then each form is closer from its own side; and
    both between the ends outside of which they tell the class. *)
Definition KEEP : Z := 60.
Definition EXACT : Z := 10000.
Definition tries : list (effort * Z) :=
  (usual, KEEP) :: map (fun lean => (Effort true true EXACT 0 lean 0 0, EXACT)) [LEAN; 2; 32].
(** [zoned] gives what is known of nodes lines with which a zone is found, and [again] those that count. *)
Definition alone (t : Z) (n : view) (es : list info) : lined := (reline (parallel t) (scales n) [] es [], [es]).
Definition one_within (strict : bool) (zoned again : list info -> lined) (e : effort) (keep : Z) (unit up : Z) (fs : list vec) (c : cell)
  (n : view) (s : claim) (es : list info) (row : vec) : bool :=
  let S := scale_out n in
  let ls := zoned es in
  let (own, high) := own_sum keep n (fst ls) row c (sees n) in
  let o := strip_of S (strictly strict (closest (fun es => strip_ends keep n es c own high S row) ls)) in
  let z := zone_of own o o in
  let all := closest (fun es => strip_ends keep n es c fs up S row) (again es) in
  let some := closest (fun es => strip_ends_in z keep n es c fs up S row) (again (clipped z (bits e) n es c)) in
  says_within (is_hollow z c || crosses some) (S * unit) unit (strictly strict all) (strictly strict some) (beyond z fs c) s.
Definition one_from (strict : bool) (zoned again : list info -> lined) (e : effort) (keep : Z) (unit up : Z) (fs : list vec) (c : cell)
  (n : view) (s : claim) (es : list info) : bool :=
  match row_of es with
  | Some row =>
      let (own, more) := again es in
      existsb (fun own => says (scale_out n * unit) (strictly strict (strip_ends keep n own c fs up (scale_out n) row)) s)
        (own :: more)
      || one_within strict zoned again e keep unit up fs c n s es row
  | None => false
  end.
Definition one_holds (strict : bool) (unit up : Z) (fs : list vec) (c : cell) (n : view) (s : claim) : bool :=
  existsb
    (fun t => one_from strict (alone SLOPES n) (alone SLOPES n) (fst t) (snd t) unit up fs c n s (enclosed (fst t) n c))
    tries.
(** Of both networks, parallel lines, and closer ones, too. *)
Definition pair_lines : Type := list info -> list info -> lined * lined.
Definition alike (f : Z * Z -> Z * Z -> line) (n n' : view) (es es' : list info) : list info * list info :=
  let same := same_shapes (layers (ready n)) (layers (ready n')) es es' in
  (reline f (scales n) (scales n') es (if same then es' else []), reline f (scales n') (scales n) es' (if same then es else [])).
Definition together (t : Z) (n n' : view) (es es' : list info) : lined * lined :=
  let (r, r') := alike (parallel t) n n' es es' in ((r, []), (r', [])).
Definition both_kinds (t : Z) (n n' : view) (es es' : list info) : lined * lined :=
  let (r, r') := alike (parallel t) n n' es es' in
  let (b, b') := alike (bent 1 1) n n' es es' in ((r, [b]), (r', [b'])).
(** And where these do not do, those of other choices, and of each network's own. *)
Definition LEANINGS : list (Z * Z) := [(4, 5); (5, 4); (16, 17); (17, 16)].
Definition all_kinds (t : Z) (n n' : view) (es es' : list info) : lined * lined :=
  let (r, r') := alike (parallel t) n n' es es' in
  let more := map (fun x => alike (bent (fst x) (snd x)) n n' es es') LEANINGS in
  ((r, es :: map fst more), (r', es' :: map snd more)).
Definition two_within (strict : bool) (zoned again : pair_lines) (e : effort) (keep : Z) (unit up : Z) (fs : list vec) (c : cell) (n n' : view)
  (s s' : claim) (order : Z) (es es' : list info) (row row' : vec) (d : option (Z * Z)) (b b' : Z * Z) : bool :=
  let S := scale_out n in
  let S' := scale_out n' in
  let (ls, ls') := zoned es es' in
  let (own, high) := own_sum keep n (fst ls) row c (sees n') in
  let (o, o') := both_ends keep n n' ls ls' row row' c own high d in
  let z := zone_of own (strip_of S (strictly strict o)) (strip_of S' (strictly strict o')) in
  let es := clipped z (bits e) n es c in
  let es' := clipped z (bits e) n' es' c in
  let more := gap_of n n' es es' row row' c in
  let (rs, rs') := again es es' in
  let (i, i') := both_narrowed up more (closest (fun es => strip_ends_in z keep n es c fs up S row) rs)
                   (closest (fun es => strip_ends_in z keep n' es c fs up S' row') rs') in
  let far := beyond z fs c in
  let none := is_hollow z c || match more with Some x => crosses x | None => false end || crosses i || crosses i' in
  (orders strict order d || orders strict order more || match more with Some _ => none | None => false end) &&
  says_within none (S * unit) unit (strictly strict b) (strictly strict i) far s &&
  says_within none (S' * unit) unit (strictly strict b') (strictly strict i') far s'.
Definition both_enclosed (e : effort) (n n' : view) (c : cell) : list info * list info :=
  let es := enclosed e n c in
  let es' := enclosed e n' c in
  if same_shapes (layers (ready n)) (layers (ready n')) es es'
  then (sharpened e n es es' c, sharpened e n' es' es c) else (es, es').
Definition two_from (strict : bool) (zoned again : pair_lines) (e : effort) (keep : Z) (unit up : Z) (fs : list vec) (c : cell) (n n' : view)
  (s s' : claim) (order : Z) (es es' : list info) : bool :=
  match row_of es, row_of es' with
  | Some row, Some row' =>
      let (rs, rs') := again es es' in
      let v := scale_out n * unit in
      let v' := scale_out n' * unit in
      let (a, a') := both_ends keep n n' rs rs' row row' c fs up None in
      if (order =? 0) && says v (strictly strict a) s && says v' (strictly strict a') s' then true
      else
        let d := gap_of n n' es es' row row' c in
        let (b, b') := both_narrowed up d a a' in
        orders strict order d && says v (strictly strict b) s && says v' (strictly strict b') s' ||
        two_within strict zoned again e keep unit up fs c n n' s s' order es es' row row' d b b'
  | _, _ => false
  end.
Definition two_hold (strict : bool) (unit up : Z) (fs : list vec) (c : cell) (n n' : view) (s s' : claim) (order : Z) : bool :=
  existsb
    (fun t =>
       let (es, es') := both_enclosed (fst t) n n' c in
       two_from strict (together SLOPES n n') (together SLOPES n n') (fst t) (snd t) unit up fs c n n' s s' order es es')
    tries.
