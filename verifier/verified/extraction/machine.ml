(* What Coq's operations on numbers become in OCaml, by the names that Machine.v gives them: the
   same, line by line, as machine.py.  Trusted.  Every number (nat, positive, N, Z) is a Z.t. *)
type t = Z.t
let zero = Z.zero
let one = Z.one
let z_add = Z.add
let z_sub = Z.sub
let z_mul = Z.mul
let z_opp = Z.neg
let z_abs = Z.abs
let z_sgn a = Z.of_int (Z.sign a)
let[@inline] z_eqb a b = Z.equal a b
let[@inline] z_leb a b = Z.leq a b
let[@inline] z_ltb a b = Z.lt a b
let[@inline] z_geb a b = Z.geq a b
let[@inline] z_gtb a b = Z.gt a b
let z_min a b = if Z.leq a b then a else b
let z_max a b = if Z.leq a b then b else a
let z_land = Z.logand
let z_lor = Z.logor
let same a = a
let succ = Z.succ
let z_pred = Z.pred
let z_ones a = if Z.sign a < 0 then Z.minus_one else Z.pred (Z.shift_left Z.one (Z.to_int a))
let z_double a = Z.shift_left a 1
let z_compare a b = compare (Z.compare a b) 0
let z_div a b = if Z.sign b = 0 then Z.zero else Z.fdiv a b
let z_modulo a b = if Z.sign b = 0 then a else Z.sub a (Z.mul b (Z.fdiv a b))
let z_div_eucl a b = (z_div a b, z_modulo a b)
let z_pow a b = if Z.sign b < 0 then Z.zero else Z.pow a (Z.to_int b)
let z_log2 a = if Z.sign a <= 0 then Z.zero else Z.of_int (Z.log2 a)
let z_gcd a b = if Z.sign a = 0 then Z.abs b else if Z.sign b = 0 then Z.abs a else Z.gcd a b
let z_ggcd a b =
  let g = z_gcd a b in
  if Z.sign g = 0 then (Z.zero, (Z.zero, Z.zero)) else (g, (Z.divexact a g, Z.divexact b g))
let z_lcm a b = if Z.sign a = 0 || Z.sign b = 0 then Z.zero else Z.lcm a b
let shift a b = if b >= 0 then Z.shift_left a b else Z.shift_right a (-b)
let z_shiftl a b = shift a (Z.to_int b)
let z_shiftr a b = shift a (-Z.to_int b)
let field a b c =
  if Z.sign b >= 0 && Z.sign c > 0 then Z.extract a (Z.to_int b) (Z.to_int c)
  else Z.logand (z_shiftr a b) (z_ones c)
let z_testbit a b = Z.sign b >= 0 && Z.testbit a (Z.to_int b)
let z_even = Z.is_even
let z_odd = Z.is_odd
let z_to_nat a = if Z.sign a > 0 then a else Z.zero
let z_to_pos a = if Z.sign a > 0 then a else Z.one
let n_sub a b = if Z.gt a b then Z.sub a b else Z.zero
let p_sub a b = if Z.gt a b then Z.sub a b else Z.one
let p_pred a = if Z.gt a Z.one then Z.pred a else Z.one
let n_pred a = if Z.sign a > 0 then Z.pred a else Z.zero

(* Matches on numbers and on the outcome of a comparison *)
let[@inline] comparison_case eq lt gt c = if c = 0 then eq () else if c < 0 then lt () else gt ()
let[@inline] nat_case zero succ a = if Z.sign a <= 0 then zero () else succ (Z.pred a)
let[@inline] n_case zero pos a = if Z.sign a = 0 then zero () else pos a
let[@inline] z_case zero pos neg a =
  let s = Z.sign a in if s = 0 then zero () else if s > 0 then pos a else neg (Z.neg a)
let[@inline] positive_case odd even one a =
  if Z.leq a Z.one then one () else (if Z.is_odd a then odd else even) (Z.shift_right a 1)
let xi a = Z.succ (Z.shift_left a 1)
let xo a = Z.shift_left a 1
