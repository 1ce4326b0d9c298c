"""Brings the cleaned rows of each kind into the tables. Every function takes a Run and a frame, in one transaction."""
