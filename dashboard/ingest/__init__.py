"""Reports from the broker into the store, receipts after COMMIT."""
