"""The theory of PAC-distillation: theorems whose derivations a machine checks.

>>> from theory import catalogue
>>> catalogue["test-sample-size"].evaluate(epsilon="1/1000", delta="1/100").integer
4603
"""

from __future__ import annotations

from theory.catalogue import catalogue
from theory.language.errors import DerivationError, TheoryError

__all__ = ["DerivationError", "TheoryError", "catalogue"]
