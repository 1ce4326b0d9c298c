"""Sync of the phones: `push` takes what they did, `pull` gives them what they hold, `review` is what people decide."""
