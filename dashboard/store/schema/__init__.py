"""Migrations of the store, run by `dashboard.store.store.Store.upgrade`."""
