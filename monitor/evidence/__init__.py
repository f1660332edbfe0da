"""Proof: that nothing stored was altered or lost, and case files and backups that others can check."""
