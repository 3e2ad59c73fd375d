"""From draws to intervals: what is drawn, by a counter, and what follows from it; and exact sums.
Trusted."""
