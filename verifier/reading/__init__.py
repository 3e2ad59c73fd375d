"""From bytes to nouns: certificates, domains, trees. Trusted."""
