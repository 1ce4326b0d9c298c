"""A product of one table, whose migrations a test writes: settings, and an app without models."""
