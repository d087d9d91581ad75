"""Search: many recipes tried, those kept of which none is better in everything."""
