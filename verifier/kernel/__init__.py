"""The rules that a certificate is checked by, and their arithmetic. Trusted."""
