"""Migrations of the store, run by `dashboard.store.Store.upgrade`."""
