"""What the certificate's kernel computes, rule by rule as in docs/soundness.md."""
