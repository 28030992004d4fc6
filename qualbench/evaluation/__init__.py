"""The process evaluation around the coding: plan, consent, blinding, criteria, issues, theory of change."""
