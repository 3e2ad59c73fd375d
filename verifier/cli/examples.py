"""Two examples for the help of every verb."""

from __future__ import annotations

EXAMPLES: dict[str, tuple[str, str]] = {
    "certify": (
        "certify net.onnx tree.json --domain domain.json -o net.certificate",
        "certify net.onnx tree.json --domain signs --timeout 60 --json",
    ),
    "ask": (
        "ask fair net.onnx --protected sex --domain domain.json --timeout 60",
        "ask 'class(f) = 1 and class(g) = 0' f=old.onnx g=new.onnx --domain domain.json",
    ),
    "ask fair": (
        "ask fair net.onnx --protected sex --domain domain.json -o fair.certificate",
        "ask fair net.onnx --protected group --domain domain.json --timeout 60 --json",
    ),
    "ask monotone": (
        "ask monotone net.onnx --in income --up --domain domain.json",
        "ask monotone tree.json --in debts --down --domain domain.json --json",
    ),
    "ask same": (
        "ask same net.onnx pruned.onnx --domain domain.json",
        "ask same tree.onnx tree.json --domain domain.json -o same.certificate",
    ),
    "ask robust": (
        "ask robust net.onnx --point age=30,sex=female --flips 1 --domain domain.json",
        "ask robust net.onnx --point point.json --flips 2 --only age --only income "
        "--domain domain.json",
    ),
    "ask formula": (
        """ask formula '{"not": {"same": ["a", "b"]}}' a=a.onnx b=b.onnx --domain domain.json""",
        "ask formula question.json a=net.onnx b=net.onnx --reads a=age,group --reads b=age,other "
        "--domain pairs.json -o fair.certificate",
    ),
    "check": (
        "check net.certificate --against net.onnx tree.json domain.json",
        "check net.certificate --statement",
    ),
    "distill": (
        "distill net.onnx --domain domain.json -o tree.json --certificate net.certificate",
        "distill net.onnx --domain domain.json --method cart --depth 4 -o tree.json",
    ),
    "repair": (
        "repair net.onnx tree.json --domain domain.json -o repaired.json",
        "repair net.onnx tree.json --domain bits -o repaired.json --certificate net.certificate",
    ),
    "test": (
        "test forest.onnx tree.json --domain domain.json --samples 1000000 -o forest.certificate",
        "test model.onnx tree.json --rows data.csv --target class --samples 100000 --delta 1e-6",
    ),
    "export": (
        "export tree.json --domain domain.json -o tree.c",
        "export tree.json --to sql --domain domain.json",
    ),
    "report": (
        "report net.certificate -o net.html",
        "report small.certificate large.certificate -o comparison.md",
    ),
    "domain": (
        "domain data.csv --target class -o domain.json",
        "domain data.csv --target class --continuous dose --bins age=18,30,65 --drop id "
        "--distribution tree -o domain.json",
    ),
    "demo": (
        "demo",
        "demo --folder /tmp/monk",
    ),
    "bounds": (
        "bounds list",
        "bounds eval test-sample-size epsilon=1/100 delta=1e-9",
    ),
    "bounds list": (
        "bounds list",
        "bounds list --setting agnostic",
    ),
    "bounds glossary": (
        "bounds glossary",
        "bounds glossary --json",
    ),
    "bounds show": (
        "bounds show test-sample-size",
        "bounds show occam-realizable --json",
    ),
    "bounds eval": (
        "bounds eval test-sample-size epsilon=1/100 delta=1e-9",
        'bounds eval occam-realizable epsilon=0.1 delta=0.1 "class=trees(depth=5,variables=9)"',
    ),
    "bounds verify": (
        "bounds verify test-sample-size",
        "bounds verify --all --json",
    ),
    "bounds solve": (
        "bounds solve test-sample-size for=epsilon n=10000 delta=1/100",
        "bounds solve occam-realizable for=epsilon n=10000 delta=1/100 class=1000 --json",
    ),
    "bounds table": (
        "bounds table test-sample-size delta=1e-9 --vary epsilon=0.1,0.01",
        "bounds table test-sample-size epsilon=0.01 --vary delta=0.1,0.01 --csv",
    ),
    "bounds plot": (
        "bounds plot test-sample-size delta=1e-9 --vary epsilon=0.1,0.01 -o tests.svg",
        "bounds plot test-sample-size epsilon=0.01 --vary delta=0.1,0.01 -o tests.png",
    ),
    "bounds compare": (
        'bounds compare --claim "error <= 0.01" delta=1e-9',
        'bounds compare --claim "error <= 0.01" delta=1e-9 variables=50 depth=3 --md',
    ),
    "bounds export": (
        "bounds export test-sample-size --format latex -o proof.tex",
        "bounds export test-sample-size --format smt2",
    ),
    "bounds tightness": (
        "bounds tightness",
        "bounds tightness --json",
    ),
    "bounds plan": (
        "bounds plan net.onnx tree.json net.certificate --domain domain.json --epsilon 1e-4",
        "bounds plan --samples 100000 --delta 1e-6 --errors 2",
    ),
    "bounds size": (
        'bounds size "trees(depth=5,variables=100)"',
        'bounds size "trees(leaves=8,variables=20)" --json',
    ),
}


def epilog(verb: str) -> str:
    """The examples of a verb, as the end of its help."""
    return "\n".join(["Examples:", *(f"  leafproof {text}" for text in EXAMPLES[verb])])
