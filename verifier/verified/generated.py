"""The verified checker, generated from Coq by verifier/verified/extraction: never edited.

``checked(trusted, members)`` is Run.checked; lists are None or (head, tail), texts lists of bytes.
"""

COQ = "8.20.1"
SOURCES = "97e710d55693855a68b554dbf1927b2b45732eafa4eae2ec56959429c445a1a8"

from math import gcd, lcm


def _list(*items):
    result = None
    for x in reversed(items):
        result = (x, result)
    return result


def z_abs(a):
    return abs(a)


def z_min(a, b):
    return a if a <= b else b


def z_max(a, b):
    return b if a <= b else a


def z_sgn(a):
    return (a > 0) - (a < 0)


def z_compare(a, b):
    return (a > b) - (a < b)


def z_div(a, b):
    return a // b if b else 0


def z_modulo(a, b):
    return a % b if b else a


def z_div_eucl(a, b):
    return divmod(a, b) if b else (0, a)


def z_pow(a, b):
    return a**b if b >= 0 else 0


def z_log2(a):
    return a.bit_length() - 1 if a > 0 else 0


def z_gcd(a, b):
    return gcd(a, b)


def z_lcm(a, b):
    return lcm(a, b)


def z_ggcd(a, b):
    return (g, (a // g, b // g)) if (g := gcd(a, b)) else (0, (0, 0))


def field(a, b, c):
    return (a >> b) & ((1 << c) - 1) if b >= 0 and c >= 0 else z_shiftr(a, b) & z_ones(c)


def z_ones(a):
    return (1 << a) - 1 if a >= 0 else -1


def z_shiftl(a, b):
    return a << b if b >= 0 else a >> -b


def z_shiftr(a, b):
    return a >> b if b >= 0 else a << -b


def z_testbit(a, b):
    return b >= 0 and (a >> b) & 1 == 1


def z_even(a):
    return a % 2 == 0


def z_odd(a):
    return a % 2 == 1


def z_to_nat(a):
    return a if a > 0 else 0


def z_to_pos(a):
    return a if a > 0 else 1


def n_sub(a, b):
    return a - b if a > b else 0


def p_sub(a, b):
    return a - b if a > b else 1


def p_pred(a):
    return a - 1 if a > 1 else 1


def n_pred(a):
    return a - 1 if a > 0 else 0


def negb(b):
    return not b


def option_map(f, o):
    if o is not None:
        a = o[0]
        return (f(a),)
    return None


def fst(p):
    return p[0]


def snd(p):
    return p[1]


def length(l):
    total = 0
    while True:
        if l is None:
            return total
        l = l[1]
        total += 1


def app(l, m):
    stack = []
    while True:
        if l is None:
            result = m
            break
        a, l = l
        stack.append(a)
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def eqb(b1, b2):
    return b2 if b1 else (not b2)


def pow1(n0, m):
    stack = []
    while True:
        if m == 0:
            result = 1
            break
        m = m - 1
        stack.append(())
    for _ in reversed(stack):
        result = n0 * result
    return result


def zeq_bool(x0, y):
    _1 = z_compare(x0, y)
    if _1 == 0:
        return True
    return False


def hd(default, l):
    if l is None:
        return default
    return l[0]


def tl(l):
    if l is None:
        return None
    return l[1]


def nth(n0, l, default):
    while True:
        if n0 == 0:
            if l is None:
                return default
            return l[0]
        n0 = n0 - 1
        if l is None:
            return default
        l = l[1]


def nth_error(l, n0):
    while True:
        if n0 == 0:
            if l is None:
                return None
            x0 = l[0]
            return (x0,)
        n0 = n0 - 1
        if l is None:
            return None
        l = l[1]


def rev(l):
    stack = []
    while True:
        if l is None:
            result = None
            break
        x0, l = l
        stack.append((x0, None))
    for _s0 in reversed(stack):
        result = app(result, _s0)
    return result


def rev_append(l, l1):
    while True:
        if l is None:
            return l1
        a, l = l
        l1 = (a, l1)


def rev1(l):
    return rev_append(l, None)


def concat(l):
    stack = []
    while True:
        if l is None:
            result = None
            break
        x0, l = l
        stack.append(x0)
    for _s0 in reversed(stack):
        result = app(_s0, result)
    return result


def map1(f, l):
    stack = []
    while True:
        if l is None:
            result = None
            break
        a, l = l
        stack.append(f(a))
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def flat_map(f, l):
    stack = []
    while True:
        if l is None:
            result = None
            break
        x0, l = l
        stack.append(f(x0))
    for _s0 in reversed(stack):
        result = app(_s0, result)
    return result


def fold_left(f, l, a0):
    while True:
        if l is None:
            return a0
        b, l = l
        a0 = f(a0, b)


def fold_right(f, a0, l):
    stack = []
    while True:
        if l is None:
            result = a0
            break
        b, l = l
        stack.append(b)
    for _s0 in reversed(stack):
        result = f(_s0, result)
    return result


def existsb(f, l):
    while True:
        if l is None:
            return False
        a, l = l
        if f(a):
            return True


def forallb(f, l):
    while True:
        if l is None:
            return True
        a, l = l
        if f(a):
            continue
        return False


def filter1(f, l):
    stack = []
    while True:
        if l is None:
            result = None
            break
        x0, l = l
        if f(x0):
            stack.append(x0)
            continue
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def find(f, l):
    while True:
        if l is None:
            return None
        x0, l = l
        if f(x0):
            return (x0,)


def combine(l, l1):
    stack = []
    while True:
        if l is None:
            result = None
            break
        x0, l = l
        if l1 is None:
            result = None
            break
        y, l1 = l1
        stack.append((x0, y))
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def firstn(n0, l):
    stack = []
    while True:
        if n0 == 0:
            result = None
            break
        n0 = n0 - 1
        if l is None:
            result = None
            break
        a, l = l
        stack.append(a)
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def skipn(n0, l):
    while True:
        if n0 == 0:
            return l
        n0 = n0 - 1
        if l is None:
            return None
        l = l[1]


def seq(start, len1):
    stack = []
    while True:
        if len1 == 0:
            result = None
            break
        len1 = len1 - 1
        stack.append(start)
        start = start + 1
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def repeat(x0, n0):
    stack = []
    while True:
        if n0 == 0:
            result = None
            break
        n0 = n0 - 1
        stack.append(())
    for _ in reversed(stack):
        result = (x0, result)
    return result


def inject_Z(x0):
    return (x0, 1)


def qeq_bool(x0, y):
    return zeq_bool(x0[0] * y[1], y[0] * x0[1])


def qle_bool(x0, y):
    return (x0[0] * y[1]) <= (y[0] * x0[1])


def qplus(x0, y):
    return ((x0[0] * y[1]) + (y[0] * x0[1]), x0[1] * y[1])


def qmult(x0, y):
    return (x0[0] * y[0], x0[1] * y[1])


def qopp(x0):
    return (-x0[0], x0[1])


def qminus(x0, y):
    return qplus(x0, qopp(y))


def qinv(x0):
    _1 = x0[0]
    if _1 == 0:
        return (0, 1)
    if _1 > 0:
        p = _1
        return (x0[1], p)
    p1 = -_1
    return (-x0[1], p1)


def qdiv(x0, y):
    return qmult(x0, qinv(y))


def qred(q0):
    q1, q2 = q0
    r1, r2 = snd(z_ggcd(q1, q2))
    return (r1, z_to_pos(r2))


def qfloor(x0):
    n0, d0 = x0
    return z_div(n0, d0)


def count_of(v):
    if v[0] == "Categorical":
        rows = v[1]
        return length(rows)
    if v[0] == "Ordinal":
        return v[3]
    runs1 = v[2]
    return fold_right(lambda r, n0_1: fst(r) + n0_1, 0, runs1)


def goes_left(s, i):
    if s[0] == "Among":
        mask0 = s[1]
        return z_testbit(mask0, i)
    last = s[1]
    return i <= last


def chance(d0, i):
    while True:
        if d0 is None:
            return (0, 1)
        (n0, p), d0 = d0
        if i < n0:
            return qdiv(p, inject_Z(n0))
        i = i - n0


def infinite(d0):
    return existsb(lambda v: True if v[0] == "Continuous" else False, d0[0])


def holds(f, class1):
    stack = []
    while True:
        if f[0] == "ClassIs":
            _, m, k = f
            result = class1(m) == k
            break
        if f[0] == "Same":
            _, m1, m2 = f
            result = class1(m1) == class1(m2)
            break
        if f[0] == "Not":
            f = f[1]
            stack.append(())
            continue
        if f[0] == "All":
            gs = f[1]
            result = forallb(lambda g1, class1=class1: holds(g1, class1), gs)
            break
        gs1 = f[1]
        result = existsb(lambda g2, class1=class1: holds(g2, class1), gs1)
        break
    for _ in reversed(stack):
        result = negb(result)
    return result


def dot(a, x0):
    total = 0
    while True:
        if a is None:
            return total
        a0, a = a
        if x0 is None:
            return total
        x1, x0 = x0
        total += a0 * x1


def vadd(a, b):
    stack = []
    while True:
        if a is None:
            result = b
            break
        x0, a1 = a
        if b is None:
            result = a
            break
        y, b = b
        stack.append(x0 + y)
        a = a1
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def vscale(c, a):
    return map1(lambda x0, c=c: c * x0, a)


def unit0(k):
    stack = []
    while True:
        if k == 0:
            result = (1, None)
            break
        k = k - 1
        stack.append(())
    for _ in reversed(stack):
        result = (0, result)
    return result


def sumZ(l):
    total = 0
    while True:
        if l is None:
            return total
        x0, l = l
        total += x0


def diag(cs, x0):
    stack = []
    while True:
        if cs is None:
            result = None
            break
        (f, b), cs = cs
        if x0 is None:
            result = None
            break
        x1, x0 = x0
        stack.append((f * x1) + b)
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def step(l, env):
    if l[0] == "Affine0":
        _, i, rows = l
        x0 = nth(i, env, None)
        return map1(lambda rb, x0=x0: (dot(fst(rb), x0)) + snd(rb), rows)
    if l[0] == "Diag":
        _, i1, cs = l
        return diag(cs, nth(i1, env, None))
    if l[0] == "Relu0":
        i2 = l[1]
        return map1(lambda _2: z_max(0, _2), nth(i2, env, None))
    if l[0] == "Sign0":
        i3 = l[1]
        return map1(lambda _4: z_sgn(_4), nth(i3, env, None))
    _, i4, c, j, d0 = l
    return vadd(vscale(c, nth(i4, env, None)), vscale(d0, nth(j, env, None)))


def eval1(n0, x0):
    stack = []
    while True:
        if n0 is None:
            result = (x0, None)
            break
        l, n0 = n0
        stack.append(l)
    for l in reversed(stack):
        env = result
        result = (step(l, env), env)
    return result


def lmax(z0, zs):
    stack = []
    while True:
        if zs is None:
            result = z0
            break
        y, zs = zs
        stack.append(z0)
        z0 = y
    for _s0 in reversed(stack):
        result = z_max(_s0, result)
    return result


def index_of(v, zs):
    total = 0
    while True:
        if zs is None:
            return total
        z0, zs = zs
        if z0 == v:
            return total
        total += 1


def decide(zs):
    if zs is None:
        return 0
    z0, zs1 = zs
    return (1 if 0 < z0 else 0) if zs1 is None else (index_of(lmax(z0, zs1), zs))


def grow(d0, q0):
    return d0 if z_modulo(d0, q0[1]) == 0 else z_lcm(d0, q0[1])


def common(qs, d0):
    return fold_left(grow, qs, d0)


def whole(d0, q0):
    return q0[0] * z_div(d0, q0[1])


def factor(c):
    return qdiv(fst(fst(c)), snd(fst(c)))


def translate_layer(l, n0, ss):
    def at(i, n0=n0):
        return n_sub(n_sub(n0, 1), i)
    def scale(i1, at=at, ss=ss):
        return nth(at(i1), ss, 1)
    if l[0] == "Affine":
        _, i2, rows = l
        den = fold_left(lambda d0, r: common((snd(r), fst(r)), d0), rows, 1)
        s = scale(i2)
        if i2 < n0:
            return ((("Affine0", at(i2), map1(lambda r1, den=den, s=s: (map1(lambda _3, den=den: whole(den, _3), fst(r1)), (whole(den, snd(r1))) * s), rows)), den * s),)
        return None
    if l[0] == "Scale":
        _, i3, channels0 = l
        fs = map1(lambda c: (factor(c), snd(c)), channels0)
        den1 = fold_left(lambda d0_1, c1: common(_list(fst(c1), snd(c1)), d0_1), fs, 1)
        s1 = scale(i3)
        if i3 < n0:
            return ((("Diag", at(i3), map1(lambda c2, den1=den1, s1=s1: (whole(den1, fst(c2)), (whole(den1, snd(c2))) * s1), fs)), den1 * s1),)
        return None
    if l[0] == "Relu":
        i4 = l[1]
        return ((("Relu0", at(i4)), scale(i4)),) if i4 < n0 else None
    if l[0] == "Sign":
        i5 = l[1]
        return ((("Sign0", at(i5)), 1),) if i5 < n0 else None
    _, i6, j = l
    m = z_lcm(scale(i6), scale(j))
    if (i6 < n0) and (j < n0):
        return ((("Add0", at(i6), z_div(m, scale(i6)), at(j), z_div(m, scale(j))), m),)
    return None


def translate_layers(ls, n0, ss, done):
    while True:
        if ls is None:
            return ((done, ss),)
        l, ls = ls
        _1 = translate_layer(l, n0, ss)
        if _1 is not None:
            (l1, s), = _1
            n0, ss, done = n0 + 1, (s, ss), (l1, done)
            continue
        return None


def axpy(c, r, v):
    stack = []
    while True:
        if r is None:
            result = v
            break
        x0, r1 = r
        if v is None:
            result = vscale(c, r)
            break
        y, v = v
        stack.append((c * x0) + y)
        r = r1
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def combine_rows(a, rows, v):
    while True:
        if a is None:
            return v
        a0, a = a
        if rows is None:
            return v
        (r, _), rows = rows
        v = v if a0 == 0 else axpy(a0, r, v)


def pack(slot, v):
    stack = []
    while True:
        if v is None:
            result = 0
            break
        x0, v = v
        stack.append(x0)
    for _s0 in reversed(stack):
        result = _s0 + z_shiftl(result, slot)
    return result


def middle(slot, half, n0):
    stack = []
    while True:
        if n0 == 0:
            result = 0
            break
        n0 = n0 - 1
        stack.append(())
    for _ in reversed(stack):
        result = half + z_shiftl(result, slot)
    return result


def unpack(slot, wide, half, n0, at, z0):
    stack = []
    while True:
        if n0 == 0:
            result = None
            break
        n0 = n0 - 1
        stack.append(field(z0, at, wide) - half)
        at = at + slot
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def gather(a, ps, s):
    while True:
        if a is None:
            return s
        a0, a = a
        if ps is None:
            return s
        p, ps = ps
        s = s if a0 == 0 else ((a0 * p) + s)


def norm(a, s):
    while True:
        if a is None:
            return s
        x0, a = a
        s = z_abs(x0) + s


def peak(a, m):
    while True:
        if a is None:
            return m
        x0, a = a
        m = z_max(z_abs(x0), m)


def all_zero(a):
    while True:
        if a is None:
            return True
        x0, a = a
        if x0 == 0:
            continue
        return False


def only(a, rows):
    while True:
        if a is None:
            return None
        x0, a = a
        if rows is None:
            return None
        (r, _), rows = rows
        if x0 == 0:
            continue
        return ((x0, r),) if all_zero(a) else None


def longest(rows):
    stack = []
    while True:
        if rows is None:
            result = 0
            break
        (r, _), rows = rows
        stack.append(length(r))
    for _s0 in reversed(stack):
        result = z_max(_s0, result)
    return result


def greatest(rows):
    stack = []
    while True:
        if rows is None:
            result = 0
            break
        (r, _), rows = rows
        stack.append(peak(r, 0))
    for _s0 in reversed(stack):
        result = z_max(_s0, result)
    return result


def packing_of(rows):
    n0 = longest(rows)
    m = greatest(rows)
    s = z_max(60, (28 + z_log2(1 + m)) + (z_log2(1 + length(rows))))
    h = z_pow(2, s - 1)
    return (s, h, m, n0, middle(s, h, n0), map1(lambda r, s=s: pack(s, fst(r)), rows))


def product(q0, a, rows, keep):
    m = norm(a, 0) * q0[2]
    if m < q0[1]:
        c = 0 if keep == 0 else (z_max(0, z_min(q0[0] - 1, z_log2(m) - keep)))
        return (unpack(q0[0], q0[0] - c, z_shiftr(q0[1], c), q0[3], c, gather(a, q0[5], 0) + q0[4]), c)
    return (combine_rows(a, rows, None), 0)


def same1(a, b):
    while True:
        if a is None:
            return True if b is None else False
        x0, a = a
        if b is None:
            return False
        y, b = b
        if x0 == y:
            continue
        return False


def one_of(a, ts):
    return existsb(lambda _1, a=a: same1(a, _1), ts)


def before(a, b):
    while True:
        if a is None:
            return False if b is None else True
        x0, a = a
        if b is None:
            return False
        y, b = b
        if x0 < y:
            return True
        if x0 == y:
            continue
        return False


def increasing(ts):
    while True:
        if ts is None:
            return True
        a, ts = ts
        if ts is None:
            return True
        b = ts[0]
        if before(a, b):
            continue
        return False


def merge_inner0(a, b):
    stack = []
    while True:
        if a is None:
            result = b
            break
        x0, a1 = a
        if b is None:
            result = a
            break
        y, b1 = b
        if before(y, x0):
            stack.append(y)
            b = b1
            continue
        result = (x0, merge(a1, b))
        break
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def merge(a, more):
    return merge_inner0(a, more)


def merge_pairs(runs1):
    stack = []
    while True:
        if runs1 is None:
            result = runs1
            break
        a, l = runs1
        if l is None:
            result = runs1
            break
        b, rest0 = l
        stack.append(merge(a, b))
        runs1 = rest0
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def merge_runs(fuel, runs1):
    while True:
        if fuel == 0:
            return concat(runs1)
        fuel = fuel - 1
        if runs1 is None:
            return concat(runs1)
        l0 = runs1[1]
        if l0 is None:
            return concat(runs1)
        runs1 = merge_pairs(runs1)


def sorted1(ts):
    return merge_runs(z_to_nat(64), map1(lambda t: (t, None), ts))


def distinct(ts):
    return increasing(sorted1(ts))


def cont(c):
    return (128 <= c) and (c <= 191)


def code_points(acc, t):
    while True:
        if t is None:
            return (acc,)
        a, t1 = t
        if (0 <= a) and (a < 128):
            acc, t = (a, acc), t1
            continue
        if t1 is None:
            return None
        b, t2 = t1
        if negb(cont(b)):
            return None
        if (194 <= a) and (a < 224):
            acc, t = (((a - 192) * 64) + (b - 128), acc), t2
            continue
        if t2 is None:
            return None
        c, t3 = t2
        if negb(cont(c)):
            return None
        if (224 <= a) and (a < 240):
            n0 = ((((a - 224) * 64) + (b - 128)) * 64) + (c - 128)
            if (2048 <= n0) and (negb((55296 <= n0) and (n0 <= 57343))):
                acc, t = (n0, acc), t3
                continue
            return None
        if t3 is None:
            return None
        d0, t4 = t3
        if negb(cont(d0)):
            return None
        if (240 <= a) and (a < 245):
            n0_1 = ((((((a - 240) * 64) + (b - 128)) * 64) + (c - 128)) * 64) + (d0 - 128)
            if (65536 <= n0_1) and (n0_1 <= 1114111):
                acc, t = (n0_1, acc), t4
                continue
            return None
        return None


def is_utf8(t):
    _1 = code_points(None, t)
    if _1 is not None:
        return True
    return False


def utf8_rev(n0):
    if n0 < 128:
        return (n0, None)
    if n0 < 2048:
        return _list(128 + z_modulo(n0, 64), 192 + z_div(n0, 64))
    if n0 < 65536:
        return _list(128 + z_modulo(n0, 64), 128 + (z_modulo(z_div(n0, 64), 64)), 224 + z_div(n0, 4096))
    return _list(128 + z_modulo(n0, 64), 128 + (z_modulo(z_div(n0, 64), 64)), 128 + (z_modulo(z_div(n0, 4096), 64)), 240 + z_div(n0, 262144))


unprintable = _list((0, 31), (127, 160), (173, 173), (1536, 1541), (1564, 1564), (1757, 1757), (1807, 1807), (2192, 2193), (2274, 2274), (5760, 5760), (6158, 6158), (8192, 8207), (8232, 8239), (8287, 8303), (12288, 12288), (55296, 63743), (64976, 65007), (65279, 65279), (65520, 65531), (65534, 65535), (69821, 69821), (69837, 69837), (78896, 78911), (113824, 113827), (119155, 119162), (262144, 917759), (918000, 1114111))


def is_plain(n0):
    if (32 <= n0) and (n0 <= 126):
        return True
    return negb(existsb(lambda r, n0=n0: (fst(r) <= n0) and (n0 <= snd(r)), unprintable))


def printable(t):
    _1 = code_points(None, t)
    if _1 is not None:
        ns = _1[0]
        return forallb(is_plain, ns)
    return False


def is_name(t):
    return False if t is None else printable(t)


def take(n0, acc, bs):
    while True:
        if bs is None:
            return ((rev1(acc), None),) if n0 <= 0 else None
        b, r = bs
        if n0 <= 0:
            return ((rev1(acc), bs),)
        n0, acc, bs = n0 - 1, (b, acc), r


def count(l):
    return fold_left(lambda n0, _2: n0 + 1, l, 0)


def at_index(l, i):
    while True:
        if l is None:
            return None
        x0, l = l
        if i == 0:
            return (x0,)
        if i < 0:
            return None
        i = i - 1


def horner(base, digits0):
    stack = []
    while True:
        if digits0 is None:
            result = 0
            break
        d0, digits0 = digits0
        stack.append(d0)
    for _s0 in reversed(stack):
        result = _s0 + (base * result)
    return result


def pairs(base, digits0):
    stack = []
    while True:
        if digits0 is None:
            result = digits0
            break
        x0, l = digits0
        if l is None:
            result = digits0
            break
        y, ds = l
        stack.append(x0 + (base * y))
        digits0 = ds
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def joined(fuel, base, digits0):
    while True:
        if fuel == 0:
            return horner(base, digits0)
        fuel = fuel - 1
        if digits0 is None:
            return horner(base, digits0)
        l = digits0[1]
        if l is None:
            return horner(base, digits0)
        l0 = l[1]
        if l0 is None:
            return horner(base, digits0)
        base, digits0 = base * base, pairs(base, digits0)


rOUNDS = z_to_nat(40)


def fraction(num, den):
    g = z_gcd(num, den)
    return (z_div(num, g), z_to_pos(z_div(den, g)))


lONGEST = 4000


lARGEST_EXPONENT = 400


tOO_LONG = z_pow(10, 1000)


def is_long(q0):
    most0 = ((tOO_LONG * tOO_LONG) * tOO_LONG) * tOO_LONG
    return most0 <= (z_max(z_abs(q0[0]), q0[1]))


def digits(acc, n0, t):
    while True:
        if t is None:
            return ((acc, n0), None)
        c, r = t
        if (48 <= c) and (c <= 57):
            acc, n0, t = (c - 48, acc), n0 + 1, r
            continue
        return ((acc, n0), t)


def of_digits(ds):
    return joined(rOUNDS, 10, ds)


def minus_sign(t):
    if t is None:
        return (False, t)
    c, r = t
    return (True, r) if c == 45 else ((False, r) if c == 43 else (False, t))


def signed(minus, n0):
    return (-n0) if minus else n0


def exponent(t):
    if t is None:
        return (0,)
    c, r = t
    if (c == 101) or (c == 69):
        minus, r1 = minus_sign(r)
        (ds, n0), t0 = digits(None, 0, r1)
        if t0 is None:
            e = of_digits(ds)
            if ((1 <= n0) and (count(r) <= 9)) and (e <= lARGEST_EXPONENT):
                return (signed(minus, e),)
            return None
        return None
    return None


def tens(n0, e):
    return (inject_Z(n0 * z_pow(10, e))) if 0 <= e else (fraction(n0, z_pow(10, -e)))


def short(q0):
    return None if is_long(q0) else (q0,)


def json_number(t):
    if t is None:
        minus = False
        if lONGEST < count(t):
            return None
        (ds, n0), rest0 = digits(None, 0, t)
        if t is None:
            leading = True
        else:
            c = t[0]
            leading = (c == 48) and (1 < n0)
        if (n0 == 0) or leading:
            return None
        if rest0 is None:
            return (("Whole", signed(minus, of_digits(ds))),)
        c1, r1 = rest0
        (all1, m), rest1 = digits(ds, 0, r1) if c1 == 46 else ((ds, 0), rest0)
        if (c1 == 46) and (m == 0):
            return None
        _1 = exponent(rest1)
        if _1 is not None:
            e = _1[0]
            return option_map(lambda x0: ("Decimal", x0), short(tens(signed(minus, of_digits(all1)), e - m)))
        return None
    c2, r = t
    if c2 == 45:
        minus1 = True
        if lONGEST < count(r):
            return None
        (ds1, n0_1), rest0_1 = digits(None, 0, r)
        if r is None:
            leading1 = True
        else:
            c0 = r[0]
            leading1 = (c0 == 48) and (1 < n0_1)
        if (n0_1 == 0) or leading1:
            return None
        if rest0_1 is None:
            return (("Whole", signed(minus1, of_digits(ds1))),)
        c0_1, r1_1 = rest0_1
        (all2, m1), rest1_1 = digits(ds1, 0, r1_1) if c0_1 == 46 else ((ds1, 0), rest0_1)
        if (c0_1 == 46) and (m1 == 0):
            return None
        _3 = exponent(rest1_1)
        if _3 is not None:
            e1 = _3[0]
            return option_map(lambda x0_1: ("Decimal", x0_1), short(tens(signed(minus1, of_digits(all2)), e1 - m1)))
        return None
    minus2 = False
    if lONGEST < count(t):
        return None
    (ds2, n0_2), rest0_2 = digits(None, 0, t)
    if t is None:
        leading2 = True
    else:
        c0_2 = t[0]
        leading2 = (c0_2 == 48) and (1 < n0_2)
    if (n0_2 == 0) or leading2:
        return None
    if rest0_2 is None:
        return (("Whole", signed(minus2, of_digits(ds2))),)
    c0_3, r1_2 = rest0_2
    (all3, m2), rest1_2 = digits(ds2, 0, r1_2) if c0_3 == 46 else ((ds2, 0), rest0_2)
    if (c0_3 == 46) and (m2 == 0):
        return None
    _5 = exponent(rest1_2)
    if _5 is not None:
        e2 = _5[0]
        return option_map(lambda x0_2: ("Decimal", x0_2), short(tens(signed(minus2, of_digits(all3)), e2 - m2)))
    return None


def text_number(t):
    minus, r = minus_sign(t)
    (ds, n0), rest0 = digits(None, 0, r)
    if lONGEST < n0:
        return None
    if rest0 is None:
        return None if n0 == 0 else (short(inject_Z(signed(minus, of_digits(ds)))))
    c, r1 = rest0
    if c == 47:
        (es, m), t0 = digits(None, 0, r1)
        if t0 is None:
            den = of_digits(es)
            if (((n0 == 0) or (m == 0)) or (lONGEST < m)) or (den == 0):
                return None
            return (fraction(signed(minus, of_digits(ds)), den),)
        return None
    (all1, m1), rest1 = digits(ds, 0, r1) if c == 46 else ((ds, 0), rest0)
    if ((n0 + m1) == 0) or (lONGEST < count(r)):
        return None
    _1 = exponent(rest1)
    if _1 is not None:
        e = _1[0]
        return short(tens(signed(minus, of_digits(all1)), e - m1))
    return None


def whole_part(t):
    (ds, n0), rest0 = digits(None, 0, t)
    if t is None:
        leading = True
    else:
        c = t[0]
        leading = (c == 48) and (1 < n0)
    return None if (n0 == 0) or leading else ((of_digits(ds), rest0),)


def plain_whole(t):
    _1 = whole_part(t)
    if _1 is not None:
        (n0, t0), = _1
        return (n0,) if t0 is None else None
    return None


def plain_fraction(t):
    _1 = whole_part(t)
    if _1 is not None:
        (n0, t0), = _1
        if t0 is None:
            return (inject_Z(n0),)
        c, r = t0
        if c == 47:
            _2 = plain_whole(r)
            if _2 is not None:
                d0 = _2[0]
                return ((n0, z_to_pos(d0)),) if (1 < d0) and (z_gcd(n0, d0) == 1) else None
            return None
        return None
    return None


def decimal_digits(fuel, n0, acc):
    while True:
        if fuel == 0:
            return acc
        fuel = fuel - 1
        if n0 < 10:
            return (48 + n0, acc)
        n0, acc = z_div(n0, 10), (48 + z_modulo(n0, 10), acc)


def show_whole(n0):
    ds = decimal_digits(z_to_nat((z_log2(z_abs(n0))) + 2), z_abs(n0), None)
    return (45, ds) if n0 < 0 else ds


def show(q0):
    r = fraction(q0[0], q0[1])
    if r[1] == 1:
        return show_whole(r[0])
    return app(show_whole(r[0]), (47, show_whole(r[1])))


lONGEST_INTEGER = 599187


def dyadic(m, e):
    return (inject_Z(m * z_pow(2, e))) if 0 <= e else (fraction(m, z_pow(2, -e)))


def float1(m, x0, n0):
    mantissa = z_modulo(n0, z_pow(2, m))
    power0 = z_modulo(z_div(n0, z_pow(2, m)), z_pow(2, x0))
    minus = z_pow(2, m + x0) <= n0
    bias = z_pow(2, x0 - 1) - 1
    if power0 == (z_pow(2, x0) - 1):
        return None
    if power0 == 0:
        return (dyadic(signed(minus, mantissa), (1 - bias) - m),)
    return (dyadic(signed(minus, z_pow(2, m) + mantissa), (power0 - bias) - m),)


def float32(a, b, c, d0):
    return float1(23, 8, a + (256 * (b + (256 * (c + (256 * d0))))))


def float64(a, b, c, d0, e, f, g, h):
    return float1(52, 11, a + (256 * (b + (256 * (c + (256 * (d0 + (256 * (e + (256 * (f + (256 * (g + (256 * h))))))))))))))


dEEPEST = 1048576


tRUE = _list(116, 114, 117, 101)


fALSE = _list(102, 97, 108, 115, 101)


nULL = _list(110, 117, 108, 108)


def white(c):
    return (((c == 32) or (c == 10)) or (c == 13)) or (c == 9)


def digit(c):
    return (48 <= c) and (c <= 57)


def letter(c):
    return ((97 <= c) and (c <= 122)) or ((65 <= c) and (c <= 90))


def in_word(c):
    return (((digit(c) or letter(c)) or (c == 43)) or (c == 45)) or (c == 46)


def hex1(c):
    if digit(c):
        return (c - 48,)
    if (97 <= c) and (c <= 102):
        return (c - 87,)
    return (c - 55,) if (65 <= c) and (c <= 70) else None


def escaped(c):
    if ((c == 34) or (c == 92)) or (c == 47):
        return (c,)
    if c == 98:
        return (8,)
    if c == 102:
        return (12,)
    return (10,) if c == 110 else ((13,) if c == 114 else ((9,) if c == 116 else None))


def put(v, depth, stack1):
    if stack1 is None:
        return ("At", ("End", v), depth, None)
    f, s = stack1
    if f[0] == "InList":
        items = f[1]
        return ("At", ("Comma",), depth, (("InList", (v, items)), s))
    _, members1, key = f
    return ("At", ("Comma",), depth, (("InObject", ((key, v), members1), None), s))


def close(c, depth, stack1):
    if stack1 is None:
        return ("Failed", ("NotJson",))
    f, s = stack1
    if f[0] == "InList":
        items = f[1]
        if c == 93:
            return put(("JList", rev1(items)), depth - 1, s)
        return ("Failed", ("NotJson",))
    members1 = f[1]
    ms = rev1(members1)
    if negb(c == 125):
        return ("Failed", ("NotJson",))
    if distinct(map1(fst, ms)):
        return put(("JObject", ms), depth - 1, s)
    return ("Failed", ("DuplicateKey",))


def open1(f, m, depth, stack1):
    if dEEPEST <= depth:
        return ("Failed", ("TooDeep",))
    return ("At", m, depth + 1, (f, stack1))


def between(c, m, depth, stack1):
    if white(c):
        return ("At", m, depth, stack1)
    if m[0] == "Value":
        closing = m[1]
        if c == 34:
            return ("At", ("InString", False, 0, None), depth, stack1)
        if c == 123:
            return open1(("InObject", None, None), ("Key", True), depth, stack1)
        if c == 91:
            return open1(("InList", None), ("Value", True), depth, stack1)
        if (digit(c) or letter(c)) or (c == 45):
            return ("At", ("Word", (c, None)), depth, stack1)
        return close(c, depth, stack1) if closing else ("Failed", ("NotJson",))
    if m[0] == "Key":
        closing1 = m[1]
        if c == 34:
            return ("At", ("InString", True, 0, None), depth, stack1)
        return close(c, depth, stack1) if closing1 else ("Failed", ("NotJson",))
    if m[0] == "Colon":
        return ("At", ("Value", False), depth, stack1) if c == 58 else ("Failed", ("NotJson",))
    if m[0] == "Comma":
        if c == 44:
            if stack1 is None:
                return ("At", ("Key", False), depth, stack1)
            f = stack1[0]
            if f[0] == "InList":
                return ("At", ("Value", False), depth, stack1)
            return ("At", ("Key", False), depth, stack1)
        return close(c, depth, stack1)
    return ("Failed", ("NotJson",))


def word(acc, depth, stack1):
    t = rev1(acc)
    if t is None:
        return ("Failed", ("NotJson",))
    c = t[0]
    if letter(c):
        if same1(t, tRUE):
            return put(("JBool", True), depth, stack1)
        if same1(t, fALSE):
            return put(("JBool", False), depth, stack1)
        return (put(("JNull",), depth, stack1)) if same1(t, nULL) else ("Failed", ("NotJson",))
    _1 = json_number(t)
    if _1 is not None:
        n0 = _1[0]
        if n0[0] == "Whole":
            n1 = n0[1]
            return put(("JInt", n1), depth, stack1)
        q0 = n0[1]
        return put(("JDecimal", q0), depth, stack1)
    return ("Failed", ("BadNumber",))


def quote(key, acc, depth, stack1):
    if key:
        if stack1 is None:
            return ("Failed", ("NotJson",))
        f, s = stack1
        if f[0] == "InList":
            return ("Failed", ("NotJson",))
        members1 = f[1]
        return ("At", ("Colon",), depth, (("InObject", members1, rev1(acc)), s))
    return put(("JText", rev1(acc)), depth, stack1)


def unicode(key, high, acc, n0, depth, stack1):
    if (55296 <= n0) and (n0 <= 56319):
        if high == 0:
            return ("At", ("InString", key, n0, acc), depth, stack1)
        return ("Failed", ("HalfASurrogate",))
    if (56320 <= n0) and (n0 <= 57343):
        if high == 0:
            return ("Failed", ("HalfASurrogate",))
        return ("At", ("InString", key, 0, app(utf8_rev((65536 + ((high - 55296) * 1024)) + (n0 - 56320)), acc)), depth, stack1)
    if high == 0:
        return ("At", ("InString", key, 0, app(utf8_rev(n0), acc)), depth, stack1)
    return ("Failed", ("HalfASurrogate",))


def next1(c, m, depth, stack1):
    if m[0] == "InString":
        _, key, high, acc = m
        if c == 92:
            return ("At", ("Escape", key, high, acc), depth, stack1)
        if negb(high == 0):
            return ("Failed", ("HalfASurrogate",))
        if c == 34:
            return quote(key, acc, depth, stack1)
        if c < 32:
            return ("Failed", ("NotJson",))
        return ("At", ("InString", key, 0, (c, acc)), depth, stack1)
    if m[0] == "Escape":
        _, key1, high1, acc1 = m
        if c == 117:
            return ("At", ("Unicode", key1, high1, acc1, 4, 0), depth, stack1)
        if negb(high1 == 0):
            return ("Failed", ("HalfASurrogate",))
        _1 = escaped(c)
        if _1 is not None:
            x0 = _1[0]
            return ("At", ("InString", key1, 0, (x0, acc1)), depth, stack1)
        return ("Failed", ("NotJson",))
    if m[0] == "Unicode":
        _, key2, high2, acc2, more, n0 = m
        _2 = hex1(c)
        if _2 is not None:
            d0 = _2[0]
            if more == 1:
                return unicode(key2, high2, acc2, (16 * n0) + d0, depth, stack1)
            return ("At", ("Unicode", key2, high2, acc2, more - 1, (16 * n0) + d0), depth, stack1)
        return ("Failed", ("NotJson",))
    if m[0] == "Word":
        acc3 = m[1]
        if in_word(c):
            return ("At", ("Word", (c, acc3)), depth, stack1)
        _3 = word(acc3, depth, stack1)
        if _3[0] == "At":
            _, m1, depth1, stack2 = _3
            return between(c, m1, depth1, stack2)
        f = _3[1]
        return ("Failed", f)
    return between(c, m, depth, stack1)


def run(t, at, m, depth, stack1):
    while True:
        if t is None:
            if m[0] == "Word":
                acc = m[1]
                final = word(acc, depth, stack1)
            else:
                final = ("At", m, depth, stack1)
            if final[0] == "At":
                m0 = final[1]
                if m0[0] == "End":
                    v = m0[1]
                    return ("Inl", v)
                return ("Inr", (("Truncated",), at))
            f = final[1]
            return ("Inr", (f, at))
        c, t = t
        _1 = next1(c, m, depth, stack1)
        if _1[0] == "At":
            _, m1, depth1, stack2 = _1
            at, m, depth, stack1 = at + 1, m1, depth1, stack2
            continue
        f1 = _1[1]
        return ("Inr", (f1, at))


def parse(t):
    if negb(is_utf8(t)):
        return ("Inr", (("NotUtf8",), 0))
    if t is None:
        return run(t, 0, ("Value", False), 0, None)
    a, l = t
    if l is None:
        return run(t, 0, ("Value", False), 0, None)
    b, l0 = l
    if l0 is None:
        return run(t, 0, ("Value", False), 0, None)
    c, t1 = l0
    if ((a == 239) and (b == 187)) and (c == 191):
        return run(t1, 3, ("Value", False), 0, None)
    return run(t, 0, ("Value", False), 0, None)


def find0(key, members1):
    while True:
        if members1 is None:
            return None
        (k, v), members1 = members1
        if same1(k, key):
            return (v,)


def fields(keys0, members1):
    stack = []
    while True:
        if keys0 is None:
            result = (None,)
            break
        k, keys0 = keys0
        _1 = find0(k, members1)
        if _1 is not None:
            v = _1[0]
            stack.append(v)
            continue
        result = None
        break
    for v in reversed(stack):
        if result is not None:
            vs = result[0]
            result = ((v, vs),)
        else:
            result = None
    return result


def only0(keys0, members1):
    return forallb(lambda m, keys0=keys0: one_of(fst(m), keys0), members1)


def exact_number(v):
    if v[0] == "JInt":
        n0 = v[1]
        return (inject_Z(n0),)
    if v[0] == "JDecimal":
        q0 = v[1]
        return (q0,)
    if v[0] == "JText":
        t = v[1]
        return text_number(t)
    return None


def list_of(v):
    if v[0] == "JList":
        items = v[1]
        return (items,)
    return None


def members_of(v):
    if v[0] == "JObject":
        ms = v[1]
        return (ms,)
    return None


def text_of(v):
    if v[0] == "JText":
        t = v[1]
        return (t,)
    return None


def int_of(v):
    if v[0] == "JInt":
        n0 = v[1]
        return (n0,)
    return None


def every(f, acc, l):
    while True:
        if l is None:
            return (rev1(acc),)
        x0, l = l
        _1 = f(x0)
        if _1 is not None:
            y = _1[0]
            acc = (y, acc)
            continue
        return None


def integer(digits0):
    return joined(rOUNDS, 128, rev1(digits0))


def first_integer(bs, digits0, n0):
    while True:
        if bs is None:
            return ("Inl", ("UnfinishedInteger",))
        b, bs = bs
        if 128 <= b:
            if lONGEST_INTEGER < n0:
                return ("Inl", ("UnfinishedInteger",))
            digits0, n0 = (b - 128, digits0), n0 + 1
            continue
        if (b == 0) and (0 < n0):
            return ("Inl", ("LeadingZeros",))
        return ("Inr", ((integer((b, digits0)), n0 + 1), bs))


def some_integers(fuel, bs, left, size2, acc):
    while True:
        if left <= 0:
            return ("Inr", ((rev1(acc), size2), bs))
        if fuel is None:
            return ("Inl", ("UnfinishedInteger",))
        fuel = fuel[1]
        _1 = first_integer(bs, None, 0)
        if _1[0] == "Inl":
            f = _1[1]
            return ("Inl", f)
        _, ((i, n0), rest0) = _1
        bs, left, size2, acc = rest0, left - 1, size2 + n0, (i, acc)


def solvers(fuel, bs, at, left, acc):
    while True:
        if left <= 0:
            return ("Inl", ((rev1(acc), bs), at))
        if fuel is None:
            return ("Inr", (("UnfinishedInteger",), at))
        fuel = fuel[1]
        _1 = first_integer(bs, None, 0)
        if _1[0] == "Inl":
            f = _1[1]
            return ("Inr", (f, at))
        _, ((size2, n0), rest0) = _1
        _2 = take(size2, None, rest0)
        if _2 is not None:
            (name, rest), = _2
            if is_name(name) and (size2 <= 200):
                bs, at, left, acc = rest, (at + n0) + size2, left - 1, (name, acc)
                continue
            return ("Inr", (("BadSolverName",), at))
        return ("Inr", (("BadSolverName",), at))


def named(r, argument):
    return (z_to_nat(z_modulo(argument, r[1])), z_div(argument, r[1]))


def model_of(s):
    if s[0] == "Constant":
        return s[1]
    if s[0] == "Signed":
        return s[1]
    if s[0] == "Tail":
        return s[1]
    return s[1]


def add_node(n0, s):
    return ((n0, s[0]), 0, None, s[3])


def add_step(x0, s):
    if s[1] == 0:
        return (add_node(("Steps", (x0, None)), s),)
    _1 = s[2]
    if _1 is None:
        later = True
    else:
        y = _1[0]
        later = model_of(y) < model_of(x0)
    if negb(later):
        return None
    if s[1] == 1:
        return (add_node(("Steps", rev1((x0, s[2]))), s),)
    return ((s[0], s[1] - 1, (x0, s[2]), s[3]),)


def use(i, s):
    return (s[0], s[1], s[2], s[3] | z_shiftl(1, i))


def zigzag(n0):
    return (-z_div(n0 + 1, 2)) if z_odd(n0) else z_div(n0, 2)


def read_strips(models, n0, least1, is1, acc):
    while True:
        if n0 == 0:
            return ((rev1(acc), is1),)
        n0 = n0 - 1
        if is1 is None:
            return None
        m, l = is1
        if l is None:
            return None
        a, l0 = l
        if l0 is None:
            return None
        b, is2 = l0
        lo = zigzag(a)
        hi = zigzag(b)
        if ((least1 <= m) and (m < models)) and (lo <= hi):
            least1, is1, acc = m + 1, is2, ((z_to_nat(m), lo, hi), acc)
            continue
        return None


fINEST = 1024


mOST_BITS = 10000


def short0(n0):
    return z_log2(n0) < mOST_BITS


def read_form(n0, is1, acc):
    while True:
        if is1 is None:
            return (rev1(acc), None)
        i, is2 = is1
        if n0 <= 0:
            return (rev1(acc), is1)
        n0, is1, acc = n0 - 1, is2, (zigzag(i), acc)


def read_group(group, is1):
    if group:
        if is1 is None:
            return None
        g, is2 = is1
        return ((g, is2),) if 0 < g else None
    return ((0, is1),)


def read_one(r, group, argument, is1):
    if is1 is None:
        return None
    e, l = is1
    if l is None:
        return None
    w, is2 = l
    _1 = read_group(group, is2)
    if _1 is not None:
        (g, is_0), = _1
        if (((e <= fINEST) and (0 < w)) and short0(w)) and short0(g):
            _2 = read_strips(r[1], 2 if z_odd(argument) else 1, 0, is_0, None)
            if _2 is not None:
                (ss, is3), = _2
                form, rest0 = read_form(r[3], is3, None)
                return (((ss, form, e, w, z_div(argument, 2), g), rest0),)
            return None
        return None
    return None


def integers_of(r, argument):
    return (2 + (3 * (1 + z_modulo(argument, 2)))) + r[3]


gROUPED = 4


def neurons_in(argument):
    return z_modulo(z_div(argument, 8), gROUPED)


def groups_in(argument):
    return z_div(z_div(argument, 8), gROUPED)


def is_grouped(argument):
    return 0 < groups_in(argument)


sIDES = 3


def all_integers(r, argument):
    n0 = integers_of(r, argument)
    k = neurons_in(argument)
    all1 = (1 + n0) if is_grouped(argument) else n0
    if k == 0:
        return all1 + ((z_max(0, groups_in(argument) - 1)) * (2 + n0))
    if k == sIDES:
        return (all1 + 1) + (2 * (2 + r[3]))
    return (all1 + (2 * k)) + (z_pow(2, k) * ((1 + n0) if z_odd(argument) else (3 + n0)))


def read_neurons(n0, is1, acc):
    while True:
        if n0 == 0:
            return ((rev1(acc), is1),)
        n0 = n0 - 1
        if is1 is None:
            return None
        a, l = is1
        if l is None:
            return None
        b, is2 = l
        if short0(a) and short0(b):
            is1, acc = is2, ((a, b), acc)
            continue
        return None


def read_told(n0, r, two, g, is1, acc):
    while True:
        if n0 == 0:
            return ((rev1(acc), is1),)
        n0 = n0 - 1
        if is1 is None:
            return None
        i, is2 = is1
        argument = z_div(i, 8)
        if z_modulo(i, 8) == 7:
            _1 = (z_odd(argument) and (argument < 8)) if two else (argument == 0)
        else:
            _1 = False
        if _1:
            _2 = read_one(r, False, argument, is2)
            if _2 is not None:
                (s, rest0), = _2
                is1, acc = rest0, ((s[0], s[1], s[2], s[3], s[4], g), acc)
                continue
            return None
        return None


def read_further(n0, r, two, is1, acc):
    while True:
        if n0 == 0:
            return (rev1(acc),)
        n0 = n0 - 1
        if is1 is None:
            return None
        i, is2 = is1
        argument = z_div(i, 8)
        own = z_modulo(argument, 8)
        if (z_modulo(i, 8) == 7) and (z_div(argument, 8) == gROUPED):
            _1 = z_odd(own) if two else (own == 0)
        else:
            _1 = False
        if _1:
            _2 = read_one(r, True, own, is2)
            if _2 is not None:
                (s, rest0), = _2
                is1, acc = rest0, (s, acc)
                continue
            return None
        return None


def read_over(model1, is1, acc):
    while True:
        if is1 is None:
            return (rev1(acc),)
        a, l = is1
        if l is None:
            return None
        b, is2 = l
        lo = zigzag(a)
        hi = zigzag(b)
        if lo <= hi:
            is1, acc = is2, ((model1, lo, hi), acc)
            continue
        return None


def read_side(r, e, is1):
    if is1 is None:
        return None
    w, l = is1
    if l is None:
        return None
    end, is2 = l
    if ((e <= fINEST) and (0 < w)) and short0(w):
        form, rest0 = read_form(r[3], is2, None)
        return (((form, e, w, zigzag(end)), rest0),)
    return None


def read_sides(r, is1):
    if is1 is None:
        return None
    e, is2 = is1
    _1 = read_side(r, e, is2)
    if _1 is not None:
        (one0, rest0), = _1
        return option_map(lambda x0, one0=one0: (one0, fst(x0)), read_side(r, e, rest0))
    return None


def read_sandwich(r, argument, is1):
    _1 = read_one(r, is_grouped(argument), z_modulo(argument, 8), is1)
    if _1 is not None:
        (s, rest0), = _1
        if neurons_in(argument) == 0:
            return option_map(lambda further, s=s: (((((s, None), None), None), None), further), read_further(z_to_nat(groups_in(argument) - 1), r, z_odd(argument), rest0, None))
        if neurons_in(argument) == sIDES:
            return option_map(lambda x0, s=s: (((((s, None), None), None), (x0, None)), None), read_sides(r, rest0))
        k = z_to_nat(neurons_in(argument))
        _4 = read_neurons(k, rest0, None)
        if _4 is not None:
            (ns, rest1), = _4
            _5 = read_told(pow1(2, k), r, z_odd(argument), s[5], rest1, None)
            if _5 is not None:
                (told, rest2), = _5
                return option_map(lambda over, s=s, ns=ns, told=told: (((((s, ns), told), over), None), None), read_over(hd(0, map1(lambda s0: s0[0], s[0])), rest2, None))
            return None
        return None
    return None


def is_beside(x0, s):
    if s[0] == "Constant":
        m = s[1]
        return negb(existsb(lambda a, m=m: a[0] == m, x0[0]))
    return False


def is_signed(r, kind, argument):
    return ((kind == 2) and r[2]) and (0 < argument)


def integers_after(r, kind, argument):
    if ((kind == 0) or (kind == 5)) or is_signed(r, kind, argument):
        return 1
    return 2 if kind == 3 else (all_integers(r, argument) if kind == 7 else 0)


def is_sandwich(argument):
    if z_odd(argument):
        _1 = True
    else:
        _1 = (z_modulo(argument, 8) == 0) and (negb(neurons_in(argument) == 2))
    return _1 and ((groups_in(argument) <= 1) or (neurons_in(argument) == 0))


def misplaced(r, kind, argument, s):
    if negb((kind == 7) or short0(argument)):
        return (("UnknownNode",),)
    if (((kind == 1) or (kind == 3)) or (kind == 5)) or is_signed(r, kind, argument):
        return None
    if negb(s[1] == 0) and (negb((s[1] == 1) and (kind == 7))):
        return (("TooFewSteps",),)
    if kind == 0:
        _1 = at_index(r[0], argument)
        if _1 is not None:
            return None
        return (("UnknownVariable",),)
    if kind == 7:
        if negb(r[2]):
            return (("UnknownNode",),)
        return None if is_sandwich(argument) else (("NotASandwich",),)
    if kind == 6:
        return None if r[2] and (2 <= argument) else (("UnknownNode",),)
    return None if argument == 0 else (("UnknownNode",),)


def one_node(r, names0, kind, argument, is1, trees, s):
    def put1(x0, s0):
        _1 = add_step(x0, s0)
        if _1 is not None:
            s1 = _1[0]
            return ("Inl", s1)
        return ("Inr", ("StepsNotInOrder",))
    m, k = named(r, argument)
    if is1 is None:
        if kind == 1:
            return put1(("Constant", m, k), s)
        if kind == 2:
            return ("Inl", add_node(("Enumerated",), s))
        if kind == 4:
            return ("Inl", add_node(("Open",), s))
        return ("Inl", (s[0], argument, None, s[3]))
    a, is2 = is1
    if kind == 0:
        _2 = at_index(r[0], argument)
        if _2 is not None:
            ordinal0 = _2[0]
        else:
            ordinal0 = False
        return ("Inl", add_node(("Split", z_to_nat(argument), ("AtMost", a) if ordinal0 else ("Among", a)), s))
    if kind == 2:
        m0, k0 = named(r, argument - 1)
        return put1(("Signed", m0, k0, trees), s)
    if kind == 3:
        below0 = hd(0, is2)
        if ((a <= below0) and (z_gcd(a, below0) == 1)) and short0(below0):
            return put1(("Tail", m, k, (a, z_to_pos(below0))), s)
        return ("Inr", ("NotAProbability",))
    if kind == 5:
        if names0 <= a:
            return ("Inr", ("UnknownSolver",))
        return put1(("Trusted", m, k, z_to_nat(a)), use(a, s))
    _3 = read_sandwich(r, argument, is1)
    if _3 is not None:
        (((((x0_1, ns), told), over), sides), further), = _3
        if forallb(lambda _4, x0_1=x0_1: is_beside(x0_1, _4), s[2]):
            return ("Inl", add_node(("Sandwich", rev1(s[2]), x0_1, ns, told, over, sides, further), s))
        return ("Inr", ("NotASandwich",))
    return ("Inr", ("NotASandwich",))


def nodes(r, names0, fuel, bs, at, s):
    while True:
        if bs is None:
            return ("Inl", (rev1(s[0]), s[3])) if s[1] == 0 else ("Inr", (("TooFewSteps",), 0))
        if fuel is None:
            return ("Inr", (("UnfinishedInteger",), at))
        fuel = fuel[1]
        _1 = first_integer(bs, None, 0)
        if _1[0] == "Inl":
            f = _1[1]
            return ("Inr", (f, at))
        _, ((i, n0), rest0) = _1
        kind = z_modulo(i, 8)
        argument = z_div(i, 8)
        _2 = misplaced(r, kind, argument, s)
        if _2 is not None:
            f1 = _2[0]
            return ("Inr", (f1, at))
        _3 = some_integers(rest0, rest0, integers_after(r, kind, argument), n0, None)
        if _3[0] == "Inl":
            f2 = _3[1]
            return ("Inr", (f2, at))
        _, ((is1, size2), rest1) = _3
        long = hd(0, is1) if is_signed(r, kind, argument) else 0
        _4 = take(long, None, rest1)
        if _4 is not None:
            (trees, rest2), = _4
            _5 = one_node(r, names0, kind, argument, is1, trees, s)
            if _5[0] == "Inl":
                s1 = _5[1]
                bs, at, s = rest2, (at + size2) + long, s1
                continue
            f3 = _5[1]
            return ("Inr", (f3, at))
        return ("Inr", (("UnfinishedInteger",), at))


def read(r, bs):
    _1 = first_integer(bs, None, 0)
    if _1[0] == "Inl":
        f = _1[1]
        return ("Inr", (f, 0))
    _, ((names0, n0), rest0) = _1
    _2 = solvers(rest0, rest0, n0, names0, None)
    if _2[0] == "Inl":
        _, ((table, rest), at) = _2
        _3 = nodes(r, names0, rest, rest, at, (None, 0, None, 0))
        if _3[0] == "Inl":
            _, (ns, used) = _3
            if negb(increasing(table) and (used == (z_shiftl(1, names0) - 1))):
                return ("Inr", (("OtherSolversNamed",), at))
            return ("Inl", (ns, table))
        f1 = _3[1]
        return ("Inr", f1)
    f2 = _2[1]
    return ("Inr", f2)


def each(f, i, acc, l):
    while True:
        if l is None:
            return ("Inl", rev1(acc))
        x0, l = l
        _1 = f(i, x0)
        if _1[0] == "Inl":
            y = _1[1]
            i, acc = i + 1, (y, acc)
            continue
        y0 = _1[1]
        return ("Inr", y0)


def common0(most0, d0, ds):
    while True:
        if ds is None:
            return (d0,)
        x0, ds = ds
        if z_modulo(d0, x0) == 0:
            continue
        m = z_lcm(d0, x0)
        if most0 <= z_log2(m):
            return None
        d0 = m


def denominators(qs):
    return map1(lambda q0: q0[1], qs)


lONGEST_DENOMINATOR = 14000


def sums_to_one(qs):
    _1 = common0(lONGEST_DENOMINATOR, 1, denominators(qs))
    if _1 is not None:
        d0 = _1[0]
        return ((fold_left(lambda s, q0, d0=d0: s + (q0[0] * z_div(d0, q0[1])), qs, 0)) == d0,)
    return None


fORMAT = _list(102, 111, 114, 109, 97, 116)


dOMAIN_1 = _list(108, 101, 97, 102, 112, 114, 111, 111, 102, 45, 100, 111, 109, 97, 105, 110, 47, 49)


dOMAIN_2 = _list(108, 101, 97, 102, 112, 114, 111, 111, 102, 45, 100, 111, 109, 97, 105, 110, 47, 50)


vARIABLES = _list(118, 97, 114, 105, 97, 98, 108, 101, 115)


gIVEN = _list(103, 105, 118, 101, 110)


nAME = _list(110, 97, 109, 101)


vALUES = _list(118, 97, 108, 117, 101, 115)


eNCODING = _list(101, 110, 99, 111, 100, 105, 110, 103)


pROBABILITIES = _list(112, 114, 111, 98, 97, 98, 105, 108, 105, 116, 105, 101, 115)


fROM = _list(102, 114, 111, 109)


tO = _list(116, 111)


sTEP = _list(115, 116, 101, 112)


iNTERVAL = _list(105, 110, 116, 101, 114, 118, 97, 108)


dENSITY = _list(100, 101, 110, 115, 105, 116, 121)


pIECES = _list(112, 105, 101, 99, 101, 115)


vARIABLE = _list(118, 97, 114, 105, 97, 98, 108, 101)


aT_MOST = _list(97, 116, 95, 109, 111, 115, 116)


lEFT = _list(108, 101, 102, 116)


rIGHT = _list(114, 105, 103, 104, 116)


wEIGHT = _list(119, 101, 105, 103, 104, 116)


mOST_VALUES = 4194304


mOST_NUMBERS = 4611686018427387904


lONGEST_WEIGHT = 1048576


lONGEST_GIVEN = 65536


lARGEST_ENCODING = 2147483648


def size0(v):
    return count_of(v[2])


def columns_of(v):
    _1 = v[2]
    if _1[0] == "Categorical":
        rows = _1[1]
        if rows is None:
            return 1
        r = rows[0]
        return count(r)
    return 1


def numbers(vs):
    return every(exact_number, None, vs)


def is_negative(q0):
    return q0[0] < 0


def check_chances(ps, at):
    if negb(existsb(is_negative, ps)):
        _1 = sums_to_one(ps)
        if _1 is not None:
            sum0 = _1[0]
            return ("Inl", None) if sum0 else ("Inr", (("ProbabilitiesNotSummingToOne",), at))
        return ("Inr", (("DenominatorTooLong",), at))
    return ("Inr", (("NegativeProbability",), at))


def one_each(p):
    return (1, p)


def listed(n0, v, at):
    _1 = list_of(v)
    if _1 is not None:
        vs = _1[0]
        _2 = numbers(vs)
        if _2 is not None:
            ps = _2[0]
            if count(ps) == n0:
                _3 = check_chances(ps, at)
                if _3[0] == "Inl":
                    return ("Inl", map1(one_each, ps))
                y = _3[1]
                return ("Inr", y)
            return ("Inr", (("ProbabilitiesDoNotFit",), at))
        return ("Inr", (("NotANumber",), at))
    return ("Inr", (("NotAList",), at))


def index(first, step1, x0):
    i = qdiv(qminus(x0, first), step1)
    f = fraction(i[0], i[1])
    return (f[0],) if f[1] == 1 else None


def runs(first, step1, next0, vs, at, acc):
    while True:
        if vs is None:
            return ("Inl", (rev1(acc), next0))
        v, vs = vs
        if v[0] == "JList":
            items = v[1]
            if items is None:
                return ("Inr", (("ProbabilitiesDoNotFit",), at))
            a, l = items
            if l is None:
                return ("Inr", (("ProbabilitiesDoNotFit",), at))
            b, l0 = l
            if l0 is None:
                return ("Inr", (("ProbabilitiesDoNotFit",), at))
            p, l1 = l0
            if l1 is None:
                _1 = exact_number(a)
                if _1 is not None:
                    x0 = _1[0]
                    _2 = exact_number(b)
                    if _2 is not None:
                        y = _2[0]
                        _3 = exact_number(p)
                        if _3 is not None:
                            q0 = _3[0]
                            p0 = ((x0, y), q0)
                            (x1, y0), q1 = p0
                            _4 = index(first, step1, x1)
                            if _4 is not None:
                                i = _4[0]
                                _5 = index(first, step1, y0)
                                if _5 is not None:
                                    j = _5[0]
                                    if (i == next0) and (next0 <= j):
                                        next0, acc = j + 1, (((j + 1) - i, q1), acc)
                                        continue
                                    return ("Inr", (("ProbabilitiesDoNotFit",), at))
                                return ("Inr", (("ProbabilitiesDoNotFit",), at))
                            return ("Inr", (("ProbabilitiesDoNotFit",), at))
                        return ("Inr", (("NotANumber",), at))
                    return ("Inr", (("NotANumber",), at))
                return ("Inr", (("NotANumber",), at))
            return ("Inr", (("ProbabilitiesDoNotFit",), at))
        return ("Inr", (("ProbabilitiesDoNotFit",), at))


def share(r):
    return (fraction(snd(r)[0], (snd(r)[1]) * fst(r)))[1]


def shares(d0):
    return map1(share, d0)


def in_runs(first, step1, low, high, v, at):
    _1 = list_of(v)
    if _1 is not None:
        vs = _1[0]
        _2 = runs(first, step1, low, vs, at, None)
        if _2[0] == "Inl":
            _, (d0, next0) = _2
            if next0 == (high + 1):
                _3 = check_chances(map1(snd, d0), at)
                if _3[0] == "Inl":
                    _4 = common0(lONGEST_DENOMINATOR, 1, shares(d0))
                    if _4 is not None:
                        return ("Inl", d0 if low == 0 else ((low, (0, 1)), d0))
                    return ("Inr", (("DenominatorTooLong",), at))
                y = _3[1]
                return ("Inr", y)
            return ("Inr", (("ProbabilitiesDoNotFit",), at))
        y1 = _2[1]
        return ("Inr", y1)
    return ("Inr", (("NotAList",), at))


def covered(d0):
    return fold_right(lambda r, n0: fst(r) + n0, 0, d0)


def as_law(low, high, d0, at):
    if (forallb(lambda r: 0 < fst(r), d0)) and (covered(d0) == ((high + 1) - low)):
        _2 = check_chances(map1(snd, d0), at)
        if _2[0] == "Inl":
            _3 = common0(lONGEST_DENOMINATOR, 1, shares(d0))
            if _3 is not None:
                return ("Inl", d0 if low == 0 else ((low, (0, 1)), d0))
            return ("Inr", (("DenominatorTooLong",), at))
        y = _2[1]
        return ("Inr", y)
    return ("Inr", (("ProbabilitiesDoNotFit",), at))


def triple(v):
    if v[0] == "JList":
        items = v[1]
        if items is None:
            return None
        a, l = items
        if l is None:
            return None
        b, l0 = l
        if l0 is None:
            return None
        c, l1 = l0
        if l1 is None:
            _1 = exact_number(a)
            if _1 is not None:
                x0 = _1[0]
                _2 = exact_number(b)
                if _2 is not None:
                    y = _2[0]
                    _3 = exact_number(c)
                    if _3 is not None:
                        z0 = _3[0]
                        return (((x0, y), z0),)
                    return None
                return None
            return None
        return None
    return None


def follow(at, last, rows):
    while True:
        if rows is None:
            return qeq_bool(at, last)
        ((x0, y), _), rows = rows
        if qeq_bool(x0, at) and (negb(qle_bool(y, x0))):
            at = y
            continue
        return False


def nth_cut(first, pieces, i):
    while True:
        if pieces is None:
            return first
        (n0, long), pieces = pieces
        if i < n0:
            return qred(qplus(first, qmult(inject_Z(i), long)))
        first, i = qred(qplus(first, qmult(inject_Z(n0), long))), i - n0


def cut_number(at, pieces, i, x0):
    while True:
        if pieces is None:
            return (i,) if qeq_bool(at, x0) else None
        (n0, long), pieces = pieces
        next0 = qred(qplus(at, qmult(inject_Z(n0), long)))
        if qle_bool(next0, x0):
            at, i = next0, i + n0
            continue
        k = qred(qdiv(qminus(x0, at), long))
        return (i + k[0],) if (k[1] == 1) and (0 <= k[0]) else None


def between_cuts(pieces, i, j):
    stack = []
    while True:
        if pieces is None:
            result = None
            break
        (n0, long), pieces = pieces
        c = z_min(j, n0) - z_max(i, 0)
        stack.append((c, long))
        i, j = i - n0, j - n0
    for c, long in reversed(stack):
        more = result
        result = ((c, long), more) if 0 < c else more
    return result


def shared(x0, y, p, runs1):
    return map1(lambda r, p=p, y=y, x0=x0: (fst(r), qred(qdiv(qmult(p, qmult(inject_Z(fst(r)), snd(r))), qminus(y, x0)))), runs1)


def densities(first, pieces, rows):
    stack = []
    while True:
        if rows is None:
            result = (None,)
            break
        ((x0, y), p), rows = rows
        _1 = cut_number(first, pieces, 0, x0)
        if _1 is not None:
            i = _1[0]
            _2 = cut_number(first, pieces, 0, y)
            if _2 is not None:
                j = _2[0]
                stack.append((x0, y, p, i, j))
                continue
            result = None
            break
        result = None
        break
    for x0, y, p, i, j in reversed(stack):
        if result is not None:
            d0 = result[0]
            result = (app(shared(x0, y, p, between_cuts(pieces, i, j)), d0),)
        else:
            result = None
    return result


def in_pieces(first, pieces, low, high, v, at):
    _1 = list_of(v)
    if _1 is not None:
        vs = _1[0]
        _2 = every(triple, None, vs)
        if _2 is not None:
            rows = _2[0]
            if follow(nth_cut(first, pieces, low), nth_cut(first, pieces, high + 1), rows):
                _3 = densities(first, pieces, rows)
                if _3 is not None:
                    d0 = _3[0]
                    return as_law(low, high, d0, at)
                return ("Inr", (("ProbabilitiesDoNotFit",), at))
            return ("Inr", (("ProbabilitiesDoNotFit",), at))
        return ("Inr", (("NotANumber",), at))
    return ("Inr", (("NotAList",), at))


def names_of(vs):
    _1 = every(text_of, None, vs)
    if _1 is not None:
        ts = _1[0]
        return (ts,) if forallb(is_name, ts) else None
    return None


def row(v):
    if v[0] == "JList":
        vs = v[1]
        return numbers(vs)
    return None


def categorical(name, ms, i):
    _1 = fields(_list(vALUES, eNCODING), ms)
    if _1 is not None:
        l = _1[0]
        if l is None:
            return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
        v, l0 = l
        if l0 is None:
            return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
        e, l1 = l0
        if l1 is None:
            p = (v, e)
            values, encoding = p
            if only0(_list(nAME, vALUES, eNCODING, pROBABILITIES), ms):
                _2 = list_of(values)
                if _2 is not None:
                    values0 = _2[0]
                    _3 = names_of(values0)
                    if _3 is not None:
                        labels = _3[0]
                        n0 = count(labels)
                        if 1 <= n0:
                            if n0 <= mOST_VALUES:
                                if distinct(labels):
                                    _4 = list_of(encoding)
                                    if _4 is not None:
                                        encoding0 = _4[0]
                                        _5 = every(row, None, encoding0)
                                        if _5 is not None:
                                            rows = _5[0]
                                            if count(rows) == n0:
                                                if rows is None:
                                                    width0 = 0
                                                else:
                                                    r = rows[0]
                                                    width0 = count(r)
                                                if (1 <= width0) and (forallb(lambda r1, width0=width0: count(r1) == width0, rows)):
                                                    _8 = find0(pROBABILITIES, ms)
                                                    if _8 is not None:
                                                        v0 = _8[0]
                                                        _7 = listed(n0, v0, (i, None))
                                                    else:
                                                        _7 = ("Inl", ((n0, (1, 1)), None))
                                                    if _7[0] == "Inl":
                                                        d0 = _7[1]
                                                        return ("Inl", (name, ("Labels", labels), ("Categorical", rows), d0))
                                                    y = _7[1]
                                                    return ("Inr", y)
                                                return ("Inr", (("RowsDoNotFit",), (i, None)))
                                            return ("Inr", (("RowsDoNotFit",), (i, None)))
                                        return ("Inr", (("NotANumber",), (i, None)))
                                    return ("Inr", (("NotAList",), (i, None)))
                                return ("Inr", (("LabelsNotDifferent",), (i, None)))
                            return ("Inr", (("TooManyValues",), (i, None)))
                        return ("Inr", (("NoValues",), (i, None)))
                    return ("Inr", (("NotAName",), (i, None)))
                return ("Inr", (("NotAList",), (i, None)))
            return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
        return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
    return ("Inr", (("MissingOrUnknownKeys",), (i, None)))


def ordinal(name, ms, i):
    _1 = fields(_list(fROM, tO, sTEP), ms)
    if _1 is not None:
        vs = _1[0]
        if only0(_list(nAME, fROM, tO, sTEP, pROBABILITIES), ms):
            _2 = numbers(vs)
            if _2 is not None:
                l = _2[0]
                if l is None:
                    return ("Inr", (("NotANumber",), (i, None)))
                f, l0 = l
                if l0 is None:
                    return ("Inr", (("NotANumber",), (i, None)))
                t, l1 = l0
                if l1 is None:
                    return ("Inr", (("NotANumber",), (i, None)))
                s, l2 = l1
                if l2 is None:
                    p = ((f, t), s)
                    (first, last), step1 = p
                    if 0 < step1[0]:
                        _3 = index(first, step1, last)
                        if _3 is not None:
                            most0 = _3[0]
                            if 0 <= most0:
                                if most0 < mOST_NUMBERS:
                                    _5 = find0(pROBABILITIES, ms)
                                    if _5 is not None:
                                        v = _5[0]
                                        _4 = in_runs(first, step1, 0, most0, v, (i, None))
                                    else:
                                        _4 = ("Inl", ((most0 + 1, (1, 1)), None))
                                    if _4[0] == "Inl":
                                        d0 = _4[1]
                                        return ("Inl", (name, ("ByNumber", first, step1, most0 + 1), ("Ordinal", first, step1, most0 + 1), d0))
                                    y = _4[1]
                                    return ("Inr", y)
                                return ("Inr", (("TooManyValues",), (i, None)))
                            return ("Inr", (("StepDoesNotFit",), (i, None)))
                        return ("Inr", (("StepDoesNotFit",), (i, None)))
                    return ("Inr", (("StepNotPositive",), (i, None)))
                return ("Inr", (("NotANumber",), (i, None)))
            return ("Inr", (("NotANumber",), (i, None)))
        return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
    return ("Inr", (("MissingOrUnknownKeys",), (i, None)))


def run_of(row0):
    (x0, y), n0 = row0
    if (n0[1] == 1) and (0 < n0[0]):
        return ((n0[0], qred(qdiv(qminus(y, x0), n0))),)
    return None


def continuous(name, ms, i):
    _1 = fields(_list(iNTERVAL, pIECES), ms)
    if _1 is not None:
        vs = _1[0]
        if only0(_list(nAME, iNTERVAL, dENSITY, pIECES), ms):
            if vs is None:
                return ("Inr", (("NotAnInterval",), (i, None)))
            j, l = vs
            if j[0] == "JList":
                ends = j[1]
                if l is None:
                    return ("Inr", (("NotAnInterval",), (i, None)))
                j0, l0 = l
                if j0[0] == "JList":
                    rows = j0[1]
                    if l0 is None:
                        _2 = numbers(ends)
                        if _2 is not None:
                            l1 = _2[0]
                            if l1 is None:
                                return ("Inr", (("NotAnInterval",), (i, None)))
                            f, l2 = l1
                            if l2 is None:
                                return ("Inr", (("NotAnInterval",), (i, None)))
                            l3, l4 = l2
                            if l4 is None:
                                _3 = every(triple, None, rows)
                                if _3 is not None:
                                    rows0 = _3[0]
                                    p = ((f, l3), rows0)
                                    (first, last), rows1 = p
                                    if negb(qle_bool(last, first)):
                                        if follow(first, last, rows1):
                                            _4 = every(run_of, None, rows1)
                                            if _4 is not None:
                                                pieces = _4[0]
                                                n0 = covered(pieces)
                                                if (0 < n0) and (n0 <= mOST_NUMBERS):
                                                    _6 = find0(dENSITY, ms)
                                                    if _6 is not None:
                                                        j1 = _6[0]
                                                        if j1[0] == "JNull":
                                                            _5 = None
                                                        elif j1[0] == "JBool":
                                                            _5 = None
                                                        elif j1[0] == "JInt":
                                                            _5 = None
                                                        elif j1[0] == "JDecimal":
                                                            _5 = None
                                                        elif j1[0] == "JText":
                                                            _5 = None
                                                        elif j1[0] == "JList":
                                                            ds = j1[1]
                                                            _5 = every(triple, None, ds)
                                                        else:
                                                            _5 = None
                                                    else:
                                                        _5 = ((((first, last), (1, 1)), None),)
                                                    if _5 is not None:
                                                        density = _5[0]
                                                        if follow(first, last, density):
                                                            _7 = densities(first, pieces, density)
                                                            if _7 is not None:
                                                                d0 = _7[0]
                                                                _8 = as_law(0, n0 - 1, d0, (i, None))
                                                                if _8[0] == "Inl":
                                                                    d1 = _8[1]
                                                                    return ("Inl", (name, ("ByPiece", first, pieces), ("Continuous", first, pieces), d1))
                                                                y = _8[1]
                                                                return ("Inr", y)
                                                            return ("Inr", (("PiecesDoNotFit",), (i, None)))
                                                        return ("Inr", (("ProbabilitiesDoNotFit",), (i, None)))
                                                    return ("Inr", (("NotAnInterval",), (i, None)))
                                                return ("Inr", (("TooManyValues",), (i, None)))
                                            return ("Inr", (("PiecesDoNotFit",), (i, None)))
                                        return ("Inr", (("PiecesDoNotFit",), (i, None)))
                                    return ("Inr", (("NotAnInterval",), (i, None)))
                                return ("Inr", (("NotAnInterval",), (i, None)))
                            return ("Inr", (("NotAnInterval",), (i, None)))
                        return ("Inr", (("NotAnInterval",), (i, None)))
                    return ("Inr", (("NotAnInterval",), (i, None)))
                return ("Inr", (("NotAnInterval",), (i, None)))
            return ("Inr", (("NotAnInterval",), (i, None)))
        return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
    return ("Inr", (("MissingOrUnknownKeys",), (i, None)))


def read_variable(ordinals, intervals, i, v):
    _1 = members_of(v)
    if _1 is not None:
        ms = _1[0]
        _3 = find0(nAME, ms)
        if _3 is not None:
            v0 = _3[0]
            _2 = text_of(v0)
        else:
            _2 = None
        if _2 is not None:
            name = _2[0]
            if is_name(name):
                if ordinals:
                    _4 = find0(fROM, ms)
                    if _4 is not None:
                        return ordinal(name, ms, i)
                    _5 = find0(iNTERVAL, ms)
                    if _5 is not None:
                        if intervals:
                            return continuous(name, ms, i)
                        return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
                    return categorical(name, ms, i)
                return categorical(name, ms, i)
            return ("Inr", (("NotAName",), (i, None)))
        return ("Inr", (("NotAName",), (i, None)))
    return ("Inr", (("NotAnObject",), (i, None)))


def child(key, ms):
    while True:
        if ms is None:
            return None
        (k, r), ms = ms
        if same1(k, key):
            return (r,)


def nodes_of(v):
    if v[0] == "JObject":
        ms = v[1]
        inner0 = map1(lambda m: (fst(m), nodes_of(snd(m))), ms)
        _2 = child(lEFT, inner0)
        if _2 is not None:
            l = _2[0]
            _3 = child(rIGHT, inner0)
            if _3 is not None:
                r = _3[0]
                return ("Branch", ms, l, r)
            return ("NoNode",)
        _4 = child(rIGHT, inner0)
        if _4 is not None:
            return ("NoNode",)
        return ("Tip", ms)
    return ("NoNode",)


def whole0(v):
    _1 = v[1]
    if _1[0] == "Labels":
        ts = _1[1]
        return ("Mask", (z_shiftl(1, count(ts))) - 1)
    if _1[0] == "ByNumber":
        n0 = _1[3]
        return ("Range", 0, n0 - 1)
    pieces = _1[2]
    return ("Range", 0, covered(pieces) - 1)


def replace(i, x0, l):
    stack = []
    while True:
        if l is None:
            result = None
            break
        y, l = l
        if i == 0:
            result = (x0, l)
            break
        i = i - 1
        stack.append(y)
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def wanted_mask(labels, wanted0, bit, mask0):
    while True:
        if labels is None:
            return (mask0,) if wanted0 is None else None
        l, labels = labels
        if wanted0 is None:
            return (mask0,)
        w, ws = wanted0
        if same1(l, w):
            wanted0, bit, mask0 = ws, 2 * bit, mask0 + bit
            continue
        bit = 2 * bit


def number_of(key, vs, i):
    while True:
        if vs is None:
            return None
        v, vs = vs
        if same1(v[0], key):
            return ((i, v),)
        i = i + 1


def halves(p, t):
    if p[0] == "Mask":
        m = p[1]
        if t[0] == "Among":
            k = t[1]
            if ((0 < k) and ((k & m) == k)) and negb(k == m):
                return ((("Mask", k), ("Mask", m - k)),)
            return None
        return None
    _, low, high = p
    if t[0] == "Among":
        return None
    k1 = t[1]
    if (low <= k1) and (k1 < high):
        return ((("Range", low, k1), ("Range", k1 + 1, high)),)
    return None


def read_test(v, ms):
    _1 = v[1]
    if _1[0] == "Labels":
        labels = _1[1]
        _2 = find0(vALUES, ms)
        if _2 is not None:
            j = _2[0]
            if j[0] == "JList":
                ws = j[1]
                _3 = every(text_of, None, ws)
                if _3 is not None:
                    wanted0 = _3[0]
                    return option_map(lambda x0: ("Among", x0), wanted_mask(labels, wanted0, 1, 0))
                return None
            return None
        return None
    if _1[0] == "ByNumber":
        _, first, step1, _ = _1
        _5 = find0(aT_MOST, ms)
        if _5 is not None:
            x0_1 = _5[0]
            _6 = exact_number(x0_1)
            if _6 is not None:
                q0 = _6[0]
                return option_map(lambda x1: ("AtMost", x1), index(first, step1, q0))
            return None
        return None
    _, first1, pieces = _1
    _8 = find0(aT_MOST, ms)
    if _8 is not None:
        x0_2 = _8[0]
        _9 = exact_number(x0_2)
        if _9 is not None:
            q0_1 = _9[0]
            return option_map(lambda k: ("AtMost", k - 1), cut_number(first1, pieces, 0, q0_1))
        return None
    return None


def outside(m, i, p):
    return (negb(z_testbit(m, i))) and negb(p[0] == 0)


def none_outside(m, i, d0):
    while True:
        if d0 is None:
            return True
        (_, p), d0 = d0
        if negb(outside(m, i, p)):
            i = i + 1
            continue
        return False


def same_part(a, b):
    if a[0] == "Mask":
        m = a[1]
        if b[0] == "Mask":
            n0 = b[1]
            return m == n0
        return False
    _, l, h = a
    if b[0] == "Mask":
        return False
    _, l1, h1 = b
    return (l == l1) and (h == h1)


def leaf_chances(i, v):
    (v0, p), stated = v
    if stated[0] == "JNull":
        if same_part(p, whole0(v0)):
            return ("Inl", v0[3])
        return ("Inr", (("NotTheLeafsValues",), (i, None)))
    _1 = v0[1]
    if _1[0] == "Labels":
        ts = _1[1]
        if p[0] == "Mask":
            m = p[1]
            _2 = listed(count(ts), stated, (i, None))
            if _2[0] == "Inl":
                d0 = _2[1]
                if none_outside(m, 0, d0):
                    return ("Inl", d0)
                return ("Inr", (("NotTheLeafsValues",), (i, None)))
            y = _2[1]
            return ("Inr", y)
        return ("Inr", (("NotTheLeafsValues",), (i, None)))
    if _1[0] == "ByNumber":
        _, first, step1, _ = _1
        if p[0] == "Mask":
            return ("Inr", (("NotTheLeafsValues",), (i, None)))
        _, low, high = p
        return in_runs(first, step1, low, high, stated, (i, None))
    _, first1, pieces = _1
    if p[0] == "Mask":
        return ("Inr", (("NotTheLeafsValues",), (i, None)))
    _, low1, high1 = p
    return in_pieces(first1, pieces, low1, high1, stated, (i, None))


def read_given(vs, parts0, r):
    if r[0] == "Branch":
        _, ms, l, r0 = r
        _2 = find0(vARIABLE, ms)
        if _2 is not None:
            v = _2[0]
            _1 = text_of(v)
        else:
            _1 = None
        if _1 is not None:
            key = _1[0]
            _3 = number_of(key, vs, 0)
            if _3 is not None:
                (i, v1), = _3
                if (only0(_list(vARIABLE, vALUES, aT_MOST, lEFT, rIGHT), ms)) and (count(ms) == 4):
                    _4 = read_test(v1, ms)
                    if _4 is not None:
                        t = _4[0]
                        _5 = halves(nth(i, parts0, ("Mask", 0)), t)
                        if _5 is not None:
                            (p1, q0), = _5
                            _6 = read_given(vs, replace(i, p1, parts0), l)
                            if _6[0] == "Inl":
                                left = _6[1]
                                _7 = read_given(vs, replace(i, q0, parts0), r0)
                                if _7[0] == "Inl":
                                    right = _7[1]
                                    return ("Inl", (("Test", i, t, fst(left), fst(right)), app(snd(left), snd(right))))
                                y = _7[1]
                                return ("Inr", y)
                            y1 = _6[1]
                            return ("Inr", y1)
                        return ("Inr", (("NotSomeOfTheValuesLeft",), None))
                    return ("Inr", (("NotSomeOfTheValuesLeft",), None))
                return ("Inr", (("MissingOrUnknownKeys",), None))
            return ("Inr", (("UnknownVariable0",), None))
        return ("Inr", (("UnknownVariable0",), None))
    if r[0] == "Tip":
        ms1 = r[1]
        _9 = find0(wEIGHT, ms1)
        if _9 is not None:
            v2 = _9[0]
            _8 = exact_number(v2)
        else:
            _8 = None
        if _8 is not None:
            w = _8[0]
            if w[0] == 0:
                if only0((wEIGHT, None), ms1):
                    return ("Inl", (("Impossible",), None))
                return ("Inr", (("MissingOrUnknownKeys",), None))
            if negb(is_negative(w)):
                if only0(_list(wEIGHT, pROBABILITIES), ms1):
                    _11 = find0(pROBABILITIES, ms1)
                    if _11 is not None:
                        v3 = _11[0]
                        _10 = list_of(v3)
                    else:
                        _10 = None
                    if _10 is not None:
                        stated = _10[0]
                        if count(stated) == count(vs):
                            _12 = each(leaf_chances, 0, None, combine(combine(vs, parts0), stated))
                            if _12[0] == "Inl":
                                ds = _12[1]
                                return ("Inl", (("Possible", w, ds), (w, None)))
                            y2 = _12[1]
                            return ("Inr", y2)
                        return ("Inr", (("ProbabilitiesDoNotFit",), None))
                    return ("Inr", (("MissingOrUnknownKeys",), None))
                return ("Inr", (("MissingOrUnknownKeys",), None))
            return ("Inr", (("NegativeProbability",), None))
        return ("Inr", (("LeafWithoutWeight",), None))
    return ("Inr", (("NotATree",), None))


def times(d0, law0):
    if d0 is not None:
        x0 = d0[0]
        _1 = common0(lONGEST_DENOMINATOR, 1, shares(law0))
        if _1 is not None:
            y = _1[0]
            return None if lONGEST_GIVEN <= z_log2(x0 * y) else (x0 * y,)
        return None
    return None


def leaf_denominators(g):
    if g[0] == "Impossible":
        return None
    if g[0] == "Possible":
        _, w, ds = g
        return (fold_left(times, ds, (w[1],)), None)
    _, _, _, yes, no = g
    return app(leaf_denominators(yes), leaf_denominators(no))


def not_too_long(g):
    _2 = every(lambda d0: d0, None, leaf_denominators(g))
    if _2 is not None:
        ds = _2[0]
        _3 = common0(lONGEST_GIVEN, 1, ds)
        if _3 is not None:
            return True
        return False
    return False


def bits(n0):
    return 0 if n0 == 0 else (z_log2(n0) + 1)


def numbers_in(v):
    _1 = v[2]
    if _1[0] == "Categorical":
        rows = _1[1]
        return flat_map(denominators, rows)
    if _1[0] == "Ordinal":
        _, f, s, n0 = _1
        return (f[1], None if n0 == 1 else (s[1], None))
    _, f1, pieces = _1
    return (f1[1], denominators(map1(snd, pieces)))


def table_of(v):
    _1 = v[2]
    if _1[0] == "Categorical":
        rows = _1[1]
        return count(rows) * columns_of(v)
    return 0


def own_bits(v):
    return option_map(lambda d0: bits(d0 - 1), common0(lONGEST_DENOMINATOR, 1, shares(v[3])))


def check_sizes(vs):
    _1 = every(own_bits, None, vs)
    if _1 is not None:
        ws = _1[0]
        if fold_left(lambda _2, _3: _2 + _3, ws, 0) <= lONGEST_WEIGHT:
            all1 = flat_map(numbers_in, vs)
            _5 = common0(lONGEST_DENOMINATOR, 1, all1)
            if _5 is not None:
                d0 = _5[0]
                if (bits(d0) * (fold_left(lambda _6, _7: _6 + _7, map1(table_of, vs), 0))) <= lARGEST_ENCODING:
                    return ("Inl", None)
                return ("Inr", (("DenominatorTooLong",), None))
            return ("Inr", (("DenominatorTooLong",), None))
        return ("Inr", (("DenominatorTooLong",), None))
    return ("Inr", (("DenominatorTooLong",), None))


def read_domain(ranges, intervals, v):
    _1 = members_of(v)
    if _1 is not None:
        ms = _1[0]
        _3 = find0(fORMAT, ms)
        if _3 is not None:
            f = _3[0]
            _2 = text_of(f)
        else:
            _2 = None
        if _2 is not None:
            format1 = _2[0]
            two = same1(format1, dOMAIN_2)
            if ranges if two else same1(format1, dOMAIN_1):
                if only0(_list(fORMAT, vARIABLES, gIVEN) if two else _list(fORMAT, vARIABLES), ms):
                    _5 = find0(vARIABLES, ms)
                    if _5 is not None:
                        l = _5[0]
                        _4 = list_of(l)
                    else:
                        _4 = None
                    if _4 is not None:
                        entries = _4[0]
                        _9 = each(lambda _6, _7, two=two, intervals=intervals: read_variable(two, intervals, _6, _7), 0, None, entries)
                        if _9[0] == "Inl":
                            vs = _9[1]
                            if negb(count(vs) == 0):
                                if distinct(map1(lambda n0: n0[0], vs)):
                                    _11 = check_sizes(vs)
                                    if _11[0] == "Inl":
                                        _12 = find0(gIVEN, ms)
                                        if _12 is not None:
                                            g = _12[0]
                                            _13 = read_given(vs, map1(whole0, vs), nodes_of(g))
                                            if _13[0] == "Inl":
                                                _, (t, ws) = _13
                                                _14 = sums_to_one(ws)
                                                if _14 is not None:
                                                    sum0 = _14[0]
                                                    if sum0:
                                                        if not_too_long(t):
                                                            return ("Inl", (vs, (map1(lambda n0_1: n0_1[2], vs), t)))
                                                        y = (("DenominatorTooLong",), None)
                                                        return ("Inr", y)
                                                    y1 = (("WeightsNotSummingToOne",), None)
                                                    return ("Inr", y1)
                                                y2 = (("DenominatorTooLong",), None)
                                                return ("Inr", y2)
                                            y3 = _13[1]
                                            return ("Inr", y3)
                                        tree1 = ("Possible", (1, 1), map1(lambda n0_2: n0_2[3], vs))
                                        return ("Inl", (vs, (map1(lambda n0_3: n0_3[2], vs), tree1)))
                                    y4 = _11[1]
                                    return ("Inr", y4)
                                return ("Inr", (("NamesNotDifferent",), None))
                            return ("Inr", (("NoVariables",), None))
                        y5 = _9[1]
                        return ("Inr", y5)
                    return ("Inr", (("NotAList",), None))
                return ("Inr", (("MissingOrUnknownKeys",), None))
            return ("Inr", (("OtherFormat",), None))
        return ("Inr", (("OtherFormat",), None))
    return ("Inr", (("NotAnObject",), None))


cOLUMNS = _list(99, 111, 108, 117, 109, 110, 115)


lAYERS = _list(108, 97, 121, 101, 114, 115)


nOTES = _list(110, 111, 116, 101, 115)


eXECUTED = _list(101, 120, 101, 99, 117, 116, 101, 100)


hEAD = _list(104, 101, 97, 100)


lABELS = _list(108, 97, 98, 101, 108, 115)


kIND = _list(107, 105, 110, 100)


aRRAYS = _list(97, 114, 114, 97, 121, 115)


tYPE = _list(116, 121, 112, 101)


sHAPE = _list(115, 104, 97, 112, 101)


fLOAT32 = _list(102, 108, 111, 97, 116, 51, 50)


fLOAT64 = _list(102, 108, 111, 97, 116, 54, 52)


aFFINE = _list(97, 102, 102, 105, 110, 101)


sCALE = _list(115, 99, 97, 108, 101)


rELU = _list(114, 101, 108, 117)


sIGN = _list(115, 105, 103, 110)


aDD = _list(97, 100, 100)


bFLOAT16 = _list(98, 102, 108, 111, 97, 116, 49, 54)


fLOAT16 = _list(102, 108, 111, 97, 116, 49, 54)


tHRESHOLD = _list(116, 104, 114, 101, 115, 104, 111, 108, 100)


oRIGIN = _list(111, 114, 105, 103, 105, 110)


lOGIT = _list(108, 111, 103, 105, 116)


pROBABILITY = _list(112, 114, 111, 98, 97, 98, 105, 108, 105, 116, 121)


rEGRESSION = _list(114, 101, 103, 114, 101, 115, 115, 105, 111, 110)


lABEL = _list(108, 97, 98, 101, 108)


sHOWN = _list(115, 104, 111, 119, 110)


aSKED = _list(97, 115, 107, 101, 100)


aSSUMED = _list(97, 115, 115, 117, 109, 101, 100)


mOST_LAYERS = 4096


wIDEST = 67108864


lARGEST_SIDE = 1099511627776


lARGEST_LAYER = 2147483648


def floats32(bs, n0, acc):
    while True:
        if n0 == 0:
            return ("Inl", (rev1(acc), bs))
        if bs is None:
            return ("Inr", (("WeightsEnd",), None))
        a, l = bs
        if l is None:
            return ("Inr", (("WeightsEnd",), None))
        b, l0 = l
        if l0 is None:
            return ("Inr", (("WeightsEnd",), None))
        c, l1 = l0
        if l1 is None:
            return ("Inr", (("WeightsEnd",), None))
        d0, r = l1
        _1 = float32(a, b, c, d0)
        if _1 is not None:
            q0 = _1[0]
            bs, n0, acc = r, n0 - 1, (q0, acc)
            continue
        return ("Inr", (("WeightNotFinite",), None))


def floats64(bs, n0, acc):
    while True:
        if n0 == 0:
            return ("Inl", (rev1(acc), bs))
        if bs is None:
            return ("Inr", (("WeightsEnd",), None))
        a, l = bs
        if l is None:
            return ("Inr", (("WeightsEnd",), None))
        b, l0 = l
        if l0 is None:
            return ("Inr", (("WeightsEnd",), None))
        c, l1 = l0
        if l1 is None:
            return ("Inr", (("WeightsEnd",), None))
        d0, l2 = l1
        if l2 is None:
            return ("Inr", (("WeightsEnd",), None))
        e, l3 = l2
        if l3 is None:
            return ("Inr", (("WeightsEnd",), None))
        f, l4 = l3
        if l4 is None:
            return ("Inr", (("WeightsEnd",), None))
        g, l5 = l4
        if l5 is None:
            return ("Inr", (("WeightsEnd",), None))
        h, r = l5
        _1 = float64(a, b, c, d0, e, f, g, h)
        if _1 is not None:
            q0 = _1[0]
            bs, n0, acc = r, n0 - 1, (q0, acc)
            continue
        return ("Inr", (("WeightNotFinite",), None))


def side0(v):
    if v[0] == "JInt":
        n0 = v[1]
        return (n0,) if (0 <= n0) and (n0 < lARGEST_SIDE) else None
    return None


def array_entry(v):
    if v[0] == "JObject":
        ms = v[1]
        _1 = fields(_list(tYPE, sHAPE), ms)
        if _1 is not None:
            l = _1[0]
            if l is None:
                return None
            j, l0 = l
            if j[0] == "JText":
                t = j[1]
                if l0 is None:
                    return None
                j0, l1 = l0
                if j0[0] == "JList":
                    sides = j0[1]
                    if l1 is None:
                        if (same1(t, fLOAT32) or same1(t, fLOAT64)) and (count(ms) == 2):
                            return option_map(lambda x0, t=t: (same1(t, fLOAT64), x0), every(side0, None, sides))
                        return None
                    return None
                return None
            return None
        return None
    return None


def arrays(stated, shapes, bs, i, acc):
    while True:
        if stated is None:
            if shapes is None:
                return ("Inl", (rev1(acc), bs))
            return ("Inr", (("ShapesDoNotFit",), (i, None)))
        v, stated = stated
        if shapes is None:
            return ("Inr", (("ShapesDoNotFit",), (i, None)))
        s, shapes = shapes
        _1 = array_entry(v)
        if _1 is not None:
            (wide, sides), = _1
            if count(sides) == count(s):
                _2 = forallb(lambda p0: fst(p0) == snd(p0), combine(sides, s))
            else:
                _2 = False
            if _2:
                n0 = fold_left(lambda _4, _5: _4 * _5, s, 1)
                _7 = floats64(bs, n0, None) if wide else floats32(bs, n0, None)
                if _7[0] == "Inl":
                    _, (qs, rest0) = _7
                    bs, acc = rest0, (qs, acc)
                    continue
                _, (c, _) = _7
                return ("Inr", (c, (i, None)))
            return ("Inr", (("ShapesDoNotFit",), (i, None)))
        return ("Inr", (("ShapesDoNotFit",), (i, None)))


def cut_rows(width0, left, row0, qs, acc):
    while True:
        if qs is None:
            return rev1(acc)
        q0, qs = qs
        if left == 1:
            left, row0, acc = width0, None, (rev1((q0, row0)), acc)
            continue
        left, row0 = left - 1, (q0, row0)


def source(i, v):
    if v[0] == "JInt":
        s = v[1]
        return (s,) if (0 <= s) and (s <= i) else None
    return None


def width_at(widths, i, s):
    _1 = at_index(widths, i - s)
    if _1 is not None:
        return _1[0]
    return 0


def channels(a, b, c, acc):
    while True:
        if a is None:
            return rev1(acc)
        x0, a = a
        if b is None:
            return rev1(acc)
        y, b = b
        if c is None:
            return rev1(acc)
        z0, c = c
        acc = (((x0, y), z0), acc)


def factor0(c):
    (s, d0), b = c
    return _list((fraction(s[0] * d0[1], z_abs(d0[0]) * s[1]))[1], b[1])


def outputs_of(stated):
    if stated is None:
        return None
    v = stated[0]
    _1 = array_entry(v)
    if _1 is not None:
        (_, l), = _1
        if l is None:
            return None
        n0 = l[0]
        return (n0,)
    return None


def read_affine(i, width0, node0, stated, bs):
    _1 = outputs_of(stated)
    if _1 is not None:
        rows = _1[0]
        if 1 <= rows:
            _2 = arrays(stated, _list(_list(rows, width0), (rows, None)), bs, i, None)
            if _2[0] == "Inl":
                _, (l, rest0) = _2
                if l is None:
                    return ("Inr", (("ShapesDoNotFit",), (i, None)))
                weight, l0 = l
                if l0 is None:
                    return ("Inr", (("ShapesDoNotFit",), (i, None)))
                bias, l1 = l0
                if l1 is None:
                    return ("Inl", ((("Affine", node0, combine(cut_rows(width0, width0, None, weight, None), bias)), rows), rest0))
                return ("Inr", (("ShapesDoNotFit",), (i, None)))
            y = _2[1]
            return ("Inr", y)
        return ("Inr", (("ShapesDoNotFit",), (i, None)))
    return ("Inr", (("ShapesDoNotFit",), (i, None)))


def read_scale(i, width0, node0, stated, bs):
    _1 = arrays(stated, _list((width0, None), (width0, None), (width0, None)), bs, i, None)
    if _1[0] == "Inl":
        _, (l, rest0) = _1
        if l is None:
            return ("Inr", (("ShapesDoNotFit",), (i, None)))
        scale, l0 = l
        if l0 is None:
            return ("Inr", (("ShapesDoNotFit",), (i, None)))
        divisor, l1 = l0
        if l1 is None:
            return ("Inr", (("ShapesDoNotFit",), (i, None)))
        shift, l2 = l1
        if l2 is None:
            if forallb(lambda d0: negb(d0[0] == 0), divisor):
                cs = channels(scale, divisor, shift, None)
                _3 = common0(z_max(z_div(lARGEST_LAYER, 1 + width0), 10000), 1, flat_map(factor0, cs))
                if _3 is not None:
                    return ("Inl", ((("Scale", node0, cs), width0), rest0))
                return ("Inr", (("DenominatorTooLong",), (i, None)))
            return ("Inr", (("DividesByZero",), (i, None)))
        return ("Inr", (("ShapesDoNotFit",), (i, None)))
    y = _1[1]
    return ("Inr", y)


def read_layer(i, widths, v, bs):
    _1 = members_of(v)
    if _1 is not None:
        ms = _1[0]
        _2 = fields(_list(kIND, fROM), ms)
        if _2 is not None:
            l0 = _2[0]
            if l0 is None:
                return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
            j, l1 = l0
            if j[0] == "JNull":
                return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
            if j[0] == "JBool":
                return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
            if j[0] == "JInt":
                return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
            if j[0] == "JDecimal":
                return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
            if j[0] == "JText":
                k = j[1]
                if l1 is None:
                    return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
                j0, l2 = l1
                if j0[0] == "JList":
                    l = j0[1]
                    if l2 is None:
                        p = (k, l)
                        kind, sources = p
                        _5 = every(lambda _3, i=i: source(i, _3), None, sources)
                        if _5 is not None:
                            from0 = _5[0]
                            weighted0 = same1(kind, aFFINE) or same1(kind, sCALE)
                            if count(ms) == (3 if weighted0 else 2):
                                _7 = find0(aRRAYS, ms)
                                if _7 is not None:
                                    l3 = _7[0]
                                    _6 = list_of(l3) if weighted0 else None
                                else:
                                    _6 = None if weighted0 else (None,)
                                if _6 is not None:
                                    stated = _6[0]
                                    if from0 is None:
                                        return ("Inr", (("UnknownLayer",), (i, None)))
                                    s, l3_1 = from0
                                    if l3_1 is None:
                                        node0 = z_to_nat(s)
                                        width0 = width_at(widths, i, s)
                                        if same1(kind, rELU):
                                            return ("Inl", ((("Relu", node0), width0), bs))
                                        if same1(kind, sIGN):
                                            return ("Inl", ((("Sign", node0), width0), bs))
                                        if same1(kind, aFFINE):
                                            return read_affine(i, width0, node0, stated, bs)
                                        if same1(kind, sCALE):
                                            return read_scale(i, width0, node0, stated, bs)
                                        return ("Inr", (("UnknownLayer",), (i, None)))
                                    t, l4 = l3_1
                                    if l4 is None:
                                        if same1(kind, aDD):
                                            width0_1 = width_at(widths, i, s)
                                            if width0_1 == width_at(widths, i, t):
                                                return ("Inl", ((("Add", z_to_nat(s), z_to_nat(t)), width0_1), bs))
                                            return ("Inr", (("ShapesDoNotFit",), (i, None)))
                                        return ("Inr", (("UnknownLayer",), (i, None)))
                                    return ("Inr", (("UnknownLayer",), (i, None)))
                                return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
                            return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
                        return ("Inr", (("ReadsALaterNode",), (i, None)))
                    return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
                return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
            return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
        return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
    return ("Inr", (("UnknownLayer",), (i, None)))


def read_layers(i, widths, vs, bs, acc):
    while True:
        if vs is None:
            return ("Inl", ((rev1(acc), widths), bs))
        v, vs = vs
        _1 = read_layer(i, widths, v, bs)
        if _1[0] == "Inl":
            _, ((l, w), rest0) = _1
            i, widths, bs, acc = i + 1, (w, widths), rest0, (l, acc)
            continue
        y = _1[1]
        return ("Inr", y)


def is_head(v, outputs):
    if v[0] == "JObject":
        ms = v[1]
        _1 = fields(_list(kIND, tHRESHOLD, oRIGIN), ms)
        if _1 is not None:
            l = _1[0]
            if l is None:
                return False
            j, l0 = l
            if j[0] == "JText":
                kind = j[1]
                if l0 is None:
                    return False
                threshold, l1 = l0
                if l1 is None:
                    return False
                j0, l2 = l1
                if j0[0] == "JText":
                    origin = j0[1]
                    if l2 is None:
                        if (count(ms) == 3) and (one_of(origin, _list(sHOWN, aSKED, aSSUMED))):
                            if threshold[0] == "JNull":
                                if same1(kind, lABEL):
                                    return negb(same1(origin, aSSUMED))
                                return (one_of(kind, _list(lOGIT, pROBABILITY))) and (1 < outputs)
                            if threshold[0] == "JText":
                                t = threshold[1]
                                if t is None:
                                    minus = False
                                    _2 = plain_fraction(t)
                                    if _2 is not None:
                                        q0 = _2[0]
                                        if (count(t) <= lONGEST) and (negb(minus and (q0[0] == 0))):
                                            _3 = (z_log2(z_max(q0[0], q0[1]))) < 4000
                                        else:
                                            _3 = False
                                        if _3 and (outputs == 1):
                                            if same1(kind, lOGIT) or same1(kind, rEGRESSION):
                                                return True
                                            return ((same1(kind, pROBABILITY) and negb(minus)) and (0 < q0[0])) and (q0[0] < q0[1])
                                        return False
                                    return False
                                c, r = t
                                if c == 45:
                                    minus1 = True
                                    _4 = plain_fraction(r)
                                    if _4 is not None:
                                        q0_1 = _4[0]
                                        if (count(t) <= lONGEST) and (negb(minus1 and (q0_1[0] == 0))):
                                            _5 = (z_log2(z_max(q0_1[0], q0_1[1]))) < 4000
                                        else:
                                            _5 = False
                                        if _5 and (outputs == 1):
                                            if same1(kind, lOGIT) or same1(kind, rEGRESSION):
                                                return True
                                            if (same1(kind, pROBABILITY) and negb(minus1)) and (0 < q0_1[0]):
                                                return q0_1[0] < q0_1[1]
                                            return False
                                        return False
                                    return False
                                minus2 = False
                                _6 = plain_fraction(t)
                                if _6 is not None:
                                    q0_2 = _6[0]
                                    if (count(t) <= lONGEST) and (negb(minus2 and (q0_2[0] == 0))):
                                        _7 = (z_log2(z_max(q0_2[0], q0_2[1]))) < 4000
                                    else:
                                        _7 = False
                                    if _7 and (outputs == 1):
                                        if same1(kind, lOGIT) or same1(kind, rEGRESSION):
                                            return True
                                        if (same1(kind, pROBABILITY) and negb(minus2)) and (0 < q0_2[0]):
                                            return q0_2[0] < q0_2[1]
                                        return False
                                    return False
                                return False
                            return False
                        return False
                    return False
                return False
            return False
        return False
    return False


def is_class_names(v, classes):
    if v[0] == "JList":
        vs = v[1]
        _1 = names_of(vs)
        if _1 is not None:
            ts = _1[0]
            return (count(ts) == classes) and distinct(ts)
        return False
    return False


def is_narrow(v):
    if v[0] == "JList":
        items = v[1]
        if items is None:
            return False
        j, l = items
        if j[0] == "JText":
            a = j[1]
            if l is None:
                return one_of(a, _list(bFLOAT16, fLOAT16))
            j0, l0 = l
            if j0[0] == "JText":
                b = j0[1]
                return (same1(a, bFLOAT16) and same1(b, fLOAT16)) if l0 is None else False
            return False
        return False
    return False


def is_note(v):
    if v[0] == "JText":
        t = v[1]
        return printable(t)
    return False


def holds_if_there(key, ms, test0):
    _1 = find0(key, ms)
    if _1 is not None:
        v = _1[0]
        return test0(v)
    return True


def classes_of(outputs):
    return z_max(2, outputs)


def read_network(v, bs):
    _1 = members_of(v)
    if _1 is not None:
        ms = _1[0]
        _2 = fields(_list(cOLUMNS, lAYERS, nOTES), ms)
        if _2 is not None:
            l = _2[0]
            if l is None:
                return ("Inr", (("MissingOrUnknownKeys",), None))
            j, l0 = l
            if j[0] == "JNull":
                return ("Inr", (("MissingOrUnknownKeys",), None))
            if j[0] == "JBool":
                return ("Inr", (("MissingOrUnknownKeys",), None))
            if j[0] == "JInt":
                c = j[1]
                if l0 is None:
                    return ("Inr", (("MissingOrUnknownKeys",), None))
                j0, l1 = l0
                if j0[0] == "JList":
                    ls = j0[1]
                    if l1 is None:
                        return ("Inr", (("MissingOrUnknownKeys",), None))
                    j1, l2 = l1
                    if j1[0] == "JList":
                        ns = j1[1]
                        if l2 is None:
                            p = ((c, ls), ns)
                            (columns0, layers), notes0 = p
                            if only0(_list(cOLUMNS, lAYERS, nOTES, eXECUTED, hEAD, lABELS), ms):
                                if forallb(is_note, notes0):
                                    if 1 <= columns0:
                                        if count(layers) <= mOST_LAYERS:
                                            if 1 <= count(layers):
                                                _3 = read_layers(0, (columns0, None), layers, bs, None)
                                                if _3[0] == "Inl":
                                                    _, ((n0, widths), rest0) = _3
                                                    if widths is None:
                                                        outputs = 0
                                                    else:
                                                        outputs = widths[0]
                                                    if (outputs * (fold_left(lambda _4, _5: z_max(_4, _5), widths, 0))) <= wIDEST:
                                                        if holds_if_there(eXECUTED, ms, is_narrow):
                                                            if holds_if_there(hEAD, ms, lambda h, outputs=outputs: is_head(h, outputs)):
                                                                if holds_if_there(lABELS, ms, lambda l3, outputs=outputs: is_class_names(l3, classes_of(outputs))):
                                                                    return ("Inl", (((n0, columns0), outputs), rest0))
                                                                return ("Inr", (("BadClassNames",), None))
                                                            return ("Inr", (("BadHead",), None))
                                                        return ("Inr", (("BadNarrowType",), None))
                                                    return ("Inr", (("TooManyLogits",), None))
                                                y = _3[1]
                                                return ("Inr", y)
                                            return ("Inr", (("NoLayers",), None))
                                        return ("Inr", (("TooManyLayers",), None))
                                    return ("Inr", (("ColumnsDoNotFit",), None))
                                return ("Inr", (("NotAText",), None))
                            return ("Inr", (("MissingOrUnknownKeys",), None))
                        return ("Inr", (("MissingOrUnknownKeys",), None))
                    return ("Inr", (("MissingOrUnknownKeys",), None))
                return ("Inr", (("MissingOrUnknownKeys",), None))
            return ("Inr", (("MissingOrUnknownKeys",), None))
        return ("Inr", (("MissingOrUnknownKeys",), None))
    return ("Inr", (("NotAnObject",), None))


tREE_1 = _list(108, 101, 97, 102, 112, 114, 111, 111, 102, 45, 116, 114, 101, 101, 47, 49)


mODELS_1 = _list(108, 101, 97, 102, 112, 114, 111, 111, 102, 45, 109, 111, 100, 101, 108, 115, 47, 49)


qUESTION_1 = _list(108, 101, 97, 102, 112, 114, 111, 111, 102, 45, 113, 117, 101, 115, 116, 105, 111, 110, 47, 49)


rOOT = _list(114, 111, 111, 116)


cLASS = _list(99, 108, 97, 115, 115)


cOLUMN = _list(99, 111, 108, 117, 109, 110)


mODELS = _list(109, 111, 100, 101, 108, 115)


rEADS = _list(114, 101, 97, 100, 115)


nETWORK = _list(110, 101, 116, 119, 111, 114, 107)


tREE = _list(116, 114, 101, 101)


oPAQUE = _list(111, 112, 97, 113, 117, 101)


fORMULA = _list(102, 111, 114, 109, 117, 108, 97)


sAME = _list(115, 97, 109, 101)


nOT = _list(110, 111, 116)


aLL = _list(97, 108, 108)


aNY = _list(97, 110, 121)


lARGEST_INDEX = 2147483648


lARGEST_TABLE = 536870912


mOST_MODELS = 64


dEEPEST_FORMULA = z_to_nat(1000)


def with_format(format1, key, v):
    _1 = members_of(v)
    if _1 is not None:
        ms = _1[0]
        _3 = find0(fORMAT, ms)
        if _3 is not None:
            f = _3[0]
            _2 = text_of(f)
        else:
            _2 = None
        if _2 is not None:
            found = _2[0]
            if same1(found, format1):
                _4 = find0(key, ms)
                if _4 is not None:
                    held = _4[0]
                    return ("Inl", held) if count(ms) == 2 else ("Inr", (("MissingOrUnknownKeys",), None))
                return ("Inr", (("MissingOrUnknownKeys",), None))
            return ("Inr", (("OtherFormat",), None))
        return ("Inr", (("OtherFormat",), None))
    return ("Inr", (("NotAnObject",), None))


def small(v):
    if v[0] == "JInt":
        n0 = v[1]
        return (n0,) if (0 <= n0) and (n0 < lARGEST_INDEX) else None
    return None


def build_tree(columns0, r):
    if r[0] == "Branch":
        _, ms, l, r0 = r
        _1 = fields(_list(cOLUMN, tHRESHOLD), ms)
        if _1 is not None:
            l0 = _1[0]
            if l0 is None:
                return ("Inr", (("NotATree",), None))
            c, l1 = l0
            if l1 is None:
                return ("Inr", (("NotATree",), None))
            t, l2 = l1
            if l2 is None:
                _2 = small(c)
                if _2 is not None:
                    j = _2[0]
                    _3 = exact_number(t)
                    if _3 is not None:
                        q0 = _3[0]
                        p = (j, q0)
                        j0, q1 = p
                        if count(ms) == 4:
                            if j0 < columns0:
                                _4 = build_tree(columns0, l)
                                if _4[0] == "Inl":
                                    left = _4[1]
                                    _5 = build_tree(columns0, r0)
                                    if _5[0] == "Inl":
                                        right = _5[1]
                                        return ("Inl", ("Node", z_to_nat(j0), q1, left, right))
                                    y = _5[1]
                                    return ("Inr", y)
                                y1 = _4[1]
                                return ("Inr", y1)
                            return ("Inr", (("ColumnNotThere",), None))
                        return ("Inr", (("MissingOrUnknownKeys",), None))
                    return ("Inr", (("NotATree",), None))
                return ("Inr", (("NotATree",), None))
            return ("Inr", (("NotATree",), None))
        return ("Inr", (("NotATree",), None))
    if r[0] == "Tip":
        ms1 = r[1]
        _7 = fields((cLASS, None), ms1)
        if _7 is not None:
            l3 = _7[0]
            if l3 is None:
                _6 = None
            else:
                v, l0_1 = l3
                _6 = small(v) if l0_1 is None else None
        else:
            _6 = None
        if _6 is not None:
            k = _6[0]
            if count(ms1) == 1:
                return ("Inl", ("Leaf", k))
            return ("Inr", (("MissingOrUnknownKeys",), None))
        return ("Inr", (("NotATree",), None))
    return ("Inr", (("NotATree",), None))


def read_tree(columns0, v):
    _1 = with_format(tREE_1, rOOT, v)
    if _1[0] == "Inl":
        root = _1[1]
        return build_tree(columns0, nodes_of(root))
    y = _1[1]
    return ("Inr", y)


def last_class(t):
    if t[0] == "Leaf":
        return t[1]
    _, _, _, l, r = t
    return z_max(last_class(l), last_class(r))


def nodes_in(t):
    if t[0] == "Leaf":
        return 1
    _, _, _, l, r = t
    return (1 + nodes_in(l)) + nodes_in(r)


def most_values(vs):
    def _1(m, v):
        _2 = v[2]
        if _2[0] == "Categorical":
            rows = _2[1]
            return z_max(m, count(rows))
        return m
    return fold_left(_1, vs, 0)


def fits_table(vs, t):
    return (nodes_in(t) * most_values(vs)) <= lARGEST_TABLE


def reads_of(vs, names0):
    return every(lambda t, vs=vs: number_of(t, vs, 0), None, names0)


def width_of(reads):
    return fold_left(lambda n0, r: n0 + (columns_of(snd(r))), reads, 0)


def read_in(reads, column):
    while True:
        if reads is None:
            return None
        (_, v), reads = reads
        if column < columns_of(v):
            return (v,)
        column = column - columns_of(v)


def is_cut(v, t):
    if v is not None:
        x0 = v[0]
        _1 = x0[2]
        if _1[0] == "Continuous":
            _, first, pieces = _1
            if qle_bool(t, first) or (qle_bool(nth_cut(first, pieces, size0(x0)), t)):
                return True
            _2 = cut_number(first, pieces, 0, t)
            if _2 is not None:
                return True
            return False
        return True
    return True


def at_cuts(reads, t):
    if t[0] == "Leaf":
        return True
    _, j, x0, l, r = t
    return ((is_cut(read_in(reads, j), x0)) and at_cuts(reads, l)) and at_cuts(reads, r)


def tree_model(name, vs, reads, v, i):
    _1 = read_tree(width_of(reads), v)
    if _1[0] == "Inl":
        t = _1[1]
        if fits_table(vs, t):
            if at_cuts(reads, t):
                return ("Inl", (name, (("Tree", t), map1(fst, reads)), z_max(2, 1 + last_class(t)), False))
            return ("Inr", (("ThresholdInsideAPiece",), (i, None)))
        return ("Inr", (("TreeTooLarge",), (i, None)))
    _, (c, p) = _1
    return ("Inr", (c, (i, p)))


def network_model(name, reads, v, bs, i):
    _1 = read_network(v, bs)
    if _1[0] == "Inl":
        _, (((n0, columns0), outputs), rest0) = _1
        if columns0 == width_of(reads):
            return ("Inl", ((name, (("Network", n0), map1(fst, reads)), classes_of(outputs), True), rest0))
        return ("Inr", (("ColumnsDoNotFit",), (i, None)))
    _, (c, p2) = _1
    return ("Inr", (c, (i, p2)))


def read_model(vs, v, bs, i):
    _1 = members_of(v)
    if _1 is not None:
        ms = _1[0]
        _2 = fields(_list(nAME, rEADS), ms)
        if _2 is not None:
            l0 = _2[0]
            if l0 is None:
                return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
            j, l1 = l0
            if j[0] == "JNull":
                return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
            if j[0] == "JBool":
                return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
            if j[0] == "JInt":
                return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
            if j[0] == "JDecimal":
                return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
            if j[0] == "JText":
                t = j[1]
                if l1 is None:
                    return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
                j0, l2 = l1
                if j0[0] == "JList":
                    l = j0[1]
                    if l2 is None:
                        p = (t, l)
                        name, names0 = p
                        if count(ms) == 3:
                            if is_name(name):
                                _3 = names_of(names0)
                                if _3 is not None:
                                    names1 = _3[0]
                                    if (1 <= count(names1)) and distinct(names1):
                                        _4 = reads_of(vs, names1)
                                        if _4 is not None:
                                            reads = _4[0]
                                            _5 = find0(nETWORK, ms)
                                            if _5 is not None:
                                                n0 = _5[0]
                                                _6 = find0(tREE, ms)
                                                if _6 is not None:
                                                    return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
                                                return network_model(name, reads, n0, bs, i)
                                            _7 = find0(tREE, ms)
                                            if _7 is not None:
                                                t0 = _7[0]
                                                _8 = tree_model(name, vs, reads, t0, i)
                                                if _8[0] == "Inl":
                                                    m = _8[1]
                                                    return ("Inl", (m, bs))
                                                y = _8[1]
                                                return ("Inr", y)
                                            _9 = find0(oPAQUE, ms)
                                            if _9 is not None:
                                                return ("Inr", (("OpaqueModelsAreNotCovered",), (i, None)))
                                            return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
                                        return ("Inr", (("UnknownVariable0",), (i, None)))
                                    return ("Inr", (("NamesNotDifferent",), (i, None)))
                                return ("Inr", (("NotAName",), (i, None)))
                            return ("Inr", (("NotAName",), (i, None)))
                        return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
                    return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
                return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
            return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
        return ("Inr", (("MissingOrUnknownKeys",), (i, None)))
    return ("Inr", (("NotAnObject",), (i, None)))


def read_each_model(vs, entries, bs, i, acc):
    while True:
        if entries is None:
            return ("Inl", rev1(acc)) if bs is None else ("Inr", (("WeightsLeftOver",), None))
        v, entries = entries
        _1 = read_model(vs, v, bs, i)
        if _1[0] == "Inl":
            _, (m, rest0) = _1
            bs, i, acc = rest0, i + 1, (m, acc)
            continue
        y = _1[1]
        return ("Inr", y)


def read_models(vs, v, weights):
    _1 = with_format(mODELS_1, mODELS, v)
    if _1[0] == "Inl":
        held = _1[1]
        _2 = list_of(held)
        if _2 is not None:
            entries = _2[0]
            if (1 <= count(entries)) and (count(entries) <= mOST_MODELS):
                _3 = read_each_model(vs, entries, weights, 0, None)
                if _3[0] == "Inl":
                    ms = _3[1]
                    if distinct(map1(lambda n0: n0[0], ms)):
                        return ("Inl", ms)
                    return ("Inr", (("NamesNotDifferent",), None))
                y = _3[1]
                return ("Inr", y)
            return ("Inr", (("TooManyModels",), None))
        return ("Inr", (("NotAList",), None))
    y1 = _1[1]
    return ("Inr", y1)


def numbered(vs, i):
    stack = []
    while True:
        if vs is None:
            result = None
            break
        v, vs = vs
        stack.append((i, v))
        i = i + 1
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def read_network_1(vs, teacher, weights):
    _1 = network_model(None, numbered(vs, 0), teacher, weights, 0)
    if _1[0] == "Inl":
        _, (m, b) = _1
        return ("Inl", m) if b is None else ("Inr", (("WeightsLeftOver",), None))
    f = _1[1]
    c, p0 = f
    if p0 is None:
        return ("Inr", f)
    p1 = p0[1]
    return ("Inr", (c, p1))


def read_tree_1(vs, tree1, classes):
    _1 = tree_model(None, vs, numbered(vs, 0), tree1, 0)
    if _1[0] == "Inl":
        m = _1[1]
        return ("Inl", m) if m[2] <= classes else ("Inr", (("ClassNotThere",), None))
    f = _1[1]
    c, p0 = f
    if p0 is None:
        return ("Inr", f)
    p = p0[1]
    return ("Inr", (c, p))


def model_number(key, ms, i):
    while True:
        if ms is None:
            return None
        m, ms = ms
        if same1(m[0], key):
            return ((i, m),)
        i = i + 1


def comparable(a, b):
    if (a[3] or negb(b[3])) or (a[2] <= b[2]):
        return (b[3] or negb(a[3])) or (b[2] <= a[2])
    return False


def read_formula(depth, ms, v):
    stack = []
    while True:
        if depth == 0:
            result = ("Inr", (("TooDeepFormula",), None))
            break
        depth = depth - 1
        if v[0] == "JObject":
            members1 = v[1]
            if members1 is None:
                result = ("Inr", (("NotAFormula",), None))
                break
            (key, x0), l = members1
            if l is None:
                if same1(key, cLASS):
                    if x0[0] == "JList":
                        items = x0[1]
                        if items is None:
                            result = ("Inr", (("NotAFormula",), None))
                            break
                        j, l0 = items
                        if j[0] == "JText":
                            m = j[1]
                            if l0 is None:
                                result = ("Inr", (("NotAFormula",), None))
                                break
                            j0, l1 = l0
                            if j0[0] == "JInt":
                                k = j0[1]
                                if l1 is None:
                                    _1 = model_number(m, ms, 0)
                                    if _1 is not None:
                                        (i, m0), = _1
                                        if (0 <= k) and (k < m0[2]):
                                            result = ("Inl", (("ClassIs", i, k), (i, None)))
                                            break
                                        result = ("Inr", (("ClassNotThere",), None))
                                        break
                                    result = ("Inr", (("UnknownModel",), None))
                                    break
                                result = ("Inr", (("NotAFormula",), None))
                                break
                            result = ("Inr", (("NotAFormula",), None))
                            break
                        result = ("Inr", (("NotAFormula",), None))
                        break
                    result = ("Inr", (("NotAFormula",), None))
                    break
                if same1(key, sAME):
                    if x0[0] == "JList":
                        items1 = x0[1]
                        if items1 is None:
                            result = ("Inr", (("NotAFormula",), None))
                            break
                        j1, l0_1 = items1
                        if j1[0] == "JText":
                            a = j1[1]
                            if l0_1 is None:
                                result = ("Inr", (("NotAFormula",), None))
                                break
                            j0_1, l1_1 = l0_1
                            if j0_1[0] == "JText":
                                b = j0_1[1]
                                if l1_1 is None:
                                    _2 = model_number(a, ms, 0)
                                    if _2 is not None:
                                        (i1, a0), = _2
                                        _3 = model_number(b, ms, 0)
                                        if _3 is not None:
                                            (j1_1, b0), = _3
                                            if comparable(a0, b0):
                                                result = ("Inl", (("Same", i1, j1_1), _list(i1, j1_1)))
                                                break
                                            result = ("Inr", (("ClassNotThere",), None))
                                            break
                                        result = ("Inr", (("UnknownModel",), None))
                                        break
                                    result = ("Inr", (("UnknownModel",), None))
                                    break
                                result = ("Inr", (("NotAFormula",), None))
                                break
                            result = ("Inr", (("NotAFormula",), None))
                            break
                        result = ("Inr", (("NotAFormula",), None))
                        break
                    result = ("Inr", (("NotAFormula",), None))
                    break
                if same1(key, nOT):
                    stack.append(())
                    v = x0
                    continue
                if same1(key, aLL) or same1(key, aNY):
                    _4 = list_of(x0)
                    if _4 is not None:
                        vs = _4[0]
                        if 1 <= count(vs):
                            _7 = each(lambda _6, y1, depth=depth, ms=ms: read_formula(depth, ms, y1), 0, None, vs)
                            if _7[0] == "Inl":
                                fs = _7[1]
                                parts0 = map1(fst, fs)
                                result = ("Inl", (("All", parts0) if same1(key, aLL) else ("Any", parts0), flat_map(snd, fs)))
                                break
                            y2 = _7[1]
                            result = ("Inr", y2)
                            break
                        result = ("Inr", (("EmptyList",), None))
                        break
                    result = ("Inr", (("NotAFormula",), None))
                    break
                result = ("Inr", (("NotAFormula",), None))
                break
            result = ("Inr", (("NotAFormula",), None))
            break
        result = ("Inr", (("NotAFormula",), None))
        break
    for _ in reversed(stack):
        if result[0] == "Inl":
            f = result[1]
            result = ("Inl", (("Not", fst(f)), snd(f)))
        else:
            y = result[1]
            result = ("Inr", y)
    return result


def all_named(n0, i, used):
    while True:
        if n0 == 0:
            return True
        n0 = n0 - 1
        if existsb(lambda _1, i=i: i == _1, used):
            i = i + 1
            continue
        return False


def read_question(ms, v):
    _1 = with_format(qUESTION_1, fORMULA, v)
    if _1[0] == "Inl":
        held = _1[1]
        _2 = read_formula(dEEPEST_FORMULA, ms, held)
        if _2[0] == "Inl":
            _, (f, used) = _2
            if all_named(length(ms), 0, used):
                return ("Inl", f)
            return ("Inr", (("ModelNotNamed",), None))
        y = _2[1]
        return ("Inr", y)
    y1 = _1[1]
    return ("Inr", y1)


dIFFER = ("Not", ("Same", 0, 1))


fORMAT_1 = _list(108, 101, 97, 102, 112, 114, 111, 111, 102, 45, 99, 101, 114, 116, 105, 102, 105, 99, 97, 116, 101, 47, 49)


fORMAT_2 = _list(108, 101, 97, 102, 112, 114, 111, 111, 102, 45, 99, 101, 114, 116, 105, 102, 105, 99, 97, 116, 101, 47, 50)


fORMAT_3 = _list(108, 101, 97, 102, 112, 114, 111, 111, 102, 45, 99, 101, 114, 116, 105, 102, 105, 99, 97, 116, 101, 47, 51)


dOMAIN_JSON = _list(100, 111, 109, 97, 105, 110, 46, 106, 115, 111, 110)


tEACHER_JSON = _list(116, 101, 97, 99, 104, 101, 114, 46, 106, 115, 111, 110)


tREE_JSON = _list(116, 114, 101, 101, 46, 106, 115, 111, 110)


mODELS_JSON = _list(109, 111, 100, 101, 108, 115, 46, 106, 115, 111, 110)


wEIGHTS_BIN = _list(119, 101, 105, 103, 104, 116, 115, 46, 98, 105, 110)


qUESTION_JSON = _list(113, 117, 101, 115, 116, 105, 111, 110, 46, 106, 115, 111, 110)


pROOF_BIN = _list(112, 114, 111, 111, 102, 46, 98, 105, 110)


cOUNTEREXAMPLES_JSON = _list(99, 111, 117, 110, 116, 101, 114, 101, 120, 97, 109, 112, 108, 101, 115, 46, 106, 115, 111, 110)


wITNESSES_JSON = _list(119, 105, 116, 110, 101, 115, 115, 101, 115, 46, 106, 115, 111, 110)


rOWS_BIN = _list(114, 111, 119, 115, 46, 98, 105, 110)


rECORDED_BIN = _list(114, 101, 99, 111, 114, 100, 101, 100, 46, 98, 105, 110)


sAMPLE_JSON = _list(115, 97, 109, 112, 108, 101, 46, 106, 115, 111, 110)


vERDICT_JSON = _list(118, 101, 114, 100, 105, 99, 116, 46, 106, 115, 111, 110)


mANIFEST_JSON = _list(109, 97, 110, 105, 102, 101, 115, 116, 46, 106, 115, 111, 110)


pROVER = _list(112, 114, 111, 118, 101, 114)


dOMAIN = _list(100, 111, 109, 97, 105, 110)


sHA256 = _list(115, 104, 97, 50, 53, 54)


bITS = _list(98, 105, 116, 115)


bITS_ASSUMED = _list(98, 105, 116, 115, 32, 97, 115, 115, 117, 109, 101, 100)


sIGNS = _list(115, 105, 103, 110, 115)


fILE = _list(102, 105, 108, 101)


zERO = (48, None)


oNE = (49, None)


mINUS_ONE = _list(45, 49)


x = (120, None)


def member(name, ms):
    while True:
        if ms is None:
            return None
        (n0, b), ms = ms
        if same1(n0, name):
            return (b,)


def within(name, r):
    if r[0] == "Inl":
        x0 = r[1]
        return ("Inl", x0)
    f = r[1]
    return ("Inr", (name, f))


def bytes_of(name, ms):
    _1 = member(name, ms)
    if _1 is not None:
        b = _1[0]
        return ("Inl", b)
    return ("Inr", (name, (("MissingMember",), None)))


def json_of(name, ms):
    _1 = bytes_of(name, ms)
    if _1[0] == "Inl":
        b = _1[1]
        _2 = parse(b)
        if _2[0] == "Inl":
            v = _2[1]
            return ("Inl", v)
        _, (f, at) = _2
        return ("Inr", (name, (("BadJson", f), (at, None))))
    y = _1[1]
    return ("Inr", y)


names_1 = _list(dOMAIN_JSON, tEACHER_JSON, wEIGHTS_BIN, tREE_JSON, pROOF_BIN, cOUNTEREXAMPLES_JSON, vERDICT_JSON, mANIFEST_JSON)


names_2 = _list(dOMAIN_JSON, mODELS_JSON, wEIGHTS_BIN, qUESTION_JSON, pROOF_BIN, wITNESSES_JSON, vERDICT_JSON, mANIFEST_JSON)


opaque = _list(rOWS_BIN, rECORDED_BIN, sAMPLE_JSON)


names_3 = _list(dOMAIN_JSON, mODELS_JSON, wEIGHTS_BIN, qUESTION_JSON, pROOF_BIN, wITNESSES_JSON, rOWS_BIN, rECORDED_BIN, vERDICT_JSON, sAMPLE_JSON, mANIFEST_JSON)


optional = (vERDICT_JSON, opaque)


def in_order(names0, ms):
    while True:
        if names0 is None:
            return True if ms is None else False
        n0, names0 = names0
        if ms is None:
            return False
        (m, _), ms1 = ms
        if same1(n0, m):
            ms = ms1
            continue
        if one_of(n0, optional):
            continue
        return False


def read_manifest(ms):
    _1 = json_of(mANIFEST_JSON, ms)
    if _1[0] == "Inl":
        v = _1[1]
        _3 = members_of(v)
        if _3 is not None:
            entries = _3[0]
            _5 = find0(fORMAT, entries)
            if _5 is not None:
                f = _5[0]
                _4 = text_of(f)
            else:
                _4 = None
            if _4 is not None:
                format1 = _4[0]
                three = same1(format1, fORMAT_3)
                two = three or same1(format1, fORMAT_2)
                if two or same1(format1, fORMAT_1):
                    if in_order(names_3 if three else (names_2 if two else names_1), ms):
                        if only0(_list(fORMAT, pROVER, dOMAIN, sHA256), entries):
                            _7 = find0(pROVER, entries)
                            if _7 is not None:
                                p = _7[0]
                                _6 = text_of(p)
                            else:
                                _6 = None
                            if _6 is not None:
                                prover = _6[0]
                                if printable(prover):
                                    _8 = find0(sHA256, entries)
                                    if _8 is not None:
                                        _9 = find0(dOMAIN, entries)
                                        if _9 is not None:
                                            d0 = _9[0]
                                            _10 = text_of(d0)
                                            if _10 is not None:
                                                t = _10[0]
                                                if one_of(t, _list(bITS, bITS_ASSUMED, sIGNS, fILE)):
                                                    _2 = ("Inl", (two, three, (t,)))
                                                else:
                                                    _2 = ("Inr", (("NotAText",), None))
                                            else:
                                                _2 = ("Inr", (("NotAText",), None))
                                        else:
                                            _2 = ("Inl", (two, three, None))
                                    else:
                                        _2 = ("Inr", (("MissingOrUnknownKeys",), None))
                                else:
                                    _2 = ("Inr", (("NotAText",), None))
                            else:
                                _2 = ("Inr", (("MissingOrUnknownKeys",), None))
                        else:
                            _2 = ("Inr", (("MissingOrUnknownKeys",), None))
                    else:
                        _2 = ("Inr", (("UnknownMember",), None))
                else:
                    _2 = ("Inr", (("OtherFormat",), None))
            else:
                _2 = ("Inr", (("OtherFormat",), None))
        else:
            _2 = ("Inr", (("NotAnObject",), None))
        return within(mANIFEST_JSON, _2)
    y = _1[1]
    return ("Inr", y)


def all_binary(low, first, vs, i):
    while True:
        if vs is None:
            return True
        v, vs = vs
        if same1(v[0], app(x, show_whole(i))):
            _2 = v[1]
            if _2[0] == "Labels":
                ts = _2[1]
                if ts is None:
                    _1 = False
                else:
                    a, l = ts
                    if l is None:
                        _1 = False
                    else:
                        b, l0 = l
                        if l0 is None:
                            _3 = v[2]
                            if _3[0] == "Categorical":
                                rows = _3[1]
                                if rows is None:
                                    _1 = False
                                else:
                                    l1, l2 = rows
                                    if l1 is None:
                                        _1 = False
                                    else:
                                        x0, l3 = l1
                                        if l3 is None:
                                            if l2 is None:
                                                _1 = False
                                            else:
                                                l4, l5 = l2
                                                if l4 is None:
                                                    _1 = False
                                                else:
                                                    y, l6 = l4
                                                    if l6 is None:
                                                        if l5 is None:
                                                            if (same1(a, low) and same1(b, oNE)) and qeq_bool(x0, first):
                                                                _4 = qeq_bool(y, (1, 1))
                                                            else:
                                                                _4 = False
                                                            _1 = _4 and (qeq_bool(chance(v[3], 0), (1, 2)))
                                                        else:
                                                            _1 = False
                                                    else:
                                                        _1 = False
                                        else:
                                            _1 = False
                            else:
                                _1 = False
                        else:
                            _1 = False
            else:
                _1 = False
        else:
            _1 = False
        if _1:
            i = i + 1
            continue
        return False


def is_product(d0):
    _1 = d0[1]
    if _1[0] == "Possible":
        return True
    return False


def fits_origin(o, vs, d0):
    if o is not None:
        t = o[0]
        if same1(t, fILE):
            return True
        if same1(t, sIGNS):
            return is_product(d0) and (all_binary(mINUS_ONE, (-1, 1), vs, 0))
        return is_product(d0) and (all_binary(zERO, (0, 1), vs, 0))
    return True


def needs_three(ms, d0):
    return (existsb(lambda m: one_of(fst(m), opaque), ms)) or infinite(d0)


def point_of(v):
    if v[0] == "JList":
        vs = v[1]
        return every(int_of, None, vs)
    return None


def points_of(v):
    _1 = list_of(v)
    if _1 is not None:
        vs = _1[0]
        _2 = every(point_of, None, vs)
        if _2 is not None:
            ts = _2[0]
            return ("Inl", ts)
        return ("Inr", (("NotAPoint",), None))
    return ("Inr", (("NotAList",), None))


def is_ordinal(v):
    return False if v[0] == "Categorical" else True


def shape(ns, cells, position):
    while True:
        if ns is None:
            return None if cells is None else ((("CellsMissing",), position),)
        n0, ns = ns
        if n0[0] == "Split":
            _, v, t = n0
            if cells is None:
                return ((("NodesAfterTheEnd",), position),)
            c, rest0 = cells
            _1 = halves(nth(v, c, ("Mask", 0)), t)
            if _1 is not None:
                (p, q0), = _1
                cells, position = (replace(v, p, c), (replace(v, q0, c), rest0)), position + 1
                continue
            return ((("NotASplit",), position),)
        if cells is None:
            return ((("NodesAfterTheEnd",), position),)
        cells = cells[1]
        position = position + 1


def columns_of0(v):
    if v[0] == "Categorical":
        rows = v[1]
        if rows is None:
            return 0
        row0 = rows[0]
        return count(row0)
    return 1


def read_proof(two, vs, models, b):
    r = (map1(lambda v: is_ordinal(v[2]), vs), models if two else 1, two, fold_left(lambda n0, v1: n0 + columns_of0(v1[2]), vs, 0))
    _3 = read(r, b)
    if _3[0] == "Inl":
        _, (ns, solvers0) = _3
        _4 = shape(ns, (map1(whole0, vs), None), 0)
        if _4 is not None:
            (f, at), = _4
            return ("Inr", (("BadProof", f), (at, None)))
        return ("Inl", (ns, solvers0))
    _, (f1, at1) = _3
    return ("Inr", (("BadProof", f1), (at1, None)))


def read_matter_1(ms, vs):
    _1 = json_of(tEACHER_JSON, ms)
    if _1[0] == "Inl":
        teacher = _1[1]
        _2 = bytes_of(wEIGHTS_BIN, ms)
        if _2[0] == "Inl":
            weights = _2[1]
            _3 = within(tEACHER_JSON, read_network_1(vs, teacher, weights))
            if _3[0] == "Inl":
                network1 = _3[1]
                _4 = json_of(tREE_JSON, ms)
                if _4[0] == "Inl":
                    v = _4[1]
                    _5 = within(tREE_JSON, read_tree_1(vs, v, network1[2]))
                    if _5[0] == "Inl":
                        tree1 = _5[1]
                        return ("Inl", (_list(network1, tree1), dIFFER))
                    y = _5[1]
                    return ("Inr", y)
                y1 = _4[1]
                return ("Inr", y1)
            y2 = _3[1]
            return ("Inr", y2)
        y3 = _2[1]
        return ("Inr", y3)
    y4 = _1[1]
    return ("Inr", y4)


def read_matter_2(ms, vs):
    _1 = json_of(mODELS_JSON, ms)
    if _1[0] == "Inl":
        v = _1[1]
        _2 = bytes_of(wEIGHTS_BIN, ms)
        if _2[0] == "Inl":
            weights = _2[1]
            _3 = within(mODELS_JSON, read_models(vs, v, weights))
            if _3[0] == "Inl":
                models = _3[1]
                _4 = json_of(qUESTION_JSON, ms)
                if _4[0] == "Inl":
                    q0 = _4[1]
                    _5 = within(qUESTION_JSON, read_question(models, q0))
                    if _5[0] == "Inl":
                        f = _5[1]
                        return ("Inl", (models, f))
                    y = _5[1]
                    return ("Inr", y)
                y1 = _4[1]
                return ("Inr", y1)
            y2 = _3[1]
            return ("Inr", y2)
        y3 = _2[1]
        return ("Inr", y3)
    y4 = _1[1]
    return ("Inr", y4)


def read0(ms):
    _1 = read_manifest(ms)
    if _1[0] == "Inl":
        m = _1[1]
        _2 = json_of(dOMAIN_JSON, ms)
        if _2[0] == "Inl":
            v = _2[1]
            _3 = within(dOMAIN_JSON, read_domain(m[0], m[1], v))
            if _3[0] == "Inl":
                _, (vs, d0) = _3
                if negb(fits_origin(m[2], vs, d0)):
                    return ("Inr", (mANIFEST_JSON, (("OtherFormat",), None)))
                _4 = read_matter_2(ms, vs) if m[0] else read_matter_1(ms, vs)
                if _4[0] == "Inl":
                    _, (models, f) = _4
                    if m[1] and (negb(needs_three(ms, d0))):
                        return ("Inr", (mANIFEST_JSON, (("OtherFormat",), None)))
                    _5 = bytes_of(pROOF_BIN, ms)
                    if _5[0] == "Inl":
                        b = _5[1]
                        _6 = within(pROOF_BIN, read_proof(m[0], vs, count(models), b))
                        if _6[0] == "Inl":
                            steps = _6[1]
                            points = wITNESSES_JSON if m[0] else cOUNTEREXAMPLES_JSON
                            _7 = json_of(points, ms)
                            if _7[0] == "Inl":
                                w = _7[1]
                                _8 = within(points, points_of(w))
                                if _8[0] == "Inl":
                                    witnesses = _8[1]
                                    _9 = member(vERDICT_JSON, ms)
                                    if _9 is not None:
                                        _10 = json_of(vERDICT_JSON, ms)
                                        if _10[0] == "Inl":
                                            c = _10[1]
                                            _11 = members_of(c)
                                            if _11 is not None:
                                                entries = _11[0]
                                                claim1 = (entries,)
                                                return ("Inl", (m[0], vs, models, (d0, map1(lambda n0: n0[1], models), f), fst(steps), snd(steps), witnesses, claim1))
                                            y = (vERDICT_JSON, (("NotAnObject",), None))
                                            return ("Inr", y)
                                        y1 = _10[1]
                                        return ("Inr", y1)
                                    claim1_1 = None
                                    return ("Inl", (m[0], vs, models, (d0, map1(lambda n0_1: n0_1[1], models), f), fst(steps), snd(steps), witnesses, claim1_1))
                                y2 = _8[1]
                                return ("Inr", y2)
                            y3 = _7[1]
                            return ("Inr", y3)
                        y4 = _6[1]
                        return ("Inr", y4)
                    y5 = _5[1]
                    return ("Inr", y5)
                y6 = _4[1]
                return ("Inr", y6)
            y7 = _3[1]
            return ("Inr", y7)
        y8 = _2[1]
        return ("Inr", y8)
    y9 = _1[1]
    return ("Inr", y9)


vERDICT = _list(118, 101, 114, 100, 105, 99, 116)


aNSWER = _list(97, 110, 115, 119, 101, 114)


dOMAIN_SIZE = _list(100, 111, 109, 97, 105, 110, 95, 115, 105, 122, 101)


dISAGREEMENTS = _list(100, 105, 115, 97, 103, 114, 101, 101, 109, 101, 110, 116, 115)


pOINTS = _list(112, 111, 105, 110, 116, 115)


eRROR = _list(101, 114, 114, 111, 114)


lOWER = _list(108, 111, 119, 101, 114)


uPPER = _list(117, 112, 112, 101, 114)


cOUNTEREXAMPLES = _list(99, 111, 117, 110, 116, 101, 114, 101, 120, 97, 109, 112, 108, 101, 115)


wITNESSES = _list(119, 105, 116, 110, 101, 115, 115, 101, 115)


tEACHER_CLASS = _list(116, 101, 97, 99, 104, 101, 114, 95, 99, 108, 97, 115, 115)


tREE_CLASS = _list(116, 114, 101, 101, 95, 99, 108, 97, 115, 115)


cLASSES = _list(99, 108, 97, 115, 115, 101, 115)


rOBUST = _list(114, 111, 98, 117, 115, 116)


nOT_SHOWN = _list(110, 111, 116, 95, 115, 104, 111, 119, 110)


tRUSTED = _list(116, 114, 117, 115, 116, 101, 100)


cELLS = _list(99, 101, 108, 108, 115)


sTEPS = _list(115, 116, 101, 112, 115)


cONSTANT = _list(99, 111, 110, 115, 116, 97, 110, 116)


eNUMERATED = _list(101, 110, 117, 109, 101, 114, 97, 116, 101, 100)


iMPOSSIBLE = _list(105, 109, 112, 111, 115, 115, 105, 98, 108, 101)


oPEN = _list(111, 112, 101, 110)


sANDWICH = _list(115, 97, 110, 100, 119, 105, 99, 104)


sIGNED = _list(115, 105, 103, 110, 101, 100)


tAIL = _list(116, 97, 105, 108)


eQUIVALENT = _list(101, 113, 117, 105, 118, 97, 108, 101, 110, 116)


dIFFERENT = _list(100, 105, 102, 102, 101, 114, 101, 110, 116)


uNDECIDED = _list(117, 110, 100, 101, 99, 105, 100, 101, 100)


nOWHERE = _list(110, 111, 119, 104, 101, 114, 101)


sOMEWHERE = _list(115, 111, 109, 101, 119, 104, 101, 114, 101)


iNFINITE = _list(105, 110, 102, 105, 110, 105, 116, 101)


mOST_LISTED = 10


lARGE = z_pow(10, 1000)


def count_stated(v):
    if v[0] == "JInt":
        n0 = v[1]
        return (n0,) if (0 <= n0) and (n0 < lARGE) else None
    if v[0] == "JDecimal":
        q0 = v[1]
        return (q0[0],) if ((q0[1] == 1) and (0 <= q0[0])) and (q0[0] < lARGE) else None
    if v[0] == "JText":
        t = v[1]
        _1 = plain_whole(t)
        if _1 is not None:
            n0_1 = _1[0]
            return (n0_1,) if lARGE <= n0_1 else None
        return None
    return None


def int_stated(v):
    if v[0] == "JInt":
        n0 = v[1]
        return (n0,)
    if v[0] == "JDecimal":
        q0 = v[1]
        return (q0[0],) if q0[1] == 1 else None
    return None


def fraction_stated(v):
    if v[0] == "JText":
        t = v[1]
        return plain_fraction(t)
    return None


def in_keys(keys0, ms):
    stack = []
    while True:
        if keys0 is None:
            result = (None,) if ms is None else None
            break
        k, keys0 = keys0
        if ms is None:
            result = None
            break
        (key, v), ms = ms
        if same1(k, key):
            stack.append(v)
            continue
        result = None
        break
    for v in reversed(stack):
        result = option_map(lambda x0, v=v: (v, x0), result)
    return result


def ends_stated(read2, v):
    if v[0] == "JObject":
        ms = v[1]
        _1 = in_keys(_list(lOWER, uPPER), ms)
        if _1 is not None:
            l = _1[0]
            if l is None:
                return None
            a, l0 = l
            if l0 is None:
                return None
            b, l1 = l0
            if l1 is None:
                _2 = read2(a)
                if _2 is not None:
                    x0 = _2[0]
                    _3 = read2(b)
                    if _3 is not None:
                        y = _3[0]
                        return ((x0, y),)
                    return None
                return None
            return None
        return None
    return None


def is_infinite(v):
    if v[0] == "JText":
        t = v[1]
        return same1(t, iNFINITE)
    return False


def points_key(two):
    return pOINTS if two else dISAGREEMENTS


def chance_key(two):
    return pROBABILITY if two else eRROR


def index_in(label, labels, i):
    while True:
        if labels is None:
            return None
        l, labels = labels
        if same1(l, label):
            return (i,)
        i = i + 1


def value_called(v, label):
    _1 = v[1]
    if _1[0] == "Labels":
        ts = _1[1]
        return index_in(label, ts, 0)
    if _1[0] == "ByNumber":
        _, first, step1, n0 = _1
        _2 = text_number(label)
        if _2 is not None:
            q0 = _2[0]
            _3 = index(first, step1, q0)
            if _3 is not None:
                i = _3[0]
                return (i,) if ((0 <= i) and (i < n0)) and (same1(show(q0), label)) else None
            return None
        return None
    _, first1, pieces = _1
    _4 = text_number(label)
    if _4 is not None:
        q0_1 = _4[0]
        _5 = cut_number(first1, pieces, 0, q0_1)
        if _5 is not None:
            k = _5[0]
            return (k - 1,) if (1 <= k) and (same1(show(q0_1), label)) else None
        return None
    return None


def values_called(vs, ms):
    stack = []
    while True:
        if vs is None:
            result = (None,) if ms is None else None
            break
        v, vs = vs
        if ms is None:
            result = None
            break
        (key, j), ms = ms
        if j[0] == "JText":
            label = j[1]
            if same1(v[0], key):
                _1 = value_called(v, label)
                if _1 is not None:
                    i = _1[0]
                    stack.append(i)
                    continue
                result = None
                break
            result = None
            break
        result = None
        break
    for i in reversed(stack):
        if result is not None:
            t = result[0]
            result = ((i, t),)
        else:
            result = None
    return result


def entry_stated(two, vs, models, v):
    if v[0] == "JObject":
        ms = v[1]
        keys0 = _list(vALUES, cLASSES) if two else _list(vALUES, tEACHER_CLASS, tREE_CLASS)
        _1 = in_keys(keys0, ms)
        if _1 is not None:
            l = _1[0]
            if l is None:
                return None
            j, rest0 = l
            if j[0] == "JObject":
                values = j[1]
                if rest0 is None:
                    classes = None
                else:
                    a, l0 = rest0
                    if a[0] == "JNull":
                        if l0 is None:
                            classes = None
                        else:
                            b, l1 = l0
                            classes = (every(int_stated, None, _list(a, b))) if l1 is None else None
                    elif a[0] == "JBool":
                        if l0 is None:
                            classes = None
                        else:
                            b1, l1_1 = l0
                            classes = (every(int_stated, None, _list(a, b1))) if l1_1 is None else None
                    elif a[0] == "JInt":
                        if l0 is None:
                            classes = None
                        else:
                            b2, l1_2 = l0
                            classes = (every(int_stated, None, _list(a, b2))) if l1_2 is None else None
                    elif a[0] == "JDecimal":
                        if l0 is None:
                            classes = None
                        else:
                            b3, l1_3 = l0
                            classes = (every(int_stated, None, _list(a, b3))) if l1_3 is None else None
                    elif a[0] == "JText":
                        if l0 is None:
                            classes = None
                        else:
                            b4, l1_4 = l0
                            classes = (every(int_stated, None, _list(a, b4))) if l1_4 is None else None
                    elif a[0] == "JList":
                        if l0 is None:
                            classes = None
                        else:
                            b5, l1_5 = l0
                            classes = (every(int_stated, None, _list(a, b5))) if l1_5 is None else None
                    else:
                        cs = a[1]
                        if l0 is None:
                            _2 = in_keys(models, cs)
                            if _2 is not None:
                                l1_6 = _2[0]
                                classes = every(int_stated, None, l1_6)
                            else:
                                classes = None
                        else:
                            b6, l1_7 = l0
                            classes = (every(int_stated, None, _list(a, b6))) if l1_7 is None else None
                _3 = values_called(vs, values)
                if _3 is not None:
                    t = _3[0]
                    if classes is not None:
                        ks = classes[0]
                        return ((t, ks),)
                    return None
                return None
            return None
        return None
    return None


def witnesses_key(two):
    return wITNESSES if two else cOUNTEREXAMPLES


def read_listed(two, vs, models, ms):
    _1 = find0(witnesses_key(two), ms)
    if _1 is not None:
        j = _1[0]
        if j[0] == "JList":
            entries = j[1]
            if count(entries) <= mOST_LISTED:
                return every(lambda _2, two=two, vs=vs, models=models: entry_stated(two, vs, models, _2), None, entries)
            return None
        return None
    return None


def same_ints(a, b):
    while True:
        if a is None:
            return True if b is None else False
        x0, a = a
        if b is None:
            return False
        y, b = b
        if x0 == y:
            continue
        return False


def first_ones(stated, found, room):
    while True:
        if stated is None:
            return True if found is None else (room <= 0)
        (t, ks), stated = stated
        if found is None:
            return False
        (u, js), found = found
        if same_ints(t, u) and same_ints(ks, js):
            room = room - 1
            continue
        return False


def word0(two, lo, hi):
    if 0 < lo:
        return sOMEWHERE if two else dIFFERENT
    return uNDECIDED if 0 < hi else (nOWHERE if two else eQUIVALENT)


def numbers_stated(found, ms):
    while True:
        if found is None:
            return True if ms is None else False
        (k, n0), found = found
        if n0 <= 0:
            continue
        if ms is None:
            return False
        (key, v), ms = ms
        if same1(k, key):
            _2 = int_stated(v)
            if _2 is not None:
                m = _2[0]
                _1 = m == n0
            else:
                _1 = False
        else:
            _1 = False
        if _1:
            continue
        return False


def stated_trusted(ms, solver, found):
    trusted, proved = found
    _1 = find0(solver, ms)
    if _1 is not None:
        v = _1[0]
        _2 = int_stated(v)
        if _2 is not None:
            n0 = _2[0]
            return n0 if (trusted <= n0) and (n0 <= (trusted + proved)) else trusted
        return trusted
    return trusted


def members_or_none(v):
    if v[0] == "JObject":
        return v[1]
    return None


def is_object(v):
    return True if v[0] == "JObject" else False


def is_float32(size2, v):
    if v[0] == "JObject":
        ms = v[1]
        _1 = fields(_list(rOBUST, nOT_SHOWN), ms)
        if _1 is not None:
            l = _1[0]
            if l is None:
                return False
            j, l0 = l
            if j[0] == "JBool":
                robust = j[1]
                if l0 is None:
                    return False
                j0, l1 = l0
                if j0[0] == "JObject":
                    inner0 = j0[1]
                    if l1 is None:
                        if size2 is not None:
                            size3 = size2[0]
                            _2 = fields(_list(pOINTS, pROBABILITY), inner0)
                            if _2 is not None:
                                l2 = _2[0]
                                if l2 is None:
                                    return False
                                p, l3 = l2
                                if l3 is None:
                                    return False
                                c, l4 = l3
                                if l4 is None:
                                    _3 = count_stated(p)
                                    if _3 is not None:
                                        n0 = _3[0]
                                        _4 = fraction_stated(c)
                                        if _4 is not None:
                                            q0 = _4[0]
                                            if ((count(ms) == 2) and (count(inner0) == 2)) and eqb(robust, n0 == 0):
                                                _5 = (0 < n0) or (q0[0] == 0)
                                            else:
                                                _5 = False
                                            return (_5 and (n0 <= size3)) and (qle_bool(q0, (1, 1)))
                                        return False
                                    return False
                                return False
                            return False
                        _6 = fields((pROBABILITY, None), inner0)
                        if _6 is not None:
                            l2_1 = _6[0]
                            if l2_1 is None:
                                return False
                            c1, l3_1 = l2_1
                            if l3_1 is None:
                                _7 = fraction_stated(c1)
                                if _7 is not None:
                                    q0_1 = _7[0]
                                    if ((count(ms) == 2) and (count(inner0) == 1)) and (negb(robust) or (q0_1[0] == 0)):
                                        return qle_bool(q0_1, (1, 1))
                                    return False
                                return False
                            return False
                        return False
                    return False
                return False
            return False
        return False
    return False


def moved(n0, step1):
    k, m = step1
    if same1(k, cONSTANT):
        return (k, m - n0)
    return (k, m + n0) if same1(k, tRUSTED) else step1


def entry_holds(two, vs, models, solvers0, f, ms, key, v):
    _1 = find0(tRUSTED, ms)
    if _1 is not None:
        t = _1[0]
        believed0 = members_or_none(t)
    else:
        believed0 = None
    trusted = map1(lambda p, believed0=believed0: (fst(p), stated_trusted(believed0, fst(p), snd(p))), combine(solvers0, f[4]))
    if same1(key, aNSWER if two else vERDICT):
        if v[0] == "JText":
            t1 = v[1]
            return same1(t1, word0(two, z_max(fst(f[0]), count(f[5])), snd(f[0])))
        return False
    if same1(key, dOMAIN_SIZE):
        _3 = f[2]
        if _3 is not None:
            size2 = _3[0]
            _4 = count_stated(v)
            if _4 is not None:
                n0 = _4[0]
                return n0 == size2
            return False
        return is_infinite(v)
    if same1(key, points_key(two)):
        _5 = ends_stated(count_stated, v)
        if _5 is not None:
            (a, b), = _5
            return (a == fst(f[0])) and (b == snd(f[0]))
        return False
    if same1(key, chance_key(two)):
        _6 = ends_stated(fraction_stated, v)
        if _6 is not None:
            (a1, b1), = _6
            return (qeq_bool(a1, fst(f[1]))) and (qeq_bool(b1, snd(f[1])))
        return False
    if same1(key, witnesses_key(two)):
        _7 = read_listed(two, vs, models, ms)
        if _7 is not None:
            stated = _7[0]
            if first_ones(stated, f[5], mOST_LISTED):
                return z_min(mOST_LISTED, f[6]) <= count(stated)
            return False
        return False
    if same1(key, fLOAT32):
        return is_float32(f[2], v)
    if same1(key, tRUSTED):
        return is_object(v) and (numbers_stated(trusted, members_or_none(v)))
    if same1(key, sTEPS if two else cELLS):
        more = (fold_left(lambda _8, _9: _8 + _9, map1(snd, trusted), 0)) - (fold_left(lambda _11, _12: _11 + _12, map1(fst, f[4]), 0))
        if is_object(v):
            return numbers_stated(map1(lambda _14, more=more: moved(more, _14), f[3]), members_or_none(v))
        return False
    return False


def keys(two, finite):
    return (aNSWER if two else vERDICT, (dOMAIN_SIZE, app((points_key(two), None) if finite else None, _list(chance_key(two), witnesses_key(two), fLOAT32, tRUSTED, sTEPS if two else cELLS))))


def is_some(x0):
    return True if x0 is not None else False


def wrong_entry(holds0, keys0, ms):
    while True:
        if keys0 is None:
            return None
        k, keys0 = keys0
        _1 = find0(k, ms)
        if _1 is not None:
            v = _1[0]
            if holds0(k, v):
                continue
            return (k,)
        return (k,)


def compare(two, vs, models, solvers0, f, ms):
    all1 = keys(two, is_some(f[2]))
    _4 = wrong_entry(lambda _1, _2, two=two, vs=vs, models=models, solvers0=solvers0, f=f, ms=ms: entry_holds(two, vs, models, solvers0, f, ms, _1, _2), all1, ms)
    if _4 is not None:
        k = _4[0]
        return (k,)
    return option_map(fst, find(lambda m, all1=all1: negb(one_of(fst(m), all1)), ms))


def from1(lo, n0):
    stack = []
    while True:
        if n0 == 0:
            result = None
            break
        n0 = n0 - 1
        stack.append(lo)
        lo = lo + 1
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def number_of0(start, step1, i):
    return (i, (start + (step1 * i), None), None)


def cut_at(start, rs, i):
    while True:
        if rs is None:
            return start
        (n0, long), rs = rs
        n1 = z_max(0, n0)
        long0 = z_max(0, long)
        if i < n1:
            return start + (z_max(0, i) * long0)
        start, i = start + (n1 * long0), i - n1


def piece_of(start, rs, i):
    return (i, (cut_at(start, rs, i + 1), None), (cut_at(start, rs, i),))


def members0(p):
    if p[0] == "Few":
        return p[1]
    if p[0] == "Range0":
        _, f, s, lo, hi = p
        return map1(lambda _1, f=f, s=s: number_of0(f, s, _1), from1(lo, z_to_nat((hi + 1) - lo)))
    _, f1, rs, lo1, hi1 = p
    return map1(lambda _3, f1=f1, rs=rs: piece_of(f1, rs, _3), from1(lo1, z_to_nat((hi1 + 1) - lo1)))


def input1(p):
    return flat_map(lambda v: v[1], p)


def size1(p):
    if p[0] == "Few":
        vs = p[1]
        return length(vs)
    if p[0] == "Range0":
        _, _, _, lo, hi = p
        return z_max(0, (hi + 1) - lo)
    _, _, _, lo1, hi1 = p
    return z_max(0, (hi1 + 1) - lo1)


def is_empty(p):
    if p[0] == "Few":
        vs = p[1]
        return True if vs is None else False
    if p[0] == "Range0":
        _, _, _, lo, hi = p
        return hi < lo
    _, _, _, lo1, hi1 = p
    return hi1 < lo1


def cardinal(c):
    stack = []
    while True:
        if c is None:
            result = 1
            break
        p, c = c
        stack.append(size1(p))
    for _s0 in reversed(stack):
        result = _s0 * result
    return result


def width(p):
    if p[0] == "Few":
        vs = p[1]
        if vs is None:
            return 0
        v = vs[0]
        return length(v[1])
    return 1


def is_exact(v):
    _1 = v[2]
    if _1 is not None:
        return False
    return True


def has_pieces(p):
    if p[0] == "Few":
        vs = p[1]
        return negb(forallb(is_exact, vs))
    if p[0] == "Range0":
        return False
    return True


def any_pieces(c):
    return existsb(has_pieces, c)


def wf_values(q0):
    if q0[0] == "Few":
        vs = q0[1]
        return forallb(lambda v, q0=q0: (length(v[1]) == width(q0)) and is_exact(v), vs)
    return True


def hull_of(q0):
    if q0[0] == "Pieces":
        _, f, rs, lo, hi = q0
        if hi < lo:
            return q0
        return ("Few", ((lo, (cut_at(f, rs, hi + 1), None), (cut_at(f, rs, lo),)), None))
    return q0


def hulls(c):
    return map1(hull_of, c)


no_part = ("Few", None)


def project(reads, c):
    return map1(lambda v, c=c: nth(v, c, no_part), reads)


nobody = (0, None, None)


def seen(reads, p):
    return map1(lambda v, p=p: nth(v, p, nobody), reads)


def join(a, b):
    return (z_min(fst(a), fst(b)), z_max(snd(a), snd(b)))


def ends_value(a, v):
    _1 = v[2]
    if _1 is not None:
        l = _1[0]
        x0 = hd(0, a) * l
        y = dot(a, v[1])
        return (z_min(x0, y), z_max(x0, y))
    x0_1 = dot(a, v[1])
    return (x0_1, x0_1)


def ends_few(a, vs):
    stack = []
    while True:
        if vs is None:
            result = (0, 0)
            break
        v, vs = vs
        if vs is None:
            result = ends_value(a, v)
            break
        stack.append(ends_value(a, v))
    for _s0 in reversed(stack):
        result = join(_s0, result)
    return result


def ends_part(a, p):
    if p[0] == "Few":
        vs = p[1]
        return ends_few(a, vs)
    if p[0] == "Range0":
        _, f, s, lo, hi = p
        a0 = hd(0, a)
        x0 = a0 * (f + (s * lo))
        y = a0 * (f + (s * hi))
        return (z_min(x0, y), z_max(x0, y))
    _, f1, rs, lo1, hi1 = p
    a0_1 = hd(0, a)
    x0_1 = a0_1 * cut_at(f1, rs, lo1)
    y1 = a0_1 * cut_at(f1, rs, hi1 + 1)
    return (z_min(x0_1, y1), z_max(x0_1, y1))


def ends_form(a, c):
    stack = []
    while True:
        if c is None:
            result = (0, 0)
            break
        p, c = c
        l, u = ends_part(a, p)
        stack.append((l, u))
        a = skipn(width(p), a)
    for l, u in reversed(stack):
        l1, u1 = result
        result = (l + l1, u + u1)
    return result


def last_up_to(fuel, start, rs, t, lo, hi):
    while True:
        if hi < lo:
            return lo - 1
        if fuel == 0:
            return lo - 1
        fuel = fuel - 1
        mid = z_div(lo + hi, 2)
        if cut_at(start, rs, mid + 1) <= t:
            lo = mid + 1
            continue
        hi = mid - 1


def runs_up_to(start, rs, t, base, hi):
    while True:
        if rs is None:
            return hi if start <= t else (base - 1)
        (n0, long), rs = rs
        n1 = z_max(0, n0)
        long0 = z_max(0, long)
        next0 = start + (n1 * long0)
        if next0 <= t:
            start, base = next0, base + n1
            continue
        return (base - 1) if long0 == 0 else ((base + z_div(t - start, long0)) - 1)


def pieces_up_to(start, rs, t, lo, hi):
    if 0 <= lo:
        return runs_up_to(start, rs, t, 0, hi)
    return last_up_to(z_to_nat((z_log2(z_max(1, (hi + 1) - lo))) + 1), start, rs, t, lo, hi)


def parted(f, vs):
    stack = []
    while True:
        if vs is None:
            result = (None, None)
            break
        v, vs = vs
        stack.append(v)
    for v in reversed(stack):
        a, b = result
        result = ((v, a), b) if f(v) else (a, (v, b))
    return result


def halves0(f, last, p):
    if p[0] == "Few":
        a, b = parted(f, members0(p))
        return (("Few", a), ("Few", b))
    if p[0] == "Range0":
        _, s, d0, lo, hi = p
        if last is not None:
            k = last[0]
            return (("Range0", s, d0, lo, z_min(hi, k)), ("Range0", s, d0, z_max(lo, k + 1), hi))
        a1, b1 = parted(f, members0(p))
        return (("Few", a1), ("Few", b1))
    _, s1, rs, lo1, hi1 = p
    if last is not None:
        k1 = last[0]
        return (("Pieces", s1, rs, lo1, z_min(hi1, k1)), ("Pieces", s1, rs, z_max(lo1, k1 + 1), hi1))
    a2, b2 = parted(f, members0(p))
    return (("Few", a2), ("Few", b2))


def put0(v, p, c):
    stack = []
    while True:
        if c is None:
            result = None
            break
        q0, c = c
        if v == 0:
            result = (p, c)
            break
        v = v - 1
        stack.append(q0)
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


d = 1048576


def corner(a, v):
    _1 = v[2]
    if _1 is not None:
        l = _1[0]
        return (l, None) if (hd(0, a) * l) <= dot(a, v[1]) else v[1]
    return v[1]


def lowest(a, vs, x0, least1):
    while True:
        if vs is None:
            return x0
        v, vs = vs
        y = corner(a, v)
        z0 = dot(a, y)
        if z0 < least1:
            x0, least1 = y, z0
            continue


def lowest_part(a, p):
    def pick(x0, y, a=a):
        return (x0, None) if (hd(0, a) * x0) <= (hd(0, a) * y) else (y, None)
    if p[0] == "Few":
        vs0 = p[1]
        if vs0 is None:
            return None
        v, vs = vs0
        y1 = corner(a, v)
        return lowest(a, vs, y1, dot(a, y1))
    if p[0] == "Range0":
        _, f, s, lo, hi = p
        return pick(f + (s * lo), f + (s * hi))
    _, f1, rs, lo1, hi1 = p
    return pick(cut_at(f1, rs, lo1), cut_at(f1, rs, hi1 + 1))


def lowest_point(a, c):
    stack = []
    while True:
        if c is None:
            result = None
            break
        p, c = c
        stack.append(lowest_part(a, p))
        a = skipn(width(p), a)
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def spreads(a, c):
    stack = []
    while True:
        if c is None:
            result = None
            break
        p, c = c
        l, u = ends_part(a, p)
        stack.append(u - l)
        a = skipn(width(p), a)
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


fINE = 30


def aim_at(a, c):
    ss = spreads(a, c)
    k = z_max(0, (z_log2(peak(ss, 0))) - fINE)
    return (c, lowest_point(a, c), map1(lambda s, k=k: z_shiftr(s, k), ss))


mIDDLE = 128


def between_two(a, most0, x0, y):
    k = z_div(16 * (dot(a, y) - dot(a, x0)), most0)
    return vadd(vscale(64 + k, x0), vscale(64 - k, y))


def sum_codes(vs):
    stack = []
    while True:
        if vs is None:
            result = None
            break
        v, vs = vs
        stack.append(v[1])
    for _s0 in reversed(stack):
        result = vadd(_s0, result)
    return result


def between_part(a, most0, p):
    if p[0] == "Few":
        vs = p[1]
        n0 = length(vs)
        if n0 == 2:
            return between_two(a, most0, sum_codes(firstn(1, vs)), sum_codes(skipn(1, vs)))
        return map1(lambda z0, n0=n0: z_div(mIDDLE * z0, n0), sum_codes(vs))
    if p[0] == "Range0":
        _, f, s, lo, hi = p
        return between_two(a, most0, (f + (s * lo), None), (f + (s * hi), None))
    _, f1, rs, lo1, hi1 = p
    return between_two(a, most0, (cut_at(f1, rs, lo1), None), (cut_at(f1, rs, hi1 + 1), None))


def between0(a, most0, c):
    stack = []
    while True:
        if c is None:
            result = None
            break
        p, c = c
        stack.append(between_part(a, most0, p))
        a = skipn(width(p), a)
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def point_between(a, c):
    return between0(a, z_max(1, peak(spreads(a, c), 0)), c)


def scaled(k, l):
    if l[0] == "Affine0":
        _, i, rows = l
        return ("Affine0", i, map1(lambda rb, k=k: (fst(rb), k * snd(rb)), rows))
    if l[0] == "Diag":
        _, i1, cs = l
        return ("Diag", i1, map1(lambda fs, k=k: (fst(fs), k * snd(fs)), cs))
    x0 = l
    return x0


tURNS = 65536


def turns(row0, c, xs, rs, i):
    stack = []
    while True:
        if c is None:
            result = (None, 0)
            break
        p, c = c
        if xs is None:
            result = (None, 0)
            break
        x0, xs = xs
        if rs is None:
            result = (None, 0)
            break
        r, rs = rs
        l, u = ends_part(row0, p)
        stack.append((l, u, row0, x0, r, i))
        row0, i = skipn(width(p), row0), i + 1
    for l, u, row0, x0, r, i in reversed(stack):
        ts, least1 = result
        y = 0 if l == u else (z_div((((2 * dot(row0, x0)) - l) - u) * r, u - l))
        result = ((((y * tURNS) + i, u - l), ts), l + least1)
    return result


def sooner(k, ts):
    stack = []
    while True:
        if ts is None:
            result = ((None, None), 0)
            break
        (y, r), ts = ts
        stack.append((y, r))
    for y, r in reversed(stack):
        (a, b), s = result
        if k < y:
            result = ((((y, r), a), b), s + r)
        else:
            result = ((a, b), s) if y == k else ((a, ((y, r), b)), s)
    return result


def pivot(fuel, ts, s):
    while True:
        if fuel is None:
            return None
        fuel = fuel[1]
        if ts is None:
            return None
        (k, r), _ = ts
        (a, b), t = sooner(k, ts)
        if 0 < (s + t):
            ts = a
            continue
        if 0 < ((s + t) + r):
            return ((k, z_div(d * ((s + t) + r), r)),)
        ts, s = b, (s + t) + r


def tilted(ts, k, m, c, row0):
    stack = []
    while True:
        if ts is None:
            result = None
            break
        (y, _), ts = ts
        if c is None:
            result = None
            break
        p, c = c
        w = width(p)
        stack.append(vscale(m if y == k else (0 if k < y else d), firstn(w, row0)))
        row0 = skipn(w, row0)
    for _s0 in reversed(stack):
        result = app(_s0, result)
    return result


def slopes(a, row0, b):
    ts, least1 = turns(row0, a[0], a[1], a[2], 0)
    _1 = pivot(ts, ts, b + least1)
    if _1 is not None:
        (k, m), = _1
        return tilted(ts, k, m, a[0], row0)
    return None


def least_few(a, v, vs):
    stack = []
    while True:
        if vs is None:
            result = fst(ends_value(a, v))
            break
        w, vs = vs
        stack.append(fst(ends_value(a, v)))
        v = w
    for _s0 in reversed(stack):
        result = z_min(_s0, result)
    return result


def least_part(a, p):
    if p[0] == "Few":
        vs0 = p[1]
        if vs0 is None:
            return 0
        v, vs = vs0
        return least_few(a, v, vs)
    if p[0] == "Range0":
        _, f, s, lo, hi = p
        a0 = hd(0, a)
        return z_min(a0 * (f + (s * lo)), a0 * (f + (s * hi)))
    _, f1, rs, lo1, hi1 = p
    a0_1 = hd(0, a)
    return z_min(a0_1 * cut_at(f1, rs, lo1), a0_1 * cut_at(f1, rs, hi1 + 1))


def least_form(a, c):
    total = 0
    while True:
        if c is None:
            return total
        p, c = c
        total += least_part(a, p)
        a = skipn(width(p), a)


def above_all(e, row0, b, c):
    return z_max(-least_form(e, c), (d * b) - (least_form(vadd(e, vscale(-d, row0)), c)))


def envelope(a, row0, b):
    e = slopes(a, row0, b)
    return (e, above_all(e, row0, b, a[0]))


def alike(r, r1):
    ((t, u), a), k = r
    ((t1, u1), a1), k1 = r1
    g = z_gcd(u, u1)
    if t == t1:
        t0 = 1
        t_0 = 1
        p3 = t0 * z_div(u, g)
        p4 = t_0 * z_div(u1, g)
        return (((t0 * t, g), (vscale(p3, a), p3 * k)), (vscale(p4, a1), p4 * k1))
    p3_1 = t1 * z_div(u, g)
    p5 = t * z_div(u1, g)
    return (((t1 * t, g), (vscale(p3_1, a), p3_1 * k)), (vscale(p5, a1), p5 * k1))


wEIGHTS = 4096


def blend(w, f, f1):
    v = wEIGHTS - w
    return (vadd(vscale(v, fst(f)), vscale(w, fst(f1))), (v * snd(f)) + (w * snd(f1)))


def least_of(c, f):
    return (least_form(fst(f), c)) + snd(f)


def weigh_up(fuel, c, f, f1, lo, hi):
    while True:
        if fuel == 0:
            return lo
        fuel = fuel - 1
        if hi <= lo:
            return lo
        m = z_div(lo + hi, 2)
        if (least_of(c, blend(m, f, f1))) < (least_of(c, blend(m + 1, f, f1))):
            lo = m + 1
            continue
        hi = m


def weighted(w, t, u, f, f1):
    w0 = z_max(0, z_min(wEIGHTS, w))
    if w0 == 0:
        return None
    a, k = blend(w0, f, f1)
    return ((((wEIGHTS * t, u), a), k),)


def mixed(c, r, r1):
    ((t, u), f1), f = alike(r, r1)
    return weighted(weigh_up(13, c, f1, f, 0, wEIGHTS), t, u, f1, f)


lEAN = 8


def iscale(c, b):
    return (c * fst(b), c * snd(b)) if 0 <= c else (c * snd(b), c * fst(b))


def iadd(a, b):
    return (fst(a) + fst(b), snd(a) + snd(b))


def idot(a, b):
    stack = []
    while True:
        if a is None:
            result = (0, 0)
            break
        a0, a = a
        if b is None:
            result = (0, 0)
            break
        b0, b = b
        stack.append(iscale(a0, b0))
    for _s0 in reversed(stack):
        result = iadd(_s0, result)
    return result


def badd(a, b):
    stack = []
    while True:
        if a is None:
            result = b
            break
        x0, a1 = a
        if b is None:
            result = a
            break
        y, b = b
        stack.append(iadd(x0, y))
        a = a1
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def bdiag(cs, b):
    stack = []
    while True:
        if cs is None:
            result = None
            break
        (f, s), cs = cs
        if b is None:
            result = None
            break
        b0, b = b
        stack.append(iadd(iscale(f, b0), (s, s)))
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def both(f, b):
    return (f(fst(b)), f(snd(b)))


no_info = (None, 0, None)


def ends_at(i, es):
    return nth(i, es, no_info)[0]


def forward(l, es):
    if l[0] == "Affine0":
        _, i, rows = l
        b = ends_at(i, es)
        return map1(lambda rb, b=b: iadd(idot(fst(rb), b), (snd(rb), snd(rb))), rows)
    if l[0] == "Diag":
        _, i1, cs = l
        return bdiag(cs, ends_at(i1, es))
    if l[0] == "Relu0":
        i2 = l[1]
        return map1(lambda _2: both(lambda _4: z_max(0, _4), _2), ends_at(i2, es))
    if l[0] == "Sign0":
        i3 = l[1]
        return map1(lambda _6: both(lambda _8: z_sgn(_8), _6), ends_at(i3, es))
    _, i4, c, j, d0 = l
    return badd(map1(lambda _10, c=c: iscale(c, _10), ends_at(i4, es)), map1(lambda _12, d0=d0: iscale(d0, _12), ends_at(j, es)))


def join_box(a, b):
    stack = []
    while True:
        if a is None:
            result = None
            break
        x0, a = a
        if b is None:
            result = None
            break
        y, b = b
        stack.append(join(x0, y))
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def exactly(x0):
    return map1(lambda z0: (z0, z0), x0)


def value_box(v):
    _1 = v[2]
    if _1 is not None:
        l = _1[0]
        return ((l, hd(0, v[1])), None)
    return exactly(v[1])


def few_box(vs):
    stack = []
    while True:
        if vs is None:
            result = None
            break
        v, vs = vs
        if vs is None:
            result = value_box(v)
            break
        stack.append(value_box(v))
    for _s0 in reversed(stack):
        result = join_box(_s0, result)
    return result


def part_box(p):
    if p[0] == "Few":
        vs = p[1]
        return few_box(vs)
    if p[0] == "Range0":
        _, f, s, lo, hi = p
        x0 = f + (s * lo)
        y = f + (s * hi)
        return ((z_min(x0, y), z_max(x0, y)), None)
    _, f1, rs, lo1, hi1 = p
    return ((cut_at(f1, rs, lo1), cut_at(f1, rs, hi1 + 1)), None)


def cell_box(c):
    return flat_map(part_box, c)


def clamp(s):
    return z_max(0, z_min(d, s))


def relu_line(w, n0, b):
    l, u = b
    if 0 <= l:
        return (d, d, 0)
    if u <= 0:
        return (0, 0, 0)
    e = 0 if w == 0 else z_shiftr(u - l, w)
    l1 = l - e
    u1 = u + e
    s = clamp(z_div(d * u1, u1 - l1))
    return (d if ((-l1) * lEAN) < (u1 * n0) else 0, s, z_max((-s) * l, (d - s) * u))


def magnitudes(b):
    total = 0
    while True:
        if b is None:
            return total
        (l, u), b = b
        total += z_max(z_abs(l), z_abs(u))


def inform(w, n0, b):
    return (b, magnitudes(b), map1(lambda _1, w=w, n0=n0: relu_line(w, n0, _1), b))


def steer(b, ls, x0):
    stack = []
    while True:
        if b is None:
            result = ls
            break
        (l, u), b = b
        if ls is None:
            result = ls
            break
        l0, ls1 = ls
        if x0 is None:
            result = ls
            break
        x1, x0 = x0
        stack.append((d if 0 < x1 else 0, l0[1], l0[2]) if (l < 0) and (0 < u) else l0)
        ls = ls1
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def steered(es, env):
    stack = []
    while True:
        if es is None:
            result = es
            break
        e, es1 = es
        if env is None:
            result = es
            break
        x0, env = env
        stack.append((e[0], e[1], steer(e[0], e[2], x0)))
        es = es1
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def add_at(i, a, pend):
    stack = []
    while True:
        if i == 0:
            if pend is None:
                result = (a, None)
                break
            b, pend1 = pend
            result = (vadd(a, b), pend1)
            break
        i = i - 1
        if pend is None:
            stack.append((0,))
            pend = None
            continue
        b1, pend = pend
        stack.append((1, b1))
    for saved in reversed(stack):
        if saved[0] == 0:
            result = (None, result)
        elif saved[0] == 1:
            _, _s0 = saved
            result = (_s0, result)
    return result


def shifts(a, rows):
    total = 0
    while True:
        if a is None:
            return total
        a0, a = a
        if rows is None:
            return total
        (_, b), rows = rows
        if a0 == 0:
            continue
        total += a0 * b


def diag_back(a, cs, b):
    stack = []
    while True:
        if a is None:
            result = (None, 0)
            break
        a0, a = a
        if cs is None:
            result = (None, 0)
            break
        (f, s), cs = cs
        if b is None:
            result = (None, 0)
            break
        b = b[1]
        stack.append((a0, f, s))
    for a0, f, s in reversed(stack):
        v, k = result
        result = ((a0 * f, v), (a0 * s) + k)
    return result


def relu_back(a, ls):
    stack = []
    while True:
        if a is None:
            result = (None, 0)
            break
        a0, a = a
        if ls is None:
            result = (None, 0)
            break
        l0, ls = ls
        stack.append((a0, l0))
    for a0, l0 in reversed(stack):
        v, k = result
        if 0 <= a0:
            result = ((a0 * l0[0], v), k)
        else:
            result = ((a0 * l0[1], v), k if l0[2] == 0 else ((a0 * l0[2]) + k))
    return result


def relu_over(m, a, ls, rows, u):
    stack = []
    while True:
        if a is None:
            result = ((None, 0), u)
            break
        a0, a = a
        if ls is None:
            result = ((None, 0), u)
            break
        l0, ls = ls
        if rows is None:
            result = ((None, 0), u)
            break
        (r, b), rows = rows
        if 0 <= a0:
            stack.append((0, a0, l0))
            continue
        if l0[2] == 0:
            stack.append((1, a0, l0))
            continue
        e, above0_1 = envelope(m, r, b)
        stack.append((2, a0, above0_1))
        u = axpy(a0, e, u)
    for saved in reversed(stack):
        if saved[0] == 0:
            _, a0, l0 = saved
            (v, k), u0 = result
            result = (((a0 * l0[0], v), k), u0)
        elif saved[0] == 1:
            _, a0, l0 = saved
            (v1, k1), u0_1 = result
            result = (((a0 * l0[1], v1), k1), u0_1)
        elif saved[0] == 2:
            _, a0, above0_1 = saved
            (v2, k2), u0_2 = result
            result = (((0, v2), (a0 * above0_1) + k2), u0_2)
    return result


def sign_least(a, b):
    total = 0
    while True:
        if a is None:
            return total
        a0, a = a
        if b is None:
            return total
        b0, b = b
        total += fst(iscale(a0, b0))


def magnitude(a, m):
    while True:
        if a is None:
            return m
        x0, a = a
        m = z_max(z_abs(x0), m)


kEPT = 18


def cut(k, a):
    return map1(lambda x0, k=k: z_shiftr(x0, k), a)


def lost(pend, es):
    total = 0
    while True:
        if pend is None:
            return total
        v, pend = pend
        if v is None:
            if es is None:
                return total
            es = es[1]
            continue
        if es is None:
            return total
        b, es = es
        total += b[1]


def reduce(bits0, pend, es, k):
    k0 = (z_log2(magnitude(hd(None, pend), 0))) - bits0
    if k0 <= 0:
        return ((0, pend), k)
    return ((k0, map1(lambda _1, k0=k0: cut(k0, _1), pend)), z_shiftr(k, k0) - lost(pend, es))


no_aid = (False, None)


def combine0(k, bits0, a, rows, alone0):
    _1 = only(a, rows)
    if _1 is not None:
        (c, r), = _1
        return (r if c == 1 else vscale(c, r), 0)
    _2 = k[1]
    if _2 is not None:
        q0 = _2[0]
        return product(q0, a, rows, (bits0 + kEPT) if alone0 else 0)
    return (combine_rows(a, rows, None), 0)


def is_nil(a):
    return True if a is None else False


def diag_rows(cs, rows):
    stack = []
    while True:
        if cs is None:
            result = None
            break
        (f, s), cs = cs
        if rows is None:
            result = None
            break
        (r, b), rows = rows
        stack.append((vscale(f, r), (f * b) + s))
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def rows_at(n0, i):
    stack = []
    while True:
        if n0 is None:
            result = None
            break
        l, n0 = n0
        if l[0] == "Affine0":
            _, j, rows = l
            if i == 0:
                result = (rows,) if j == length(n0) else None
                break
            i = i - 1
            continue
        if l[0] == "Diag":
            _, j1, cs = l
            if i == 0:
                stack.append(cs)
                i = j1
                continue
            i = i - 1
            continue
        if i == 0:
            result = None
            break
        i = i - 1
    for cs in reversed(stack):
        if result is not None:
            rows1 = result[0]
            result = (diag_rows(cs, rows1),)
        else:
            result = None
    return result


def after_cut(k, r):
    ((t, u), a), k0 = r
    return (((t, z_shiftl(u, k)), a), k0)


def after_relu(r):
    ((t, u), a), k = r
    return (((d * t, u), a), k)


def back(m, bits0, ks, n0, es, pend, k):
    while True:
        if n0 is None:
            return (((1, 1), hd(None, pend)), k)
        l, n0 = n0
        es1 = tl(es)
        ks1 = tl(ks)
        if pend is None:
            return (((1, 1), None), k)
        v, rest0 = pend
        if v is None:
            ks, es, pend = ks1, es1, rest0
            continue
        (k1, pend0), k0 = reduce(bits0, pend, es, k)
        a = hd(None, pend0)
        rest1 = tl(pend0)
        if l[0] == "Affine0":
            _, i, rows = l
            v0, c = combine0(hd(no_aid, ks), bits0, a, rows, forallb(is_nil, rest1))
            pend1 = add_at(i, v0, rest1)
            k2 = k0 + shifts(a, rows)
            if c == 0:
                _1 = back(m, bits0, ks1, n0, es1, pend1, k2)
            else:
                _1 = after_cut(c, back(m, bits0, ks1, n0, es1, pend1, z_shiftr(k2, c) - (nth(i, es1, no_info)[1])))
        elif l[0] == "Diag":
            _, i1, cs = l
            v0_1, c1 = diag_back(a, cs, ends_at(i1, es1))
            _1 = back(m, bits0, ks1, n0, es1, add_at(i1, v0_1, rest1), k0 + c1)
        elif l[0] == "Relu0":
            i2 = l[1]
            ls = nth(i2, es1, no_info)[2]
            if m is not None:
                aim0 = m[0]
                _2 = rows_at(n0, i2)
                if _2 is not None:
                    rows1 = _2[0]
                    (v0_2, c2), u = relu_over(aim0, a, ls, rows1, None)
                    pend1_1 = add_at(length(n0), u, add_at(i2, v0_2, map1(lambda _3: vscale(d, _3), rest1)))
                    _1 = after_relu(back(m, bits0, ks1, n0, es1, pend1_1, (d * k0) + c2))
                else:
                    v0_3, c3 = relu_back(a, ls)
                    _1 = after_relu(back(m, bits0, ks1, n0, es1, add_at(i2, v0_3, map1(lambda _5: vscale(d, _5), rest1)), (d * k0) + c3))
            else:
                v0_4, c4 = relu_back(a, ls)
                _1 = after_relu(back(m, bits0, ks1, n0, es1, add_at(i2, v0_4, map1(lambda _7: vscale(d, _7), rest1)), (d * k0) + c4))
        elif l[0] == "Sign0":
            _1 = back(m, bits0, ks1, n0, es1, rest1, k0 + (sign_least(a, hd(no_info, es)[0])))
        else:
            _, i3, c5, j, d0 = l
            _1 = back(m, bits0, ks1, n0, es1, add_at(i3, vscale(c5, a), add_at(j, vscale(d0, a), rest1)), k0)
        return after_cut(k1, _1)


def rounded(loose, x0, t):
    return z_div(x0, t) if loose else (-z_div(-x0, t))


def bound0(loose, c, r):
    ((t, u), a), k = r
    return rounded(loose, u * (least_form(a, c) + k), t)


def again(fuel, enough, loose, bits0, ks, n0, es, c, row0, r):
    while True:
        b = bound0(loose, c, r)
        if fuel == 0:
            return b
        fuel = fuel - 1
        if enough <= b:
            return b
        (_, a), _ = r
        m = aim_at(a, c)
        env = eval1(n0, concat(m[1]))
        if (dot(row0, hd(None, env))) < enough:
            return b
        near = eval1(map1(lambda _1: scaled(mIDDLE, _1), n0), concat(point_between(a, c)))
        _3 = mixed(c, r, back((m,), bits0, ks, n0, steered(es, near), (row0, None), 0))
        if _3 is not None:
            r0 = _3[0]
            r = r0
            continue
        _4 = mixed(c, r, back((m,), bits0, ks, n0, steered(es, env), (row0, None), 0))
        if _4 is not None:
            r0_1 = _4[0]
            r = r0_1
            continue
        return b


def lower(fuel, enough, loose, bits0, ks, n0, es, c, row0):
    return again(fuel, enough, loose, bits0, ks, n0, es, c, row0, back(None, bits0, ks, n0, es, (row0, None), 0))


def refine(fuel, loose, every_one, bits0, ks, n0, es, c, i, b):
    stack = []
    while True:
        if b is None:
            result = None
            break
        (l, u), b = b
        if every_one or ((l < 0) and (0 < u)):
            _1 = (z_max(l, lower(fuel, 0, loose, bits0, ks, n0, es, c, unit0(i))), z_min(u, -(lower(fuel, 0, loose, bits0, ks, n0, es, c, vscale(-1, unit0(i))))))
        else:
            _1 = (l, u)
        stack.append(_1)
        i = i + 1
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def first_box(rows, c):
    return map1(lambda rb, c=c: iadd(ends_form(fst(rb), c), (snd(rb), snd(rb))), rows)


def enclose(loose, e, ks, n0, c):
    stack = []
    while True:
        if n0 is None:
            result = (inform(e[3], e[4], cell_box(c)), None)
            break
        l, n = n0
        stack.append((l, n, ks, n0))
        ks, n0 = tl(ks), n
    for l, n, ks, n0 in reversed(stack):
        es = result
        if l[0] == "Affine0":
            _, src, rows = l
            if src == 0:
                if n is None:
                    b = first_box(rows, c)
                else:
                    b1 = forward(l, es)
                    if e[0] and (hd(no_aid, ks)[0]):
                        b = refine(e[6], loose, e[1], e[2], ks, n0, (inform(e[3], e[4], b1), es), c, 0, b1)
                    else:
                        b = b1
            else:
                b2 = forward(l, es)
                if e[0] and (hd(no_aid, ks)[0]):
                    b = refine(e[6], loose, e[1], e[2], ks, n0, (inform(e[3], e[4], b2), es), c, 0, b2)
                else:
                    b = b2
        else:
            b3 = forward(l, es)
            if e[0] and (hd(no_aid, ks)[0]):
                b = refine(e[6], loose, e[1], e[2], ks, n0, (inform(e[3], e[4], b3), es), c, 0, b3)
            else:
                b = b3
        result = (inform(e[3], e[4], b), es)
    return result


def mark(i, flags):
    stack = []
    while True:
        if flags is None:
            result = None
            break
        f, flags = flags
        if i == 0:
            result = (True, flags)
            break
        i = i - 1
        stack.append(f)
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def flags_of(n0):
    stack = []
    while True:
        if n0 is None:
            result = None
            break
        l, n0 = n0
        if l[0] == "Relu0":
            i = l[1]
            stack.append((0, i))
            continue
        if l[0] == "Sign0":
            i1 = l[1]
            stack.append((0, i1))
            continue
        stack.append((1,))
    for saved in reversed(stack):
        if saved[0] == 0:
            _, _s0 = saved
            result = (False, mark(_s0, result))
        elif saved[0] == 1:
            result = (False, result)
    return result


def aids_of(flags, n0):
    stack = []
    while True:
        if n0 is None:
            result = None
            break
        l, n0 = n0
        if l[0] == "Affine0":
            rows = l[2]
            q0 = (packing_of(rows),)
        else:
            q0 = None
        stack.append((hd(False, flags), q0))
        flags = tl(flags)
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def prepare(n0, loose):
    return (n0, aids_of(flags_of(n0), n0), loose)


def margin_row(k, j):
    return vadd(unit0(k), vscale(-1, unit0(j)))


def wanted(m, k):
    if m == 0:
        return None
    n0 = m - 1
    if n0 == 0:
        if k == 1:
            return (((1, (1, None)), None),)
        return (((0, (-1, None)), None),) if k == 0 else None
    k1 = z_to_nat(k)
    if (0 <= k) and (k < m):
        return (map1(lambda j, k1=k1: (1 if j < k1 else 0, margin_row(k1, j)), filter1(lambda j1, k1=k1: negb(j1 == k1), seq(0, m))),)
    return None


def attempt(e, p, c, k):
    n0 = p[0]
    ks = p[1]
    es = enclose(p[2], e, ks, n0, c)
    top = hd(no_info, es)[0]
    _1 = wanted(length(top), k)
    if _1 is not None:
        rs = _1[0]
        def _2(r, top=top, e=e, p=p, ks=ks, n0=n0, es=es, c=c):
            need, row0 = r
            if need <= (fst(idot(row0, top))):
                return True
            return need <= lower(e[5], need, p[2], e[2], ks, n0, es, c, row0)
        return forallb(_2, rs)
    return False


pASSES = 8


quick = (False, False, 22, 0, lEAN, 0, 0)


def passing(fuel):
    return (True, False, 22, 0, lEAN, fuel, 0)


usual = passing(0)


def others(fuel):
    return map1(lambda wider, fuel=fuel: (True, False, 60, wider, lEAN, fuel, 0), _list(0, 20, 16))


leaning = map1(lambda lean0: (True, True, 60, 0, lean0, 0, 0), _list(6, 12, 4, 16, 2, 32))


def shown(fuel, p, c, k):
    return attempt(quick, p, c, k) or (attempt(passing(fuel), p, c, k))


def shown_after_all(fuel, p, c, k):
    return existsb(lambda e, p=p, c=c, k=k: attempt(e, p, c, k), others(fuel))


def shown_leaning(p, c, k):
    return existsb(lambda e, p=p, c=c, k=k: attempt(e, p, c, k), leaning)


def form_of(bits0, ks, n0, es, row0):
    (_, a), k = back(None, bits0, ks, n0, es, (row0, None), 0)
    return (a, k)


def forms(e, p, c, k):
    n0 = p[0]
    ks = p[1]
    es = enclose(p[2], e, ks, n0, c)
    return option_map(lambda _1, e=e, ks=ks, n0=n0, es=es: map1(lambda r, e=e, ks=ks, n0=n0, es=es: form_of(e[2], ks, n0, es, snd(r)), _1), wanted(length(hd(no_info, es)[0]), k))


def unpacked(n0, wide, b, rest0):
    stack = []
    while True:
        if n0 == 0:
            result = rest0
            break
        n0 = n0 - 1
        stack.append(z_modulo(b, wide))
        b = z_div(b, wide)
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def spread(each1, wide, bs):
    stack = []
    while True:
        if bs is None:
            result = None
            break
        b, bs = bs
        stack.append(b)
    for _s0 in reversed(stack):
        result = unpacked(each1, wide, _s0, result)
    return result


def zeros(l):
    return forallb(lambda _1: 0 == _1, l)


def few(each1, wide, count0, bs):
    per = each1
    _1 = take(z_div((count0 + per) - 1, per), None, bs)
    if _1 is not None:
        (own, rest0), = _1
        _2 = take(count0, None, spread(each1, wide, own))
        if _2 is not None:
            (found, over), = _2
            return ((found, rest0),) if zeros(over) else None
        return None
    return None


def doubles(bs):
    stack = []
    while True:
        if bs is None:
            result = None
            break
        a, l = bs
        if l is None:
            result = None
            break
        b, bs1 = l
        stack.append(a + (256 * b))
        bs = bs1
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def wide_ones(two, count0, bs):
    if two:
        _1 = take(2 * count0, None, bs)
        if _1 is not None:
            (own, rest0), = _1
            return ((doubles(own), rest0),)
        return None
    return take(count0, None, bs)


def one(bs):
    _1 = first_integer(bs, None, 0)
    if _1[0] == "Inl":
        return None
    _, ((i, _), rest0) = _1
    return ((i, rest0),)


def insert(t, above0, p):
    stack = []
    while True:
        if p is None:
            result = (((t, above0), None),)
            break
        (u, a), p1 = p
        if t < u:
            result = (((t, above0), p),)
            break
        if t == u:
            result = None
            break
        stack.append((u, a))
        p = p1
    for u, a in reversed(stack):
        if result is not None:
            p2 = result[0]
            result = (((u, a), p2),)
        else:
            result = None
    return result


dEEPEST0 = 255


def leaves(most0, shape0, tests, waiting, found):
    while True:
        if waiting is None:
            return (((rev1(found), shape0), tests),)
        (deep, p), waiting1 = waiting
        if shape0 is None:
            return None
        x0, shape0 = shape0
        if x0 == 0:
            waiting, found = waiting1, (p, found)
            continue
        if tests is None:
            return None
        t, tests = tests
        if ((0 <= t) and (t < most0)) and (deep < dEEPEST0):
            _1 = insert(t, False, p)
            if _1 is not None:
                a = _1[0]
                _2 = insert(t, True, p)
                if _2 is not None:
                    b = _2[0]
                    waiting = ((deep + 1, a), ((deep + 1, b), waiting1))
                    continue
                return None
            return None
        return None


def all_leaves(own, shape0, tests):
    stack = []
    while True:
        if own is None:
            result = ((None,) if tests is None else None) if shape0 is None else None
            break
        most0, own = own
        _1 = leaves(most0, shape0, tests, ((0, None), None), None)
        if _1 is not None:
            ((found, shape1), tests1), = _1
            stack.append(found)
            shape0, tests = shape1, tests1
            continue
        result = None
        break
    for found in reversed(stack):
        if result is not None:
            rest0 = result[0]
            result = ((found, rest0),)
        else:
            result = None
    return result


def nodes_on(p, ends, last):
    total = 0
    while True:
        if p is None:
            return total
        (t, _), p = p
        if t < last:
            continue
        total += 1
        last = hd(t + 1, filter1(lambda e, t=t: t < e, ends))


def ends_of(widths, at):
    stack = []
    while True:
        if widths is None:
            result = None
            break
        w, widths = widths
        stack.append(at + w)
        at = at + w
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


bY_LEAF = 3


def by_leaf(i, slants):
    stack = []
    while True:
        if slants is None:
            result = None
            break
        s, slants = slants
        if s == bY_LEAF:
            stack.append(i)
            i = i + 1
            continue
        i = i + 1
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def up_to(t, is1, n0):
    while True:
        if is1 is None:
            return (n0, None)
        i, is2 = is1
        if i < t:
            is1, n0 = is2, n0 + 1
            continue
        return (n0, is2) if i == t else (n0, is1)


def together(p, is1, n0):
    while True:
        if p is None:
            return n0 + count(is1)
        (t, _), p = p
        m, is2 = up_to(t, is1, n0 + 1)
        is1, n0 = is2, m


def codes_of(own, pss, slants, n0):
    while True:
        if own is None:
            return n0
        most0, own = own
        if pss is None:
            return n0
        ps, pss = pss
        said = by_leaf(0, firstn(z_to_nat(most0), slants))
        slants, n0 = skipn(z_to_nat(most0), slants), fold_left(lambda n1, p, said=said: together(p, said, n1), ps, n0)


def read_rows(fuel, bs, left, least1, found):
    while True:
        if left <= 0:
            return ((rev1(found), bs),)
        if fuel is None:
            return None
        fuel = fuel[1]
        _1 = one(bs)
        if _1 is not None:
            (row0, bs0), = _1
            if least1 <= row0:
                bs, left, least1, found = bs0, left - 1, row0 + 1, (row0, found)
                continue
            return None
        return None


def before0(t, ends, last, n0):
    while True:
        if ends is None:
            return None
        e, ends = ends
        if t < e:
            return ((last, n0),)
        last, n0 = e, n0 + 1


def befores(rows, ends):
    stack = []
    while True:
        if rows is None:
            result = (None,)
            break
        row0, rows = rows
        _1 = before0(z_div(row0, 2), ends, 0, 0)
        if _1 is not None:
            x0 = _1[0]
            stack.append(x0)
            continue
        result = None
        break
    for x0 in reversed(stack):
        if result is not None:
            xs = result[0]
            result = ((x0, xs),)
        else:
            result = None
    return result


mANY = 256


def read1(forms0, widths, bs):
    ends = ends_of(widths, 0)
    every1 = (fold_left(lambda _1, _2: _1 + _2, widths, 0), length(widths))
    _4 = one(bs)
    if _4 is not None:
        (n0, bs0), = _4
        _5 = read_rows(bs0, bs0, n0, 0, None)
        if _5 is not None:
            (rows, bs1), = _5
            _6 = befores(rows, ends)
            if _6 is not None:
                own = _6[0]
                _7 = one(bs1)
                if _7 is not None:
                    (inner0, bs2), = _7
                    own0 = app(own, repeat(every1, forms0))
                    neurons = map1(fst, own0)
                    _8 = few(8, 2, (2 * inner0) + length(own0), bs2)
                    if _8 is not None:
                        (shape0, bs3), = _8
                        _9 = wide_ones(mANY < fst(every1), inner0, bs3)
                        if _9 is not None:
                            (tests, bs4), = _9
                            _10 = all_leaves(neurons, shape0, tests)
                            if _10 is not None:
                                found = _10[0]
                                _14 = few(4, 4, fold_left(lambda _11, _12: _11 + _12, neurons, 0), bs4)
                                if _14 is not None:
                                    (slants, bs5), = _14
                                    _18 = take(fold_left(lambda _15, _16: _15 + _16, map1(snd, own0), 0), None, bs5)
                                    if _18 is not None:
                                        (bases0, bs6), = _18
                                        signed1 = fold_left(lambda n1, p6, ends=ends: n1 + nodes_on(p6, ends, 0), concat(found), 0)
                                        _20 = take(signed1, None, bs6)
                                        if _20 is not None:
                                            (units, bs7), = _20
                                            _21 = few(4, 4, codes_of(neurons, found, slants, 0), bs7)
                                            if _21 is not None:
                                                (codes, b), = _21
                                                return ((rows, found, slants, bases0, units, codes),) if b is None else None
                                            return None
                                        return None
                                    return None
                                return None
                            return None
                        return None
                    return None
                return None
            return None
        return None
    return None


def relu_sources(n0, newer):
    stack = []
    while True:
        if n0 is None:
            result = None
            break
        l, n0 = n0
        stack.append((l, newer))
        newer = newer + 1
    for l, newer in reversed(stack):
        rest0 = result
        if l[0] == "Relu0":
            i = l[1]
            result = ((newer + 1) + i, rest0)
        else:
            result = rest0
    return result


def before_relus(n0):
    sources = relu_sources(n0, 0)
    return filter1(lambda i, sources=sources: existsb(lambda _2, i=i: i == _2, sources), rev1(seq(0, length(n0) + 1)))


def signed0(above0):
    return (d, d, 0) if above0 else (0, 0, 0)


def slanted(s, l):
    return l if l[2] == 0 else (s, l[1], l[2])


eIGHTH = z_div(d, 8)


def one_of0(eighths, code0):
    return eIGHTH * (nth(z_to_nat(code0), eighths, 0))


def of_tree(more):
    return one_of0(_list(0, 4, 8), more)


def of_leaf(more):
    return one_of0(_list(0, 3, 5, 8), more)


def slant_all(ss, ls):
    stack = []
    while True:
        if ss is None:
            result = ls
            break
        s, ss = ss
        if ls is None:
            result = ls
            break
        l, ls = ls
        stack.append(l if s == bY_LEAF else (slanted(of_tree(s), l)))
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def chosen(i, ss, ls, unit1, p, codes):
    stack = []
    while True:
        if ls is None:
            result = (((ls, None), p), codes)
            break
        l, ls1 = ls
        if ss is None:
            result = (((ls, None), p), codes)
            break
        s, ss = ss
        if p is None:
            if s == bY_LEAF:
                stack.append((0, codes, l))
                i, ls, codes = i + 1, ls1, tl(codes)
                continue
            stack.append((1, l))
            i, ls = i + 1, ls1
            continue
        (t, above0), p4 = p
        if t == i:
            p1_2 = (above0, p4)
            above1, p_0 = p1_2
            stack.append((2, codes, above1))
            i, ls, p, codes = i + 1, ls1, p_0, tl(codes)
            continue
        if s == bY_LEAF:
            stack.append((3, codes, l))
            i, ls, codes = i + 1, ls1, tl(codes)
            continue
        stack.append((4, l))
        i, ls = i + 1, ls1
    for saved in reversed(stack):
        if saved[0] == 0:
            _, codes, l = saved
            ((ls2, v), p2), codes1 = result
            result = ((((slanted(of_leaf(hd(0, codes)), l), ls2), (0, v)), p2), codes1)
        elif saved[0] == 1:
            _, l = saved
            ((ls3, v1), p3), codes2 = result
            result = ((((l, ls3), (0, v1)), p3), codes2)
        elif saved[0] == 2:
            _, codes, above1 = saved
            ((ls4, v2), p5), codes3 = result
            b = z_max(0, hd(0, codes) * unit1)
            result = ((((signed0(above1), ls4), ((-b) if above1 else b, v2)), p5), codes3)
        elif saved[0] == 3:
            _, codes, l = saved
            ((ls5, v3), p6), codes4 = result
            result = ((((slanted(of_leaf(hd(0, codes)), l), ls5), (0, v3)), p6), codes4)
        elif saved[0] == 4:
            _, l = saved
            ((ls6, v4), p7), codes5 = result
            result = ((((l, ls6), (0, v4)), p7), codes5)
    return result


fINER = 30


def unit_of(b, base, t, s):
    m = (16 + z_modulo(b, 16)) * t
    e = (z_div(b, 16) + base) + fINER
    return (z_div(z_shiftl(m, e), s)) if 0 <= e else (z_div(m, z_shiftl(s, -e)))


def with_lines(i, ls, es):
    stack = []
    while True:
        if es is None:
            result = None
            break
        e, es = es
        if i == 0:
            result = ((e[0], e[1], ls), es)
            break
        i = i - 1
        stack.append(e)
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def in_leaf(hs, i, t, scales, es, pend, r):
    while True:
        if hs is None:
            return ((es, pend), r)
        h, hs = hs
        next0 = i + h[4]
        _2 = r[0]
        if _2 is None:
            _1 = False
        else:
            (j, _), _ = _2
            _1 = j < next0
        if _1:
            unit1 = unit_of(hd(0, r[1]), h[2], t, nth(h[0], scales, 1))
            ((ls, v), p2), codes = chosen(i, h[1], h[3], unit1, r[0], r[2])
            i, es, pend, r = next0, with_lines(h[0], ls, es), add_at(h[0], v, pend), (p2, tl(r[1]), codes)
            continue
        if h[5]:
            ((ls1, _), p3), codes1 = chosen(i, h[1], h[3], 0, r[0], r[2])
            i, es, r = next0, with_lines(h[0], ls1, es), (p3, r[1], codes1)
            continue
        i = next0


def least(x0, es, pend):
    p = x0[0]
    ((t, u), a), k = back(None, x0[2], p[1], p[0], es, pend, 0)
    return bound0(p[2], x0[3], (((z_shiftl(t, fINER), u), a), k))


def hiddens(places, es, slants, bases0):
    stack = []
    while True:
        if places is None:
            result = ((None, slants), bases0)
            break
        i, places = places
        ls = nth(i, es, no_info)[2]
        ss = firstn(length(ls), slants)
        stack.append((i, ss, bases0, ls))
        slants, bases0 = skipn(length(ls), slants), tl(bases0)
    for i, ss, bases0, ls in reversed(stack):
        (hs, slants1), bases1 = result
        result = ((((i, ss, hd(0, bases0) - 128, slant_all(ss, ls), count(ls), existsb(lambda _1: bY_LEAF == _1, ss)), hs), slants1), bases1)
    return result


def bent_all(hs, es):
    while True:
        if hs is None:
            return es
        h, hs = hs
        es = with_lines(h[0], h[3], es)


def over_leaves(x0, hs, es, t, pend, ps, units, codes, found):
    while True:
        if ps is None:
            return ((found, units), codes)
        p, ps = ps
        (es1, pend1), r = in_leaf(hs, 0, t, x0[1], es, pend, (p, units, codes))
        b = least(x0, es1, pend1)
        if found is not None:
            a = found[0]
            b0 = z_min(a, b)
        else:
            b0 = b
        units, codes, found = r[1], r[2], (b0,)


def over_tree(x0, places, es, i, row0, ps, r):
    (hs, slants), bases0 = hiddens(places, es, r[0], r[1])
    pend = add_at(i, vscale(z_pow(2, fINER), row0), None)
    (b, units), codes = over_leaves(x0, hs, bent_all(hs, es), nth(i, x0[1], 1), pend, ps, r[2], r[3], None)
    return (b, (slants, bases0, units, codes))


def located(t, places, es, before1):
    while True:
        if places is None:
            return None
        i, places = places
        w = count(ends_at(i, es))
        if t < w:
            return (((i, z_to_nat(t)), rev1(before1)),)
        t, before1 = t - w, (i, before1)


def cut_end(upper, b, e):
    return (fst(e), z_min(snd(e), -b)) if upper else (z_max(fst(e), b), snd(e))


def closer_end(upper, b, j, es, ls):
    stack = []
    while True:
        if es is None:
            result = (es, ls)
            break
        e, es1 = es
        if ls is None:
            result = (es, ls)
            break
        l, ls = ls
        if j == 0:
            e0 = cut_end(upper, b, e)
            result = ((e0, es1), (relu_line(0, lEAN, e0), ls))
            break
        j = j - 1
        stack.append((e, l))
        es = es1
    for e, l in reversed(stack):
        es2, ls2 = result
        result = ((e, es2), (l, ls2))
    return result


def closer(upper, b, i, j, es):
    stack = []
    while True:
        if es is None:
            result = None
            break
        e, es = es
        if i == 0:
            ends1, ls = closer_end(upper, b, j, e[0], e[2])
            result = ((ends1, e[1], ls), es)
            break
        i = i - 1
        stack.append(e)
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def row_of(upper, j):
    return (vscale(-1, unit0(j))) if upper else unit0(j)


def with_rows(x0, places, es, rows, pss, r):
    while True:
        if rows is None:
            return ((es, pss), r)
        row0, rows = rows
        if pss is None:
            return ((es, pss), r)
        ps, pss1 = pss
        _1 = located(z_div(row0, 2), places, es, None)
        if _1 is not None:
            ((i, j), own), = _1
            upper = z_odd(row0)
            b, r0 = over_tree(x0, own, es, i, row_of(upper, j), ps, r)
            if b is not None:
                b0 = b[0]
                _2 = closer(upper, b0, i, j, es)
            else:
                _2 = es
            es, pss, r = _2, pss1, r0
            continue
        return ((es, pss), r)


def every_form(x0, places, es, rs, pss, r):
    while True:
        if rs is None:
            return True if pss is None else False
        (need, row0), rs = rs
        if pss is None:
            return False
        ps, pss = pss
        b, r0 = over_tree(x0, places, es, 0, row0, ps, r)
        if b is not None:
            b0 = b[0]
            _1 = need <= b0
        else:
            _1 = False
        if _1:
            r = r0
            continue
        return False


def claimed(p, c, k, trees):
    es = enclose(p[2], usual, p[1], p[0], c)
    _1 = wanted(length(hd(no_info, es)[0]), k)
    if _1 is not None:
        rs = _1[0]
        return option_map(lambda x0, es=es, rs=rs: (es, rs, x0), read1(length(rs), map1(lambda i, es=es: count(ends_at(i, es)), before_relus(p[0])), trees))
    return None


def shown_with(e, es, p, scales, c, x0):
    f = x0[2]
    s = (p, scales, e[2], c)
    places = before_relus(p[0])
    r = (f[2], f[3], f[4], f[5])
    (es0, pss), r0 = with_rows(s, places, es, f[0], f[1], r)
    return every_form(s, places, es0, x0[1], pss, r0)


def shown_by_signs(p, scales, c, x0):
    if shown_with(usual, x0[0], p, scales, c, x0):
        return True
    e = (True, False, 60, 0, lEAN, 0, 0)
    return shown_with(e, enclose(p[2], e, p[1], p[0], c), p, scales, c, x0)


def columns(rows):
    return map1(lambda j, rows=rows: (map1(lambda r, j=j: nth(j, fst(r), 0), rows), 0), seq(0, longest(rows)))


def packing_for(room, rows):
    n0 = longest(rows)
    m = greatest(rows)
    s = z_max(60, ((room + 3) + z_log2(1 + m)) + (z_log2(1 + length(rows))))
    h = z_pow(2, s - 1)
    return (s, h, m, n0, middle(s, h, n0), map1(lambda r, s=s: pack(s, fst(r)), rows))


def node_bits(n0, input0):
    stack = []
    while True:
        if n0 is None:
            result = (input0, None)
            break
        l, n0 = n0
        stack.append(l)
    for l in reversed(stack):
        bs = result
        if l[0] == "Affine0":
            _, i, rows = l
            _1 = ((nth(i, bs, 0) + 2) + (z_log2(1 + greatest(rows)))) + (z_log2(1 + longest(rows)))
        elif l[0] == "Diag":
            i1 = l[1]
            _1 = nth(i1, bs, 0) + 64
        elif l[0] == "Relu0":
            i2 = l[1]
            _1 = nth(i2, bs, 0)
        elif l[0] == "Sign0":
            _1 = 1
        else:
            _, i3, _, j, _ = l
            _1 = (z_max(nth(i3, bs, 0), nth(j, bs, 0))) + 2
        result = (_1, bs)
    return result


def fasten(l, bits0):
    if l[0] == "Affine0":
        _, i, rows = l
        cs = columns(rows)
        return (l, cs, packing_for(nth(i, bits0, 0), cs))
    return (l, None, packing_for(0, None))


def fasten_all(n0, input0):
    stack = []
    while True:
        if n0 is None:
            result = None
            break
        l, n0 = n0
        stack.append(fasten(l, node_bits(n0, input0)))
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def shifted(v, rows):
    stack = []
    while True:
        if rows is None:
            result = None
            break
        (_, b), rows = rows
        if v is None:
            stack.append(b)
            v = None
            continue
        x0, v = v
        stack.append(x0 + b)
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def fast_step(f, env):
    _1 = f[0]
    if _1[0] == "Affine0":
        _, i, rows = _1
        v, cutting = product(f[2], nth(i, env, None), f[1], 0)
        return shifted(v, rows) if cutting == 0 else step(f[0], env)
    x0 = _1
    return step(x0, env)


def fast_eval(n0, x0):
    stack = []
    while True:
        if n0 is None:
            result = (x0, None)
            break
        f, n0 = n0
        stack.append(f)
    for f in reversed(stack):
        env = result
        result = (fast_step(f, env), env)
    return result


def fast_class(n0, x0):
    return decide(hd(None, fast_eval(n0, x0)))


def each0(r, i):
    while True:
        if r is None:
            return 0
        (n0, w), r = r
        if i < n0:
            return w
        i = i - n0


def product0(ls, p):
    stack = []
    while True:
        if ls is None:
            result = 1
            break
        r, ls = ls
        if p is None:
            result = 1
            break
        v, p = p
        stack.append(each0(r, v[0]))
    for _s0 in reversed(stack):
        result = _s0 * result
    return result


def skip(r, pos, i):
    while True:
        if r is None:
            return (None, pos)
        (n0, _), r1 = r
        if i < (pos + n0):
            return (r, pos)
        r, pos = r1, pos + n0


def mass_few(all1, r, pos, low, vs, sum0):
    while True:
        if vs is None:
            return sum0
        v, vs = vs
        if v[0] < low:
            sum0 = sum0 + each0(all1, v[0])
            continue
        r0, pos0 = skip(r, pos, v[0])
        if r0 is None:
            _1 = sum0
        else:
            (_, w), _ = r0
            _1 = sum0 + w
        r, pos, low, sum0 = r0, pos0, v[0], _1


def mass_range(r, lo, hi):
    total = 0
    while True:
        if r is None:
            return total
        (n0, w), r = r
        total += w * (z_max(0, (z_min(hi, n0 - 1) + 1) - lo))
        lo, hi = z_max(lo, n0) - n0, hi - n0


def mass_part(r, q0):
    if q0[0] == "Few":
        vs = q0[1]
        return mass_few(r, r, 0, 0, vs, 0)
    if q0[0] == "Range0":
        _, _, _, lo, hi = q0
        return mass_range(r, lo, hi)
    _, _, _, lo1, hi1 = q0
    return mass_range(r, lo1, hi1)


def mass(ls, c):
    stack = []
    while True:
        if ls is None:
            result = cardinal(c)
            break
        r, ls = ls
        if c is None:
            result = 1
            break
        q0, c = c
        stack.append(mass_part(r, q0))
    for _s0 in reversed(stack):
        result = _s0 * result
    return result


def weigh(l, c):
    return l[0] * mass(l[1], c)


def weight_at(ls, v):
    if ls is None:
        return 1
    r = ls[0]
    return each0(r, v[0])


def weight_part(ls, q0):
    if ls is None:
        return size1(q0)
    r = ls[0]
    return mass_part(r, q0)


def passes(s, v):
    return goes_left(s, v[0])


def test_halves(s, q0):
    if s[0] == "Among":
        _3 = None
    else:
        k = s[1]
        _3 = (k,)
    return halves0(lambda _1, s=s: passes(s, _1), _3, q0)


def below(col, t, v):
    return nth(col, v[1], 0) <= t


def code_halves(col, t, q0):
    if q0[0] == "Few":
        _3 = None
    elif q0[0] == "Range0":
        _, s, d0, _, _ = q0
        _3 = ((z_div(t - s, d0),) if 0 < d0 else None) if col == 0 else None
    else:
        _, s1, rs, lo, hi = q0
        _3 = (pieces_up_to(s1, rs, t, lo, hi),) if col == 0 else None
    return halves0(lambda _1, col=col, t=t: below(col, t, _1), _3, q0)


def leaf_of(g, p):
    while True:
        if g[0] == "Impossible0":
            return None
        if g[0] == "Possible0":
            l = g[1]
            return (l,)
        _, v, s, a, b = g
        if passes(s, nth(v, p, nobody)):
            g = a
            continue
        g = b


def given_fits(n0, g):
    if g[0] == "Impossible0":
        return True
    if g[0] == "Possible0":
        l = g[1]
        if (length(l[1]) <= n0) and (0 <= l[0]):
            return forallb(lambda _1: forallb(lambda nw: 0 <= snd(nw), _1), l[1])
        return False
    _, v, _, a, b = g
    return ((v < n0) and given_fits(n0, a)) and given_fits(n0, b)


def classify(t, p):
    while True:
        if t[0] == "TLeaf":
            return t[1]
        _, v, j, th, a, b = t
        if below(j, th, nth(v, p, nobody)):
            t = a
            continue
        t = b


def both_halves(ab, v, c, left, right, x0):
    a, b = ab
    x1 = x0 if is_empty(a) else (left(put0(v, a, c), x0))
    return x1 if is_empty(b) else (right(put0(v, b, c), x1))


def walk_given(g, k, c, x0):
    if g[0] == "Impossible0":
        return x0
    if g[0] == "Possible0":
        l = g[1]
        return k(l, c, x0)
    _, v, s, a, b = g
    return both_halves(test_halves(s, nth(v, c, no_part)), v, c, lambda _1, _2, a=a, k=k: walk_given(a, k, _1, _2), lambda _4, _5, b=b, k=k: walk_given(b, k, _4, _5), x0)


def walk_tree(t, k, c, x0):
    if t[0] == "TLeaf":
        class1 = t[1]
        return k(class1, c, x0)
    _, v, j, th, a, b = t
    return both_halves(code_halves(j, th, nth(v, c, no_part)), v, c, lambda _1, _2, a=a, k=k: walk_tree(a, k, _1, _2), lambda _4, _5, b=b, k=k: walk_tree(b, k, _4, _5), x0)


def only_leaf(g, c):
    while True:
        if g[0] == "Impossible0":
            return None
        if g[0] == "Possible0":
            l = g[1]
            return (l,)
        _, v, s, a, b = g
        x0, y = test_halves(s, nth(v, c, no_part))
        if is_empty(y):
            g = a
            continue
        if is_empty(x0):
            g = b
            continue
        return None


def learn(m, k, ks):
    stack = []
    while True:
        if ks is None:
            result = None
            break
        x0, ks = ks
        if m == 0:
            result = ((k,), ks)
            break
        m = m - 1
        stack.append(x0)
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def truth_all1(ks, gs0):
    stack = []
    while True:
        if gs0 is None:
            result = (True,)
            break
        g1, gs0 = gs0
        _1 = truth(g1, ks)
        if _1 is not None:
            b = _1[0]
            if b:
                continue
            result = (False,)
            break
        stack.append(())
    for _ in reversed(stack):
        if result is not None:
            b1 = result[0]
            result = None if b1 else (False,)
        else:
            result = None
    return result


def truth_any1(ks, gs0_1):
    stack = []
    while True:
        if gs0_1 is None:
            result = (False,)
            break
        g2, gs0_1 = gs0_1
        _1 = truth(g2, ks)
        if _1 is not None:
            b2 = _1[0]
            if b2:
                result = (True,)
                break
            continue
        stack.append(())
    for _ in reversed(stack):
        if result is not None:
            b3 = result[0]
            result = (True,) if b3 else None
        else:
            result = None
    return result


def truth(f, ks):
    stack = []
    while True:
        if f[0] == "ClassIs":
            _, m, k = f
            _1 = nth(m, ks, None)
            if _1 is not None:
                k1 = _1[0]
                result = (k1 == k,)
                break
            result = None
            break
        if f[0] == "Same":
            _, m1, m2 = f
            if m1 == m2:
                result = (True,)
                break
            _2 = nth(m1, ks, None)
            if _2 is not None:
                k2 = _2[0]
                _3 = nth(m2, ks, None)
                if _3 is not None:
                    k3 = _3[0]
                    result = (k2 == k3,)
                    break
                result = None
                break
            result = None
            break
        if f[0] == "Not":
            f = f[1]
            stack.append(())
            continue
        if f[0] == "All":
            gs = f[1]
            result = truth_all1(ks, gs)
            break
        gs2 = f[1]
        result = truth_any1(ks, gs2)
        break
    for _ in reversed(stack):
        result = option_map(negb, result)
    return result


def class_of(m, p):
    if m[0] == "ANet":
        n0 = m[1]
        return fast_class(n0[3], input1(seen(n0[0][1], p)))
    t = m[1]
    return classify(t, p)


def trees_of(m, ms):
    stack = []
    while True:
        if ms is None:
            result = None
            break
        m0, ms = ms
        if m0[0] == "ANet":
            m = m + 1
            continue
        t = m0[1]
        stack.append((m, t))
        m = m + 1
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def overlay(enough, ts, k, ks, c, x0):
    if ts is None:
        return k(ks, c, x0)
    (m, t), ts1 = ts
    if enough(ks):
        return k(ks, c, x0)
    return walk_tree(t, lambda class1, c0, x1, enough=enough, ts1=ts1, k=k, m=m, ks=ks: overlay(enough, ts1, k, learn(m, class1, ks), c0, x1), c, x0)


def parts(enough, g, ts, k, ks, c, x0):
    return walk_given(g, lambda l, c0, x1, enough=enough, ts=ts, k=k, ks=ks: overlay(enough, ts, lambda _2, _3, _4, k=k, l=l: k(l, _2, _3, _4), ks, c0, x1), c, x0)


def each_point(k, c, ls, w, before1, x0):
    if c is None:
        return k(rev(before1), w, x0)
    q0, c1 = c
    if ls is None:
        return fold_left(lambda x1, v, k=k, c1=c1, w=w, before1=before1: each_point(k, c1, None, w, (v, before1), x1), members0(q0), x0)
    r, ls1 = ls
    return fold_left(lambda x1_1, v1, k=k, c1=c1, ls1=ls1, w=w, r=r, before1=before1: each_point(k, c1, ls1, w * each0(r, v1[0]), (v1, before1), x1_1), members0(q0), x0)


def decided(f, ks):
    _1 = truth(f, ks)
    if _1 is not None:
        return True
    return False


def same_tuple(a, b):
    while True:
        if a is None:
            return True if b is None else False
        x0, a = a
        if b is None:
            return False
        y, b = b
        if x0 == y:
            continue
        return False


def among(t, ts):
    return existsb(lambda _1, t=t: same_tuple(t, _1), ts)


def full(n0, l):
    return negb(n0[0]) or (n0[1] <= length(l))


def note(n0, p, l):
    if full(n0, l):
        return l
    t = map1(lambda v: v[0], p)
    return l if among(t, n0[2]) or among(t, l) else (t, l)


def first_members(n0, q0):
    if q0[0] == "Few":
        vs = q0[1]
        return firstn(n0, vs)
    if q0[0] == "Range0":
        _, s, d0, lo, hi = q0
        return map1(lambda _1, s=s, d0=d0: number_of0(s, d0, _1), from1(lo, z_min(n0, z_to_nat((hi + 1) - lo))))
    _, s1, rs, lo1, hi1 = q0
    return map1(lambda _3, s1=s1, rs=rs: piece_of(s1, rs, _3), from1(lo1, z_min(n0, z_to_nat((hi1 + 1) - lo1))))


def first_points(n0, c):
    stack = []
    while True:
        if c is None:
            result = (None, None)
            break
        q0, c = c
        stack.append(q0)
    for q0 in reversed(stack):
        rest0 = result
        result = firstn(n0, flat_map(lambda v, rest0=rest0: map1(lambda x0, v=v: (v, x0), rest0), first_members(n0, q0)))
    return result


sHOWN0 = 10


def note_cell(n0, c, l):
    if full(n0, l):
        return l
    return fold_left(lambda l0, p, n0=n0: note(n0, p, l0), first_points(sHOWN0, c), l)


def settle_part(n0, f, l, ks, c, t):
    _1 = truth(f, ks)
    if _1 is not None:
        b = _1[0]
        if b:
            return (t[0] + cardinal(c), t[1] + weigh(l, c), t[2], t[3], note_cell(n0, c, t[4]))
        return t
    return (t[0], t[1], t[2] + cardinal(c), t[3] + weigh(l, c), t[4])


def complete(ks, ms, p):
    stack = []
    while True:
        if ks is None:
            result = None
            break
        o, ks = ks
        if o is not None:
            k = o[0]
            if ms is None:
                result = None
                break
            ms = ms[1]
            stack.append(k)
            continue
        if ms is None:
            result = None
            break
        m, ms = ms
        stack.append(class_of(m, p))
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def settle_point(n0, f, ms, ks, p, w, t):
    classes = complete(ks, ms, p)
    if holds(f, lambda m, classes=classes: nth(m, classes, 0)):
        return (t[0] + 1, t[1] + w, t[2], t[3], note(n0, p, t[4]))
    return t


def evaluate_part(n0, f, ms, l, ks, c, t):
    _1 = truth(f, ks)
    if _1 is not None:
        return settle_part(n0, f, l, ks, c, t)
    return each_point(lambda _2, _3, _4, n0=n0, f=f, ms=ms, ks=ks: settle_point(n0, f, ms, ks, _2, _3, _4), c, l[1], l[0], None, t)


bITS0 = 128


oNE0 = z_pow(2, bITS0)


def down(x0):
    return z_shiftr(x0, bITS0)


def up(x0):
    return -z_shiftr(-x0, bITS0)


def power_pos(round1, a, n0):
    stack = []
    while True:
        if n0 % 2 == 1 and n0 > 1:
            n0 = n0 // 2
            stack.append((0,))
            continue
        if n0 % 2 == 0:
            n0 = n0 // 2
            stack.append((1,))
            continue
        result = a
        break
    for saved in reversed(stack):
        if saved[0] == 0:
            x0 = result
            result = round1(round1(x0 * x0) * a)
        elif saved[0] == 1:
            x0_1 = result
            result = round1(x0_1 * x0_1)
    return result


def power(round1, a, n0):
    if n0 > 0:
        m = n0
        return power_pos(round1, a, m)
    return oNE0


def spread0(reads, c, a, bs):
    while True:
        if reads is None:
            return bs
        v, reads = reads
        w = width(nth(v, c, no_part))
        a, bs = skipn(w, a), add_at(v, firstn(w, a), bs)


def term(g, b, v):
    return z_div(dot(b, v[1]), g)


def most(f, vs):
    stack = []
    while True:
        if vs is None:
            result = 0
            break
        v, vs = vs
        if vs is None:
            result = f(v)
            break
        stack.append(f(v))
    for _s0 in reversed(stack):
        result = z_max(_s0, result)
    return result


def least0(f, vs):
    stack = []
    while True:
        if vs is None:
            result = 0
            break
        v, vs = vs
        if vs is None:
            result = f(v)
            break
        stack.append(f(v))
    for _s0 in reversed(stack):
        result = z_min(_s0, result)
    return result


def terms_few(g, a, b, r, vs):
    t = most(lambda _1, g=g, b=b: term(g, b, _1), vs)
    return (t, t - (least0(lambda _3, g=g, b=b: term(g, b, _3), vs)), sumZ(map1(lambda v, r=r, a=a, t=t, g=g, b=b: each0(r, v[0]) * (power(up, a, t - term(g, b, v))), vs)), 1)


def moment(r, lo, hi, shift):
    total = 0
    while True:
        if r is None:
            return total
        (n0, w), r = r
        m = z_min(hi, n0 - 1)
        total += w * (0 if m < lo else (z_div(((m + 1) - lo) * ((lo + m) + (2 * shift)), 2)))
        lo, hi, shift = z_max(lo, n0) - n0, hi - n0, shift + n0


def terms_range(g, a, b, r, s, d0, lo, hi):
    n0 = hi - lo
    slope = hd(0, b) * d0
    weight = mass_range(r, lo, hi)
    if n0 <= 0:
        return (z_div(hd(0, b) * (s + (d0 * lo)), g), 0, weight * oNE0, 1)
    q0 = z_div(z_abs(slope), g)
    l = z_min(hd(0, b) * (s + (d0 * lo)), hd(0, b) * (s + (d0 * hi)))
    first = moment(r, lo, hi, 0)
    far = ((hi * weight) - first) if 0 <= slope else (first - (lo * weight))
    return (z_div(l, g) + (q0 * n0), q0 * n0, ((n0 * oNE0) * weight) + ((power(up, a, q0 * n0) - oNE0) * far), n0)


def terms_part(g, a, b, r, q0):
    if q0[0] == "Few":
        vs = q0[1]
        return terms_few(g, a, b, r, vs)
    if q0[0] == "Range0":
        _, s, d0, lo, hi = q0
        return terms_range(g, a, b, r, s, d0, lo, hi)
    return terms_few(g, a, b, r, members0(q0))


def terms_cell(g, a, bs, ls, c):
    stack = []
    while True:
        if c is None:
            result = (((0, 0), oNE0),)
            break
        q0, c = c
        if ls is None:
            result = None
            break
        r, ls = ls
        stack.append((bs, r, q0))
        bs = tl(bs)
    for bs, r, q0 in reversed(stack):
        if result is not None:
            ((m, n0), p), = result
            t = terms_part(g, a, hd(None, bs), r, q0)
            result = (((m + t[0], n0 + t[1]), -(z_div(-(p * t[2]), oNE0 * t[3]))),)
        else:
            result = None
    return result


def chernoff(g, a, bs, k, ls, c):
    if (0 < g) and (oNE0 <= a):
        _1 = terms_cell(g, a, bs, ls, c)
        if _1 is not None:
            ((m, n0), p), = _1
            m0 = z_div(k, g) + m
            if m0 <= 0:
                return None
            if n0 < m0:
                return (0,)
            z0 = power(down, a, m0)
            return (z_div(p, z0),) if 0 < z0 else None
        return None
    return None


def exponential(x0):
    y = z_shiftr(x0, 10)
    def term0(e, k, y=y):
        return oNE0 + (z_div(down(y * e), k))
    def square(e1, _1):
        return down(e1 * e1)
    return fold_left(square, from1(1, 10), fold_left(term0, rev(from1(1, 20)), oNE0))


gRID = z_pow(2, 32)


lAST = 600


def spans(b, q0):
    l, u = ends_part(b, q0)
    return u - l


def widest(bs, c):
    stack = []
    while True:
        if c is None:
            result = 0
            break
        q0, c = c
        stack.append(spans(hd(None, bs), q0))
        bs = tl(bs)
    for _s0 in reversed(stack):
        result = z_max(_s0, result)
    return result


def mean(b, r, q0):
    weight = z_max(1, mass_part(r, q0))
    if q0[0] == "Few":
        vs = q0[1]
        return z_div(oNE0 * (sumZ(map1(lambda v, r=r, b=b: each0(r, v[0]) * dot(b, v[1]), vs))), weight)
    if q0[0] == "Range0":
        _, s, d0, lo, hi = q0
        return z_div(oNE0 * (hd(0, b) * ((s * mass_range(r, lo, hi)) + (d0 * moment(r, lo, hi, 0)))), weight)
    return 0


def means(bs, k, ls, c):
    total = 0
    while True:
        if c is None:
            return total + (oNE0 * k)
        q0, c = c
        if ls is None:
            return total + (oNE0 * k)
        r, ls = ls
        total += mean(hd(None, bs), r, q0)
        bs = tl(bs)


def squares(bs, c):
    total = 0
    while True:
        if c is None:
            return total
        q0, c = c
        total += z_pow(spans(hd(None, bs), q0), 2)
        bs = tl(bs)


def longest_range(c):
    stack = []
    while True:
        if c is None:
            result = 1
            break
        p, c = c
        if p[0] == "Range0":
            _, _, _, lo, hi = p
            stack.append(hi - lo)
            continue
    for _s0 in reversed(stack):
        result = z_max(_s0, result)
    return result


def choose(bs, k, ls, c):
    g = z_max(1, z_div(widest(bs, c), gRID * longest_range(c)))
    x0 = z_div((4 * g) * means(bs, k, ls, c), z_max(1, squares(bs, c)))
    return (g, exponential(z_max(0, z_min(lAST * oNE0, x0))))


def sum_forms(reads, ls, c, fs):
    stack = []
    while True:
        if fs is None:
            result = (0,)
            break
        (a, k), fs = fs
        bs = spread0(reads, c, a, None)
        g, a0 = choose(bs, k, ls, c)
        _1 = chernoff(g, a0, bs, k, ls, c)
        if _1 is not None:
            x0 = _1[0]
            stack.append(x0)
            continue
        result = None
        break
    for x0 in reversed(stack):
        if result is not None:
            y = result[0]
            result = (x0 + y,)
        else:
            result = None
    return result


tINY = 1024


def loss(n0):
    def _1(l):
        if l[0] == "Relu0":
            return True
        if l[0] == "Sign0":
            return True
        return False
    return 9 if existsb(_1, n0) else 20


def exponent0(less0, reads, ls, c, f):
    a, k = f
    bs = spread0(reads, c, a, None)
    m = z_max(0, means(bs, k, ls, c))
    s = squares(bs, c)
    x0 = (z_min(lAST * oNE0, z_div(down(2 * z_pow(m, 2)), s))) if 0 < s else 0
    return x0 + z_shiftr(oNE0 + x0, less0)


def hoeffding(less0, reads, ls, c, fs):
    return sumZ(map1(lambda f, less0=less0, reads=reads, ls=ls, c=c: z_div(oNE0 * z_pow(2, tINY), exponential(exponent0(less0, reads, ls, c, f))), fs))


def as_usual(p, n0, l, c, fs):
    return ((hoeffding(loss((n0[0][0])[0]), n0[0][1], l[1], c, fs)) * p[1]) <= (p[0] * z_pow(2, tINY))


careful = (True, False, 44, 0, lEAN, 0, 0)


def tail_weight(usual0, n0, l, c, k):
    all1 = mass(l[1], c)
    _2 = forms(careful, n0[0][0], project(n0[0][1], c), k)
    if _2 is not None:
        fs = _2[0]
        if usual0(fs):
            _3 = sum_forms(n0[0][1], l[1], c, fs)
            if _3 is not None:
                x0 = _3[0]
                _1 = z_min(all1, x0)
            else:
                _1 = all1
        else:
            _1 = all1
    else:
        _1 = all1
    return l[0] * _1


def encodings(v):
    if v[0] == "Categorical":
        rows = v[1]
        return concat(rows)
    if v[0] == "Ordinal":
        _, first, step1, _ = v
        return _list(first, step1)
    _, first1, rs = v
    return (first1, map1(snd, rs))


def has_pieces0(v):
    return True if v[0] == "Continuous" else False


fINE0 = z_pow(2, 30)


def denominator(vs):
    return (fold_left(lambda d0, v: common(encodings(v), d0), vs, 1)) * (fINE0 if existsb(has_pieces0, vs) else 1)


def good_pieces(v):
    if v[0] == "Continuous":
        rs = v[2]
        return forallb(lambda r: (0 < fst(r)) and (0 < (snd(r)[0])), rs)
    return True


def values_from(d0, i, rows):
    stack = []
    while True:
        if rows is None:
            result = None
            break
        row0, rows = rows
        stack.append((i, map1(lambda _1, d0=d0: whole(d0, _1), row0), None))
        i = i + 1
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def part_of(d0, v):
    if v[0] == "Categorical":
        rows = v[1]
        return ("Few", values_from(d0, 0, rows))
    if v[0] == "Ordinal":
        _, first, step1, n0 = v
        return ("Range0", whole(d0, first), whole(d0, step1), 0, n0 - 1)
    _, first1, rs = v
    return ("Pieces", whole(d0, first1), map1(lambda r, d0=d0: (fst(r), whole(d0, snd(r))), rs), 0, count_of(v) - 1)


def share0(np):
    return qdiv(snd(np), inject_Z(fst(np)))


def law_unit(d0):
    return common(map1(share0, d0), 1)


def law(d0):
    return map1(lambda np, d0=d0: (fst(np), whole(law_unit(d0), share0(np))), d0)


def leaf_factor(w, ds):
    return qdiv(w, inject_Z(fold_right(lambda d0, u: law_unit(d0) * u, 1, ds)))


def unit_over(g, u):
    if g[0] == "Impossible":
        return u
    if g[0] == "Possible":
        _, w, ds = g
        return grow(u, leaf_factor(w, ds))
    _, _, _, a, b = g
    return unit_over(b, unit_over(a, u))


def domain_of(u, g):
    if g[0] == "Impossible":
        return ("Impossible0",)
    if g[0] == "Possible":
        _, w, ds = g
        return ("Possible0", (whole(u, leaf_factor(w, ds)), map1(law, ds)))
    _, v, s, a, b = g
    return ("Test0", v, s, domain_of(u, a), domain_of(u, b))


def place0(widths, reads, column):
    while True:
        if reads is None:
            return None
        v, reads = reads
        w = nth(v, widths, 0)
        if column < w:
            return ((v, column),)
        column = n_sub(column, w)


def parts_pieces(q0, t):
    if q0[0] == "Pieces":
        _, s, rs, lo, hi = q0
        k = pieces_up_to(s, rs, qfloor(t), lo, hi)
        return (hi <= k) or (qle_bool(t, inject_Z(cut_at(s, rs, k + 1))))
    return True


def tree_of(d0, cells, reads, t):
    if t[0] == "Leaf":
        k = t[1]
        return (("TLeaf", k),)
    _, column, threshold, l, r = t
    _1 = place0(map1(width, cells), reads, column)
    if _1 is not None:
        (v, j), = _1
        _2 = tree_of(d0, cells, reads, l)
        if _2 is not None:
            l1 = _2[0]
            _3 = tree_of(d0, cells, reads, r)
            if _3 is not None:
                r1 = _3[0]
                x0 = qmult(threshold, inject_Z(d0))
                if parts_pieces(nth(v, cells, no_part), x0):
                    return (("TNode", v, j, qfloor(x0), l1, r1),)
                return None
            return None
        return None
    return None


def node_widths(n0, input0):
    stack = []
    while True:
        if n0 is None:
            result = (input0, None)
            break
        l, n0 = n0
        stack.append(l)
    for l in reversed(stack):
        ws = result
        if l[0] == "Affine0":
            rows = l[2]
            _1 = length(rows)
        elif l[0] == "Diag":
            i = l[1]
            _1 = nth(i, ws, 0)
        elif l[0] == "Relu0":
            i1 = l[1]
            _1 = nth(i1, ws, 0)
        elif l[0] == "Sign0":
            i2 = l[1]
            _1 = nth(i2, ws, 0)
        else:
            i3 = l[1]
            _1 = nth(i3, ws, 0)
        result = (_1, ws)
    return result


def code_bits(c):
    return 1 + (z_log2(1 + (fold_left(lambda m, b: z_max(m, z_max(z_abs(fst(b)), z_abs(snd(b)))), cell_box(c), 0))))


def net_of(n0, loose, own, outputs, reads, scales):
    ready = prepare(n0, loose)
    bits0 = code_bits(own)
    return ((ready, reads, scales), outputs, bits0, fasten_all(ready[0], bits0))


def model_of0(d0, cells, b):
    reads = b[1]
    if forallb(lambda v, cells=cells: v < length(cells), reads):
        _2 = b[0]
        if _2[0] == "Network":
            n0 = _2[1]
            _3 = translate_layers(n0, 1, (d0, None), None)
            if _3 is not None:
                (m, scales), = _3
                input0 = fold_right(lambda v1, s, cells=cells: (nth(v1, map1(width, cells), 0)) + s, 0, reads)
                return (("ANet", net_of(m, any_pieces(cells), project(reads, cells), hd(0, node_widths(m, input0)), reads, scales)),)
            return None
        t = _2[1]
        return option_map(lambda x0: ("ATree", x0), tree_of(d0, cells, reads, t))
    return None


def all_of(f, xs):
    stack = []
    while True:
        if xs is None:
            result = (None,)
            break
        x0, xs = xs
        _1 = f(x0)
        if _1 is not None:
            y = _1[0]
            stack.append(y)
            continue
        result = None
        break
    for y in reversed(stack):
        if result is not None:
            ys = result[0]
            result = ((y, ys),)
        else:
            result = None
    return result


def problem_of(q0):
    vs = q0[0][0]
    g = q0[0][1]
    d0 = denominator(vs)
    cells = map1(lambda _1, d0=d0: part_of(d0, _1), vs)
    u = unit_over(g, 1)
    given1 = domain_of(u, g)
    if forallb(good_pieces, vs) and forallb(wf_values, cells):
        _3 = given_fits(length(vs), given1)
    else:
        _3 = False
    if _3:
        _6 = all_of(lambda _4, d0=d0, cells=cells: model_of0(d0, cells, _4), q0[1])
        if _6 is not None:
            ms = _6[0]
            return ((cells, d0, given1, u, ms, q0[2]),)
        return None
    return None


def pairs0(g):
    stack = []
    while True:
        if g is None:
            result = None
            break
        a, l = g
        if l is None:
            result = ((a, a), None)
            break
        b, g1 = l
        stack.append((a, b))
        g = g1
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def maxima(ps):
    return _list(("Add0", 1, 1, 0, 1), ("Affine0", 2, map1(lambda p: (unit0(snd(p)), 0), ps)), ("Relu0", 0), ("Affine0", 0, map1(lambda p1: (margin_row(fst(p1), snd(p1)), 0), ps)))


def contest(fuel, own, others0, done):
    while True:
        if own is None:
            if fuel is None:
                return None
            fuel = fuel[1]
            p = pairs0(own)
            q0 = pairs0(others0)
            own, others0, done = seq(0, length(p)), seq(length(p), length(q0)), app(maxima(app(p, q0)), done)
            continue
        a, l = own
        if l is None:
            if others0 is None:
                if fuel is None:
                    return None
                fuel = fuel[1]
                p1 = pairs0(own)
                q0_1 = pairs0(others0)
                own, others0, done = seq(0, length(p1)), seq(length(p1), length(q0_1)), app(maxima(app(p1, q0_1)), done)
                continue
            b, l0 = others0
            if l0 is None:
                return ((("Affine0", 0, ((margin_row(a, b), 0), None)), done),)
            if fuel is None:
                return None
            fuel = fuel[1]
            p2 = pairs0(own)
            q0_2 = pairs0(others0)
            own, others0, done = seq(0, length(p2)), seq(length(p2), length(q0_2)), app(maxima(app(p2, q0_2)), done)
            continue
        if fuel is None:
            return None
        fuel = fuel[1]
        p3 = pairs0(own)
        q0_3 = pairs0(others0)
        own, others0, done = seq(0, length(p3)), seq(length(p3), length(q0_3)), app(maxima(app(p3, q0_3)), done)


def belongs(more, more1):
    return z_testbit(more, more1)


def classes_in(ones0, classes, own):
    return filter1(lambda k, ones0=ones0, own=own: eqb(belongs(ones0, k), own), seq(0, classes))


mOST = 1024


def is_group(ones0, classes):
    if ((2 < classes) and (classes <= mOST)) and (0 < ones0):
        return ones0 < (z_shiftl(1, classes) - 1)
    return False


def classes_taken(ones0, classes, k):
    if ones0 == 0:
        return (k, None)
    return map1(lambda _1: _1, classes_in(ones0, classes, k == 1))


def node_lengths(n0, input0):
    stack = []
    while True:
        if n0 is None:
            result = (input0, None)
            break
        l, n0 = n0
        stack.append(l)
    for l in reversed(stack):
        ws = result
        if l[0] == "Affine0":
            rows = l[2]
            _1 = length(rows)
        elif l[0] == "Diag":
            _, i, cs = l
            _1 = z_min(length(cs), nth(i, ws, 0))
        elif l[0] == "Relu0":
            i1 = l[1]
            _1 = nth(i1, ws, 0)
        elif l[0] == "Sign0":
            i2 = l[1]
            _1 = nth(i2, ws, 0)
        else:
            _, i3, _, j, _ = l
            _1 = z_max(nth(i3, ws, 0), nth(j, ws, 0))
        result = (_1, ws)
    return result


def input_length(n0, c):
    return fold_right(lambda v, s, c=c: (width(nth(v, c, no_part))) + s, 0, n0[1])


def extended(n0, more):
    return ((app(more, n0[0][0]), app(aids_of(flags_of(more), more), n0[0][1]), n0[0][2]), n0[1], app(map1(lambda _2, n0=n0: hd(1, n0[2]), more), n0[2]))


def grouped(ones0, classes, n0, c):
    if is_group(ones0, classes):
        _1 = (hd(0, node_lengths(n0[0][0], input_length(n0, c)))) == classes
    else:
        _1 = False
    if _1:
        return option_map(lambda _2, n0=n0: extended(n0, _2), contest(seq(0, classes), classes_in(ones0, classes, True), classes_in(ones0, classes, False), None))
    return None


def least_over(bs, c):
    total = 0
    while True:
        if c is None:
            return total
        q0, c = c
        total += least_part(hd(None, bs), q0)
        bs = tl(bs)


def is_empty0(ts):
    return True if ts is None else False


def breaks(bs, fs, c):
    stack = []
    while True:
        if c is None:
            result = (None, 0)
            break
        q0, c = c
        stack.append((fs, q0, bs))
        bs, fs = tl(bs), tl(fs)
    for fs, q0, bs in reversed(stack):
        ts, base = result
        s = hd(0, hd(None, fs))
        if (width(q0) == 1) and negb(s == 0):
            l, u = ends_part(hd(None, fs), q0)
            result = (((((hd(0, hd(None, bs))) * z_sgn(s), z_abs(s)), u - l), ts) if l < u else ts, l + base)
        else:
            result = (ts, base)
    return result


def around(a, s, ts):
    stack = []
    while True:
        if ts is None:
            result = (((None, None), 0), 0)
            break
        ((b, t), r), ts = ts
        stack.append((b, t, r))
    for b, t, r in reversed(stack):
        ((x0, y), m), n0 = result
        _1 = z_compare(b * s, a * t)
        if _1 == 0:
            result = (((x0, y), m), n0 + r)
        elif _1 < 0:
            result = ((((((b, t), r), x0), y), m + r), n0)
        else:
            result = (((x0, (((b, t), r), y)), m), n0)
    return result


def turned(fuel, ts, need):
    while True:
        if fuel is None:
            return None
        fuel = fuel[1]
        if ts is None:
            return None
        ((a, s), _), _ = ts
        ((x0, y), m), n0 = around(a, s, ts)
        if (need <= m) and (negb(is_empty0(x0))):
            ts = x0
            continue
        if ((m + n0) < need) and (negb(is_empty0(y))):
            ts, need = y, (need - m) - n0
            continue
        return ((a, s),)


def multiple(z0, bs, c):
    ts, base = breaks(bs, z0[0], c)
    _1 = turned(ts, ts, z0[2] - base)
    if _1 is not None:
        (a, s), = _1
        falling = (a, s) if a < 0 else (0, 1)
    else:
        falling = (0, 1)
    _2 = turned(ts, ts, z0[1] - base)
    if _2 is not None:
        (a1, s1), = _2
        return (a1, s1) if 0 < a1 else falling
    return falling


def less(q0, p, bs, fs):
    stack = []
    while True:
        if bs is None:
            result = map1(lambda _1, p=p: vscale(-p, _1), fs)
            break
        b, bs1 = bs
        if fs is None:
            result = map1(lambda _3, q0=q0: vscale(q0, _3), bs)
            break
        f, fs = fs
        stack.append(vadd(vscale(q0, b), vscale(-p, f)))
        bs = bs1
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def least_within(z0, bs, c):
    p, q0 = multiple(z0, bs, c)
    q1 = z_max(1, q0)
    m = (least_over(less(q1, p, bs, z0[0]), c)) + z_min(p * z0[1], p * z0[2])
    plain = least_over(bs, c)
    return (plain, 1) if m < (q1 * plain) else (m, q1)


def lower_within(z0, loose, keep, ks, n0, es, reads, c, row0):
    ((t, u), a), k = back(None, keep, ks, n0, es, (row0, None), 0)
    m, q0 = least_within(z0, spread0(reads, c, a, None), c)
    return rounded(loose, u * (m + (q0 * k)), t * q0)


def meet(a, b):
    l = z_max(fst(a), fst(b))
    u = z_min(snd(a), snd(b))
    return (l, u) if l <= u else a


def meets(a, b):
    stack = []
    while True:
        if a is None:
            result = a
            break
        x0, a1 = a
        if b is None:
            result = a
            break
        y, b = b
        stack.append(meet(x0, y))
        a = a1
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def clip_box(z0, loose, keep, ks, n0, es, reads, c, i, b):
    stack = []
    while True:
        if b is None:
            result = None
            break
        (l, u), b = b
        if (l < 0) and (0 < u):
            _1 = meet((l, u), (lower_within(z0, loose, keep, ks, n0, es, reads, c, unit0(i)), -(lower_within(z0, loose, keep, ks, n0, es, reads, c, vscale(-1, unit0(i))))))
        else:
            _1 = (l, u)
        stack.append(_1)
        i = i + 1
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def clip_node(known0, z0, loose, keep, ks, l, n0, e, r, reads, c):
    b = known0(meets(e[0], forward(l, r)))
    if hd(no_aid, ks)[0]:
        _1 = clip_box(z0, loose, keep, ks, (l, n0), (inform(0, lEAN, b), r), reads, c, 0, b)
    else:
        _1 = b
    return inform(0, lEAN, _1)


def clip(z0, loose, keep, ks, n0, es, reads, c):
    stack = []
    while True:
        if n0 is None:
            result = es
            break
        l, n0 = n0
        if es is None:
            result = es
            break
        e, es = es
        stack.append((ks, l, n0, e))
        ks = tl(ks)
    for ks, l, n0, e in reversed(stack):
        r0 = result
        result = (clip_node(lambda b: b, z0, loose, keep, ks, l, n0, e, r0, reads, c), r0)
    return result


def beyond(z0, fs, c):
    least1 = least_over(z0[0], c)
    most0 = -(least_over(map1(lambda _1: vscale(-1, _1), z0[0]), c))
    def low(s, a, b, z0=z0, fs=fs, c=c):
        if b < a:
            return None
        m, q0 = least_within((z0[0], a, b), map1(lambda _3, s=s: vscale(s, _3), fs), c)
        return (z_div(m, q0),)
    return (low(-1, least1, z0[1]), low(1, z0[2], most0))


sLOPES = 4096


def parallel(t, h, b):
    l, u = h
    s = clamp(d if 0 <= l else (0 if u <= 0 else (z_div(d, t) * z_div(t * u, u - l))))
    return (s, s, z_max(0, z_max((-s) * fst(b), (d - s) * snd(b))))


def bent(m, k, h, b):
    if 0 <= fst(b):
        return (d, d, 0)
    if snd(b) <= 0:
        return (0, 0, 0)
    x0 = parallel(d, h, b)
    return (d if ((-fst(h)) * m) < (snd(h) * k) else 0, x0[1], x0[2])


def hull(s, b, s1, b1):
    if s == s1:
        return join(b, b1)
    return join((s1 * fst(b), s1 * snd(b)), (s * fst(b1), s * snd(b1)))


def hulled(f, s, s1, b, b1):
    stack = []
    while True:
        if b is None:
            result = None
            break
        x0, b = b
        if b1 is None:
            stack.append(f(x0, x0))
            b1 = None
            continue
        y, b1 = b1
        stack.append(f(hull(s, x0, s1, y), x0))
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def reline(f, ss, ss1, es, es1):
    stack = []
    while True:
        if es is None:
            result = None
            break
        e, es = es
        stack.append((e[0], e[1], hulled(f, hd(1, ss), hd(1, ss1), e[0], hd(no_info, es1)[0])))
        ss, ss1, es1 = tl(ss), tl(ss1), tl(es1)
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def same_kind(a, b):
    if a[0] == "Affine0":
        i = a[1]
        if b[0] == "Affine0":
            j = b[1]
            return i == j
        return False
    if a[0] == "Diag":
        i1 = a[1]
        if b[0] == "Diag":
            j1 = b[1]
            return i1 == j1
        return False
    if a[0] == "Relu0":
        i2 = a[1]
        if b[0] == "Relu0":
            j2 = b[1]
            return i2 == j2
        return False
    if a[0] == "Sign0":
        i3 = a[1]
        if b[0] == "Sign0":
            j3 = b[1]
            return i3 == j3
        return False
    _, i4, _, j4, _ = a
    if b[0] == "Add0":
        _, i5, _, j5, _ = b
        return (i4 == i5) and (j4 == j5)
    return False


def same_shapes(a, b, es, es1):
    while True:
        if es is None:
            return False
        e, es = es
        if es1 is None:
            return False
        e1, es1 = es1
        if length(e[0]) == length(e1[0]):
            if a is None:
                return True if b is None else False
            l, a = a
            if b is None:
                return False
            k, b = b
            if same_kind(l, k):
                continue
            return False
        return False


def sharpen_box(loose, keep, ks, n0, es, c, i, b, b1):
    stack = []
    while True:
        if b is None:
            result = None
            break
        (l, u), b = b
        l1, u1 = hd((l, u), b1)
        if (0 <= l) and (l1 < 0):
            _1 = (l, z_min(u, -(lower(0, 0, loose, keep, ks, n0, es, c, vscale(-1, unit0(i))))))
        else:
            if (u <= 0) and (0 < u1):
                _1 = (z_max(l, lower(0, 0, loose, keep, ks, n0, es, c, unit0(i))), u)
            else:
                _1 = (l, u)
        stack.append(_1)
        i, b1 = i + 1, tl(b1)
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def sharpen(loose, keep, ks, n0, es, es1, c):
    stack = []
    while True:
        if n0 is None:
            result = es
            break
        n = n0[1]
        if es is None:
            result = es
            break
        e, es = es
        stack.append((n, ks, n0, e, es1))
        ks, n0, es1 = tl(ks), n, tl(es1)
    for n, ks, n0, e, es1 in reversed(stack):
        r0 = result
        first = True if n is None else False
        if (hd(no_aid, ks)[0]) and negb(first):
            _1 = (sharpen_box(loose, keep, ks, n0, (e, r0), c, 0, e[0], hd(no_info, es1)[0]), e[1], e[2])
        else:
            _1 = e
        result = (_1, r0)
    return result


def claim_of(s):
    return ((s[1],), (s[2],))


def if_said(f, x0):
    if x0 is not None:
        e = x0[0]
        return f(e)
    return True


def row_of0(es):
    _1 = hd(no_info, es)[0]
    if _1 is None:
        return None
    l = _1[1]
    if l is None:
        return ((1, None),)
    l0 = l[1]
    return (_list(-1, 1),) if l0 is None else None


def enclosed(e, n0, c):
    return enclose(n0[0][2], e, n0[0][1], n0[0][0], project(n0[1], c))


def sharpened(e, n0, es, es1, c):
    return sharpen(n0[0][2], e[2], n0[0][1], n0[0][0], es, es1, project(n0[1], c))


def lower_strip(keep, n0, es, c, fs, up0, down0, row0):
    ((t, u), a), k = back(None, keep, n0[0][1], n0[0][0], es, (row0, None), 0)
    bs = spread0(n0[1], c, vscale(u * up0, a), map1(lambda _1, t=t, down0=down0: vscale(-(t * down0), _1), fs))
    return rounded(n0[0][2], least_over(bs, c) + ((u * up0) * k), t)


def strip_ends(keep, n0, es, c, fs, up0, down0, row0):
    return (lower_strip(keep, n0, es, c, fs, up0, down0, row0), -(lower_strip(keep, n0, es, c, fs, up0, -down0, vscale(-1, row0))))


def scale_out(n0):
    return hd(1, n0[2])


def says(unit1, b, s):
    if if_said(lambda e, unit1=unit1, b=b: (unit1 * e) <= fst(b), fst(s)):
        return if_said(lambda e1, b=b, unit1=unit1: snd(b) <= (unit1 * e1), snd(s))
    return False


def gap(a, b):
    return (fst(b) - snd(a), snd(b) - fst(a))


def gap_box(a, b):
    stack = []
    while True:
        if a is None:
            result = None
            break
        x0, a = a
        if b is None:
            result = None
            break
        y, b = b
        stack.append(gap(x0, y))
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def gap_input(c, r, r1):
    stack = []
    while True:
        if r is None:
            result = None
            break
        v, r = r
        if r1 is None:
            result = None
            break
        v1, r1 = r1
        b = part_box(nth(v, c, no_part))
        if v == v1:
            _1 = map1(lambda _3: (0, 0), b)
        else:
            _1 = gap_box(b, part_box(nth(v1, c, no_part)))
        stack.append(_1)
    for _s0 in reversed(stack):
        result = app(_s0, result)
    return result


def aligned(c, r, r1):
    while True:
        if r is None:
            return True if r1 is None else False
        v, r = r
        if r1 is None:
            return False
        v1, r1 = r1
        if (width(nth(v, c, no_part))) == (width(nth(v1, c, no_part))):
            continue
        return False


def gap_relu(close0, a, b, d0):
    l, u = gap(both(lambda _1: z_max(0, _1), a), both(lambda _3: z_max(0, _3), b))
    if (0 <= fst(a)) and (0 <= fst(b)):
        return (z_max(l, fst(d0)), z_min(u, snd(d0)))
    l0 = z_max(l, z_min(0, fst(d0)))
    u0 = z_min(u, z_max(0, snd(d0)))
    if close0:
        return (z_max(l0, fst(d0) + (z_min(0, fst(a)))), z_min(u0, snd(d0) - (z_min(0, fst(b)))))
    return (l0, u0)


def gap_relus(close0, a, b, d0):
    stack = []
    while True:
        if a is None:
            result = None
            break
        x0, a = a
        if b is None:
            result = None
            break
        y, b = b
        if d0 is None:
            result = None
            break
        z0, d0 = d0
        stack.append(gap_relu(close0, x0, y, z0))
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def gap_diag(cs, d0):
    stack = []
    while True:
        if cs is None:
            result = None
            break
        (f, _), cs = cs
        if d0 is None:
            result = None
            break
        x0, d0 = d0
        stack.append(iscale(f, x0))
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def gap_step(close0, l, ds, es, es1):
    if l[0] == "Affine0":
        _, i, rows = l
        d0 = nth(i, ds, None)
        return map1(lambda rb, d0=d0: idot(fst(rb), d0), rows)
    if l[0] == "Diag":
        _, i1, cs = l
        return gap_diag(cs, nth(i1, ds, None))
    if l[0] == "Relu0":
        i2 = l[1]
        return gap_relus(close0, ends_at(i2, es), ends_at(i2, es1), nth(i2, ds, None))
    if l[0] == "Sign0":
        i3 = l[1]
        return gap_box(map1(lambda _2: both(lambda _4: z_sgn(_4), _2), ends_at(i3, es)), map1(lambda _6: both(lambda _8: z_sgn(_8), _6), ends_at(i3, es1)))
    _, i4, c, j, d0_1 = l
    return badd(map1(lambda _10, c=c: iscale(c, _10), nth(i4, ds, None)), map1(lambda _12, d0_1=d0_1: iscale(d0_1, _12), nth(j, ds, None)))


def gaps(close0, n0, es, es1, d0):
    stack = []
    while True:
        if n0 is None:
            result = (d0, None)
            break
        l, n0 = n0
        stack.append((l, es, es1))
        es, es1 = tl(es), tl(es1)
    for l, es, es1 in reversed(stack):
        ds = result
        result = (gap_step(close0, l, ds, tl(es), tl(es1)), ds)
    return result


def same_vec(a, b):
    while True:
        if a is None:
            return True if b is None else False
        x0, a = a
        if b is None:
            return False
        y, b = b
        if x0 == y:
            continue
        return False


def same_rows(a, b):
    while True:
        if a is None:
            return True if b is None else False
        (r, k), a = a
        if b is None:
            return False
        (r1, k1), b = b
        if (k == k1) and same_vec(r, r1):
            continue
        return False


def same_pairs(a, b):
    while True:
        if a is None:
            return True if b is None else False
        (r, k), a = a
        if b is None:
            return False
        (r1, k1), b = b
        if (k == k1) and (r == r1):
            continue
        return False


def same_layer(a, b):
    if a[0] == "Affine0":
        _, i, rows = a
        if b[0] == "Affine0":
            _, j, rows1 = b
            return (i == j) and same_rows(rows, rows1)
        return False
    if a[0] == "Diag":
        _, i1, cs = a
        if b[0] == "Diag":
            _, j1, cs1 = b
            return (i1 == j1) and same_pairs(cs, cs1)
        return False
    if a[0] == "Relu0":
        i2 = a[1]
        if b[0] == "Relu0":
            j2 = b[1]
            return i2 == j2
        return False
    if a[0] == "Sign0":
        i3 = a[1]
        if b[0] == "Sign0":
            j3 = b[1]
            return i3 == j3
        return False
    _, i4, c, j4, d0 = a
    if b[0] == "Add0":
        _, i5, c1, j5, d1 = b
        return (((i4 == i5) and (c == c1)) and (j4 == j5)) and (d0 == d1)
    return False


def same_layers(a, b):
    while True:
        if a is None:
            return True if b is None else False
        l, a = a
        if b is None:
            return False
        k, b = b
        if same_layer(l, k):
            continue
        return False


def narrowed(a, b, d0):
    return (z_max(fst(b), fst(a) + fst(d0)), z_min(snd(b), snd(a) + snd(d0)))


def orders(strict, order, d0):
    least1 = 1 if strict else 0
    if d0 is not None:
        d1 = d0[0]
        if (negb(z_testbit(order, 0))) or (least1 <= fst(d1)):
            return (negb(z_testbit(order, 1))) or (snd(d1) <= (-least1))
        return False
    return order == 0


def gap_of(n0, n, es, es1, row0, row1, c):
    if same_layers(n0[0][0], n[0][0]) and (scale_out(n0) == scale_out(n)):
        _1 = same_vec(row0, row1)
    else:
        _1 = False
    if _1 and aligned(c, n0[1], n[1]):
        return (idot(row0, hd(None, gaps(True, n0[0][0], es, es1, gap_input(c, n0[1], n[1])))),)
    return None


def both_narrowed(up0, d0, b, b1):
    if d0 is not None:
        d1 = d0[0]
        x0 = (up0 * fst(d1), up0 * snd(d1))
        return (narrowed(b1, b, (-snd(x0), -fst(x0))), narrowed(b, b1, x0))
    return (b, b1)


def closer0(a, b):
    return (z_max(fst(a), fst(b)), z_min(snd(a), snd(b)))


def closest(f, rs):
    return fold_right(lambda es, b, f=f: closer0(f(es), b), f(fst(rs)), snd(rs))


def both_ends(keep, n0, n, rs, rs1, row0, row1, c, fs, up0, d0):
    return both_narrowed(up0, d0, closest(lambda es, keep=keep, n0=n0, c=c, fs=fs, up0=up0, row0=row0: strip_ends(keep, n0, es, c, fs, up0, scale_out(n0), row0), rs), closest(lambda es1, keep=keep, n=n, c=c, fs=fs, up0=up0, row1=row1: strip_ends(keep, n, es1, c, fs, up0, scale_out(n), row1), rs1))


def only_read(v, fs, reads):
    stack = []
    while True:
        if fs is None:
            result = None
            break
        a, fs = fs
        stack.append(a if existsb(lambda _1, v=v: v == _1, reads) else None)
        v = v + 1
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def own_sum(keep, n0, es, row0, c, others0):
    ((t, u), a), _ = back(None, keep, n0[0][1], n0[0][0], es, (row0, None), 0)
    return (only_read(0, spread0(n0[1], c, vscale(u, a), None), others0), z_max(1, t * scale_out(n0)))


def strip_of(s, b):
    return (0, z_div(fst(b), s), -(z_div(-snd(b), s)))


def zone_of(fs, s, s1):
    return (fs, z_min(-s[2], -s1[2]), z_max(-s[1], -s1[1]))


def lower_strip_in(z0, keep, n0, es, c, fs, up0, down0, row0):
    ((t, u), a), k = back(None, keep, n0[0][1], n0[0][0], es, (row0, None), 0)
    bs = spread0(n0[1], c, vscale(u * up0, a), map1(lambda _1, t=t, down0=down0: vscale(-(t * down0), _1), fs))
    m, q0 = least_within(z0, bs, c)
    return rounded(n0[0][2], m + (q0 * ((u * up0) * k)), t * q0)


def strip_ends_in(z0, keep, n0, es, c, fs, up0, down0, row0):
    return (lower_strip_in(z0, keep, n0, es, c, fs, up0, down0, row0), -(lower_strip_in(z0, keep, n0, es, c, fs, up0, -down0, vscale(-1, row0))))


def clipped(z0, keep, n0, es, c):
    return clip(z0, n0[0][2], keep, n0[0][1], n0[0][0], es, n0[1], c)


def crosses(b):
    return snd(b) < fst(b)


def is_hollow(z0, c):
    return crosses((z_max(z0[1], least_over(z0[0], c)), z_min(z0[2], -(least_over(map1(lambda _1: vscale(-1, _1), z0[0]), c)))))


def reaches(x0, low):
    if low is not None:
        l = low[0]
        return x0 <= l
    return True


def says_within(none, scale, unit1, all1, some, far, s):
    def _1(e, scale=scale, all1=all1, none=none, some=some, unit1=unit1, far=far):
        if (scale * e) <= fst(all1):
            return True
        return (none or ((scale * e) <= fst(some))) and (reaches(unit1 * e, fst(far)))
    if if_said(_1, fst(s)):
        def _2(e1, all1=all1, scale=scale, none=none, some=some, unit1=unit1, far=far):
            if snd(all1) <= (scale * e1):
                return True
            return (none or (snd(some) <= (scale * e1))) and (reaches(1 - (unit1 * e1), snd(far)))
        return if_said(_2, snd(s))
    return False


def strictly(strict, b):
    return (fst(b), snd(b) + 1) if strict else b


kEEP = 60


eXACT = 10000


tries = ((usual, kEEP), map1(lambda lean0: ((True, True, eXACT, 0, lean0, 0, 0), eXACT), _list(lEAN, 2, 32)))


def alone(t, n0, es):
    return (reline(lambda _1, _2, t=t: parallel(t, _1, _2), n0[2], None, es, None), (es, None))


def one_within(strict, zoned, again0, e, keep, unit1, up0, fs, c, n0, s, es, row0):
    s0 = scale_out(n0)
    ls = zoned(es)
    own, high = own_sum(keep, n0, fst(ls), row0, c, n0[1])
    o = strip_of(s0, strictly(strict, closest(lambda es0, keep=keep, n0=n0, c=c, own=own, high=high, s0=s0, row0=row0: strip_ends(keep, n0, es0, c, own, high, s0, row0), ls)))
    z0 = zone_of(own, o, o)
    all1 = closest(lambda es0_1, keep=keep, n0=n0, c=c, fs=fs, up0=up0, s0=s0, row0=row0: strip_ends(keep, n0, es0_1, c, fs, up0, s0, row0), again0(es))
    some = closest(lambda es0_2, z0=z0, keep=keep, n0=n0, c=c, fs=fs, up0=up0, s0=s0, row0=row0: strip_ends_in(z0, keep, n0, es0_2, c, fs, up0, s0, row0), again0(clipped(z0, e[2], n0, es, c)))
    return says_within(is_hollow(z0, c) or crosses(some), s0 * unit1, unit1, strictly(strict, all1), strictly(strict, some), beyond(z0, fs, c), s)


def one_from(strict, zoned, again0, e, keep, unit1, up0, fs, c, n0, s, es):
    _1 = row_of0(es)
    if _1 is not None:
        row0 = _1[0]
        own, more = again0(es)
        if existsb(lambda own0, n0=n0, unit1=unit1, strict=strict, keep=keep, c=c, fs=fs, up0=up0, row0=row0, s=s: says(scale_out(n0) * unit1, strictly(strict, strip_ends(keep, n0, own0, c, fs, up0, scale_out(n0), row0)), s), (own, more)):
            return True
        return one_within(strict, zoned, again0, e, keep, unit1, up0, fs, c, n0, s, es, row0)
    return False


def one_holds(strict, unit1, up0, fs, c, n0, s):
    return existsb(lambda t, strict=strict, n0=n0, unit1=unit1, up0=up0, fs=fs, c=c, s=s: one_from(strict, lambda _2, n0=n0: alone(sLOPES, n0, _2), lambda _4, n0=n0: alone(sLOPES, n0, _4), fst(t), snd(t), unit1, up0, fs, c, n0, s, enclosed(fst(t), n0, c)), tries)


def alike0(f, n0, n, es, es1):
    same0 = same_shapes(n0[0][0], n[0][0], es, es1)
    return (reline(f, n0[2], n[2], es, es1 if same0 else None), reline(f, n[2], n0[2], es1, es if same0 else None))


def together0(t, n0, n, es, es1):
    r, r1 = alike0(lambda _1, _2, t=t: parallel(t, _1, _2), n0, n, es, es1)
    return ((r, None), (r1, None))


def both_kinds(t, n0, n, es, es1):
    r, r1 = alike0(lambda _1, _2, t=t: parallel(t, _1, _2), n0, n, es, es1)
    b, b1 = alike0(lambda _4, _5: bent(1, 1, _4, _5), n0, n, es, es1)
    return ((r, (b, None)), (r1, (b1, None)))


lEANINGS = _list((4, 5), (5, 4), (16, 17), (17, 16))


def all_kinds(t, n0, n, es, es1):
    r, r1 = alike0(lambda _1, _2, t=t: parallel(t, _1, _2), n0, n, es, es1)
    more = map1(lambda x0, n0=n0, n=n, es=es, es1=es1: alike0(lambda _5, _6, x0=x0: bent(fst(x0), snd(x0), _5, _6), n0, n, es, es1), lEANINGS)
    return ((r, (es, map1(fst, more))), (r1, (es1, map1(snd, more))))


def two_within(strict, zoned, again0, e, keep, unit1, up0, fs, c, n0, n, s, s1, order, es, es1, row0, row1, d0, b, b1):
    s0 = scale_out(n0)
    s_0 = scale_out(n)
    ls, ls1 = zoned(es, es1)
    own, high = own_sum(keep, n0, fst(ls), row0, c, n[1])
    o, o1 = both_ends(keep, n0, n, ls, ls1, row0, row1, c, own, high, d0)
    z0 = zone_of(own, strip_of(s0, strictly(strict, o)), strip_of(s_0, strictly(strict, o1)))
    es0 = clipped(z0, e[2], n0, es, c)
    es_0 = clipped(z0, e[2], n, es1, c)
    more = gap_of(n0, n, es0, es_0, row0, row1, c)
    rs, rs1 = again0(es0, es_0)
    i, i1 = both_narrowed(up0, more, closest(lambda es1_1, z0=z0, keep=keep, n0=n0, c=c, fs=fs, up0=up0, s0=s0, row0=row0: strip_ends_in(z0, keep, n0, es1_1, c, fs, up0, s0, row0), rs), closest(lambda es1_2, z0=z0, keep=keep, n=n, c=c, fs=fs, up0=up0, s_0=s_0, row1=row1: strip_ends_in(z0, keep, n, es1_2, c, fs, up0, s_0, row1), rs1))
    far = beyond(z0, fs, c)
    if is_hollow(z0, c):
        _3 = True
    else:
        if more is not None:
            x0 = more[0]
            _3 = crosses(x0)
        else:
            _3 = False
    none = (_3 or crosses(i)) or crosses(i1)
    if orders(strict, order, d0) or orders(strict, order, more):
        _5 = True
    else:
        _5 = none if more is not None else False
    if _5:
        _4 = says_within(none, s0 * unit1, unit1, strictly(strict, b), strictly(strict, i), far, s)
    else:
        _4 = False
    if _4:
        return says_within(none, s_0 * unit1, unit1, strictly(strict, b1), strictly(strict, i1), far, s1)
    return False


def both_enclosed(e, n0, n, c):
    es = enclosed(e, n0, c)
    es1 = enclosed(e, n, c)
    if same_shapes(n0[0][0], n[0][0], es, es1):
        return (sharpened(e, n0, es, es1, c), sharpened(e, n, es1, es, c))
    return (es, es1)


def two_from(strict, zoned, again0, e, keep, unit1, up0, fs, c, n0, n, s, s1, order, es, es1):
    _1 = row_of0(es)
    if _1 is not None:
        row0 = _1[0]
        _2 = row_of0(es1)
        if _2 is not None:
            row1 = _2[0]
            rs, rs1 = again0(es, es1)
            v = scale_out(n0) * unit1
            v1 = scale_out(n) * unit1
            a, a1 = both_ends(keep, n0, n, rs, rs1, row0, row1, c, fs, up0, None)
            if (order == 0) and (says(v, strictly(strict, a), s)):
                _3 = says(v1, strictly(strict, a1), s1)
            else:
                _3 = False
            if _3:
                return True
            d0 = gap_of(n0, n, es, es1, row0, row1, c)
            b, b1 = both_narrowed(up0, d0, a, a1)
            if orders(strict, order, d0) and (says(v, strictly(strict, b), s)):
                _4 = says(v1, strictly(strict, b1), s1)
            else:
                _4 = False
            if _4:
                return True
            return two_within(strict, zoned, again0, e, keep, unit1, up0, fs, c, n0, n, s, s1, order, es, es1, row0, row1, d0, b, b1)
        return False
    return False


def two_hold(strict, unit1, up0, fs, c, n0, n, s, s1, order):
    def _1(t, n0=n0, n=n, c=c, strict=strict, unit1=unit1, up0=up0, fs=fs, s=s, s1=s1, order=order):
        es, es1 = both_enclosed(fst(t), n0, n, c)
        return two_from(strict, lambda _2, _3, n0=n0, n=n: together0(sLOPES, n0, n, _2, _3), lambda _5, _6, n0=n0, n=n: together0(sLOPES, n0, n, _5, _6), fst(t), snd(t), unit1, up0, fs, c, n0, n, s, s1, order, es, es1)
    return existsb(_1, tries)


def cases_of(ns):
    stack = []
    while True:
        if ns is None:
            result = (None, None)
            break
        x0, ns = ns
        stack.append(x0)
    for x0 in reversed(stack):
        result = flat_map(lambda ss, x0=x0: _list(((x0, False), ss), ((x0, True), ss)), result)
    return result


def before_relu(n0, i):
    while True:
        if n0 is None:
            return False
        l, n0 = n0
        if i == 0:
            return False
        i = i - 1
        if l[0] == "Relu0":
            j = l[1]
            _1 = j == i
        else:
            _1 = False
        if _1:
            return True


def cut_ends(above0, b):
    return (z_max(0, fst(b)), snd(b)) if above0 else (fst(b), z_min(0, snd(b)))


def change(f, i, b):
    stack = []
    while True:
        if b is None:
            result = None
            break
        x0, b = b
        if i == 0:
            result = (f(x0), b)
            break
        i = i - 1
        stack.append(x0)
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def at_node(j, ss):
    return filter1(lambda s, j=j: (fst(fst(s))) == j, ss)


def cut_here(ss, j, unused, b):
    return fold_right(lambda s, b0: change(lambda _2, s=s: cut_ends(snd(s), _2), snd(fst(s)), b0), b, at_node(j, ss))


def moved_here(n0, ss, es, d0, j, r, b):
    _1 = at_node(j, ss)
    if _1 is None:
        return b
    s, l0 = _1
    _2 = skipn(j, n0)
    if _2 is None:
        return b
    l, n = _2
    before1 = skipn(j + 1, es)
    apart = gap_step(False, l, gaps(False, n, before1, r, d0), before1, r)
    def _3(s0, b0, j=j, es=es, apart=apart):
        i = snd(fst(s0))
        there = iadd(nth(i, ends_at(j, es), (0, 0)), nth(i, apart, (0, 0)))
        return change(lambda a, there=there: meet(a, there), i, b0)
    return fold_right(_3, b, (s, l0))


def no_point(es):
    return existsb(lambda e: existsb(crosses, e[0]), es)


def reach(ss):
    return (fold_right(lambda s, m: z_max(fst(fst(s)), m), 0, ss)) + 1


everywhere = (None, 0, 0)


def again_from(m, j, known0, loose, keep, ks, n0, es, reads, c):
    stack = []
    while True:
        if m == 0:
            result = es
            break
        m = m - 1
        if n0 is None:
            result = es
            break
        l, n0 = n0
        if es is None:
            result = es
            break
        e, es = es
        if m == 0:
            result = (inform(0, lEAN, known0(j, es, e[0])), es)
            break
        stack.append((j, ks, l, n0, e))
        j, ks = j + 1, tl(ks)
    for j, ks, l, n0, e in reversed(stack):
        r0 = result
        result = (clip_node(lambda b, known0=known0, j=j, r0=r0: known0(j, r0, b), everywhere, loose, keep, ks, l, n0, e, r0, reads, c), r0)
    return result


def cased(known0, m, keep, n0, es, c):
    return again_from(m, 0, known0, n0[0][2], keep, n0[0][1], n0[0][0], es, n0[1], c)


def case_from(strict, e, keep, unit1, up0, fs, c, n0, n, s, s1, order, ss, es, es1):
    es0 = cased(lambda j, r, b, ss=ss: cut_here(ss, j, r, b), reach(ss), e[2], n0, es, c)
    if no_point(es0):
        return True
    d0 = gap_input(c, n0[1], n[1])
    es_0 = cased(lambda j1, r1, b1, n0=n0, ss=ss, es0=es0, d0=d0: moved_here(n0[0][0], ss, es0, d0, j1, r1, b1), reach(ss), e[2], n, es1, c)
    return two_from(strict, lambda _3, _4, n0=n0, n=n: together0(d, n0, n, _3, _4), lambda _6, _7, n0=n0, n=n: together0(d, n0, n, _6, _7), e, keep, unit1, up0, fs, c, n0, n, s, s1, order, es0, es_0)


def in_both_tries(holds0, n0, n, c, es, es1):
    if holds0(usual, kEEP, es, es1):
        return True
    def _1(t, n0=n0, n=n, c=c, holds0=holds0):
        es0, es_0 = both_enclosed(fst(t), n0, n, c)
        return holds0(fst(t), snd(t), es0, es_0)
    return existsb(_1, tl(tries))


def case_holds(strict, unit1, up0, fs, c, n0, n, s, s1, order, ss, es, es1):
    return in_both_tries(lambda _1, _2, _3, _4, strict=strict, unit1=unit1, up0=up0, fs=fs, c=c, n0=n0, n=n, s=s, s1=s1, order=order, ss=ss: case_from(strict, _1, _2, unit1, up0, fs, c, n0, n, s, s1, order, ss, _3, _4), n0, n, c, es, es1)


def one_case_from(strict, unit1, up0, fs, c, n0, s, ss, e, keep, es):
    es0 = cased(lambda j, r, b, ss=ss: cut_here(ss, j, r, b), reach(ss), e[2], n0, es, c)
    if no_point(es0):
        return True
    return one_from(strict, lambda _2, n0=n0: alone(d, n0, _2), lambda _4, n0=n0: alone(d, n0, _4), e, keep, unit1, up0, fs, c, n0, s, es0)


def sloped(s, es):
    i = snd(fst(s))
    def slope(b, s=s):
        return parallel(d, (0, 0) if snd(s) else (-1, -1), b)
    return change(lambda e, slope=slope, i=i: (e[0], e[1], change(lambda _3, slope=slope, i=i, e=e: slope(nth(i, e[0], (0, 0))), i, e[2])), fst(fst(s)), es)


def one_sloped_from(strict, unit1, up0, fs, c, n0, s, ss, e, keep, es):
    def _3(es0, n0=n0, ss=ss):
        ps, more = alone(sLOPES, n0, es0)
        return (fold_right(sloped, ps, ss), more)
    return one_from(strict, lambda _1, n0=n0: alone(sLOPES, n0, _1), _3, e, keep, unit1, up0, fs, c, n0, s, es)


def in_tries(holds0, n0, c, es):
    if holds0(usual, kEEP, es):
        return True
    return existsb(lambda t, holds0=holds0, n0=n0, c=c: holds0(fst(t), snd(t), enclosed(fst(t), n0, c)), tl(tries))


def one_case_holds(strict, unit1, up0, fs, c, n0, s, over, ss, es):
    if in_tries(lambda _1, _2, _3, strict=strict, unit1=unit1, up0=up0, fs=fs, c=c, n0=n0, s=s, ss=ss: one_case_from(strict, unit1, up0, fs, c, n0, s, ss, _1, _2, _3), n0, c, es):
        return in_tries(lambda _5, _6, _7, strict=strict, unit1=unit1, up0=up0, fs=fs, c=c, n0=n0, over=over, ss=ss: one_sloped_from(strict, unit1, up0, fs, c, n0, over, ss, _5, _6, _7), n0, c, es)
    return False


def located0(n0, x0):
    return (n_sub(length(n0), z_to_nat(fst(x0))), z_to_nat(snd(x0)))


def is_neuron(n0, es, x0):
    if (0 < fst(x0)) and (fst(x0) <= length(n0)):
        j = n_sub(length(n0), z_to_nat(fst(x0)))
        return (before_relu(n0, j) and (0 <= snd(x0))) and (snd(x0) < (length(ends_at(j, es))))
    return False


def ascending(ns):
    while True:
        if ns is None:
            return True
        x0, ns = ns
        if ns is None:
            return True
        y = ns[0]
        if (fst(x0) < fst(y)) or ((fst(x0) == fst(y)) and (snd(x0) < snd(y))):
            continue
        return False


def claim_at(one0, e):
    return ((e,), None) if one0 else (None, (e,))


def one_side(strict, unit1, up0, fs, c, n0, s, es):
    return in_tries(lambda e, keep, es0, strict=strict, n0=n0, unit1=unit1, up0=up0, fs=fs, c=c, s=s: one_from(strict, lambda _2, n0=n0: alone(sLOPES, n0, _2), lambda _4, n0=n0: alone(sLOPES, n0, _4), e, keep, unit1, up0, fs, c, n0, s, es0), n0, c, es)


def two_sides_by(strict, again0, unit1, up0, fs, c, n0, n, s, es, es1):
    return in_both_tries(lambda e, keep, es0, es_0, strict=strict, n0=n0, n=n, again0=again0, unit1=unit1, up0=up0, fs=fs, c=c, s=s: two_from(strict, lambda _2, _3, n0=n0, n=n: both_kinds(sLOPES, n0, n, _2, _3), again0, e, keep, unit1, up0, fs, c, n0, n, s, s, 0, es0, es_0), n0, n, c, es, es1)


def two_sides(strict, unit1, up0, fs, c, n0, n, s, es, es1):
    if two_sides_by(strict, lambda _1, _2, n0=n0, n=n: both_kinds(sLOPES, n0, n, _1, _2), unit1, up0, fs, c, n0, n, s, es, es1):
        return True
    return two_sides_by(strict, lambda _4, _5, n0=n0, n=n: all_kinds(sLOPES, n0, n, _4, _5), unit1, up0, fs, c, n0, n, s, es, es1)


def term_of(a, v):
    return fst(ends_value(a, v))


def digit0(w, base, a, v):
    return z_div(term_of(a, v) - base, w)


def base_of(a, q0):
    return fst(ends_part(a, q0))


def top_of(w, a, q0):
    l, u = ends_part(a, q0)
    return z_div(u - l, w)


def rest_few(w, base, a, vs, r):
    while True:
        if vs is None:
            return r
        v, vs = vs
        l, u = ends_value(a, v)
        r = z_max(r, z_modulo(l - base, w) + (u - l))


def longest_piece(rs, lo, hi):
    stack = []
    while True:
        if rs is None:
            result = 0
            break
        (n0, long), rs = rs
        n1 = z_max(0, n0)
        stack.append((lo, n1, hi, long))
        lo, hi = lo - n1, hi - n1
    for lo, n1, hi, long in reversed(stack):
        rest0 = result
        result = (z_max(z_max(0, long), rest0)) if (lo < n1) and (0 <= hi) else rest0
    return result


def rest_of(w, a, q0):
    if q0[0] == "Few":
        vs = q0[1]
        return rest_few(w, base_of(a, q0), a, vs, 0)
    if q0[0] == "Range0":
        _, _, d0, lo, hi = q0
        slope = hd(0, a) * d0
        return 0 if z_modulo(slope, w) == 0 else (z_min(w, z_abs(slope) * (hi - lo)))
    _, _, rs, lo1, hi1 = q0
    l, u = ends_part(a, q0)
    return z_min(w + ((z_abs(hd(0, a))) * longest_piece(rs, lo1, hi1)), u - l)


def count_of0(k, v):
    if k[0] == "Bins":
        _, w, base, a = k
        return digit0(w, base, a, v)
    _, k0, k1, k2 = k
    return count_of0(k1, v) + (k0 * count_of0(k2, v))


def level(k, x0, y):
    if k[0] == "Bins":
        _, w, base, a = k
        return digit0(w, base, a, x0) == digit0(w, base, a, y)
    _, _, k0, k1 = k
    return level(k0, x0, y) and level(k1, x0, y)


def packed_range(fuel, b, k, ls, val, mk, lo, hi):
    if level(k, val(lo), val(hi)):
        return (count_of0(k, val(lo)), weight_part(ls, mk(lo, hi)))
    if fuel == 0:
        return (0, sumZ(map1(lambda v, ls=ls, b=b, k=k: z_shiftl(weight_at(ls, v), b * count_of0(k, v)), members0(mk(lo, hi)))))
    fuel1 = fuel - 1
    mid = z_div(lo + hi, 2)
    m1, p1 = packed_range(fuel1, b, k, ls, val, mk, lo, mid)
    m2, p2 = packed_range(fuel1, b, k, ls, val, mk, mid + 1, hi)
    m = z_min(m1, m2)
    return (m, (z_shiftl(p1, b * (m1 - m))) + (z_shiftl(p2, b * (m2 - m))))


def packed_all(b, k, ls, val, mk, lo, hi):
    if hi < lo:
        return 0
    m, p = packed_range(z_to_nat((z_log2((hi + 1) - lo)) + 2), b, k, ls, val, mk, lo, hi)
    return z_shiftl(p, b * m)


def packed_part(b, k, ls, q0):
    if q0[0] == "Few":
        vs = q0[1]
        return sumZ(map1(lambda v, ls=ls, b=b, k=k: z_shiftl(weight_at(ls, v), b * count_of0(k, v)), vs))
    if q0[0] == "Range0":
        _, s, d0, lo, hi = q0
        return packed_all(b, k, ls, lambda _2, s=s, d0=d0: number_of0(s, d0, _2), lambda x0, x1, s=s, d0=d0: ("Range0", s, d0, x0, x1), lo, hi)
    _, s1, rs, lo1, hi1 = q0
    return packed_all(b, k, ls, lambda _5, s1=s1, rs=rs: piece_of(s1, rs, _5), lambda x0_1, x1_1, s1=s1, rs=rs: ("Pieces", s1, rs, x0_1, x1_1), lo1, hi1)


def bases(bs, c):
    total = 0
    while True:
        if c is None:
            return total
        q0, c = c
        total += base_of(hd(None, bs), q0)
        bs = tl(bs)


def tops(w, bs, c):
    total = 0
    while True:
        if c is None:
            return total
        q0, c = c
        total += top_of(w, hd(None, bs), q0)
        bs = tl(bs)


def rests(w, bs, c):
    total = 0
    while True:
        if c is None:
            return total
        q0, c = c
        total += rest_of(w, hd(None, bs), q0)
        bs = tl(bs)


def packed_cell(b, ks, ls, c):
    stack = []
    while True:
        if ks is None:
            result = 1
            break
        k, ks = ks
        if c is None:
            result = 1
            break
        q0, c = c
        stack.append(packed_part(b, k, ls, q0))
        ls = tl(ls)
    for _s0 in reversed(stack):
        result = _s0 * result
    return result


def all_bins(w, bs, c):
    stack = []
    while True:
        if c is None:
            result = None
            break
        q0, c = c
        stack.append(("Bins", w, base_of(hd(None, bs), q0), hd(None, bs)))
        bs = tl(bs)
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def all_both(k, ks, ks1):
    stack = []
    while True:
        if ks is None:
            result = None
            break
        k0, ks = ks
        if ks1 is None:
            result = None
            break
        k1, ks1 = ks1
        stack.append(("Both", k, k0, k1))
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def digit_bits(total1):
    return z_log2(total1 + 1) + 1


def inner(top, t):
    return (0 < t) and (t <= top)


def tails_from(w, bs, ls, c, ts):
    total1 = mass(ls, c)
    top = tops(w, bs, c)
    b = digit_bits(total1)
    ones0 = z_pow(2, b) - 1
    if existsb(lambda _1, top=top: inner(top, _1), ts):
        g = packed_cell(b, all_bins(w, bs, c), ls, c)
    else:
        g = 0
    return map1(lambda t, total1=total1, top=top, g=g, b=b, ones0=ones0: total1 if t <= 0 else (0 if top < t else (z_modulo(z_shiftr(g, b * t), ones0))), ts)


def above_low(w, base, t):
    return z_div(t - base, w) + 1


def above_high(w, base, rest0, t):
    return (z_div((t - base) - rest0, w)) + 1


def above(w, bs, ls, c, ts):
    base = bases(bs, c)
    rest0 = rests(w, bs, c)
    return combine(tails_from(w, bs, ls, c, map1(lambda _1, w=w, base=base: above_low(w, base, _1), ts)), tails_from(w, bs, ls, c, map1(lambda _3, w=w, base=base, rest0=rest0: above_high(w, base, rest0, _3), ts)))


def limit(l, row0):
    return l[2] if row0 < l[0] else (l[3] if row0 < l[1] else l[4])


def stairs(levels, b, k, l, first, g):
    if g == 0:
        return 0
    if levels == 0:
        cut0 = b * (z_max(0, z_min(k, limit(l, first))))
        return z_modulo(g - (z_shiftl(z_shiftr(g, cut0), cut0)), z_pow(2, b) - 1)
    levels1 = levels - 1
    half = z_pow(2, levels1)
    cut0_1 = b * (k * half)
    rest0 = z_shiftr(g, cut0_1)
    return (stairs(levels1, b, k, l, first, g - z_shiftl(rest0, cut0_1))) + stairs(levels1, b, k, l, first + half, rest0)


def stairs_of(x0, x1, ls, c, limits):
    w, bs = x0
    w1, bs1 = x1
    b = digit_bits(mass(ls, c))
    k = z_max(1, 1 + tops(w, bs, c))
    g = packed_cell(b, all_both(k, all_bins(w, bs, c), all_bins(w1, bs1, c)), ls, c)
    return map1(lambda l, w1=w1, bs1=bs1, c=c, b=b, k=k, g=g: stairs(z_to_nat((z_log2(1 + tops(w1, bs1, c))) + 1), b, k, l, 0, g), limits)


def possible(lo, hi, s):
    if lo is not None:
        t = lo[0]
        _1 = (-s[1]) <= t
    else:
        _1 = False
    if _1:
        return (1, None)
    if hi is not None:
        t1 = hi[0]
        _2 = t1 <= (-s[2])
    else:
        _2 = False
    return (0, None) if _2 else _list(0, 1)


def choices(lo, hi, ss):
    stack = []
    while True:
        if ss is None:
            result = (None, None)
            break
        s, ss = ss
        stack.append(s)
    for s in reversed(stack):
        rest0 = result
        result = flat_map(lambda k, s=s, rest0=rest0: map1(lambda x0, s=s, k=k: ((s[0], k), x0), rest0), possible(lo, hi, s))
    return result


def in_order0(order, ks):
    if ks is None:
        return True
    (_, a), l = ks
    if l is None:
        return True
    (_, b), l0 = l
    if l0 is None:
        if negb((z_testbit(order, 0) and (a == 1)) and (b == 0)):
            return negb((z_testbit(order, 1) and (b == 1)) and (a == 0))
        return False
    return True


def learn_these(new, ks):
    while True:
        if new is None:
            return ks
        (m, k), new = new
        ks = learn(m, k, ks)


def is_said(b, x0):
    if x0 is not None:
        y = x0[0]
        return eqb(b, y)
    return False


def spelled(real, new):
    stack = []
    while True:
        if new is None:
            result = (None, None)
            break
        (m, k), new = new
        stack.append((m, k))
    for m, k in reversed(stack):
        rest0 = result
        result = flat_map(lambda x0, m=m, rest0=rest0: map1(lambda x1, m=m, x0=x0: ((m, x0), x1), rest0), real(m, k))
    return result


def truth_of_all(f, real, ks, ways):
    found = map1(lambda new, f=f, ks=ks: truth(f, learn_these(new, ks)), flat_map(lambda _2, real=real: spelled(real, _2), ways))
    if forallb(lambda _4: is_said(True, _4), found):
        return (True,)
    return (False,) if forallb(lambda _6: is_said(False, _6), found) else None


def region_truth(f, real, ks, s, lo, hi):
    return truth_of_all(f, real, ks, filter1(lambda _1, s=s: in_order0(s[4], _1), choices(lo, hi, s[0])))


def first_is_one(new):
    if new is None:
        return False
    (_, k), _ = new
    return k == 1


def region_first(f, real, ks, s, lo, hi):
    ways = filter1(lambda _1, s=s: in_order0(s[4], _1), choices(lo, hi, s[0]))
    return truth_of_all(f, real, ks, ways) if forallb(first_is_one, ways) else None


def insert0(t, ts):
    stack = []
    while True:
        if ts is None:
            result = (t, None)
            break
        x0, ts1 = ts
        if t < x0:
            result = (t, ts)
            break
        if t == x0:
            result = ts
            break
        stack.append(x0)
        ts = ts1
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def thresholds(ss):
    stack = []
    while True:
        if ss is None:
            result = None
            break
        s, ss = ss
        stack.append((-s[1], -s[2]))
    for _s0, _s1 in reversed(stack):
        result = insert0(_s0, insert0(_s1, result))
    return result


def head(ts):
    if ts is None:
        return None
    t = ts[0]
    return (t,)


def regions_after(says0, ts):
    stack = []
    while True:
        if ts is None:
            result = None
            break
        t, ts = ts
        stack.append(says0((t,), head(ts)))
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def same_run(a, b):
    if a is not None:
        x0 = a[0]
        if b is not None:
            y = b[0]
            return eqb(x0, y)
        return False
    return False if b is not None else True


def add_run(run1, n0, x0):
    if run1 is not None:
        b = run1[0]
        return (fst(x0) + z_max(0, n0), snd(x0)) if b else (fst(x0), snd(x0) + z_max(0, n0))
    return x0


def runs_of(run1, from0, cuts):
    stack = []
    while True:
        if cuts is None:
            result = add_run(run1, from0, (0, 0))
            break
        ((l, u), next0), cuts = cuts
        if same_run(run1, next0):
            continue
        stack.append((run1, from0 - u))
        run1, from0 = next0, l
    for _s0, _s1 in reversed(stack):
        result = add_run(_s0, _s1, result)
    return result


def amounts(w, fs, ls, c, ts, first, rest0):
    return runs_of(first, mass(ls, c), combine(above(w, fs, ls, c, ts), rest0))


lIMIT = z_pow(2, 26)


lIMIT_WEIGHTS = z_pow(2, 28)


def too_long(limit0, w, fs, ls, c):
    return limit0 < ((digit_bits(mass(ls, c))) * (1 + tops(w, fs, c)))


def counted(says0, unit1, ls, c, x0):
    s, fs = x0
    w = unit1 * s[3]
    if too_long(lIMIT, w, fs, None, c) or too_long(lIMIT_WEIGHTS, w, fs, ls, c):
        return None
    ts = thresholds(s[0])
    first = says0(None, head(ts))
    rest0 = regions_after(says0, ts)
    us = map1(lambda _1, unit1=unit1: unit1 * _1, ts)
    points = amounts(w, fs, None, c, us, first, rest0)
    return ((points, points if ls is None else amounts(w, fs, ls, c, us, first, rest0)),)


def plus(a, b):
    return (fst(a) + fst(b), snd(a) + snd(b))


def left_of(all1, x0):
    return (all1 - fst(x0), all1 - snd(x0))


def left_by(f, real, unit1, ls, ks, c, told):
    stack = []
    while True:
        if told is None:
            result = (((0, 0), (0, 0)),)
            break
        x0, told = told
        _4 = counted(lambda _1, _2, f=f, real=real, ks=ks, x0=x0: region_truth(f, real, ks, fst(x0), _1, _2), unit1, ls, c, x0)
        if _4 is not None:
            (a, b), = _4
            stack.append((a, b))
            continue
        result = None
        break
    for a, b in reversed(stack):
        if result is not None:
            (p, q0), = result
            result = ((plus(left_of(cardinal(c), a), p), plus(left_of(mass(ls, c), b), q0)),)
        else:
            result = None
    return result


def sure(unit1, c, b, all1, own):
    def at(s, b=b, c=c, unit1=unit1):
        return above_low(fst(b), bases(snd(b), c), unit1 * (-s[1]))
    return (at(all1), z_min(at(all1), at(own)))


def may(unit1, c, b, all1, own):
    def at(s, b=b, c=c, unit1=unit1):
        return above_high(fst(b), bases(snd(b), c), rests(fst(b), snd(b), c), unit1 * (-s[2]))
    return (at(all1), z_max(at(all1), at(own)))


def ones_and_zeros(unit1, ls, c, b, b1, all1, own, all2, own1):
    a0, b0 = sure(unit1, c, b, all1, own)
    a1, b1_1 = sure(unit1, c, b1, all2, own1)
    c0, d0 = may(unit1, c, b, all1, own)
    c1, d1 = may(unit1, c, b1, all2, own1)
    every1 = 1 + (tops(fst(b), snd(b), c))
    _1 = stairs_of(b, b1, ls, c, _list((b1_1, a1, a0, b0, 0), (c1, d1, every1, d0, c0)))
    if _1 is None:
        return (0, 0)
    others0, l = _1
    if l is None:
        return (0, 0)
    zeros0, l0 = l
    return (mass(ls, c) - others0, zeros0) if l0 is None else (0, 0)


def left_where(f, real, ls, ks, c, models, amounts0):
    def truth_of(k, f=f, real=real, ks=ks, models=models):
        return truth_of_all(f, real, ks, (map1(lambda m, k=k: (m, k), models), None))
    def shown0(ls0, amounts0=amounts0, truth_of=truth_of):
        one0, zero = amounts0(ls0)
        return add_run(truth_of(1), one0, add_run(truth_of(0), zero, (0, 0)))
    points = left_of(cardinal(c), shown0(None))
    return (points, points if ls is None else (left_of(mass(ls, c), shown0(ls))))


def too_long_together(limit0, b, b1, ls, c):
    return limit0 < ((digit_bits(mass(ls, c))) * ((1 + (tops(fst(b), snd(b), c))) * (1 + (tops(fst(b1), snd(b1), c)))))


def left_together(f, real, unit1, ls, ks, c, told, over):
    if told is None:
        return None
    (s, fs), l = told
    if l is None:
        return None
    (s1, fs1), l0 = l
    if l0 is None:
        if over is None:
            return None
        all1, l1 = over
        if l1 is None:
            return None
        all2, l2 = l1
        if l2 is None:
            _1 = s[0]
            if _1 is None:
                return None
            own, l3 = _1
            if l3 is None:
                _2 = s1[0]
                if _2 is None:
                    return None
                own1, l4 = _2
                if l4 is None:
                    b = (unit1 * s[3], fs)
                    b1 = (unit1 * s1[3], fs1)
                    if too_long_together(lIMIT, b, b1, None, c):
                        _3 = True
                    else:
                        _3 = too_long_together(lIMIT_WEIGHTS, b, b1, ls, c)
                    if _3:
                        return None
                    return (left_where(f, real, ls, ks, c, (all1[0], None), lambda ls0, unit1=unit1, c=c, b=b, b1=b1, all1=all1, own=own, all2=all2, own1=own1: ones_and_zeros(unit1, ls0, c, b, b1, all1, own, all2, own1)),)
                return None
            return None
        return None
    return None


def bins_of(unit1, x0):
    return (unit1 * (fst(x0)[2]), snd(x0))


def from_bin(ls, c, b, t):
    return hd(0, tails_from(fst(b), snd(b), ls, c, (t, None)))


def ones_and_zeros_apart(unit1, ls, c, one0, zero):
    b = bins_of(unit1, one0)
    b1 = bins_of(unit1, zero)
    return (from_bin(ls, c, b, above_low(fst(b), bases(snd(b), c), unit1 * (-(fst(one0)[3])))), mass(ls, c) - (from_bin(ls, c, b1, above_high(fst(b1), bases(snd(b1), c), rests(fst(b1), snd(b1), c), unit1 * (-(fst(zero)[3]))))))


def left_by_sides(f, real, unit1, ls, ks, c, models, sides):
    if sides is None:
        return None
    (one0, zero), l = sides
    if l is None:
        def long(limit0, ls0, unit1=unit1, c=c, one0=one0, zero=zero):
            return existsb(lambda x0, limit0=limit0, unit1=unit1, ls0=ls0, c=c: too_long(limit0, unit1 * (fst(x0)[2]), snd(x0), ls0, c), _list(one0, zero))
        if long(lIMIT, None) or long(lIMIT_WEIGHTS, ls):
            return None
        return (left_where(f, real, ls, ks, c, models, lambda ls0_1, unit1=unit1, c=c, one0=one0, zero=zero: ones_and_zeros_apart(unit1, ls0_1, c, one0, zero)),)
    return None


def summed(f, reals, unit1, ls, ks, c, every1):
    stack = []
    while True:
        if every1 is None:
            result = (((0, 0), (0, 0)),)
            break
        x0, every1 = every1
        _7 = counted(lambda _1, _2, f=f, reals=reals, x0=x0, ks=ks: region_first(f, lambda _4, _5, reals=reals, x0=x0: reals(fst(x0), _4, _5), ks, fst(x0), _1, _2), unit1, ls, c, x0)
        if _7 is not None:
            (a, b), = _7
            stack.append((a, b))
            continue
        result = None
        break
    for a, b in reversed(stack):
        if result is not None:
            (p, q0), = result
            result = ((plus(a, p), plus(b, q0)),)
        else:
            result = None
    return result


def left_by_groups(f, reals, unit1, ls, ks, c, every1):
    _1 = summed(f, reals, unit1, ls, ks, c, every1)
    if _1 is not None:
        (a, b), = _1
        return ((left_of(cardinal(c), a), left_of(mass(ls, c), b)),)
    return None


def tightened(all1, a, left):
    return (z_max(fst(a), all1 - fst(left)), z_max(snd(a), all1 - snd(left)))


def counted_with(f, reals, unit1, ls, ks, c, x0, told, over, sides, further):
    _7 = counted(lambda _1, _2, f=f, reals=reals, x0=x0, ks=ks: region_truth(f, lambda _4, _5, reals=reals, x0=x0: reals(fst(x0), _4, _5), ks, fst(x0), _1, _2), unit1, ls, c, x0)
    if _7 is not None:
        own = _7[0]
        a, b = own
        if told is None:
            if sides is None:
                if further is None:
                    return (own,)
                if further is None:
                    if sides is None:
                        if over is None:
                            _8 = left_by(f, lambda _9, _10, reals=reals, x0=x0: reals(fst(x0), _9, _10), unit1, ls, ks, c, told)
                        else:
                            _8 = left_together(f, lambda _12, _13, reals=reals, x0=x0: reals(fst(x0), _12, _13), unit1, ls, ks, c, told, over)
                    else:
                        _8 = left_by_sides(f, lambda _15, _16, reals=reals, x0=x0: reals(fst(x0), _15, _16), unit1, ls, ks, c, map1(lambda s: s[0], fst(x0)[0]), sides)
                else:
                    _8 = left_by_groups(f, reals, unit1, ls, ks, c, (x0, further))
                if _8 is not None:
                    (p, q0), = _8
                    return ((tightened(cardinal(c), a, p), tightened(mass(ls, c), b, q0)),)
                return None
            if further is None:
                if sides is None:
                    if over is None:
                        _19 = left_by(f, lambda _20, _21, reals=reals, x0=x0: reals(fst(x0), _20, _21), unit1, ls, ks, c, told)
                    else:
                        _19 = left_together(f, lambda _23, _24, reals=reals, x0=x0: reals(fst(x0), _23, _24), unit1, ls, ks, c, told, over)
                else:
                    _19 = left_by_sides(f, lambda _26, _27, reals=reals, x0=x0: reals(fst(x0), _26, _27), unit1, ls, ks, c, map1(lambda s1: s1[0], fst(x0)[0]), sides)
            else:
                _19 = left_by_groups(f, reals, unit1, ls, ks, c, (x0, further))
            if _19 is not None:
                (p1, q0_1), = _19
                return ((tightened(cardinal(c), a, p1), tightened(mass(ls, c), b, q0_1)),)
            return None
        if further is None:
            if sides is None:
                if over is None:
                    _30 = left_by(f, lambda _31, _32, reals=reals, x0=x0: reals(fst(x0), _31, _32), unit1, ls, ks, c, told)
                else:
                    _30 = left_together(f, lambda _34, _35, reals=reals, x0=x0: reals(fst(x0), _34, _35), unit1, ls, ks, c, told, over)
            else:
                _30 = left_by_sides(f, lambda _37, _38, reals=reals, x0=x0: reals(fst(x0), _37, _38), unit1, ls, ks, c, map1(lambda s2: s2[0], fst(x0)[0]), sides)
        else:
            _30 = left_by_groups(f, reals, unit1, ls, ks, c, (x0, further))
        if _30 is not None:
            (p2, q0_2), = _30
            return ((tightened(cardinal(c), a, p2), tightened(mass(ls, c), b, q0_2)),)
        return None
    return None


def lean(ls, c):
    if forallb(lambda _2: forallb(lambda nw: (0 <= snd(nw)) and (snd(nw) <= 1), _2), ls):
        _1 = mass(ls, c) == cardinal(c)
    else:
        _1 = False
    return None if _1 else ls


def sandwich_part(n0, f, reals, unit1, own, told, over, sides, further, l, ks, c, found):
    if found is not None:
        t = found[0]
        _1 = truth(f, ks)
        if _1 is not None:
            return (settle_part(n0, f, l, ks, c, t),)
        _2 = counted_with(f, reals, unit1, lean(l[1], c), ks, c, own, told, over, sides, further)
        if _2 is not None:
            ((a, b), (x0, y)), = _2
            return ((t[0] + a, t[1] + (l[0] * x0), t[2] + ((cardinal(c) - a) - b), t[3] + (l[0] * ((mass(l[1], c) - x0) - y)), t[4]),)
        return None
    return None


def slices(a, c):
    stack = []
    while True:
        if c is None:
            result = None
            break
        q0, c = c
        stack.append(firstn(width(q0), a))
        a = skipn(width(q0), a)
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


lARGEST_TERM = z_pow(2, 53)


def form_reads(v, fs, reads, reads1):
    while True:
        if fs is None:
            return True
        a, fs = fs
        if all_zero(a):
            _1 = True
        else:
            if existsb(lambda _2, v=v: v == _2, reads):
                _1 = existsb(lambda _4, v=v: v == _4, reads1)
            else:
                _1 = False
        if _1:
            v = v + 1
            continue
        return False


def net_at(ms, s):
    _1 = nth_error(ms, s[0])
    if _1 is not None:
        m = _1[0]
        if m[0] == "ANet":
            n0 = m[1]
            return (n0,)
        return None
    return None


def subject(pr, c, s, a):
    _1 = net_at(pr[4], a)
    if _1 is not None:
        n0 = _1[0]
        return (n0[0],) if s[5] == 0 else grouped(s[5], n0[1], n0[0], c)
    return None


def is_strict(s):
    return negb(s[5] == 0)


def groups_of(pr, s, m, k):
    _1 = nth_error(pr[4], m)
    if _1 is not None:
        m0 = _1[0]
        if m0[0] == "ANet":
            n0 = m0[1]
            return classes_taken(s[5], n0[1], k)
        return (k, None)
    return (k, None)


def scale_up(pr, exponent1):
    return pr[1] * z_pow(2, exponent1)


def countable(pr, exponent1, bin1, form):
    if ((0 < pr[1]) and (0 < scale_up(pr, exponent1))) and (0 < bin1):
        return forallb(lambda x0: z_abs(x0) <= lARGEST_TERM, form)
    return False


def sandwich_holds(pr, c, fs, s):
    c0 = hulls(c)
    unit1 = pr[1]
    up0 = scale_up(pr, s[2])
    if countable(pr, s[2], s[3], s[1]):
        _1 = s[0]
        if _1 is None:
            return False
        a, l = _1
        if l is None:
            _2 = subject(pr, c0, s, a)
            if _2 is not None:
                n0 = _2[0]
                if ((s[4] == 0) and (0 < scale_out(n0))) and form_reads(0, fs, n0[1], n0[1]):
                    return one_holds(is_strict(s), unit1, up0, fs, c0, n0, claim_of(a))
                return False
            return False
        b, l0 = l
        if l0 is None:
            _3 = subject(pr, c0, s, a)
            if _3 is not None:
                n0_1 = _3[0]
                _4 = subject(pr, c0, s, b)
                if _4 is not None:
                    n = _4[0]
                    if ((a[0] < b[0]) and (0 < scale_out(n0_1))) and (0 < scale_out(n)):
                        _5 = form_reads(0, fs, n0_1[1], n[1])
                    else:
                        _5 = False
                    if _5:
                        return two_hold(is_strict(s), unit1, up0, fs, c0, n0_1, n, claim_of(a), claim_of(b), s[4])
                    return False
                return False
            return False
        return False
    return False


def case_is_so(pr, c, n0, n, g, es, es1, a, b, ss, x0):
    s, fs = x0
    if countable(pr, s[2], s[3], s[1]):
        _1 = s[0]
        if _1 is None:
            return False
        p, l = _1
        if l is None:
            return False
        q0, l0 = l
        if l0 is None:
            if ((s[5] == g) and (p[0] == a)) and (q0[0] == b):
                _2 = form_reads(0, fs, n0[1], n[1])
            else:
                _2 = False
            if _2:
                return case_holds(is_strict(s), pr[1], scale_up(pr, s[2]), fs, c, n0, n, claim_of(p), claim_of(q0), s[4], ss, es, es1)
            return False
        return False
    return False


def alone_is_so(pr, c, n0, g, es, a, ss, x0):
    (s, fs), all1 = x0
    if countable(pr, s[2], s[3], s[1]):
        _1 = s[0]
        if _1 is None:
            return False
        own, l = _1
        if l is None:
            if (((s[5] == g) and (own[0] == a)) and (all1[0] == a)) and (s[4] == 0):
                _2 = form_reads(0, fs, n0[1], n0[1])
            else:
                _2 = False
            if _2:
                return one_case_holds(is_strict(s), pr[1], scale_up(pr, s[2]), fs, c, n0, claim_of(own), claim_of(all1), ss, es)
            return False
        return False
    return False


def cases_hold(pr, c, s, neurons, told, over):
    c0 = hulls(c)
    _1 = s[0]
    if _1 is None:
        return False
    a, l = _1
    if l is None:
        _2 = subject(pr, c0, s, a)
        if _2 is not None:
            n0 = _2[0]
            if neurons is None:
                return False
            x0, l0 = neurons
            if l0 is None:
                es = enclosed(usual, n0, c0)
                cases = cases_of((located0(n0[0][0], x0), None))
                if (0 < scale_out(n0)) and is_neuron(n0[0][0], es, x0):
                    _3 = length(told) == length(cases)
                else:
                    _3 = False
                if _3 and (length(over) == length(cases)):
                    return forallb(lambda x1, pr=pr, c0=c0, n0=n0, s=s, es=es, a=a: alone_is_so(pr, c0, n0, s[5], es, a[0], fst(x1), snd(x1)), combine(cases, combine(told, over)))
                return False
            return False
        return False
    b, l0_1 = l
    if l0_1 is None:
        _5 = subject(pr, c0, s, a)
        if _5 is not None:
            n0_1 = _5[0]
            _6 = subject(pr, c0, s, b)
            if _6 is not None:
                n = _6[0]
                es1, es2 = both_enclosed(usual, n0_1, n, c0)
                cases1 = cases_of(map1(lambda _7, n0_1=n0_1: located0(n0_1[0][0], _7), neurons))
                if (0 < scale_out(n0_1)) and (0 < scale_out(n)):
                    _10 = same_layers(n0_1[0][0], n[0][0])
                else:
                    _10 = False
                if (_10 and aligned(c0, n0_1[1], n[1])) and ascending(neurons):
                    _9 = forallb(lambda _11, n0_1=n0_1, es1=es1: is_neuron(n0_1[0][0], es1, _11), neurons)
                else:
                    _9 = False
                if (_9 and (length(told) == length(cases1))) and (length(over) == 0):
                    return forallb(lambda x0_1, pr=pr, c0=c0, n0_1=n0_1, n=n, s=s, es1=es1, es2=es2, a=a, b=b: case_is_so(pr, c0, n0_1, n, s[5], es1, es2, a[0], b[0], fst(x0_1), snd(x0_1)), combine(cases1, told))
                return False
            return False
        return False
    return False


def side_is_so(pr, holds0, one0, x0):
    s, fs = x0
    if countable(pr, s[1], s[2], s[0]):
        return holds0(scale_up(pr, s[1]), fs, claim_at(one0, s[3]))
    return False


def sides_hold(pr, c, s, sides):
    c0 = hulls(c)
    unit1 = pr[1]
    def all1(holds0, sides=sides, pr=pr):
        if sides is None:
            return False
        (one0, zero), l = sides
        if l is None:
            return side_is_so(pr, holds0, True, one0) and side_is_so(pr, holds0, False, zero)
        return False
    _1 = s[0]
    if _1 is None:
        return False
    a, l1 = _1
    if l1 is None:
        _2 = subject(pr, c0, s, a)
        if _2 is not None:
            n0 = _2[0]
            es = enclosed(usual, n0, c0)
            if 0 < scale_out(n0):
                def _3(up0, fs, x0, n0=n0, s=s, unit1=unit1, c0=c0, es=es):
                    if form_reads(0, fs, n0[1], n0[1]):
                        return one_side(is_strict(s), unit1, up0, fs, c0, n0, x0, es)
                    return False
                return all1(_3)
            return False
        return False
    b, l0 = l1
    if l0 is None:
        _4 = subject(pr, c0, s, a)
        if _4 is not None:
            n0_1 = _4[0]
            _5 = subject(pr, c0, s, b)
            if _5 is not None:
                n = _5[0]
                es1, es2 = both_enclosed(usual, n0_1, n, c0)
                if (0 < scale_out(n0_1)) and (0 < scale_out(n)):
                    def _6(up0_1, fs1, x0_1, n0_1=n0_1, n=n, s=s, unit1=unit1, c0=c0, es1=es1, es2=es2):
                        if form_reads(0, fs1, n0_1[1], n[1]):
                            return two_sides(is_strict(s), unit1, up0_1, fs1, c0, n0_1, n, x0_1, es1, es2)
                        return False
                    return all1(_6)
                return False
            return False
        return False
    return False


def disjoint(seen0, further):
    while True:
        if further is None:
            return True
        x0, further = further
        if negb(x0[5] == 0) and ((seen0 & x0[5]) == 0):
            seen0 = seen0 | x0[5]
            continue
        return False


def same_models(a, b):
    while True:
        if a is None:
            return True if b is None else False
        x0, a = a
        if b is None:
            return False
        y, b = b
        if x0[0] == y[0]:
            continue
        return False


def further_hold(pr, c, s, further):
    if negb(s[5] == 0) and (disjoint(s[5], map1(fst, further))):
        return forallb(lambda x0, s=s, pr=pr, c=c: (same_models(s[0], fst(x0)[0])) and (sandwich_holds(pr, c, snd(x0), fst(x0))), further)
    return False


uPHOLD = 4096


def every0(p, c, before1):
    if c is None:
        return p(rev(before1))
    q0, c1 = c
    return forallb(lambda v, p=p, c1=c1, before1=before1: every0(p, c1, (v, before1)), members0(q0))


fEW = 2


def evaluated(n0, own, k):
    return every0(lambda p, n0=n0, k=k: (fast_class(n0[3], input1(p))) == k, own, None)


sMALL = 256


def holds_on(fuel, n0, own, k):
    size2 = cardinal(own)
    if any_pieces(own):
        own0 = hulls(own)
        if shown(fuel, n0[0][0], own0, k) or shown_after_all(fuel, n0[0][0], own0, k):
            return True
        return shown_leaning(n0[0][0], own0, k)
    if size2 <= fEW:
        return evaluated(n0, own, k)
    if shown(0 if size2 <= sMALL else fuel, n0[0][0], own, k):
        return True
    if size2 <= uPHOLD:
        return evaluated(n0, own, k)
    return shown_after_all(fuel, n0[0][0], own, k)


def holds_by_signs(n0, own, k, trees):
    c = hulls(own)
    _1 = claimed(n0[0][0], c, k, trees)
    if _1 is not None:
        x0 = _1[0]
        if shown_by_signs(n0[0][0], n0[0][2], c, x0):
            return True
        if (negb(any_pieces(own))) and (cardinal(own) <= uPHOLD):
            return evaluated(n0, own, k)
        return False
    return False


def weight_where(p, reads, c, ls, w, before1):
    while True:
        if c is None:
            return w if p(rev(before1)) else 0
        q0, c = c
        if existsb(lambda _1, before1=before1: length(before1) == _1, reads):
            return fold_left(lambda sum0, v, p=p, reads=reads, c=c, ls=ls, w=w, before1=before1: sum0 + (weight_where(p, reads, c, tl(ls), w * weight_at(ls, v), (v, before1))), members0(q0), 0)
        ls, w, before1 = tl(ls), w * weight_part(ls, q0), (nobody, before1)


def add_one(n0, l):
    stack = []
    while True:
        if l is None:
            result = None
            break
        x0, l = l
        if n0 == 0:
            result = (x0 + 1, l)
            break
        n0 = n0 - 1
        stack.append(x0)
    for _s0 in reversed(stack):
        result = (_s0, result)
    return result


def believed(said, s):
    if s[0] == "Shown":
        return True
    n0 = s[1]
    return said(n0)


def learn_all(said, fs, ks):
    while True:
        if fs is None:
            return ks
        ((m, k), s), fs = fs
        ks = learn(m, k, ks) if believed(said, s) else ks


def learn_tails(ts, ks):
    while True:
        if ts is None:
            return ks
        ((m, k), _), ts = ts
        ks = learn(m, k, ks)


def contains(c, t):
    while True:
        if c is None:
            return True if t is None else False
        p, c = c
        if p[0] == "Few":
            vs = p[1]
            if t is None:
                return False
            i, t = t
            if existsb(lambda v, i=i: v[0] == i, vs):
                continue
            return False
        if p[0] == "Range0":
            _, _, _, lo, hi = p
            if t is None:
                return False
            i1, t = t
            if (lo <= i1) and (i1 <= hi):
                continue
            return False
        _, _, _, lo1, hi1 = p
        if t is None:
            return False
        i2, t = t
        if (lo1 <= i2) and (i2 <= hi1):
            continue
        return False


def refuted(ws, c, m, k):
    return existsb(lambda w, m=m, k=k, c=c: (negb(nth(m, w[2], 0) == k)) and contains(c, w[0]), ws)


def at_most(x0, p, all1):
    return (x0 * p[1]) <= (p[0] * all1)


def tail_holds(n0, l, c, k, p):
    all1 = weigh(l, c)
    def other(x0, n0=n0, k=k):
        return negb((class_of(("ANet", n0), x0)) == k)
    small0 = (cardinal(project(n0[0][1], c))) <= uPHOLD
    if qle_bool((0, 1), p):
        if qle_bool((1, 1), p):
            return True
        if 0 < all1:
            if at_most(tail_weight(lambda fs, small0=small0, p=p, n0=n0, l=l, c=c: small0 or as_usual(p, n0, l, c, fs), n0, l, c, k), p, all1):
                return True
            if small0:
                return at_most(l[0] * weight_where(other, n0[0][1], c, l[1], 1, None), p, all1)
            return False
        return False
    return False


nothing = (0, 0, 0, 0, 0, (0, 1), (0, 1))


def plus_tally(t, x0):
    return (x0[0] + t[0], x0[1] + t[1], x0[2] + t[2], x0[3] + t[3], x0[4], x0[5], x0[6])


def plus_tail(t, l, c, p, x0):
    all1 = weigh(l, c)
    slack = qmult(p, inject_Z(all1))
    from0 = qminus(inject_Z(t[1]), slack)
    to = qplus(inject_Z(t[1] + t[3]), slack)
    return (x0[0], x0[1], x0[2], x0[3], x0[4] + cardinal(c), x0[5] if qle_bool(from0, (0, 1)) else (qred(qplus(x0[5], from0))), qred(qplus(x0[6], to if qle_bool(to, inject_Z(all1)) else inject_Z(all1))))


def judge(pr, ws, c, least1, ss, ks, by, fs):
    while True:
        if ss is None:
            return (((ks, by), fs),)
        s, ss = ss
        if s[0] == "Constant":
            m = s[1]
        elif s[0] == "Signed":
            m = s[1]
        elif s[0] == "Tail":
            m = s[1]
        else:
            m = s[1]
        if s[0] == "Constant":
            k = s[2]
        elif s[0] == "Signed":
            k = s[2]
        elif s[0] == "Tail":
            k = s[2]
        else:
            k = s[2]
        _1 = nth_error(pr[4], m)
        if _1 is not None:
            m0 = _1[0]
            if m0[0] == "ANet":
                n0 = m0[1]
                if ((least1 <= m) and (0 <= k)) and (k < z_max(2, n0[1])):
                    one_more = (ks[0] + 1, ks[1], ks[2], ks[3], ks[4], ks[5], ks[6], ks[7])
                    def fact(x0, m=m, k=k, fs=fs):
                        return ((((m, k), x0), fs[0]), fs[1])
                    if s[0] == "Constant":
                        if holds_on(pASSES, n0, project(n0[0][1], c), k):
                            least1, ks, fs = m + 1, one_more, fact(("Shown",))
                            continue
                        return None
                    if s[0] == "Signed":
                        trees = s[3]
                        if holds_by_signs(n0, project(n0[0][1], c), k, trees):
                            least1, ks, fs = m + 1, (ks[0], ks[1], ks[2], ks[3], ks[4], ks[5] + 1, ks[6], ks[7]), fact(("Shown",))
                            continue
                        return None
                    if s[0] == "Tail":
                        p = s[3]
                        _2 = only_leaf(pr[2], c)
                        if _2 is not None:
                            l = _2[0]
                            if (negb(any_pieces(pr[0]))) and tail_holds(n0, l, c, k, p):
                                least1, ks, fs = m + 1, (ks[0], ks[1], ks[2], ks[3], ks[4], ks[5], ks[6] + 1, ks[7]), (fs[0], (((m, k), p), fs[1]))
                                continue
                            return None
                        return None
                    solver = s[3]
                    own = project(n0[0][1], c)
                    if holds_on(0, n0, own, k):
                        least1, ks, fs = m + 1, one_more, fact(("Shown",))
                        continue
                    if ((negb(any_pieces(own))) and (cardinal(own) <= uPHOLD)) or refuted(ws, c, m, k):
                        return None
                    least1, ks, by, fs = m + 1, (ks[0], ks[1], ks[2], ks[3], ks[4], ks[5], ks[6], ks[7] + 1), add_one(solver, by), fact(("Said", solver))
                    continue
                return None
            return None
        return None


def empty_tally(l):
    return (0, 0, 0, 0, l)


def settle(pr, more, more1, more2, more3):
    trees = trees_of(0, pr[4])
    def enough(ks, trees=trees, pr=pr):
        if trees is None:
            return False
        l = trees[1]
        return False if l is None else decided(pr[5], ks)
    return parts(enough, pr[2], trees, lambda _1, _2, _3, _4, more=more, pr=pr: settle_part(more, pr[5], _1, _2, _3, _4), more1, more2, empty_tally(more3))


def evaluate(pr, ws, more, more1):
    trees = trees_of(0, pr[4])
    unknown = map1(lambda _2: None, pr[4])
    def enough(ks, trees=trees, pr=pr):
        if trees is None:
            return False
        l = trees[1]
        return False if l is None else decided(pr[5], ks)
    listed_points = map1(lambda w: w[0], ws)
    noting = (True, n_sub(sHOWN0, length(ws)), listed_points)
    return parts(enough, pr[2], trees, lambda _4, _5, _6, _7, noting=noting, pr=pr: evaluate_part(noting, pr[5], pr[4], _4, _5, _6, _7), unknown, more, empty_tally(more1))


def all_shown(fs):
    def _1(f):
        _2 = snd(f)
        if _2[0] == "Shown":
            return True
        return False
    return forallb(_1, fs)


def sum_tails(ts):
    return fold_right(lambda t, s: qplus(snd(t), s), (0, 1), ts)


def settle_cell(pr, trust, ws, more, more1, more2, more3, more4):
    unknown = map1(lambda _2: None, pr[4])
    listed_points = map1(lambda w: w[0], ws)
    noting = (True, n_sub(sHOWN0, length(ws)), listed_points)
    silent = (False, 0, None)
    def everyone(_4):
        return True
    def nobody_else(_5):
        return False
    def learned(said, more1=more1, unknown=unknown):
        return learn_all(said, more1[0], unknown)
    _6 = more1[1]
    if _6 is None:
        if all_shown(more1[0]):
            t = settle(pr, noting, learned(nobody_else), more, more2[4])
            return ((plus_tally(t, more2[0]), plus_tally(t, more2[1]), more3, more4, t[4]),)
        firm = settle(pr, noting, learned(nobody_else), more, more2[4])
        return ((plus_tally(settle(pr, silent, learned(everyone), more, None), more2[0]), plus_tally(settle(pr, silent, learned(trust), more, None), more2[1]), more3, more4, firm[4]),)
    p, l = _6
    ts = (p, l)
    _7 = only_leaf(pr[2], more)
    if _7 is not None:
        l0 = _7[0]
        def t1(said1, pr=pr, silent=silent, ts=ts, learned=learned, more=more):
            return settle(pr, silent, learn_tails(ts, learned(said1)), more, None)
        t1_1 = t1(everyone)
        t2 = t1_1 if all_shown(more1[0]) else t1(trust)
        p0 = sum_tails(ts)
        return ((plus_tail(t1_1, l0, more, p0, more2[0]), plus_tail(t2, l0, more, p0, more2[1]), more3, more4, more2[4]),)
    return None


def has_points(pr, c):
    return walk_given(pr[2], lambda _2, _3, _4: True, c, False)


def one_node0(pr, trust, ws, more, more1, more2, more3):
    trees = trees_of(0, pr[4])
    unknown = map1(lambda _2: None, pr[4])
    def enough(ks, trees=trees, pr=pr):
        if trees is None:
            return False
        l = trees[1]
        return False if l is None else decided(pr[5], ks)
    listed_points = map1(lambda w: w[0], ws)
    noting = (True, n_sub(sHOWN0, length(ws)), listed_points)
    def nobody_else(_4):
        return False
    if more[0] == "Split":
        _, v, s = more
        a, b = test_halves(s, nth(v, more1, no_part))
        if ((v < length(more1)) and (negb(is_empty(a)))) and (negb(is_empty(b))):
            return (((put0(v, a, more1), (put0(v, b, more1), more2)), more3),)
        return None
    if more[0] == "Steps":
        ss = more[1]
        if ss is None:
            return None
        _5 = judge(pr, ws, more1, 0, ss, more3[2], more3[3], (None, None))
        if _5 is not None:
            ((ks1, by), fs), = _5
            return option_map(lambda x0, more2=more2: (more2, x0), settle_cell(pr, trust, ws, more1, fs, more3, ks1, by))
        return None
    if more[0] == "Sandwich":
        _, beside, s1, neurons, told, over, sides, further = more
        fs1 = slices(s1[1], pr[0])
        def sliced(x0_1, pr=pr):
            return (x0_1, slices(x0_1[0], pr[0]))
        sides0 = map1(lambda x0_2, sliced=sliced: (sliced(fst(x0_2)), sliced(snd(x0_2))), sides)
        def formed(x0_3, pr=pr):
            return (x0_3, slices(x0_3[1], pr[0]))
        told0 = map1(formed, told)
        further0 = map1(formed, further)
        _8 = judge(pr, ws, more1, 0, beside, more3[2], more3[3], (None, None))
        if _8 is not None:
            ((ks2, by1), shown0), = _8
            if sandwich_holds(pr, more1, fs1, s1):
                _10 = True if told0 is None else cases_hold(pr, more1, s1, neurons, told0, over)
            else:
                _10 = False
            if _10 and (True if sides0 is None else sides_hold(pr, more1, s1, sides0)):
                _9 = True if further0 is None else further_hold(pr, more1, s1, further0)
            else:
                _9 = False
            if _9:
                _20 = parts(enough, pr[2], trees, lambda _11, _12, _13, _14, noting=noting, pr=pr, s1=s1, fs1=fs1, told0=told0, over=over, sides0=sides0, further0=further0: sandwich_part(noting, pr[5], lambda _16, _17, _18, pr=pr: groups_of(pr, _16, _17, _18), pr[1], (s1, fs1), told0, over, sides0, further0, _11, _12, _13, _14), learn_all(nobody_else, shown0[0], unknown), more1, (empty_tally(more3[4]),))
                if _20 is not None:
                    t = _20[0]
                    return ((more2, (plus_tally(t, more3[0]), plus_tally(t, more3[1]), (ks2[0], ks2[1], ks2[2], ks2[3], ks2[4] + 1, ks2[5], ks2[6], ks2[7]), by1, t[4])),)
                return None
            return None
        return None
    if more[0] == "Enumerated":
        if any_pieces(pr[0]):
            return None
        t1 = evaluate(pr, ws, more1, more3[4])
        ks3 = more3[2]
        return ((more2, (plus_tally(t1, more3[0]), plus_tally(t1, more3[1]), (ks3[0], ks3[1] + 1, ks3[2], ks3[3], ks3[4], ks3[5], ks3[6], ks3[7]), more3[3], t1[4])),)
    t2 = settle(pr, noting, unknown, more1, more3[4])
    ks4 = more3[2]
    if has_points(pr, more1):
        ks0 = (ks4[0], ks4[1], ks4[2], ks4[3] + 1, ks4[4], ks4[5], ks4[6], ks4[7])
    else:
        ks0 = (ks4[0], ks4[1], ks4[2] + 1, ks4[3], ks4[4], ks4[5], ks4[6], ks4[7])
    return ((more2, (plus_tally(t2, more3[0]), plus_tally(t2, more3[1]), ks0, more3[3], t2[4])),)


def run0(pr, trust, ws, p, at, waiting, st):
    while True:
        if p is None:
            return ("Inl", st) if waiting is None else ("Inr", ("ProofTooShort",))
        nd, p = p
        if waiting is None:
            return ("Inr", ("ProofTooLong",))
        c, rest0 = waiting
        _1 = one_node0(pr, trust, ws, nd, c, rest0, st)
        if _1 is not None:
            (waiting1, st1), = _1
            at, waiting, st = at + 1, waiting1, st1
            continue
        return ("Inr", ("SplitFails", at) if nd[0] == "Split" else ("StepFails", at))


def value_at(q0, i):
    if q0[0] == "Few":
        vs = q0[1]
        _1 = nth_error(vs, z_to_nat(i))
        if _1 is not None:
            v = _1[0]
            return (v,) if v[0] == i else None
        return None
    if q0[0] == "Range0":
        _, s, d0, lo, hi = q0
        return (number_of0(s, d0, i),) if (lo <= i) and (i <= hi) else None
    _, s1, rs, lo1, hi1 = q0
    return (piece_of(s1, rs, i),) if (lo1 <= i) and (i <= hi1) else None


def find_point(c, t):
    stack = []
    while True:
        if c is None:
            result = (None,) if t is None else None
            break
        q0, c = c
        if t is None:
            result = None
            break
        i, t = t
        _1 = value_at(q0, i)
        if _1 is not None:
            v = _1[0]
            stack.append(v)
            continue
        result = None
        break
    for v in reversed(stack):
        if result is not None:
            p = result[0]
            result = ((v, p),)
        else:
            result = None
    return result


def find_witnesses(pr, ts, at, found):
    while True:
        if ts is None:
            return ("Inl", rev(found))
        t, ts = ts
        if existsb(lambda w, t=t: same_tuple(t, w[0]), found):
            at = at + 1
            continue
        _2 = find_point(pr[0], t)
        if _2 is not None:
            p = _2[0]
            classes = map1(lambda m, p=p: class_of(m, p), pr[4])
            _4 = leaf_of(pr[2], p)
            if _4 is not None:
                if holds(pr[5], lambda m1, classes=classes: nth(m1, classes, 0)):
                    at, found = at + 1, ((t, p, classes), found)
                    continue
                return ("Inr", ("WitnessFails", at))
            return ("Inr", ("WitnessFails", at))
        return ("Inr", ("WitnessFails", at))


def weight_seen(g, ws):
    def _1(w, s, g=g):
        _3 = leaf_of(g, w[1])
        if _3 is not None:
            l = _3[0]
            _2 = l[0] * product0(l[1], w[1])
        else:
            _2 = 0
        return _2 + s
    return fold_right(_1, 0, ws)


def adding(pr, ws):
    return None if any_pieces(pr[0]) else ws


def conclude(pr, ws, x0):
    all1 = length(ws)
    ws0 = adding(pr, ws)
    tail_seen = 0 if qle_bool(x0[5], (0, 1)) else 1
    from0 = z_max(x0[0], z_max(length(ws0), tail_seen))
    to = (x0[0] + x0[2]) + x0[4]
    known0 = qplus(inject_Z(x0[1]), x0[5])
    seen0 = inject_Z(weight_seen(pr[2], ws0))
    unit1 = inject_Z(pr[3])
    if (from0 <= to) and (negb(to == 0) or (all1 == 0)):
        return ((from0, to, qred(qdiv(seen0 if qle_bool(known0, seen0) else known0, unit1)), qred(qdiv(qplus(inject_Z(x0[1] + x0[3]), x0[6]), unit1))),)
    return None


def domain_size(pr):
    return walk_given(pr[2], lambda _2, c, sum0: sum0 + cardinal(c), pr[0], 0)


def check(q0, trust, p, points):
    _1 = problem_of(q0)
    if _1 is not None:
        pr = _1[0]
        _2 = find_witnesses(pr, points, 0, None)
        if _2[0] == "Inl":
            ws = _2[1]
            start = (nothing, nothing, (0, 0, 0, 0, 0, 0, 0, 0), map1(lambda _4: 0, trust), None)
            _6 = run0(pr, lambda s, trust=trust: nth(s, trust, False), ws, p, 0, (pr[0], None), start)
            if _6[0] == "Inl":
                st = _6[1]
                _7 = conclude(pr, ws, st[0])
                if _7 is not None:
                    all1 = _7[0]
                    _8 = conclude(pr, ws, st[1])
                    if _8 is not None:
                        some = _8[0]
                        return ("Inl", (all1, some, domain_size(pr), st[2], st[3], map1(lambda w: (w[0], w[2]), ws), rev(st[4])))
                    return ("Inr", ("Contradicted",))
                return ("Inr", ("Contradicted",))
            why = _6[1]
            return ("Inr", why)
        why1 = _2[1]
        return ("Inr", why1)
    return ("Inr", ("DoesNotFit",))


def steps_of(k):
    return _list((cONSTANT, k[0]), (eNUMERATED, k[1]), (iMPOSSIBLE, k[2]), (oPEN, k[3]), (sANDWICH, k[4]), (sIGNED, k[5]), (tAIL, k[6]), (tRUSTED, k[7]))


def ones(p):
    total = 0
    while True:
        if p % 2 == 1 and p > 1:
            p = p // 2
            total += 1
            continue
        if p % 2 == 0:
            p = p // 2
            continue
        return total + 1


def part_size(p):
    if p[0] == "Mask":
        m0 = p[1]
        if m0 > 0:
            m = m0
            return ones(m)
        return 0
    _, low, high = p
    return (high + 1) - low


def seen_pieces(vs, models, m):
    _1 = nth_error(models, m)
    if _1 is not None:
        b = _1[0]
        def _2(v, vs=vs):
            _3 = nth_error(vs, v)
            if _3 is not None:
                x0 = _3[0]
                _4 = x0[2]
                if _4[0] == "Continuous":
                    return True
                return False
            return False
        return existsb(_2, b[1][1])
    return False


def seen_by(models, m, c):
    _1 = nth_error(models, m)
    if _1 is not None:
        b = _1[0]
        return fold_left(lambda n0, v, c=c: n0 * (part_size(nth(v, c, ("Mask", 0)))), b[1][1], 1)
    return 0


def count_words(vs, models, c, ss, counts):
    while True:
        if ss is None:
            return counts
        s0, ss = ss
        if s0[0] == "Trusted":
            _, m, _, s = s0
            if seen_pieces(vs, models, m) or (uPHOLD < seen_by(models, m, c)):
                _1 = add_one(s, counts)
            else:
                _1 = counts
            counts = _1
            continue


def large_words(vs, models, ns, cells, counts):
    while True:
        if ns is None:
            return counts
        n0, ns = ns
        if n0[0] == "Split":
            _, v, t = n0
            if cells is None:
                return counts
            c, rest0 = cells
            _1 = halves(nth(v, c, ("Mask", 0)), t)
            if _1 is not None:
                (p, q0), = _1
                cells = (replace(v, p, c), (replace(v, q0, c), rest0))
                continue
            return counts
        if n0[0] == "Steps":
            ss = n0[1]
            if cells is None:
                return counts
            c1, cells = cells
            counts = count_words(vs, models, c1, ss, counts)
            continue
        if cells is None:
            return counts
        cells = cells[1]


def words_of(c, taken):
    if taken is None:
        return None
    return map1(lambda x0: (fst(x0), snd(x0) - fst(x0)), combine(taken, large_words(c[1], c[2], c[4], (map1(whole0, c[1]), None), map1(lambda _3: 0, taken))))


def finding_of(c, r):
    a = r[0]
    return ((a[0], a[1]), (a[2], a[3]), None if infinite(c[3][0]) else (r[2],), steps_of(r[3]), words_of(c, r[4]), r[5], count(r[5]) + count(r[6]))


def is_version(t, digit_before):
    while True:
        if t is None:
            return digit_before
        c, t = t
        if (48 <= c) and (c <= 57):
            digit_before = True
            continue
        if (c == 46) and digit_before:
            digit_before = False
            continue
        return False


def names(solver, t):
    while True:
        if solver is None:
            if t is None:
                return True
            c, version = t
            return (c == 32) and is_version(version, False)
        a, solver = solver
        if t is None:
            return False
        b, t = t
        if a == b:
            continue
        return False


def is_trusted(trusted, name):
    return existsb(lambda s, name=name: names(s, name), trusted)


def models_in(c):
    return map1(lambda n0: n0[0], c[2])


def listed_in(c):
    _1 = c[7]
    if _1 is not None:
        entries = _1[0]
        _2 = read_listed(c[0], c[1], models_in(c), entries)
        if _2 is not None:
            l = _2[0]
            return map1(fst, l)
        return None
    return None


def check_content(trusted, c):
    trust = map1(lambda _1, trusted=trusted: is_trusted(trusted, _1), c[5])
    _3 = check(c[3], trust, c[4], app(c[6], listed_in(c)))
    if _3[0] == "Inl":
        r = _3[1]
        _4 = c[7]
        if _4 is not None:
            entries = _4[0]
            _5 = compare(c[0], c[1], models_in(c), c[5], finding_of(c, r), entries)
            if _5 is not None:
                key = _5[0]
                return ("Invalid", ("NotFound", key))
            return ("Accepted", r)
        return ("Accepted", r)
    why = _3[1]
    return ("Invalid", ("NotProved", why))


def check0(trusted, ms):
    _1 = read0(ms)
    if _1[0] == "Inl":
        c = _1[1]
        return check_content(trusted, c)
    f = _1[1]
    return ("Malformed", f)


def checked(more, more1):
    return check0(more, more1)
