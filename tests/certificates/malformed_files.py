"""The files of ``malformed/``: not certificates, whatever they claim."""

from __future__ import annotations

from tests.certificates.malformed_containers import containers, manifests
from tests.certificates.malformed_proofs import proofs
from tests.certificates.malformed_teachers import teachers
from tests.certificates.malformed_texts import texts


def files():
    return {**containers(), **manifests(), **proofs(), **texts(), **teachers()}
