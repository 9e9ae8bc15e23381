"""Questions about the next hours: forecasts for an arrival, and what a change of staffing would do."""
