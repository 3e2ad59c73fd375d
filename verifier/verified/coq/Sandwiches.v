(** * Sandwiches: what strips say of a part of a cell, counted.

    Above the threshold -least of a strip its network has class 1, up to -most class 0.  The thresholds
    of all strips cut the line of the form's values into regions, and in each some classes are
    possible.  Where the formula has one truth for all of them, the points of the region are counted.
    Of networks of more classes 0 and 1 stand for groups of them: [real] are the classes of each, by the model. *)
From Coq Require Import ZArith List Bool.
Require Import Network Cells Packed Bounds Counting Steps Groups Strips Cases Sides Digits.
Require Semantics.
Import ListNotations.
Open Scope Z_scope.

(** ** Regions: values greater than [lo] and at most [hi], in units of 2^-exponent. *)
Definition possible (lo hi : option Z) (s : strip) : list Z :=
  if match lo with Some t => - strip_least s <=? t | None => false end then [1]
  else if match hi with Some t => t <=? - strip_most s | None => false end then [0]
  else [0; 1].
(** The classes of the strips' models that may be together. *)
Fixpoint choices (lo hi : option Z) (ss : list strip) : list (list (nat * Z)) :=
  match ss with
  | [] => [[]]
  | s :: ss' =>
      let rest := choices lo hi ss' in
      flat_map (fun k => map (cons (strip_model s, k)) rest) (possible lo hi s)
  end.
Definition in_order (order : Z) (ks : list (nat * Z)) : bool :=
  match ks with
  | [(_, a); (_, b)] =>
      negb (Z.testbit order 0 && (a =? 1) && (b =? 0)) && negb (Z.testbit order 1 && (b =? 1) && (a =? 0))
  | _ => true
  end.
Fixpoint learn_these (new : list (nat * Z)) (ks : known) : known :=
  match new with [] => ks | (m, k) :: new' => learn_these new' (learn m k ks) end.
Definition is_said (b : bool) (x : option bool) : bool :=
  match x with Some y => Bool.eqb b y | None => false end.
Definition groups : Type := nat -> Z -> list Z.
Fixpoint spelled (real : groups) (new : list (nat * Z)) : list (list (nat * Z)) :=
  match new with
  | [] => [[]]
  | (m, k) :: new' => let rest := spelled real new' in flat_map (fun x => map (cons (m, x)) rest) (real m k)
  end.
(** What is true of all these choices. *)
Definition truth_of_all (f : Semantics.formula) (real : groups) (ks : known) (ways : list (list (nat * Z))) : option bool :=
  let found := map (fun new => truth f (learn_these new ks)) (flat_map (spelled real) ways) in
  if forallb (is_said true) found then Some true
  else if forallb (is_said false) found then Some false else None.
Definition region_truth (f : Semantics.formula) (real : groups) (ks : known) (s : sandwich) (lo hi : option Z) : option bool :=
  truth_of_all f real ks (filter (in_order (order s)) (choices lo hi (strips s))).
(** The same of the points where the first model has class 1: nothing where it may have class 0. *)
Definition first_is_one (new : list (nat * Z)) : bool := match new with (_, k) :: _ => k =? 1 | [] => false end.
Definition region_first (f : Semantics.formula) (real : groups) (ks : known) (s : sandwich) (lo hi : option Z) : option bool :=
  let ways := filter (in_order (order s)) (choices lo hi (strips s)) in
  if forallb first_is_one ways then truth_of_all f real ks ways else None.
Fixpoint insert (t : Z) (ts : list Z) : list Z :=
  match ts with
  | [] => [t]
  | x :: ts' => if t <? x then t :: ts else if t =? x then ts else x :: insert t ts'
  end.
Fixpoint thresholds (ss : list strip) : list Z :=
  match ss with
  | [] => []
  | s :: ss' => insert (- strip_least s) (insert (- strip_most s) (thresholds ss'))
  end.
