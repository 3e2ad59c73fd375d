"""The errors raised for bad input: one line each, naming what, where and the remedy."""


class LeafproofError(ValueError):
    """Base of every error that the command line turns into one line and exit code 3."""


class DomainError(LeafproofError):
    """The domain is not made of finitely many variables with exact encodings and probabilities."""


class NetworkError(LeafproofError):
    """The network cannot be read as a graph of exact layers."""


class TreeError(LeafproofError):
    """The decision tree is malformed or does not fit the domain or the teacher."""


class EnsembleError(LeafproofError):
    """The ensemble of trees is malformed, or its sums have no exact meaning."""


class QuestionError(LeafproofError):
    """The question, its models and the domain do not fit together."""


class CertificateError(LeafproofError):
    """The certificate file is malformed: nothing can be said about its claim."""


class TooMuch(LeafproofError):
    """What is asked for takes more memory or work than ``verifier.model.limits`` allow."""


class Unfinished(LeafproofError):
    """The time limit or a stop ended the work before anything was decided."""


class UnsupportedError(LeafproofError, TypeError):
    """An object of a kind that Leafproof cannot read."""


class InvalidProof(LeafproofError):
    """The certificate is well formed but what it claims does not follow from its proof.

    ``refused`` holds the numbers (from 1) of the Constant steps that the relaxation does not prove,
    if that is what is wrong.
    """

    refused: tuple[int, ...] = ()


class RuntimeNote(UserWarning):
    """A remark on an input: floats were made to sum to 1, or onnxruntime does not run a file."""


def quoted(text: object, limit: int = 60) -> str:
    """``text`` in double quotes on one line: shortened, unprintable characters escaped."""
    words = str(text)
    if len(words) > limit:
        words = words[: limit - 3] + "..."
    return '"' + "".join(c if c.isprintable() else ascii(c)[1:-1] for c in words) + '"'
