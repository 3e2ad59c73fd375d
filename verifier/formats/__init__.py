"""Users' files in and out."""