(** The truth in the regions after [lo]. *)
Definition head (ts : list Z) : option Z := match ts with t :: _ => Some t | [] => None end.
Definition saying : Type := option Z -> option Z -> option bool.
Fixpoint regions_after (says : saying) (ts : list Z) : list (option bool) :=
  match ts with
  | [] => []
  | t :: ts' => says (Some t) (head ts') :: regions_after says ts'
  end.

(** ** Runs of regions of the same truth.  [cuts]: at least and at most what is above a threshold, and
    the truth after it; [from]: at least what is above the begin of the run. *)
Definition same_run (a b : option bool) : bool :=
  match a, b with Some x, Some y => Bool.eqb x y | None, None => true | _, _ => false end.
(** Amounts that are true, and that are false. *)
Definition add_run (run : option bool) (n : Z) (x : Z * Z) : Z * Z :=
  match run with
  | Some true => (fst x + Z.max 0 n, snd x)
  | Some false => (fst x, snd x + Z.max 0 n)
  | None => x
  end.
Fixpoint runs_of (run : option bool) (from : Z) (cuts : list (Z * Z * option bool)) : Z * Z :=
  match cuts with
  | [] => add_run run from (0, 0)
  | (l, u, next) :: cuts' =>
      if same_run run next then runs_of run from cuts' else add_run run (from - u) (runs_of next l cuts')
  end.
Definition amounts (w : Z) (fs : list vec) (ls : list runs) (c : cell) (ts : list Z) (first : option bool)
  (rest : list (option bool)) : Z * Z :=
  runs_of first (mass ls c) (List.combine (above w fs ls c ts) rest).

(** ** A part inside one leaf; nothing where the big numbers would be too long. *)
Definition LIMIT : Z := 2 ^ 26.              (* bits, for numbers of points *)
Definition LIMIT_WEIGHTS : Z := 2 ^ 28.
Definition too_long (limit w : Z) (fs : list vec) (ls : list runs) (c : cell) : bool :=
  limit <? digit_bits (mass ls c) * (1 + tops w fs c).
(** Points, and weights, that a sandwich with its form, of whose regions something is said, shows to be true, and to be false. *)
Definition counted (says : saying) (unit : Z) (ls : list runs) (c : cell) (x : sandwich * list vec)
  : option ((Z * Z) * (Z * Z)) :=
  let (s, fs) := x in
  let w := unit * bin s in
  if too_long LIMIT w fs [] c || too_long LIMIT_WEIGHTS w fs ls c then None
  else
    let ts := thresholds (strips s) in
    let first := says None (head ts) in
    let rest := regions_after says ts in
    let us := map (Z.mul unit) ts in
    let points := amounts w fs [] c us first rest in
    Some (points, match ls with [] => points | _ => amounts w fs ls c us first rest end).
Definition plus (a b : Z * Z) : Z * Z := (fst a + fst b, snd a + snd b).
(** What cases leave, each of the whole part: at most so much is false, and true. *)
Definition left_of (all : Z) (x : Z * Z) : Z * Z := (all - fst x, all - snd x).
Fixpoint left_by (f : Semantics.formula) (real : groups) (unit : Z) (ls : list runs) (ks : known) (c : cell)
  (told : list (sandwich * list vec)) : option ((Z * Z) * (Z * Z)) :=
  match told with
  | [] => Some ((0, 0), (0, 0))
  | x :: told' =>
      match counted (region_truth f real ks (fst x)) unit ls c x, left_by f real unit ls ks c told' with
      | Some (a, b), Some (p, q) => Some (plus (left_of (cardinal c) a) p, plus (left_of (mass ls c) b) q)
      | _, _ => None
      end
  end.
(** *** Of one network and two cases, both sums together.  Outside the first stairs the class is 1, as one sum is
    above where it is so all over the cell, or both above where it is so in their case; inside the second it is 0. *)
