"""The words of the names in theorems about distilling and what it costs; see `glossary`."""

FACTS = {
    "its claim is false": "the claim of test {0} is false",
    "the first false claim is that of": "the first false claim that is made is that of test {0}",
    "heavy bucket": "bucket {0} is heavy",
    "light bucket": "bucket {0} is light",
    "x is proved to be a disagreement": "the point is proved to be a disagreement",
    "x is in an open cell": "the point is in an open cell",
    "relative swapping": "in two samples of {2} points, paired and swapped by fair coins, the "
    "event '{0}' says that the errors on the second exceed those on the first by more than the "
    "root of {1} times their mean",
    "unlike trials": "{0} is the number of events among {1} independent ones whose probabilities "
    "have the mean {2}",
    "prior mean": "{0} is a mean, over a law of students fixed before {1} samples, of "
    "exp(n kl(empirical error, error))",
    "posterior": "{0} is the kl of the mean empirical and true errors of a law of students, {1} "
    "the relative entropy of that law to the one of {2}",
    "prior mean of bets": "{0} is a mean, over a law of students fixed before {2} samples, of "
    "exp(-{1} errors seen)/(1 - (1 - exp(-{1})) error)^{2}",
    "posterior of bets": "{0} and {1} are the mean empirical and true errors of a law of students, "
    "{2} the relative entropy of that law to the one of {3}, for bets of slope {4} on {5} samples",
    "good probe": "{0} is a good probe",
    "the new score is at most s_(i)": "the new score is at most s_(i)",
    "the distiller errs on the unseen point": "the distiller fails",
    "a student for every law": "for every distribution some student has error {0} or less",
    "minimax law": "{0} is that of a student drawn from the law that the minimax theorem gives",
    "one-inclusion prediction": "{0} is the number of points that an orientation of the "
    "one-inclusion graph of a class of VC dimension {1} predicts wrongly",
    "the output is bad": "the output has error ε or more",
    "a draw is the far point": "a draw is the far point",
    "the output errs on the far point": "the output errs on the far point",
    "stopped count": "{0} is the number of events, of probability {2} each, among the first {1} "
    "of independent draws, a stopping time",
    "stopped sum": "{0} is the sum of what the first {1} of {3} independent draws show, each as "
    "{2} does; that is a stopping time",
    "a draw is the point that tells": "a draw is the point that only one of the laws has",
    "a draw is in the agreement set of the perfect student": "a draw is in the agreement set of "
    "the perfect student",
    "the student that one draw names errs": "the student that one draw names has an error above 0",
    "fails on the first law": "the distiller fails on the first law",
    "fails on the second law": "the distiller fails on the second law",
    "the learner of g(z) fails": "the learner fails",
    "error of telling two laws apart": "{0} is the error of telling apart two equally likely laws "
    "of affinity {1}",
    "h*(x) = 1": "h*(x) = 1",
    "a draw is the first point": "a draw is the first point",
    "the output stops before the far point": "the output is 1 on an initial segment that ends "
    "before the far point",
    "the distiller misses the far point": "the distiller is wrong on the far point",
    "a draw hits a given hidden point": "a draw is a given hidden point",
}

