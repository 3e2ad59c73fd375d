"""Ways to extract a tree from a teacher."""
