"""From nouns to bytes: certificates and what is said about them."""
