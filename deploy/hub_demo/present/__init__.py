"""The present academic year: fewer Work Groups than last year, which recruit and meet at all times of it.

Whatever day the demonstration is made for, groups recruit, have waiting lists, are at risk, run and meet.
"""
