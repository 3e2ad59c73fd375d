"""Values of bounds: evaluated rigorously, solved for a parameter, as tables and plots."""
