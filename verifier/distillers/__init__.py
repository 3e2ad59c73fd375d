"""Trees that say what a network does; every method returns its tree, and whether it is finished.

* `certified` grows a tree with its proof: on `whole` domains, or in `rounds` of proof and tree
* `linear_representation` finds it by probes on the network's activations, level by level
  (`lookahead` at the last two), and assembles it on a `frontier`
* `cart` is scikit-learn's, the usual baseline
* `repair` grows a user's tree where it differs

Parts of several of them:

* `growing` splits leaves best first, as a source says: `sources` of points and cells, `sampled` and
  `probing` where those have to be drawn; `knowledge` is what a proof says, `influence` and `cuts`
  what a test is worth
* `tidying` makes a tree smaller, as far as `smallest` can with its tests; `least` finds out whether
  any tree is
* `representation` is φ, `quick` the network in float32, `sampling` draws points of a domain
* `hypothesis` measures the linear representation hypothesis, with `spectrum` and `counting`
* `options` is what users ask
"""
