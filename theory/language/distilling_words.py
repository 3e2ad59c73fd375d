"""The words of the names in theorems about distilling and what it costs; see `glossary`."""

FACTS = {
    "h*(x) = 1": "h*(x) = 1",
    "a draw is the first point": "a draw is the first point",
    "the output stops before the far point": "the output is 1 on an initial segment that ends "
    "before the far point",
    "the distiller misses the far point": "the distiller is wrong on the far point",
    "a draw hits a given hidden point": "a draw is a given hidden point",
}

PROBABILITIES = {
    "least disagreement with g": "the least probability with which a member of H disagrees with g",
    "opt": "the least error of a student",
    "opt of the inner problem": "the least error of a student in the inner problem",
    "error of R(g')": "the error of what the reduction makes of the inner student",
    "error of g'": "the error of the inner student",
    "error of the outer student": "the error of the outer student",
    "error of the middle student": "the error of the middle student",
    "error of the output": "the error of what is returned",
    "error expected after the draws": "the mean error of what is returned, the draws being given",
    "probability up to the largest place": "the probability of the points up to the last one drawn",
}

COUNTS = {
    "largest place drawn": "the largest place among the draws",
    "place of a draw": "the place of a draw in the list of all points",
    "hidden points unseen": "the number of hidden points that no draw hits",
    "seen points where the output errs": "the number of seen hidden points where the output errs",
}

NUMBERS: dict[str, str] = {}
