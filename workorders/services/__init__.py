"""Verbs on work orders: visits, assignments, states, settlement by the billing feed, points."""
