"""Old names of what now stands in kernel, reading and writing; goes once nobody asks for them."""

from verifier.model.certificate import Certificate
from verifier.model.proof import Finding
from verifier.reading.certificate import FORMAT, PARTS
from verifier.reading.certificate import read_certificate as read
from verifier.writing.certificate import save_certificate as save
from verifier.writing.threads import check_in_threads as check

__all__ = ["FORMAT", "PARTS", "Certificate", "Finding", "check", "read", "save"]
