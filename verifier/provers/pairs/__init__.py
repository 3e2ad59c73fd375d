"""Anytime search for how often a question about a network, or two copies of it, is true.

The networks have two classes, or some of theirs stand for class 1: of two networks of more, each
group of classes that the question tells apart does, one after the other (`groups`). A *sandwich*
keeps the logits of a cell between two parallel planes, s + least and s + most, with one linear s
for both copies; how often s lies where the classes are known is counted. So every open cell says
something, and a search that cannot close all cells still ends in a narrow interval.

Compiled: `bounds` makes the sandwich of a cell, `strips` what it leaves open and the splits, by
what they `promise`, on the `arrays`; `run` is the entry, `loading` waits for what is compiled. In
Python: `trunk` cuts the domain until networks alone decide, `layout` makes the arrays, `search`
splits cells on all processors, `witnesses` looks for points, `closing` makes a proof that the
kernel checks in time, and `proving` does it all.

Of two different networks `similar` first closes cells by branch and bound, one network along the
other (`likeness`: a quantised one as the chain that it rounds), and leaves the rest to `proving`,
or `behind` the class of one to sandwiches of the other. `lone` does so with a question about one
network. What closed cells and sandwiches take the kernel `together` is added up there.
"""
