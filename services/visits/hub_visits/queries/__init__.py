"""Answers of visits: one function for each list or view. They read and never write."""