PROBABILITIES = {
    "p-value": "the p-value of test {0}",
    "P[h = 0]": "the probability that the polynomial is 0",
    "P[coefficient = 0]": "the probability that the coefficient in the first {0} variables is 0",
    "share of a draw": "the share that a draw shows",
    "loss of a draw": "the loss of a draw",
    "value of a function of all draws": "the value of a function of all draws",
    "last value of the martingale": "the last value of the martingale",
    "the median of the means is off": "the median of the means is off",
    "the guess is wrong": "the guess is wrong",
    "variance of the sample": "the variance of the sample",
    "mean of the draws": "the mean loss of the points drawn",
    "empirical error": "the empirical error of {0} on the first sample",
    "empirical error of the randomised student": "the empirical error of the randomised student",
    "error of the randomised student": "the error of the randomised student",
    "error of the cut tree": "the probability that the cut tree differs from the whole one",
    "probability that a new score is at most s_(i)": "the probability, the sample being given, "
    "that a new score is at most s_(i)",
    "chance to name the parity": "the chance that the output is within the error asked of the "
    "parity",
    "error of a candidate": "the error of a candidate",
    "error of the one-inclusion predictor": "the error of the one-inclusion predictor",
    "weight of a disagreement": "the weight of the point over the greatest one where a draw "
    "disagrees, else 0",
    "chance to err at a point where a student is right": "the chance that the output errs at "
    "point {0}, where some student is right",
    "greatest chance to err at a point where a student is right": "the greatest chance that the "
    "output errs at a point where some student is right",
    "chance to err on a largest agreement set without a sample": "the chance that the output, "
    "without a sample, errs on a given point of the largest agreement set {0}",
    "greatest chance to err on a largest agreement set without a sample": "the greatest chance "
    "that the output, without a sample, errs on a given point of a largest agreement set",
    "error of naming the heavier point": "the error of the best guess which of two points is the "
    "heavier",
    "chance to name the lighter point": "the chance to take the lighter point of a pair for the "
    "heavier one, the number of draws in it being given",
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
    "turn of the first false claim": "the turn in which the first false claim is made",
    "heavy buckets of a level": "the number of buckets of a level that are halved",
    "most patterns": "the most patterns on {0} points of a class of Natarajan dimension {1}",
    "highest powers": "the sum of the highest powers of the first {0} variables",
    "cells of the certificate": "the number of cells of the certificate",
    "disagreements of all cells": "the number of disagreements observed in all cells",
    "nodes cut": "the number of nodes where the tree is cut",
    "dimension of W": "the dimension of W",
    "scores among the i smallest, of one more": "the number of scores, of one more than are drawn, "
    "that are among the i smallest",
    "scores at or above the quantile": "the number of scores at or above the quantile",
    "draws on which the first student is wrong": "the number of draws on which the first student "
    "is wrong",
    "draws on which only the first is wrong": "the number of draws on which only the first student "
    "is wrong",
    "draws on which only the second is wrong": "the number of draws on which only the second "
    "student is wrong",
    "draws on which not only the second is wrong": "the number of the other draws",
    "disagreements of the first student": "the number of disagreements of the first student",
    "disagreements of the second student": "the number of disagreements of the second student",
    "draws of the second on which it is right": "the number of draws on which the second student "
    "is right",
    "draws up to the k-th disagreement": "the number of draws up to the one at which they end",
    "draws that the student answers": "the number of draws that the student answers",
    "answers that are wrong": "the number of answers that disagree with the teacher",
    "draws from a cell": "the number of draws from cell {0}",
    "variance of the stratified estimate": "the variance of the estimate that weighs the means of "
    "the cells",
    "a draw is in a leaf": "a draw is in leaf {0}",
    "mean probability of the leaves without a sample": "the mean over samples of the probability "
    "of the leaves without a draw",
    "points predicted wrongly, of one more": "the number of points, of one more than are drawn, "
    "that are predicted wrongly from the others",
    "hidden units of the network": "the number of hidden units of the network",
    "disagreements until then": "the number of disagreements until one stops",
    "draws until then": "the number of draws until one stops",
    "VC dimension of the class": "the VC dimension of the class",
    "patterns on the first points": "the number of patterns that the class has on the first points "
    "of {0} pairs",
    "draws in a pair": "the number of draws in a pair",
    "largest place drawn": "the largest place among the draws",
    "place of a draw": "the place of a draw in the list of all points",
    "hidden points unseen": "the number of hidden points that no draw hits",
    "seen points where the output errs": "the number of seen hidden points where the output errs",
}

NUMBERS = {
    "product at two points": "the product of the classes at two points of bucket {0}",
    "losses until then": "the sum of the losses until one stops",
    "parity at": "the parity where {0} of its variables are 1",
    "relative entropy of the posterior": "the relative entropy of the posterior to the prior",
    "kl of empirical and true error": "the relative entropy of the empirical to the true error",
    "prior mean of exp(n kl)": "the prior mean of exp(n kl)",
    "prior mean of the bets": "the prior mean of the bets",
    "score": "the score of {0} at a draw",
    "|P chi|": "the norm of the projection of the character of {0} to W",
    "distance of chi": "the distance of the character of {0} from W",
    "|Q (a - v)|": "the norm of what a function of V misses of the conjunction of {0} in degree k",
    "|<h, chi>|": "the size of the correlation of the query with the parity of {0}",
    "E h^2": "the mean square of the query's part that depends on the label",
}
