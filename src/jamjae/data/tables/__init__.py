"""Tables: from files and data frames to columns with a kind and a likelihood each.

The extra `tables` (pandas and pyarrow) does the reading; it is imported when the first table is met.
"""
