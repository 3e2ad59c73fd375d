"""The work behind every verb, one file each: objects or paths in, a Result out, no word printed."""
