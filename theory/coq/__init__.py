"""Theorems of the catalogue proved by Coq over finite probability spaces, statement and all."""