(** Of a case's form the sums of bins that are sure to be above thresholds, and that may be: all over, in the case. *)
Definition sure (unit : Z) (c : cell) (b : binned) (all own : strip) : Z * Z :=
  let at_ s := above_low (fst b) (bases (snd b) c) (unit * - strip_least s) in
  (at_ all, Z.min (at_ all) (at_ own)).
Definition may (unit : Z) (c : cell) (b : binned) (all own : strip) : Z * Z :=
  let at_ s := above_high (fst b) (bases (snd b) c) (rests (fst b) (snd b) c) (unit * - strip_most s) in
  (at_ all, Z.max (at_ all) (at_ own)).
Definition ones_and_zeros (unit : Z) (ls : list runs) (c : cell) (b b' : binned) (all own all' own' : strip) : Z * Z :=
  let (a0, b0) := sure unit c b all own in
  let (a1, b1) := sure unit c b' all' own' in
  let (c0, d0) := may unit c b all own in
  let (c1, d1) := may unit c b' all' own' in
  let every := 1 + tops (fst b) (snd b) c in
  match stairs_of b b' ls c [Ladder b1 a1 a0 b0 0; Ladder c1 d1 every d0 c0] with
  | [others; zeros] => (mass ls c - others, zeros)
  | _ => (0, 0)
  end.
(** What follows where these numbers of points, and weights, have all of the models' classes 1, and 0. *)
Definition left_where (f : Semantics.formula) (real : groups) (ls : list runs) (ks : known) (c : cell) (models : list nat)
  (amounts : list runs -> Z * Z) : (Z * Z) * (Z * Z) :=
  let truth_of k := truth_of_all f real ks [map (fun m => (m, k)) models] in
  let shown ls := let (one, zero) := amounts ls in add_run (truth_of 1) one (add_run (truth_of 0) zero (0, 0)) in
  let points := left_of (cardinal c) (shown []) in
  (points, match ls with [] => points | _ => left_of (mass ls c) (shown ls) end).
(** Bits of all rows of both sums' digits. *)
Definition too_long_together (limit : Z) (b b' : binned) (ls : list runs) (c : cell) : bool :=
  limit <? digit_bits (mass ls c) * ((1 + tops (fst b) (snd b) c) * (1 + tops (fst b') (snd b') c)).
Definition left_together (f : Semantics.formula) (real : groups) (unit : Z) (ls : list runs) (ks : known) (c : cell)
  (told : list (sandwich * list vec)) (over : list strip) : option ((Z * Z) * (Z * Z)) :=
  match told, over with
  | [(s, fs); (s', fs')], [all; all'] =>
      match strips s, strips s' with
      | [own], [own'] =>
          let b := (unit * bin s, fs) in
          let b' := (unit * bin s', fs') in
          if too_long_together LIMIT b b' [] c || too_long_together LIMIT_WEIGHTS b b' ls c then None
          else Some (left_where f real ls ks c [strip_model all] (fun ls => ones_and_zeros unit ls c b b' all own all' own'))
      | _, _ => None
      end
  | _, _ => None
  end.
(** *** Of sides: the points where the one's sum is surely above its end, and where the other's surely is not. *)
Definition sided : Type := side * list vec.
Definition bins_of (unit : Z) (x : sided) : binned := (unit * side_bin (fst x), snd x).
Definition from_bin (ls : list runs) (c : cell) (b : binned) (T : Z) : Z := hd 0 (tails_from (fst b) (snd b) ls c [T]).
Definition ones_and_zeros_apart (unit : Z) (ls : list runs) (c : cell) (one zero : sided) : Z * Z :=
  let b := bins_of unit one in
  let b' := bins_of unit zero in
  (from_bin ls c b (above_low (fst b) (bases (snd b) c) (unit * - side_end (fst one))),
   mass ls c -
   from_bin ls c b' (above_high (fst b') (bases (snd b') c) (rests (fst b') (snd b') c) (unit * - side_end (fst zero)))).
Definition left_by_sides (f : Semantics.formula) (real : groups) (unit : Z) (ls : list runs) (ks : known) (c : cell) (models : list nat)
  (sides : list (sided * sided)) : option ((Z * Z) * (Z * Z)) :=
  match sides with
  | [(one, zero)] =>
      let long limit ls := existsb (fun x => too_long limit (unit * side_bin (fst x)) (snd x) ls c) [one; zero] in
      if long LIMIT [] || long LIMIT_WEIGHTS ls then None
      else Some (left_where f real ls ks c models (fun ls => ones_and_zeros_apart unit ls c one zero))
  | _ => None
  end.
(** *** Of several disjoint groups: each counts the points where the first model's class is in it. *)
Fixpoint summed (f : Semantics.formula) (reals : sandwich -> groups) (unit : Z) (ls : list runs) (ks : known) (c : cell)
  (every : list (sandwich * list vec)) : option ((Z * Z) * (Z * Z)) :=
  match every with
  | [] => Some ((0, 0), (0, 0))
  | x :: every' =>
      match counted (region_first f (reals (fst x)) ks (fst x)) unit ls c x, summed f reals unit ls ks c every' with
      | Some (a, b), Some (p, q) => Some (plus a p, plus b q)
      | _, _ => None
      end
  end.
Definition left_by_groups (f : Semantics.formula) (reals : sandwich -> groups) (unit : Z) (ls : list runs) (ks : known) (c : cell)
  (every : list (sandwich * list vec)) : option ((Z * Z) * (Z * Z)) :=
  match summed f reals unit ls ks c every with
  | Some (a, b) => Some (left_of (cardinal c) a, left_of (mass ls c) b)
  | None => None
  end.
(** The more of what a sandwich shows, and of what is no more than cases, sides, or groups, leave. *)
Definition tightened (all : Z) (a left : Z * Z) : Z * Z := (Z.max (fst a) (all - fst left), Z.max (snd a) (all - snd left)).
Definition counted_with (f : Semantics.formula) (reals : sandwich -> groups) (unit : Z) (ls : list runs) (ks : known) (c : cell)
  (x : sandwich * list vec) (told : list (sandwich * list vec)) (over : list strip) (sides : list (sided * sided))
  (further : list (sandwich * list vec)) : option ((Z * Z) * (Z * Z)) :=
  match counted (region_truth f (reals (fst x)) ks (fst x)) unit ls c x, told, sides, further with
  | Some own, [], [], [] => Some own
  | Some (a, b), _, _, _ =>
      match
        match further, sides, over with
        | _ :: _, _, _ => left_by_groups f reals unit ls ks c (x :: further)
        | [], _ :: _, _ => left_by_sides f (reals (fst x)) unit ls ks c (map strip_model (strips (fst x))) sides
        | [], [], [] => left_by f (reals (fst x)) unit ls ks c told
        | [], [], _ => left_together f (reals (fst x)) unit ls ks c told over
        end
      with
      | Some (p, q) => Some (tightened (cardinal c) a p, tightened (mass ls c) b q)
      | None => None
      end
  | None, _, _, _ => None
  end.
(** Weights of which all are 1 are no others than points. *)
Definition lean (ls : list runs) (c : cell) : list runs :=
  if forallb (forallb (fun nw => (0 <=? snd nw) && (snd nw <=? 1))) ls && (mass ls c =? cardinal c) then [] else ls.
Definition sandwich_part (n : notes) (f : Semantics.formula) (reals : sandwich -> groups) (unit : Z) (own : sandwich * list vec)
  (told : list (sandwich * list vec)) (over : list strip) (sides : list (sided * sided))
  (further : list (sandwich * list vec)) (l : leaf) (ks : known) (c : cell) (found : option tally) : option tally :=
  match found with
  | None => None
  | Some t =>
      match truth f ks with
      | Some _ => Some (settle_part n f l ks c t)
      | None =>
          match counted_with f reals unit (lean (laws l) c) ks c own told over sides further with
          | None => None
          | Some ((a, b), (x, y)) =>
              Some (Tally (true_n t + a) (true_w t + scale l * x) (open_n t + (cardinal c - a - b))
                          (open_w t + scale l * (mass (laws l) c - x - y)) (noted t))
          end
      end
  end.

(** ** Whether a sandwich holds on a cell of a problem. *)
(** A form's parts, for each variable. *)
Fixpoint slices (A : vec) (c : cell) : list vec :=
  match c with [] => [] | q :: c' => firstn (width q) A :: slices (skipn (width q) A) c' end.
(** Integers of a form are at most this, as the format says; soundness needs no limit. *)
Definition LARGEST_TERM : Z := 2 ^ 53.
(** Only variables that both networks read are in the form. *)
Fixpoint form_reads (v : nat) (fs : list vec) (reads reads' : list nat) : bool :=
  match fs with
  | [] => true
  | A :: fs' =>
      (all_zero A || (existsb (Nat.eqb v) reads && existsb (Nat.eqb v) reads')) &&
      form_reads (S v) fs' reads reads'
  end.
Definition net_at (ms : list model) (s : strip) : option net :=
  match nth_error ms (strip_model s) with Some (ANet n) => Some n | _ => None end.
(** A network that a sandwich is about, as one of two classes; whether it says nothing of margins of 0; and the
    classes that stand for 0 and for 1. *)
Definition subject (pr : problem) (c : cell) (s : sandwich) (a : strip) : option view :=
  match net_at (models pr) a with
  | Some n => if ones s =? 0 then Some (view_of n) else grouped (ones s) (outputs n) n c
  | None => None
  end.
Definition is_strict (s : sandwich) : bool := negb (ones s =? 0).
Definition groups_of (pr : problem) (s : sandwich) : groups := fun m k =>
  match nth_error (models pr) m with Some (ANet n) => classes_taken (ones s) (outputs n) k | _ => [k] end.
Definition scale_up (pr : problem) (exponent : Z) : Z := code_scale pr * 2 ^ exponent.
Definition countable (pr : problem) (exponent bin : Z) (form : list Z) : bool :=
  (0 <? code_scale pr) && (0 <? scale_up pr exponent) && (0 <? bin) && forallb (fun x => Z.abs x <=? LARGEST_TERM) form.
Definition sandwich_holds (pr : problem) (c : cell) (fs : list vec) (s : sandwich) : bool :=
  let c := hulls c in
  let unit := code_scale pr in
  let up := scale_up pr (exponent s) in
  countable pr (exponent s) (bin s) (form s) &&
  match strips s with
  | [a] =>
      match subject pr c s a with
      | Some n =>
          (order s =? 0) && (0 <? scale_out n) && form_reads O fs (sees n) (sees n) &&
          one_holds (is_strict s) unit up fs c n (claim_of a)
      | None => false
      end
  | [a; b] =>
      match subject pr c s a, subject pr c s b with
      | Some n, Some n' =>
          (strip_model a <? strip_model b)%nat && (0 <? scale_out n) && (0 <? scale_out n') &&
          form_reads O fs (sees n) (sees n') && two_hold (is_strict s) unit up fs c n n' (claim_of a) (claim_of b) (order s)
      | _, _ => false
      end
  | _ => false
  end.
(** ** Cases *)
(** Of one case of the same group [g], with what is known of both networks' nodes. *)
Definition case_is_so (pr : problem) (c : cell) (n n' : view) (g : Z) (es es' : list info) (a b : nat) (ss : list sign)
  (x : sandwich * list vec) : bool :=
  let (s, fs) := x in
  countable pr (exponent s) (bin s) (form s) &&
  match strips s with
  | [p; q] =>
      (ones s =? g) && (strip_model p =? a)%nat && (strip_model q =? b)%nat && form_reads O fs (sees n) (sees n') &&
      case_holds (is_strict s) (code_scale pr) (scale_up pr (exponent s)) fs c n n' (claim_of p) (claim_of q) (order s) ss es es'
  | _ => false
  end.
(** Of one network: what is said of a case, and of its sum all over the cell; of a case of the same group [g]. *)
Definition alone_is_so (pr : problem) (c : cell) (n : view) (g : Z) (es : list info) (a : nat) (ss : list sign)
  (x : sandwich * list vec * strip) : bool :=
  let '(s, fs, all) := x in
  countable pr (exponent s) (bin s) (form s) &&
  match strips s with
  | [own] =>
      (ones s =? g) && (strip_model own =? a)%nat && (strip_model all =? a)%nat && (order s =? 0) &&
      form_reads O fs (sees n) (sees n) &&
      one_case_holds (is_strict s) (code_scale pr) (scale_up pr (exponent s)) fs c n (claim_of own) (claim_of all) ss es
  | _ => false
  end.
Definition cases_hold (pr : problem) (c : cell) (s : sandwich) (neurons : list (Z * Z)) (told : list (sandwich * list vec))
  (over : list strip) : bool :=
  let c := hulls c in
  match strips s with
  | [a] =>
      match subject pr c s a, neurons with
      | Some n, [x] =>
          let es := enclosed usual n c in
          let cases := cases_of [located (layers (ready n)) x] in
          (0 <? scale_out n) && is_neuron (layers (ready n)) es x &&
          (length told =? length cases)%nat && (length over =? length cases)%nat &&
          forallb (fun x => alone_is_so pr c n (ones s) es (strip_model a) (fst x) (snd x)) (List.combine cases (List.combine told over))
      | _, _ => false
      end
  | [a; b] =>
      match subject pr c s a, subject pr c s b with
      | Some n, Some n' =>
          let (es, es') := both_enclosed usual n n' c in
          let cases := cases_of (map (located (layers (ready n))) neurons) in
          (0 <? scale_out n) && (0 <? scale_out n') &&
          same_layers (layers (ready n)) (layers (ready n')) && aligned c (sees n) (sees n') &&
          ascending neurons && forallb (is_neuron (layers (ready n)) es) neurons &&
          (length told =? length cases)%nat && (length over =? 0)%nat &&
          forallb (fun x => case_is_so pr c n n' (ones s) es es' (strip_model a) (strip_model b) (fst x) (snd x))
            (List.combine cases told)
      | _, _ => false
      end
  | _ => false
  end.
(** ** Sides *)
(** Of a side, for class 1 or for class 0, that it [holds] with its form and scale. *)
Definition side_is_so (pr : problem) (holds : Z -> list vec -> claim -> bool) (one : bool) (x : sided) : bool :=
  let (s, fs) := x in
  countable pr (side_exponent s) (side_bin s) (side_form s) && holds (scale_up pr (side_exponent s)) fs (claim_at one (side_end s)).
Definition sides_hold (pr : problem) (c : cell) (s : sandwich) (sides : list (sided * sided)) : bool :=
  let c := hulls c in
  let unit := code_scale pr in
  let all (holds : Z -> list vec -> claim -> bool) :=
    match sides with [(one, zero)] => side_is_so pr holds true one && side_is_so pr holds false zero | _ => false end in
  match strips s with
  | [a] =>
      match subject pr c s a with
      | Some n =>
          let es := enclosed usual n c in
          (0 <? scale_out n) &&
          all (fun up fs x => form_reads O fs (sees n) (sees n) && one_side (is_strict s) unit up fs c n x es)
      | None => false
      end
  | [a; b] =>
      match subject pr c s a, subject pr c s b with
      | Some n, Some n' =>
          let (es, es') := both_enclosed usual n n' c in
          (0 <? scale_out n) && (0 <? scale_out n') &&
          all (fun up fs x => form_reads O fs (sees n) (sees n') && two_sides (is_strict s) unit up fs c n n' x es es')
      | _, _ => false
      end
  | _ => false
  end.
(** ** Further groups of the same networks, all of them disjoint; [seen] are classes of others. *)
Fixpoint disjoint (seen : Z) (further : list sandwich) : bool :=
  match further with
  | [] => true
  | x :: further' => negb (ones x =? 0) && (Z.land seen (ones x) =? 0) && disjoint (Z.lor seen (ones x)) further'
  end.
Fixpoint same_models (a b : list strip) : bool :=
  match a, b with
  | [], [] => true
  | x :: a', y :: b' => (strip_model x =? strip_model y)%nat && same_models a' b'
  | _, _ => false
  end.
Definition further_hold (pr : problem) (c : cell) (s : sandwich) (further : list (sandwich * list vec)) : bool :=
  negb (ones s =? 0) && disjoint (ones s) (map fst further) &&
  forallb (fun x => same_models (strips s) (strips (fst x)) && sandwich_holds pr c (snd x) (fst x)) further.
