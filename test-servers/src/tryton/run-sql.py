#!/usr/bin/python3
"""Runs SQL statements, each on its own: what Tryton's own programs do not do. Arguments: the database's URL, the statements."""
import sys

import psycopg2

connection = psycopg2.connect(sys.argv[1])
connection.autocommit = True
for statement in sys.argv[2:]:
    connection.cursor().execute(statement)
