"""Work on many machines, through Ray: who is there, what is handed out, what comes back.

Ray lives in a process of its own, the `door`, which speaks in `messages`: whatever it prints,
however it ends, this process goes on. `joining` is this side of it; `identity` says who may work
with whom. Of what runs on workers, `running`, there are two kinds: `checking`, of sections of a
proof (`cutting`), and searching.
"""
