"""Work on many machines, through Ray: who is there, what is handed out, what comes back.

Ray lives in a process of its own, the `door`, which speaks in `messages`: whatever it prints,
however it ends, this process goes on. `joining` is this side of it; `identity` says who may work
with whom. What runs on workers is `running`: the `checking` of sections of a proof, which `cutting`
makes and `spreading` hands out, the `counting` of draws, block by block, for `drawing`, and the
`searching` of units, which `remote` does.
"""
