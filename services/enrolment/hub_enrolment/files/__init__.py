"""Bytes into rows: CSV, workbooks and files of the national register. No rule of the hub lives here."""
