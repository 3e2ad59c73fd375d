"""A forest in Python, as generators write it: trees as nested ifs, and sums of what they give."""

from __future__ import annotations

import ast

from verifier.formats.code_functions import HELPERS, plain
from verifier.formats.code_parts import Constant, Name, Program, Routine
from verifier.formats.code_python import Reading, module_of, refuse
from verifier.formats.code_values import Held, Operation, Postfix
from verifier.model.errors import TreeError, quoted

KNOWN = """
def add_vectors(v1, v2):
    return [sum(i) for i in zip(v1, v2)]
def mul_vector_number(v1, num):
    return [i * num for i in v1]
def sigmoid(x):
    if x < 0.0:
        z = math.exp(x)
        return z / (1.0 + z)
    return 1.0 / (1.0 + math.exp(-x))
def softmax(x):
    m = max(x)
    exps = [math.exp(i - m) for i in x]
    s = sum(exps)
    for idx, _ in enumerate(exps):
        exps[idx] /= s
    return exps
"""
"""The functions that m2cgen writes beside the trees."""
_SAME = frozenset(ast.dump(node) for node in ast.parse(KNOWN).body)
_SIGNS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


def parse(text: str) -> Program:
    """The functions of a module, by name. Raises TreeError."""
    module = module_of(text)
    found: dict[str, ast.FunctionDef] = {}
    seen = set()
    for node in module.body:
        if isinstance(node, ast.FunctionDef):
            if node.name in seen:
                refuse(node, f"{node.name} is written twice: give it once")
            seen.add(node.name)
            if plain(node.name) not in HELPERS:
                found[node.name] = node
            elif ast.dump(node) not in _SAME:
                refuse(node, f"{node.name} is not the function of that name that m2cgen writes")
        elif not _is_harmless(node):
            refuse(node, "it does something outside of its functions: give these alone")
    taken = sorted(seen & {"math", "sum", "zip", "max", "enumerate", "float"})
    if not found or taken:
        raise TreeError(f"it holds no function of one array, or changes {', '.join(taken)}")
    names = list(found)
    try:
        return Program({name: _routine(node, names) for name, node in found.items()}, names[0])
    except RecursionError:
        raise TreeError("its sums are nested too deep: give the model itself") from None


def _is_harmless(node: ast.stmt) -> bool:
    match node:
        case ast.Import([ast.alias("math", None)]) | ast.Expr(ast.Constant()):
            return True
        case ast.Import([ast.alias("numpy", None | "np")]):
            return True
    return False


def _routine(node: ast.FunctionDef, names: list[str]) -> Routine:
    given = node.args
    if len(given.args) != 1 or given.posonlyargs or given.vararg or given.kwarg or given.kwonlyargs:
        refuse(node, f"{node.name} has other arguments than one array")
    if node.decorator_list or given.defaults:
        refuse(node, "it is decorated, or has a default: leave that out")
    return Routine(_Forest(given.args[0].arg, names).block(node.body))


class _Forest(Reading):
    """Reads statements; beside constants there are expressions."""

    def __init__(self, x: str, names: list[str]) -> None:
        super().__init__(x)
        self.names = names

    def value(self, node: ast.expr) -> Constant | Name | Postfix:
        """An expression; a number, or a list of some, is a constant."""
        match node:
            case ast.Name(name) if name != self.x:
                return Name(name)
            case ast.List(elements) if elements and all(map(_is_number, elements)):
                return tuple(float(self.number(e)) for e in elements)
        if _is_number(node):
            return float(self.number(node))
        out: list[float | Held | Operation] = []
        self.expression(node, out)
        return Postfix(tuple(out))

    def expression(self, node: ast.expr, out: list[float | Held | Operation]) -> None:
        """Append what a node comes to."""
        match node:
            case ast.BinOp(left, sign, right) if type(sign) in _SIGNS:
                self.expression(left, out)
                self.expression(right, out)
                out.append(Operation(_SIGNS[type(sign)], 2))
            case ast.Name(name) if name != self.x:
                out.append(Held(name))
            case ast.List(elements) if elements:
                self.every(elements, Operation("[]", len(elements)), out)
            case ast.Call(ast.Name(name), arguments, []) if plain(name) in HELPERS:
                self.every(arguments, Operation(plain(name), len(arguments)), out)
            case ast.Call(ast.Name(name), [ast.Name(self.x)], []) if name in self.names:
                out.append(Operation(f"call {name}", 0))
            case _ if _is_number(node):
                out.append(float(self.number(node)))
            case ast.UnaryOp(ast.USub(), inner):
                self.every([inner], Operation("neg", 1), out)
            case _:
                refuse(node, f"{quoted(ast.unparse(node)[:80])} is no sum of trees")

    def every(
        self, nodes: list[ast.expr], operation: Operation, out: list[float | Held | Operation]
    ) -> None:
        """Append some nodes, and what is done with them."""
        for node in nodes:
            self.expression(node, out)
        out.append(operation)


def _is_number(node: ast.expr) -> bool:
    match node:
        case ast.Constant(bool()):
            return False
        case ast.Constant(int(x)):
            return abs(x) <= 1 << 53
        case ast.Constant(float()):
            return True
        case ast.UnaryOp(ast.USub(), inner):
            return _is_number(inner)
    return False
